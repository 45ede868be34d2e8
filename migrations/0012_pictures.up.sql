-- Profile pictures: media that hang on a profile.
--
-- `avatar_file` and `cover_file` say where the picture is that answers show, as it stands in an
-- address: media, set and object. Every line about a user carries an avatar, so it is kept here and
-- not looked for in three tables for each. A set never changes; whoever hangs another picture here
-- writes both columns.

alter table profiles
    add column avatar_id uuid references media (id) on delete restrict,
    add column cover_id uuid references media (id) on delete restrict,
    add column avatar_file text,
    add column cover_file text,
    add constraint profiles_avatar_unique unique (avatar_id),
    add constraint profiles_cover_unique unique (cover_id),
    add constraint profiles_avatar_file check ((avatar_id is null) = (avatar_file is null)),
    add constraint profiles_cover_file check ((cover_id is null) = (cover_file is null));

-- A picture that another took the place of: nobody finds it any more, but addresses of it that
-- pages still show work until it is purged.
alter table media add column replaced_at timestamptz;
create index media_replaced on media (replaced_at) where replaced_at is not null;

-- Whether anyone may see a media because it is a picture of a profile, or was until a day ago.
create function is_profile_picture(media media) returns boolean
language sql stable
begin atomic
    select coalesce(
        media.attached_as in ('avatar', 'cover')
            and coalesce(media.replaced_at > now() - interval '1 day', true)
            and exists (
                select from users where users.id = media.owner_id and users.state = 'active'
            ),
        false
    );
end;
