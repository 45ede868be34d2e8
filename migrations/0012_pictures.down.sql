drop function is_profile_picture(media);
alter table media drop column replaced_at;
alter table profiles
    drop column avatar_id,
    drop column cover_id,
    drop column avatar_file,
    drop column cover_file;
