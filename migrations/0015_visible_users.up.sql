-- Who sees whom, defined once: profiles, follows, comments and posts all ask here. A viewer sees a
-- user who is active while neither of the two blocks the other; a null viewer is anonymous.
--
-- As with `visible_posts`, Postgres plans these functions together with the query that calls them.
-- `offset 0` makes it look each block up by its key: read as a whole, the blocks of someone whom
-- very many block would cost every page.

-- Every user, deleted ones too, and whether the viewer sees them.
create function users_as_seen_by(viewer_id bigint)
returns table (
    id bigint,
    username text,
    role text,
    state text,
    created_at timestamptz,
    is_visible boolean
)
language sql stable
begin atomic
    select
        users.id,
        users.username,
        users.role,
        users.state,
        users.created_at,
        users.state = 'active'
            and not exists (
                select
                from blocks
                where blocks.blocker_id = users.id
                    and blocks.blocked_id = users_as_seen_by.viewer_id
                offset 0
            )
            and not exists (
                select
                from blocks
                where blocks.blocker_id = users_as_seen_by.viewer_id
                    and blocks.blocked_id = users.id
                offset 0
            )
    from users;
end;

create function visible_users(viewer_id bigint)
returns table (id bigint, username text, created_at timestamptz)
language sql stable
begin atomic
    select users.id, users.username, users.created_at
    from users_as_seen_by(visible_users.viewer_id) as users
    where users.is_visible;
end;

create or replace function visible_posts(viewer_id bigint, sees_all boolean)
returns table (
    id bigint,
    author_id bigint,
    text text,
    visibility text,
    likes_count bigint,
    comments_count bigint,
    reposts_count bigint,
    created_at timestamptz,
    published_at timestamptz,
    edited_at timestamptz,
    username text,
    first_name text,
    last_name text,
    avatar_file text,
    -- Anyone may see it, signed in or not.
    is_open boolean
)
language sql stable
begin atomic
    select
        posts.id,
        posts.author_id,
        posts.text,
        posts.visibility,
        posts.likes_count,
        posts.comments_count,
        posts.reposts_count,
        posts.created_at,
        posts.published_at,
        posts.edited_at,
        users.username,
        profiles.first_name,
        profiles.last_name,
        profiles.avatar_file,
        posts.published_at is not null
            and posts.visibility = 'public'
            and not profiles.is_private
            and users.state = 'active'
    from posts
    join users_as_seen_by(visible_posts.viewer_id) as users on users.id = posts.author_id
    join profiles on profiles.user_id = posts.author_id
    where posts.deleted_at is null
        and (
            sees_all
            or users.is_visible
            and (
                posts.author_id = visible_posts.viewer_id
                or posts.published_at is not null
                and (
                    posts.visibility = 'public' and not profiles.is_private
                    -- The public posts of a private account read as those for followers.
                    or posts.visibility in ('public', 'followers')
                    and exists (
                        select
                        from follows
                        where follows.follower_id = visible_posts.viewer_id
                            and follows.followee_id = posts.author_id
                        offset 0
                    )
                )
            )
        );
end;
