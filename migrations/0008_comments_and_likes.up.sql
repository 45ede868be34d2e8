-- What people answer to posts and to each other, and what they like.
--
-- Comments are an adjacency list of any depth without a path column: an index row ends at 2.7 kB.

create table comments (
    id bigint generated always as identity primary key,
    post_id bigint not null references posts (id) on delete cascade,
    parent_id bigint,
    author_id bigint not null references users (id) on delete restrict,
    text text not null,
    likes_count bigint not null default 0,
    -- Direct replies that are not deleted.
    replies_count bigint not null default 0,
    created_at timestamptz not null default now(),
    edited_at timestamptz,
    -- The text stays until nothing hangs below; nobody is shown it.
    deleted_at timestamptz,
    -- A reply stands under the post of what it answers.
    constraint comments_parent foreign key (post_id, parent_id)
        references comments (post_id, id) on delete cascade,
    constraint comments_post_id_id unique (post_id, id),
    constraint comments_text_length check (char_length(text) between 1 and 2000),
    constraint comments_counters check (likes_count >= 0 and replies_count >= 0)
);

-- The direct children of a post and of a comment, oldest first.
create index comments_roots on comments (post_id, created_at, id) where parent_id is null;
create index comments_replies on comments (parent_id, created_at, id) where parent_id is not null;
create index comments_author on comments (author_id, created_at desc);

create table post_likes (
    post_id bigint not null references posts (id) on delete cascade,
    user_id bigint not null references users (id) on delete restrict,
    created_at timestamptz not null default now(),
    primary key (post_id, user_id)
);

create index post_likes_list on post_likes (post_id, created_at desc, user_id desc);
create index post_likes_user on post_likes (user_id, created_at desc);

create table comment_likes (
    comment_id bigint not null references comments (id) on delete cascade,
    user_id bigint not null references users (id) on delete restrict,
    created_at timestamptz not null default now(),
    primary key (comment_id, user_id)
);

create index comment_likes_user on comment_likes (user_id, created_at desc);
