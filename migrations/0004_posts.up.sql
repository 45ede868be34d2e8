-- What people say. Lists order by (published_at, id), never by id alone: drafts are published
-- late and imports arrive with their own times.
create table posts (
    id bigint generated always as identity primary key,
    author_id bigint not null references users (id) on delete restrict,
    text text not null default '',
    visibility text not null default 'public',
    likes_count bigint not null default 0,
    comments_count bigint not null default 0,
    reposts_count bigint not null default 0,
    created_at timestamptz not null default now(),
    -- Null: a draft.
    published_at timestamptz,
    edited_at timestamptz,
    deleted_at timestamptz,
    constraint posts_visibility check (visibility in ('public', 'followers', 'private')),
    constraint posts_text_length check (char_length(text) <= 5000),
    constraint posts_counters check (
        likes_count >= 0 and comments_count >= 0 and reposts_count >= 0
    )
);

create index posts_author on posts (author_id, published_at desc, id desc)
    where deleted_at is null and published_at is not null;
-- What others see of an author, who may have written much that others may not see.
create index posts_author_public on posts (author_id, published_at desc, id desc)
    where deleted_at is null and published_at is not null and visibility = 'public';
create index posts_public on posts (published_at desc, id desc)
    where deleted_at is null and published_at is not null and visibility = 'public';

create table post_media (
    media_id uuid primary key references media (id) on delete cascade,
    post_id bigint not null references posts (id) on delete cascade,
    position integer not null,
    constraint post_media_position unique (post_id, position) deferrable initially deferred
);
