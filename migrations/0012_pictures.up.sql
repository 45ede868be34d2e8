-- Profile pictures: media that hang on a profile.

alter table profiles
    add column avatar_id uuid references media (id) on delete set null,
    add column cover_id uuid references media (id) on delete set null,
    add constraint profiles_avatar_unique unique (avatar_id),
    add constraint profiles_cover_unique unique (cover_id);
