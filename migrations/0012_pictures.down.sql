alter table profiles
    drop column avatar_id,
    drop column cover_id;
