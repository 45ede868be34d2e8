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
    join users on users.id = posts.author_id
    join profiles on profiles.user_id = posts.author_id
    where posts.deleted_at is null
        and (
            sees_all
            or users.state = 'active'
            and not exists (
                select
                from blocks
                where blocks.blocker_id = posts.author_id
                    and blocks.blocked_id = visible_posts.viewer_id
                offset 0
            )
            and not exists (
                select
                from blocks
                where blocks.blocker_id = visible_posts.viewer_id
                    and blocks.blocked_id = posts.author_id
                offset 0
            )
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

drop function visible_users(bigint);
drop function users_as_seen_by(bigint);
