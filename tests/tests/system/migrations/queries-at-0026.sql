select
        comments.id as "id!: CommentId",
        comments.post_id as "post_id!: PostId",
        comments.parent_id as "parent_id: CommentId",
        comments.text as "text!",
        comments.likes_count as "likes_count!",
        comments.replies_count as "replies_count!",
        comments.created_at as "created_at!",
        comments.edited_at,
        comments.author_id as "author_id!: UserId",
        users.username as "username!",
        profiles.first_name,
        profiles.last_name,
        profiles.avatar_file,
        comments.deleted_at is not null as "is_deleted!",
        comments.deleted_at is null and users.is_visible as "is_seen!",
        exists (
            select
            from comment_likes
            where comment_likes.comment_id = comments.id
                and comment_likes.user_id = $1
            offset 0
        ) as "liked!"
    from (
    select *
    from comments
    where post_id = $2
        and parent_id is null
        and (created_at, id) > ($3, $4)
    order by created_at, id
    limit $5
) as comments
    join users_as_seen_by($1) as users on users.id = comments.author_id
    join profiles on profiles.user_id = comments.author_id
    order by comments.created_at, comments.id
;

select
        comments.id as "id!: CommentId",
        comments.post_id as "post_id!: PostId",
        comments.parent_id as "parent_id: CommentId",
        comments.text as "text!",
        comments.likes_count as "likes_count!",
        comments.replies_count as "replies_count!",
        comments.created_at as "created_at!",
        comments.edited_at,
        comments.author_id as "author_id!: UserId",
        users.username as "username!",
        profiles.first_name,
        profiles.last_name,
        profiles.avatar_file,
        comments.deleted_at is not null as "is_deleted!",
        comments.deleted_at is null and users.is_visible as "is_seen!",
        exists (
            select
            from comment_likes
            where comment_likes.comment_id = comments.id
                and comment_likes.user_id = $1
            offset 0
        ) as "liked!"
    from unnest($2::bigint[]) as parents (id)
cross join lateral (
    select *
    from comments
    where comments.parent_id = parents.id
        and (created_at, id) > ($3, $4)
    order by created_at, id
    limit $5
) as comments
    join users_as_seen_by($1) as users on users.id = comments.author_id
    join profiles on profiles.user_id = comments.author_id
    order by comments.parent_id, comments.created_at, comments.id
;

select
        media.id as "id: MediaId",
        media.owner_id as "owner_id: UserId",
        media.kind as "kind: MediaKind",
        media.state as "state: MediaState",
        media.width,
        media.height,
        media.duration_ms,
        media.alt,
        media.blurhash,
        media.set_id as "set_id: SetId",
        media.poster,
        media.error_code,
        media.error_detail,
        uploads.state = 'complete' as "has_source!",
        uploads.filename,
        uploads.filetype,
        array(
            select row (kind, name, width, height, bandwidth_bps, init_object)
            from renditions
            where renditions.media_id = media.id
                and renditions.set_id = media.set_id
                and kind in ('video', 'image')
            order by
                case kind when 'image' then width + height else - height end,
                name
        ) as "renditions!: Vec<RenditionRow>",
        hung.post_id as "post_id?: PostId", shown.is_open as "is_public!" from unnest($1::bigint[], $2::boolean[]) as shown (post_id, is_open)
join post_media as hung on hung.post_id = shown.post_id
join media on media.id = hung.media_id
join uploads on uploads.id = media.id
order by hung.post_id, hung.position
;

select
        media.id as "id: MediaId",
        media.owner_id as "owner_id: UserId",
        media.kind as "kind: MediaKind",
        media.state as "state: MediaState",
        media.width,
        media.height,
        media.duration_ms,
        media.alt,
        media.blurhash,
        media.set_id as "set_id: SetId",
        media.poster,
        media.error_code,
        media.error_detail,
        uploads.state = 'complete' as "has_source!",
        uploads.filename,
        uploads.filetype,
        array(
            select row (kind, name, width, height, bandwidth_bps, init_object)
            from renditions
            where renditions.media_id = media.id
                and renditions.set_id = media.set_id
                and kind in ('video', 'image')
            order by
                case kind when 'image' then width + height else - height end,
                name
        ) as "renditions!: Vec<RenditionRow>",
        post_media.post_id as "post_id?: PostId", is_profile_picture(media) or exists (
    select
    from post_media
    join visible_posts(null, false) as posts on posts.id = post_media.post_id
    where post_media.media_id = media.id
        and posts.is_open
) as "is_public!" from media
join uploads on uploads.id = media.id
left join post_media on post_media.media_id = media.id
left join posts on posts.id = post_media.post_id
where media.id = $1
    and posts.deleted_at is null
    and media.replaced_at is null
;

delete from blocks
where blocker_id = $1
    and blocked_id = $2
;

delete from comment_likes
where (comment_id, user_id) in (
    select comment_id, user_id
    from comment_likes
    join comments on comments.id = comment_likes.comment_id
    where comments.post_id = $1
    limit $2
)
;

delete from comments
where id in (
    select id
    from comments
    where post_id = $1
    order by id desc
    limit $2
)
;

delete from follow_requests
where requester_id = $1
    and target_id = $2
;

delete from idempotency_keys
where ctid = any (array(
    select ctid
    from idempotency_keys
    where created_at < now() - interval '24 hours'
    limit $1
    for update skip locked
))
;

delete from media
where id in (
    select id
    from media
    where id = any($1)
    order by id
    for update
)
;

delete from media where id = $1 and state = 'uploading'
;

delete from mutes
where muter_id = $1
    and muted_id = $2
;

delete from post_likes
where (post_id, user_id) in (
    select post_id, user_id
    from post_likes
    where post_id = $1
    limit $2
)
;

delete from posts where id = $1 and deleted_at is not null
;

delete from sign_in_attempts
where ctid = any (array(
    select ctid
    from sign_in_attempts
    where attempted_at < now() - make_interval(secs => $1)
    order by attempted_at
    limit $2
    for update skip locked
))
;

delete from sign_in_attempts
where id = $1
;

delete from uploads where id = $1 and state <> 'uploading'
;

explain (format json)
select
from jobs
where state = 'queued' and kind = $1 and run_after <= now()
;

explain (format json)
select
from posts
where deleted_at is null
    and published_at is not null
    and visibility = 'public'
    and search_vector(text) @@ search_query($1)
;

insert into audit_log (actor_id, action, subject_kind, subject_id, unique_key)
values (
    $1, 'admin.read', $2, $3,
    $4 || to_char(now() at time zone 'utc', ' YYYY-MM-DD HH24')
)
on conflict on constraint audit_log_unique_key do nothing
;

insert into audit_log (actor_id, action, subject_kind, subject_id, user_id, details)
values ($1, $2, $3, $4, $5, $6)
;

insert into blocks (blocker_id, blocked_id)
values ($1, $2)
on conflict do nothing
;

insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
select
    array['post:' || posts.id],
    $2,
    jsonb_build_object(
        'comment_id', comments.id::text,
        'post_id', posts.id::text,
        'parent_id', comments.parent_id::text,
        'author', jsonb_build_object(
            'id', users.id::text,
            'username', users.username,
            'first_name', profiles.first_name,
            'last_name', profiles.last_name
        ),
        'text', comments.text,
        'created_at', comments.created_at,
        'edited_at', comments.edited_at
    ),
    users.id,
    users.id,
    posts.id,
    posts.visibility
from comments
join posts on posts.id = comments.post_id
join users on users.id = comments.author_id
join profiles on profiles.user_id = users.id
where comments.id = any($1)
order by comments.id
;

insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
select
    array['post:' || posts.id],
    'comment.deleted',
    jsonb_build_object(
        'comment_id', comments.id::text,
        'post_id', posts.id::text,
        'parent_id', comments.parent_id::text
    ),
    $2,
    comments.author_id,
    posts.id,
    posts.visibility
from comments
join posts on posts.id = comments.post_id
where comments.id = $1
;

insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
select
    array['user:' || users.username, 'post:' || posts.id],
    $2,
    jsonb_build_object(
        'post_id', posts.id::text,
        'author', jsonb_build_object(
            'id', users.id::text,
            'username', users.username,
            'first_name', profiles.first_name,
            'last_name', profiles.last_name
        ),
        'text', posts.text,
        'visibility', posts.visibility
    ),
    users.id,
    users.id,
    posts.id,
    posts.visibility
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = users.id
where posts.id = $1
;

insert into events (topics, event, data, actor_id, author_id, visibility)
select
    array['user:' || followees.username],
    $1,
    jsonb_build_object(
        'follower', jsonb_build_object(
            'id', followers.id::text,
            'username', followers.username,
            'first_name', followers_profiles.first_name,
            'last_name', followers_profiles.last_name
        ),
        'followee', jsonb_build_object(
            'id', followees.id::text,
            'username', followees.username,
            'first_name', followees_profiles.first_name,
            'last_name', followees_profiles.last_name
        ),
        'following_count', followers_profiles.following_count,
        'followers_count', followees_profiles.followers_count
    ),
    followers.id,
    followees.id,
    case
        when $4 then 'private'
        when followees_profiles.is_private then 'followers'
        else 'public'
    end
from users as followers
join profiles as followers_profiles on followers_profiles.user_id = followers.id
cross join users as followees
join profiles as followees_profiles on followees_profiles.user_id = followees.id
where followers.id = any($2)
    and followees.id = $3
order by followers.id
;

insert into events (topics, event, data, author_id, post_id, visibility)
select
    array['post:' || id],
    'post.counts',
    jsonb_build_object(
        'post_id', id::text,
        'likes_count', likes_count,
        'comments_count', comments_count,
        'reposts_count', reposts_count
    ),
    author_id,
    id,
    visibility
from posts
where id = $1
;

insert into events (topics, event, data, author_id, post_id, visibility)
select
    array['post:' || posts.id],
    'comment.counts',
    jsonb_build_object(
        'comment_id', comments.id::text,
        'post_id', posts.id::text,
        'likes_count', comments.likes_count,
        'replies_count', comments.replies_count
    ),
    comments.author_id,
    posts.id,
    posts.visibility
from comments
join posts on posts.id = comments.post_id
where comments.id = any($1)
    and comments.deleted_at is null
order by comments.id
;

insert into events (topics, event, data, author_id, post_id, visibility)
select
    array['user:' || users.username, 'post:' || posts.id],
    'post.deleted',
    jsonb_build_object('post_id', posts.id::text),
    posts.author_id,
    posts.id,
    posts.visibility
from posts
join users on users.id = posts.author_id
where posts.id = $1
;

insert into events (topics, event, data, author_id, post_id, visibility)
select
    array_remove(array['media:' || media.id, 'post:' || posts.id], null),
    $2,
    $3::jsonb || jsonb_build_object('media_id', media.id, 'post_id', posts.id::text),
    media.owner_id,
    posts.id,
    posts.visibility
from media
left join post_media on post_media.media_id = media.id
left join posts on posts.id = post_media.post_id
where media.id = $1
;

insert into idempotency_keys (user_id, route, key, body_sha256, status, resource_id)
select user_id, route, key, body_sha256, 201, resource_id
from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[])
    as made (user_id, route, key, body_sha256, resource_id)
;

insert into jobs (id, kind, unique_key, media_id, priority, payload, run_after, traceparent)
values ($1, $2, $3, $4, $5, $6, now() + $7, $8)
on conflict (unique_key) where state in ('queued', 'running') do nothing
returning id
;

insert into mutes (muter_id, muted_id)
values ($1, $2)
on conflict do nothing
;

insert into nodes (id, name)
values ($1, $2)
on conflict (id) do update
set name = excluded.name, started_at = now(), heartbeat_at = now()
;

insert into post_media (media_id, post_id, position)
select id, $1, position - 1
from unnest($2::uuid[]) with ordinality as hung (id, position)
on conflict (media_id) do update
set position = excluded.position
;

insert into profiles (user_id, first_name, last_name)
values ($1, $2, $3)
;

insert into renditions (
    media_id, set_id, name, kind, width, height,
    frame_rate_numerator, frame_rate_denominator,
    bandwidth_bps, average_bandwidth_bps, codecs, init_object, segments
)
select $1, $2, *
from unnest(
    $3::text[], $4::text[], $5::integer[], $6::integer[], $7::integer[], $8::integer[],
    $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::jsonb[]
)
on conflict (media_id, set_id, name) do update
set kind = excluded.kind,
    width = excluded.width,
    height = excluded.height,
    frame_rate_numerator = excluded.frame_rate_numerator,
    frame_rate_denominator = excluded.frame_rate_denominator,
    bandwidth_bps = excluded.bandwidth_bps,
    average_bandwidth_bps = excluded.average_bandwidth_bps,
    codecs = excluded.codecs,
    init_object = excluded.init_object,
    segments = excluded.segments
;

insert into sessions
    (id, user_id, seed, user_agent, network, created_at, last_used_at, expires_at)
select $1, $2, $3, $4, $5, began, began, began + interval '30 days'
from clock_timestamp() as began
;

insert into sign_in_attempts (target_hash, network, has_succeeded, attempted_at)
values ($1, $2, false, clock_timestamp())
returning id
;

insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
select $1, $2, $3, 'active', now()
where not exists (
    select from signing_keys
    where state in ('next', 'active')
        and signs_from <= clock_timestamp()
)
;

insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
values ($1, $2, $3, $4, now() + make_interval(secs => $5))
returning kid, state as "state: KeyState", signs_from
;

insert into users (username, email, mailbox, password_hash)
values ($1, $2, $3, $4)
returning id as "id: UserId"
;

select
    comments.id as "id!: CommentId",
    comments.post_id as "post_id!: PostId",
    comments.parent_id as "parent_id: CommentId",
    comments.text as "text!",
    comments.likes_count as "likes_count!",
    comments.replies_count as "replies_count!",
    comments.created_at as "created_at!",
    comments.edited_at,
    comments.author_id as "author_id!: UserId",
    users.username as "username!",
    profiles.first_name,
    profiles.last_name,
    profiles.avatar_file,
    comments.deleted_at is not null as "is_deleted!",
    comments.deleted_at is null and users.is_visible as "is_seen!",
    exists (
        select
        from comment_likes
        where comment_likes.comment_id = comments.id
            and comment_likes.user_id = $1
        offset 0
    ) as "liked!"
from comments as comments
join users_as_seen_by($1) as users on users.id = comments.author_id
join profiles on profiles.user_id = comments.author_id
where comments.id = $2
;

select
    comments.id as "id!: CommentId",
    comments.post_id as "post_id!: PostId",
    comments.parent_id as "parent_id: CommentId",
    comments.text as "text!",
    comments.likes_count as "likes_count!",
    comments.replies_count as "replies_count!",
    comments.created_at as "created_at!",
    comments.edited_at,
    comments.author_id as "author_id!: UserId",
    users.username as "username!",
    profiles.first_name,
    profiles.last_name,
    profiles.avatar_file,
    comments.deleted_at is not null as "is_deleted!",
    comments.deleted_at is null and users.is_visible as "is_seen!",
    exists (
        select
        from comment_likes
        where comment_likes.comment_id = comments.id
            and comment_likes.user_id = $1
        offset 0
    ) as "liked!"
from comments as comments
join users_as_seen_by($1) as users on users.id = comments.author_id
join profiles on profiles.user_id = comments.author_id
where comments.id = any($2)
;

select
    here.failures as "network_failures!",
    extract(epoch from clock_timestamp() - here.latest)::float8
        as since_network_failure_seconds,
    anywhere.failures as "account_failures!",
    extract(epoch from clock_timestamp() - anywhere.latest)::float8
        as since_account_failure_seconds,
    exists (
        select
        from unnest($7::bytea[]) as names (hash)
        cross join lateral (
            select
            from sign_in_attempts
            where target_hash = names.hash
                and network = $2
                and has_succeeded
                and attempted_at > now() - make_interval(secs => $3)
            limit 1
        ) as success
    ) as "is_known_network!"
from (
    select max(attempted_at) as latest
    from sign_in_attempts
    where target_hash = $1
        and network = $2
        and has_succeeded
        and attempted_at > now() - make_interval(secs => $3)
) as success
cross join lateral (
    select count(*) as failures, max(attempted_at) as latest
    from (
        select attempted_at
        from sign_in_attempts
        where target_hash = $1
            and network = $2
            and not has_succeeded
            and attempted_at > now() - make_interval(secs => $4)
            and attempted_at > coalesce(success.latest, '-infinity')
        order by attempted_at desc
        limit $5
    ) as recent
) as here
cross join (
    select count(*) as failures, max(attempted_at) as latest
    from (
        select attempted_at
        from sign_in_attempts
        where target_hash = $1
            and not has_succeeded
            and attempted_at > now() - interval '1 hour'
        order by attempted_at desc
        limit $6
    ) as recent
) as anywhere
;

select
    id as "id: MediaId",
    kind as "kind: MediaKind",
    state as "state: MediaState",
    set_id as "set_id: SetId",
    attached_as is not null as "is_attached!"
from media
where owner_id = $1
    and id = any($2)
    and replaced_at is null
    and not exists (
        select
        from post_media
        join posts on posts.id = post_media.post_id
        where post_media.media_id = media.id
            and posts.deleted_at is not null
    )
;

select
    id as "id: MediaId",
    kind as "kind: MediaKind",
    state as "state: MediaState",
    set_id as "set_id: SetId",
    attached_as is not null as "is_attached!"
from media
where owner_id = $1
    and id = any($2)
    and replaced_at is null
    and not exists (
        select
        from post_media
        join posts on posts.id = post_media.post_id
        where post_media.media_id = media.id
            and posts.deleted_at is not null
    )
for update
;

select
    is_profile_picture(media) or exists (
        select
        from post_media
        join visible_posts(null, false) as posts on posts.id = post_media.post_id
        where post_media.media_id = media.id
            and posts.is_open
    ) as "is_public!",
    -- The answer that gave an admin this URL is recorded.
    coalesce(viewers.role = 'admin', false) or viewers.id is not null and exists (
        select
        from post_media
        join visible_posts(viewers.id, false) as posts on posts.id = post_media.post_id
        where post_media.media_id = media.id
    ) as "is_seen!",
    coalesce(viewers.id = media.owner_id, false) as "is_owner!",
    media.set_id as "set_id: SetId",
    media.poster,
    uploads.state = 'complete' as "has_source!",
    uploads.filename,
    uploads.filetype
from media
join uploads on uploads.id = media.id
left join (
    select users.id, users.role
    from sessions
    join users on users.id = sessions.user_id
    where sessions.id = $2
        and sessions.ended_at is null
        and sessions.expires_at > now()
        and users.state = 'active'
) as viewers on true
left join post_media on post_media.media_id = media.id
left join posts on posts.id = post_media.post_id
where media.id = $1
    and posts.deleted_at is null
;

select
    posts.id as "id!: PostId",
    posts.text as "text!",
    posts.visibility as "visibility!: Visibility",
    posts.likes_count as "likes_count!",
    posts.comments_count as "comments_count!",
    posts.reposts_count as "reposts_count!",
    posts.created_at as "created_at!",
    posts.edited_at,
    posts.author_id as "author_id!: UserId",
    posts.username as "username!",
    posts.first_name as "first_name!",
    posts.last_name as "last_name!",
    posts.avatar_file,
    posts.is_open as "is_open!",
    exists (
        select
        from post_likes
        where post_likes.post_id = posts.id
            and post_likes.user_id = $1
    ) as "liked!"
from visible_posts($1, false) as posts where posts.id = any($2) order by array_position($2, posts.id)
;

select
    posts.id as "id!: PostId",
    posts.text as "text!",
    posts.visibility as "visibility!: Visibility",
    posts.likes_count as "likes_count!",
    posts.comments_count as "comments_count!",
    posts.reposts_count as "reposts_count!",
    posts.created_at as "created_at!",
    posts.edited_at,
    posts.author_id as "author_id!: UserId",
    posts.username as "username!",
    posts.first_name as "first_name!",
    posts.last_name as "last_name!",
    posts.avatar_file,
    posts.is_open as "is_open!",
    exists (
        select
        from post_likes
        where post_likes.post_id = posts.id
            and post_likes.user_id = $1
    ) as "liked!"
from visible_posts($1, true) as posts where posts.id = $2
;

select
    posts.text,
    posts.visibility as "visibility: Visibility",
    posts.published_at is not null as "is_published!",
    profiles.is_private as is_account_private
from posts
join profiles on profiles.user_id = posts.author_id
where posts.id = $1
    and posts.deleted_at is null
for no key update of posts
;

select
    sessions.ended_at is not null as "has_ended!",
    users.state = 'active' as "is_active!"
from sessions
join users on users.id = sessions.user_id
where sessions.id = $1
    and users.id = $2
;

select
    sessions.user_id as "user_id: UserId",
    sessions.seed,
    sessions.generation,
    extract(epoch from now() - sessions.generation_at)::float8
        as "generation_age_seconds!",
    (sessions.ended_at is not null or sessions.expires_at <= now()) as "is_over!",
    users.state as "user_state: AccountState"
from sessions
join users on users.id = sessions.user_id
where sessions.id = $1
;

select
    users.id as "id!: UserId",
    profiles.is_private,
    exists (
        select from follows where follower_id = $1 and followee_id = users.id
    ) as "viewer_follows!"
from visible_users($1) as users
join profiles on profiles.user_id = users.id
where lower(users.username) = lower($2)
;

select
    users.id as "id!: UserId",
    users.username as "username!",
    users.created_at as "created_at!",
    case
        when users.id = $1 then (select email from users where id = $1)
    end as email,
    users.role as "role!: UserRole",
    profiles.first_name,
    profiles.last_name,
    profiles.bio,
    profiles.is_private,
    profiles.followers_count,
    profiles.following_count,
    profiles.posts_count,
    profiles.avatar_file,
    profiles.cover_file,
    users.is_visible as "is_visible!",
    exists (
        select from follows
        where follower_id = $1 and followee_id = users.id
        offset 0
    ) as "following!",
    exists (
        select from follows
        where follower_id = users.id and followee_id = $1
        offset 0
    ) as "followed_by!",
    exists (
        select from follow_requests
        where requester_id = $1 and target_id = users.id
        offset 0
    ) as "follow_requested!",
    exists (
        select from mutes
        where muter_id = $1 and muted_id = users.id
        offset 0
    ) as "muting!"
from users_as_seen_by($1) as users
join profiles on profiles.user_id = users.id
where users.state <> 'deleted'

and lower(users.username) = lower($2)
and (
    users.is_visible
    or exists (select from users as viewer where viewer.id = $1 and role = 'admin')
)
;

select
    users.id as "id!: UserId",
    users.username as "username!",
    users.created_at as "created_at!",
    case
        when users.id = $1 then (select email from users where id = $1)
    end as email,
    users.role as "role!: UserRole",
    profiles.first_name,
    profiles.last_name,
    profiles.bio,
    profiles.is_private,
    profiles.followers_count,
    profiles.following_count,
    profiles.posts_count,
    profiles.avatar_file,
    profiles.cover_file,
    users.is_visible as "is_visible!",
    exists (
        select from follows
        where follower_id = $1 and followee_id = users.id
        offset 0
    ) as "following!",
    exists (
        select from follows
        where follower_id = users.id and followee_id = $1
        offset 0
    ) as "followed_by!",
    exists (
        select from follow_requests
        where requester_id = $1 and target_id = users.id
        offset 0
    ) as "follow_requested!",
    exists (
        select from mutes
        where muter_id = $1 and muted_id = users.id
        offset 0
    ) as "muting!"
from users_as_seen_by($1) as users
join profiles on profiles.user_id = users.id
where users.state <> 'deleted'

and users.id = any($2)
and (users.is_visible or $3 and users.state = 'active')
order by array_position($2, users.id)
;

select
    users.id as "id!: UserId",
    users.username as "username!",
    users.created_at as "created_at!",
    case
        when users.id = $1 then (select email from users where id = $1)
    end as email,
    users.role as "role!: UserRole",
    profiles.first_name,
    profiles.last_name,
    profiles.bio,
    profiles.is_private,
    profiles.followers_count,
    profiles.following_count,
    profiles.posts_count,
    profiles.avatar_file,
    profiles.cover_file,
    users.is_visible as "is_visible!",
    exists (
        select from follows
        where follower_id = $1 and followee_id = users.id
        offset 0
    ) as "following!",
    exists (
        select from follows
        where follower_id = users.id and followee_id = $1
        offset 0
    ) as "followed_by!",
    exists (
        select from follow_requests
        where requester_id = $1 and target_id = users.id
        offset 0
    ) as "follow_requested!",
    exists (
        select from mutes
        where muter_id = $1 and muted_id = users.id
        offset 0
    ) as "muting!"
from users_as_seen_by($1) as users
join profiles on profiles.user_id = users.id
where users.state <> 'deleted'
and users.id = $1
;

select attached_as is not null as "is_attached!"
from media
where id = $1
for update
;

select author_id as "author_id!: UserId"
from visible_posts($1, false)
where id = $2
;

select avatar_id as "id: MediaId" from profiles where user_id = $1
;

select avatar_id as "id: MediaId" from profiles where user_id = $1 for no key update
;

select case state when 'running' then lease_token end
from jobs
where id = $1
;

select cfgname::text as "name!"
from pg_ts_config
where cfgnamespace = 'pg_catalog'::regnamespace
order by cfgname
;

select count(*) as "count!" from post_media where post_id = $1
;

select cover_id as "id: MediaId" from profiles where user_id = $1
;

select cover_id as "id: MediaId" from profiles where user_id = $1 for no key update
;

select created_at as at, id
from (
    select newest.id, newest.created_at
    from (
        select id, created_at, username
        from users
        where state = 'active'
            and (created_at, id) < ($4, $5)
            and (created_at, id) > ($9, $10)
        order by created_at desc, id desc
        limit $7
    ) as newest
    where lower(newest.username) <> lower($3)
        and (
            newest.username ilike search_folded($1)
            or lower(newest.username) like lower($2)
            or exists (
                select
                from profiles
                where user_id = newest.id
                    and (
                        search_folded(first_name || ' ' || last_name)
                            like search_folded($1)
                        or search_vector(first_name || ' ' || last_name || first_name)
                            @@ search_query($8)
                    )
                offset 0
            )
        )
    order by newest.created_at desc, newest.id desc
    offset 0
) as matching
where exists (
        select from visible_users($11) as seen where seen.id = matching.id offset 0
    )
    and not exists (
        select from mutes where muter_id = $11 and muted_id = matching.id offset 0
    )
order by created_at desc, id desc
limit $6
;

select created_at as at, id
from users
where state = 'active'
    and (created_at, id) < ($1, $2)
    and (created_at, id) > ($4, $5)
order by created_at desc, id desc
offset $3::bigint - 1
limit 1
;

select epoch, state as "state: UploadState", expires_at,
    coalesce(expires_at < now() + $2 - least($2 / 4, interval '1 hour'), false) as "is_extension_due!"
from uploads
where id = $1
;

select exists (
    select from posts where id = $1 and deleted_at is not null
) as "is_deleted!"
;

select exists (
    select from signing_keys
    where state in ('next', 'active')
        and signs_from <= now()
) as "can_sign!"
;

select exists (
    select from users
    where id = $1
        and role = 'admin'
        and state = 'active'
) as "is_admin!"
;

select exists (select from media where id = $1) as "has_media!"
;

select id
from posts
where id = $1 and author_id = $2 and deleted_at is null
for no key update
;

select id
from uploads
where state in ('rejected', 'expired', 'terminated', 'condemned')
    and discarded_at is null
order by id
limit $1
;

select id
from users
where id = $1
    and password_hash = $2
    and state = 'active'
for no key update
;

select id as "id!: UserId"
from visible_users($1) as users
where lower(username) = lower($2)
    and not exists (
        select from mutes where muter_id = $1 and muted_id = users.id offset 0
    )
;

select id as "id: SessionId", created_at, last_used_at, user_agent, network
from sessions
where user_id = $1
    and ended_at is null
    and expires_at > now()
    and created_at between $4 and $2
    and (created_at, substring(uuid_send(id) from 9)) < ($2, $5)
    and (created_at, substring(uuid_send(id) from 9)) > ($4, $6)
order by created_at desc, substring(uuid_send(id) from 9) desc
limit $3
;

select id as "id: UserId"
from users
where lower(username) = lower($1)
    and state <> 'deleted'
;

select id as "session_id: SessionId", null as "user_id: UserId", now() as "read_at!"
from sessions
where ended_at > now() - make_interval(secs => $1)
union all
select null, id, now()
from users
where state <> 'active'
    and state_changed_at > now() - make_interval(secs => $1)
union all
select null, null, now()
;

select id as "user_id: UserId", email
from users
where mailbox is null
    and (octet_length(email) <> char_length(email) or email ilike '%xn--%')
order by id
limit $1
;

select id as "user_id: UserId", password_hash, state as "state: AccountState"
from users
where id = $1
;

select id as "user_id: UserId", password_hash, state as "state: AccountState"
from users
where lower(username) = lower($1)
    or coalesce(mailbox, lower(email collate "C")) in ($2, $3)
order by coalesce(mailbox, lower(email collate "C")) = $3 desc
limit 1
;

select id from uploads where id = any($1)
;

select id, length as "length!"
from uploads
where state = 'uploading' and length is not null and id > $1
order by id
limit $2
;

select id, owner_id, node_id, epoch, state as "state: UploadState", length, known_offset,
    metadata, created_at, expires_at,
    exists (select from media where media.id = uploads.id) as "has_media!"
from uploads
where id = $1
;

select init_object as "object!" from renditions
where media_id = $1 and init_object is not null
union all
select segment ->> 'object' from renditions, jsonb_array_elements(segments) segment
where media_id = $1
union all
select poster from media
where id = $1 and poster is not null
;

select kid, public_key
from signing_keys
where state <> 'revoked'
order by signs_from desc, kid
;

select kid, public_key, retired_at
from signing_keys
where state <> 'revoked'
;

select kid, sealed_private_key
from signing_keys
where state in ('next', 'active')
    and signs_from <= now()
order by signs_from desc, kid
limit 1
;

select kid, sealed_private_key
from signing_keys
where state in ('next', 'active')
order by signs_from desc, kid
limit 1
;

select kid, state as "state: KeyState", signs_from
from signing_keys
order by signs_from desc, kid
;

select made.body_sha256 as "body_sha256?", made.resource_id as "resource_id?"
from unnest($1::bigint[], $2::text[], $3::text[])
    with ordinality as asked (user_id, route, key, place)
left join idempotency_keys as made
    on made.user_id = asked.user_id
    and made.route = asked.route
    and made.key = asked.key
order by asked.place
;

select media.id as "id: MediaId", media.alt
from post_media
join media on media.id = post_media.media_id
where post_media.post_id = $1
order by post_media.position
;

select media_id as "id: MediaId"
from post_media
where post_id = $1
order by media_id
;

select name, init_object as "object!", width as "width!", height as "height!"
from renditions
where media_id = $1
    and set_id = $2
    and kind = 'image'
order by width + height, name
;

select name, kind as "kind: RenditionKind", width, height,
    frame_rate_numerator, frame_rate_denominator,
    coalesce(bandwidth_bps, 0) as "bandwidth_bps!",
    coalesce(average_bandwidth_bps, 0) as "average_bandwidth_bps!",
    coalesce(codecs, '') as "codecs!",
    coalesce(init_object, '') as "init_object!",
    segments as "segments: Json<Vec<Segment>>"
from renditions
where media_id = $1 and set_id = $2
order by height desc nulls last, name
;

select obj_description('public.search_words'::regconfig::oid, 'pg_ts_config')
;

select pg_advisory_xact_lock(hashtext('signing_keys'))
;

select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))
;

select pg_notify($1, '')
;

select pg_try_advisory_xact_lock(hashtext('signing_keys')) as "is_locked!"
;

select pg_try_advisory_xact_lock(number) as "is_locked!"
from unnest($1::bigint[]) with ordinality as asked (number, place)
order by place
;

select posts.author_id,
    exists (select from visible_posts($2, false) as seen where seen.id = posts.id)
        as "is_seen!"
from posts
where posts.id = $1 and posts.deleted_at is null
;

select published_at as "at!", id
from posts
where author_id = $1
    and deleted_at is null
    and published_at is not null

    and (published_at, id) < ($2, $3)
    and (published_at, id) > ($5, $6)
order by published_at desc, id desc
limit $4
;

select published_at as "at!", id
from posts
where author_id = $1
    and deleted_at is null
    and published_at is not null
and visibility = 'public'
    and (published_at, id) < ($2, $3)
    and (published_at, id) > ($5, $6)
order by published_at desc, id desc
limit $4
;

select published_at as "at!", id
from posts
where author_id = $1
    and deleted_at is null
    and published_at is not null
and visibility in ('public', 'followers')
    and (published_at, id) < ($2, $3)
    and (published_at, id) > ($5, $6)
order by published_at desc, id desc
limit $4
;

select seen.id as "id!: MediaId"
from unnest($1::uuid[]) as seen (id)
where not exists (
    select from media where media.id = seen.id
)
;

select set_config('statement_timeout', '0', true)
;

select state as "state: KeyState" from signing_keys where kid = $1
;

select system_identifier || '/' || pg_database.oid as "identity!"
from pg_control_system(), pg_database
where datname = current_database()
;

select tombstones.id as "id!: CommentId"
from unnest($2::bigint[]) as tombstones (id)
where exists (
    with recursive below as (
        select id, author_id, deleted_at
        from comments
        where parent_id = tombstones.id
        union all
        select replies.id, replies.author_id, replies.deleted_at
        from below
        cross join lateral (
            select id, author_id, deleted_at
            from comments
            where comments.parent_id = below.id
            offset 0
        ) as replies
    )
    select
    from (select *, row_number() over () as number from below) as below
    where number >= 100
        or deleted_at is null
        and exists (
            select
            from visible_users($1) as authors
            where authors.id = below.author_id
            offset 0
        )
)
;

select user_id
from profiles
where user_id = any($1)
order by user_id
for no key update
;

select username, email, state as "state: AccountState"
from users
where role = 'admin' and state <> 'deleted'
order by username
;

update comments
set text = $2, edited_at = now()
where id = $1
    and deleted_at is null
    and text <> $2
;

update jobs
set leased_until = now() + $3
where id = $1 and lease_token = $2 and leased_until is not null
;

update jobs
set state = 'cancelled', leased_until = null, finished_at = now()
where id in (
    select id
    from jobs
    where media_id = any($1)
        and state not in ('done', 'failed', 'cancelled')
    order by id
    for update
)
;

update jobs
set state = 'done', leased_until = null, finished_at = now()
where id = $1 and lease_token = $2 and leased_until is not null
;

update jobs
set state = 'failed', leased_until = null, finished_at = now(),
    error_code = $3
where id in (
    select id
    from jobs
    where state = 'running' and leased_until < now()
        and attempts >= $2 and kind = $1
    order by leased_until
    limit 100
    for update skip locked
)
returning id, media_id, traceparent
;

update jobs
set state = 'failed', leased_until = null, finished_at = now(),
    error_code = $3, error_detail = $4
where id = $1 and lease_token = $2 and leased_until is not null
;

update jobs
set state = 'queued', leased_until = null, worker = null,
    run_after = now() + $3, error_detail = $4
where id = $1 and lease_token = $2 and leased_until is not null
;

update jobs
set state = 'queued', leased_until = null, worker = null, priority = $3,
    attempts = attempts - 1
where id = $1 and lease_token = $2 and leased_until is not null
;

update jobs
set state = 'queued', leased_until = null, worker = null, run_after = now(),
    attempts = attempts - 1
where id = $1 and lease_token = $2 and leased_until is not null
;

update media
set attached_as = $2
where id = $1
;

update media
set replaced_at = case when $2 then now() else now() - interval '1 day' end
where id = $1
;

update media
set state = 'failed', error_code = $2, error_detail = $3
where id = $1 and state = 'uploading'
;

update media
set state = 'failed', error_code = $2, error_detail = $3
where id = $1 and state in ('uploading', 'processing')
;

update media
set state = 'ready', kind = case when $2::integer is null then 'audio' else 'video' end,
    width = $2, height = $3, duration_ms = $4, set_id = $5, poster = $6, ready_at = now()
where id = $1 and state = 'processing'
;

update profiles
set first_name = coalesce($2, first_name),
    last_name = coalesce($3, last_name),
    bio = coalesce($4, bio),
    is_private = coalesce($5, is_private),
    updated_at = now()
where user_id = $1
;

update profiles set avatar_id = $2, avatar_file = $3, updated_at = now() where user_id = $1
;

update profiles set cover_id = $2, cover_file = $3, updated_at = now() where user_id = $1
;

update sessions
set ended_at = clock_timestamp(), end_reason = 'revoked'
where user_id = $1
    and id is distinct from $2
    and ended_at is null
;

update sessions
set ended_at = now(), end_reason = $3
where id = $1
    and user_id = $2
    and ended_at is null
    and expires_at > now()
;

update sessions
set generation = generation + 1,
    generation_at = now(),
    last_used_at = now(),
    expires_at = now() + interval '30 days'
where id = $1
    and generation = $2
    and ended_at is null
returning generation
;

update sign_in_attempts
set has_succeeded = true
where id = $1
;

update signing_keys
set state = 'active', signs_from = now()
where kid = (
    select kid
    from signing_keys
    where state = 'next'
    order by signs_from, kid
    limit 1
)
returning kid
;

update signing_keys
set state = 'revoked', retired_at = coalesce(retired_at, now())
where kid = $1
;

update signing_keys as key
set state = case key.state when 'next' then 'active' else 'retired' end,
    retired_at = case key.state when 'active' then now() end
where key.state = 'next'
    and key.signs_from <= now()
    or key.state = 'active'
    and exists (
        select from signing_keys as newer
        where newer.state in ('next', 'active')
            and newer.signs_from > key.signs_from
            and newer.signs_from <= now() - interval '2 minutes'
    )
;

update uploads
set expires_at = now() + $3
where id = $1 and epoch = $2 and state = 'uploading'
returning expires_at
;

update uploads
set known_offset = greatest(known_offset, $3)
where id = $1 and epoch = $2 and state = 'uploading'
;

update uploads
set node_id = $3, epoch = epoch + 1
where id = $1 and epoch = $2 and state = 'uploading'
returning epoch
;

update uploads
set state = $3, state_reason = $4, epoch = epoch + 1
where id = $1 and epoch = $2 and state = 'uploading'
;

update uploads
set state = 'expired', epoch = epoch + 1
where id in (
    select id
    from uploads
    where expires_at < now() and state = 'uploading'
    order by expires_at
    limit 500
    for update skip locked
)
returning id
;

update uploads
set state = 'terminated', state_reason = 'deleted', finished_at = null, epoch = epoch + 1
where id in (
    select id
    from uploads
    where id = any($1)
        and (state = 'uploading' or $2 and state = 'complete')
    order by id
    for update
)
;

update uploads set discarded_at = now() where id = $1
;

update users
set password_hash = $2
where id = $1
;

update users
set password_hash = $3
where id = $1
    and password_hash = $2
    and state = 'active'
;

update users
set role = $2
where id = $1
    and role <> $2
;

update users
set state = $2, state_changed_at = clock_timestamp()
where id = $1
    and state not in ($2, 'deleted')
;

update users set mailbox = $2 where id = $1 and mailbox is null
;

with
likes as (select post_id, count(*) from post_likes group by 1),
answers as (
    select post_id, count(*) from comments where deleted_at is null group by 1
),
liked as (select comment_id, count(*) from comment_likes group by 1),
replies as (
    select parent_id, count(*)
    from comments
    where deleted_at is null
        and parent_id is not null
    group by 1
),
followers as (select followee_id, count(*) from follows group by 1),
followees as (select follower_id, count(*) from follows group by 1),
written as (
    select author_id, count(*)
    from posts
    where deleted_at is null
        and published_at is not null
        and visibility <> 'private'
    group by 1
),
of_posts as (
    select
        count(*) filter (where likes_count <> coalesce(likes.count, 0)) as likes,
        count(*) filter (where comments_count <> coalesce(answers.count, 0)) as comments
    from posts
    left join likes on likes.post_id = posts.id
    left join answers on answers.post_id = posts.id
    where posts.deleted_at is null
),
of_comments as (
    select
        count(*) filter (where comments.likes_count <> coalesce(liked.count, 0)) as likes,
        count(*) filter (where replies_count <> coalesce(replies.count, 0)) as replies
    from comments
    join posts on posts.id = comments.post_id
    left join liked on liked.comment_id = comments.id
    left join replies on replies.parent_id = comments.id
    where posts.deleted_at is null
),
of_profiles as (
    select
        count(*) filter (where followers_count <> coalesce(followers.count, 0))
            as followers,
        count(*) filter (where following_count <> coalesce(followees.count, 0))
            as following,
        count(*) filter (where posts_count <> coalesce(written.count, 0)) as posts
    from profiles
    left join followers on followers.followee_id = user_id
    left join followees on followees.follower_id = user_id
    left join written on written.author_id = user_id
)
select 'posts.likes_count' as "counter!", likes as "rows!" from of_posts
union all select 'posts.comments_count', comments from of_posts
union all select 'comments.likes_count', likes from of_comments
union all select 'comments.replies_count', replies from of_comments
union all select 'profiles.followers_count', followers from of_profiles
union all select 'profiles.following_count', following from of_profiles
union all select 'profiles.posts_count', posts from of_profiles
;

with asked as materialized (
    select
        asked.follower_id,
        asked.is_on,
        users.id is not null as is_allowed,
        profiles.is_private
    from unnest($2::bigint[], $3::boolean[]) as asked (follower_id, is_on)
    join profiles on profiles.user_id = $1
    left join lateral (
        select id from visible_users(asked.follower_id) as users where users.id = $1
    ) as users on true
),
followed as (
    insert into follows (follower_id, followee_id)
    select follower_id, $1
    from asked
    where is_on
        and is_allowed
        and not is_private
    on conflict do nothing
    returning follower_id
),
requested as (
    insert into follow_requests (requester_id, target_id)
    select follower_id, $1
    from asked
    where is_on
        and is_allowed
        and is_private
        and not exists (
            select
            from follows
            where follows.follower_id = asked.follower_id
                and follows.followee_id = $1
        )
    on conflict do nothing
    returning requester_id
),
settled as (
    delete from follow_requests
    using followed
    where requester_id = followed.follower_id
        and target_id = $1
),
unfollowed as (
    delete from follows
    using asked
    where follows.follower_id = asked.follower_id
        and follows.followee_id = $1
        and not asked.is_on
    returning follows.follower_id
),
withdrawn as (
    delete from follow_requests
    using asked
    where requester_id = asked.follower_id
        and target_id = $1
        and not asked.is_on
    returning requester_id
),
changed as (
    select follower_id, 1 as difference from followed
    union all
    select follower_id, -1 from unfollowed
),
counted as (
    update profiles
    set followers_count = followers_count + changes.followers,
        following_count = following_count + changes.following
    from (
        select follower_id as user_id, 0 as followers, difference as following
        from changed
        union all
        select $1, sum(difference), 0
        from changed
    ) as changes
    where profiles.user_id = changes.user_id
        and (changes.followers <> 0 or changes.following <> 0)
)
select
    follower_id as "follower_id!: UserId",
    is_allowed as "is_allowed!",
    follower_id in (select follower_id from followed) as "is_new_follow!",
    follower_id in (select requester_id from requested) as "is_new_request!",
    follower_id in (select follower_id from unfollowed) as "has_unfollowed!",
    follower_id in (select requester_id from withdrawn) as "has_withdrawn!"
from asked
order by follower_id
;

with claimed as (
    update media set attached_as = 'post' where id = $1 and attached_as is null
    returning id
)
insert into post_media (media_id, post_id, position)
select id, $2, (
    select coalesce(max(position) + 1, 0) from post_media where post_id = $2
)
from claimed
;

with counted as (
    update profiles
    set posts_count = posts_count + $5::bigint
    from posts
    where posts.id = $1
        and profiles.user_id = posts.author_id
        and $5::bigint <> 0
)
update posts
set text = $2,
    visibility = $3,
    edited_at = case when $4 then now() else edited_at end
where id = $1
;

with counted as (
    update profiles
    set posts_count = posts_count + 1
    where user_id = $1
        and $3 <> 'private'
        and not ($3 = 'public' and is_private)
    returning user_id
)
insert into posts (author_id, text, visibility, published_at)
select $1, $2, $3, now()
where $3 = 'private'
    or exists (select from counted)
returning id as "id: PostId"
;

with deleted as (
    update posts
    set deleted_at = now()
    where id = $1
        and deleted_at is null
    returning author_id, published_at is not null and visibility <> 'private' as is_counted
),
counted as (
    update profiles
    set posts_count = posts_count - 1
    from deleted
    where user_id = author_id
        and is_counted
)
select author_id as "author_id!: UserId"
from deleted
;

with followees as materialized (
    select followee_id
    from follows
    where follower_id = $1
    limit $5::bigint + 1
)
(
    select newest.published_at, newest.id
    from followees
    cross join lateral (
        select published_at, id
        from posts
        where author_id = followees.followee_id
            and deleted_at is null
            and published_at is not null
            and visibility <> 'private'
            and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
        order by published_at desc, id desc
        limit $4
    ) newest
    where followees.followee_id not in (select muted_id from mutes where muter_id = $1)
        and (select count(*) from followees) <= $5
    union all
    (
        select published_at, id
        from posts
        where author_id = $1
            and deleted_at is null
            and published_at is not null
            and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
        order by published_at desc, id desc
        limit $4
    )
    order by 1 desc, 2 desc
    limit $4
)
union all
select null, null
where (select count(*) from followees) > $5
;

with found as materialized (
    (select id from users where username ilike search_folded($1) limit $7::bigint + 1)
    union
    (
        select user_id
        from profiles
        where search_folded(first_name || ' ' || last_name) like search_folded($1)
        limit $7::bigint + 1
    )
    union
    (
        select user_id
        from profiles
        where search_vector(first_name || ' ' || last_name || first_name)
            @@ search_query($8)
        limit $7::bigint + 1
    )
    union
    (select id from users where lower(username) like lower($2) limit $7::bigint + 1)
),
counted as (
    select count(*) as matches from found
),
page as (
    select id, created_at
    from (
        select users.id, users.created_at
        from found
        join users on users.id = found.id
        where (select matches from counted) <= $7
            and lower(users.username) <> lower($3)
            and (users.created_at, users.id) < ($4, $5)
            and (users.created_at, users.id) > ($9, $10)
        order by users.created_at desc, users.id desc
        limit $7
    ) as newest
    where exists (
            select from visible_users($11) as seen where seen.id = newest.id offset 0
        )
        and not exists (
            select from mutes where muter_id = $11 and muted_id = newest.id offset 0
        )
    order by created_at desc, id desc
    limit $6
)
select
    (select matches from counted) as "matches!",
    array(
        select id from page order by created_at desc, id desc
    ) as "ids!: Vec<i64>",
    array(
        select created_at from page order by created_at desc, id desc
    ) as "times!: Vec<OffsetDateTime>"
;

with found as materialized (
    select at, id
    from (
        select created_at as at, blocked_id as id
        from blocks
        where blocker_id = $2
            and (created_at, blocked_id) < ($3, $4)
            and (created_at, blocked_id) > ($5, $6)
        order by created_at desc, blocked_id desc
        limit $8
    ) as scanned
    where exists (select from (select id from users_as_seen_by($1) as users where state = 'active') as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, blocked_id as id
    from blocks
    where blocker_id = $2
        and (created_at, blocked_id) < ($3, $4)
        and (created_at, blocked_id) > ($5, $6)
    order by created_at desc, blocked_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, followee_id as id
        from follows
        where follower_id = $2
            and (created_at, followee_id) < ($3, $4)
            and (created_at, followee_id) > ($5, $6)
        order by created_at desc, followee_id desc
        limit $8
    ) as scanned
    where exists (select from visible_users($1) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, followee_id as id
    from follows
    where follower_id = $2
        and (created_at, followee_id) < ($3, $4)
        and (created_at, followee_id) > ($5, $6)
    order by created_at desc, followee_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, follower_id as id
        from follows
        where followee_id = $2
            and (created_at, follower_id) < ($3, $4)
            and (created_at, follower_id) > ($5, $6)
        order by created_at desc, follower_id desc
        limit $8
    ) as scanned
    where exists (select from visible_users($1) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, follower_id as id
    from follows
    where followee_id = $2
        and (created_at, follower_id) < ($3, $4)
        and (created_at, follower_id) > ($5, $6)
    order by created_at desc, follower_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, muted_id as id
        from mutes
        where muter_id = $2
            and (created_at, muted_id) < ($3, $4)
            and (created_at, muted_id) > ($5, $6)
        order by created_at desc, muted_id desc
        limit $8
    ) as scanned
    where exists (select from visible_users($1) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, muted_id as id
    from mutes
    where muter_id = $2
        and (created_at, muted_id) < ($3, $4)
        and (created_at, muted_id) > ($5, $6)
    order by created_at desc, muted_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, post_id as id
        from post_likes
        where user_id = $2
            and (created_at, post_id) < ($3, $4)
            and (created_at, post_id) > ($5, $6)
        order by created_at desc, post_id desc
        limit $8
    ) as scanned
    where exists (select from visible_posts($1, false) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, post_id as id
    from post_likes
    where user_id = $2
        and (created_at, post_id) < ($3, $4)
        and (created_at, post_id) > ($5, $6)
    order by created_at desc, post_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, requester_id as id
        from follow_requests
        where target_id = $2
            and (created_at, requester_id) < ($3, $4)
            and (created_at, requester_id) > ($5, $6)
        order by created_at desc, requester_id desc
        limit $8
    ) as scanned
    where exists (select from visible_users($1) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, requester_id as id
    from follow_requests
    where target_id = $2
        and (created_at, requester_id) < ($3, $4)
        and (created_at, requester_id) > ($5, $6)
    order by created_at desc, requester_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select at, id
    from (
        select created_at as at, user_id as id
        from post_likes
        where post_id = $2
            and (created_at, user_id) < ($3, $4)
            and (created_at, user_id) > ($5, $6)
        order by created_at desc, user_id desc
        limit $8
    ) as scanned
    where exists (select from visible_users($1) as seen where seen.id = scanned.id offset 0)
    order by at desc, id desc
    limit $7
)
select at as "at!", id as "id!", true as "is_found!"
from found
union all
select at, id, false
from (
    select created_at as at, user_id as id
    from post_likes
    where post_id = $2
        and (created_at, user_id) < ($3, $4)
        and (created_at, user_id) > ($5, $6)
    order by created_at desc, user_id desc
    offset $8 - 1
    limit 1
) as stopped
where (select count(*) from found) < $7
;

with found as materialized (
    select published_at, id
    from (
        select published_at, id, author_id, visibility, text
        from posts
        where deleted_at is null
            and published_at is not null
            and true
            and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
        order by published_at desc, id desc
        limit $5
    ) as scanned
    where author_id = $1
        or visibility <> 'private'
        and author_id in (
            select followee_id
            from follows
            where follower_id = $1
                and followee_id not in (select muted_id from mutes where muter_id = $1)
        )
        and exists (
            select from visible_users($1) as authors where authors.id = author_id offset 0
        )
    order by published_at desc, id desc
    limit $4
)
select published_at as "at!", id as "id!", true as "is_found!"
from found
union all
select published_at, id, false
from (
    select published_at, id
    from posts
    where deleted_at is null
        and published_at is not null
        and true
        and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
    order by published_at desc, id desc
    offset $5 - 1
    limit 1
) as stopped
where (select count(*) from found) < $4
;

with found as materialized (
    select published_at, id
    from (
        select published_at, id, author_id, visibility, text
        from posts
        where deleted_at is null
            and published_at is not null
            and visibility = 'public'
            and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
        order by published_at desc, id desc
        limit $5
    ) as scanned
    where author_id not in (select muted_id from mutes where muter_id = $1)
        and exists (
            select
            from visible_users($1) as authors
            join profiles on profiles.user_id = authors.id
            where authors.id = author_id
                and not is_private
            offset 0
        )
    order by published_at desc, id desc
    limit $4
)
select published_at as "at!", id as "id!", true as "is_found!"
from found
union all
select published_at, id, false
from (
    select published_at, id
    from posts
    where deleted_at is null
        and published_at is not null
        and visibility = 'public'
        and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
    order by published_at desc, id desc
    offset $5 - 1
    limit 1
) as stopped
where (select count(*) from found) < $4
;

with found as materialized (
    select published_at, id
    from (
        select published_at, id, author_id, visibility, text
        from posts
        where deleted_at is null
            and published_at is not null
            and visibility = 'public'
            and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
        order by published_at desc, id desc
        limit $5
    ) as scanned
    where search_vector(text) @@ search_query($8)
        and author_id not in (select muted_id from mutes where muter_id = $1)
        and (
            author_id = $1
            or exists (
                select
                from visible_users($1) as authors
                join profiles on profiles.user_id = authors.id
                where authors.id = author_id
                    and not is_private
                offset 0
            )
        )
    order by published_at desc, id desc
    limit $4
)
select published_at as "at!", id as "id!", true as "is_found!"
from found
union all
select published_at, id, false
from (
    select published_at, id
    from posts
    where deleted_at is null
        and published_at is not null
        and visibility = 'public'
        and (published_at, id) < ($2, $3)
            and (published_at, id) > ($6, $7)
    order by published_at desc, id desc
    offset $5 - 1
    limit 1
) as stopped
where (select count(*) from found) < $4
;

with liked as materialized (
    select *
    from comments
    where id = $1
        and deleted_at is null
    for no key update
),
seen as materialized (
    select asked.user_id, asked.is_on
    from unnest($2::bigint[], $3::boolean[]) as asked (user_id, is_on)
    cross join liked
    join visible_posts(asked.user_id, false) as posts on posts.id = liked.post_id
    join visible_users(asked.user_id) as authors on authors.id = liked.author_id
),
inserted as (
    insert into comment_likes (comment_id, user_id)
    select $1, user_id
    from seen
    where is_on
    on conflict do nothing
    returning user_id
),
deleted as (
    delete from comment_likes as likes
    using seen
    where likes.comment_id = $1
        and likes.user_id = seen.user_id
        and not seen.is_on
    returning likes.user_id
),
changed as (
    select user_id, 1 as difference from inserted
    union all
    select user_id, -1 from deleted
),
counted as (
    update comments as counted
    set likes_count = counted.likes_count + changes.difference
    from (select sum(difference) as difference from changed) as changes
    where counted.id = $1
        and changes.difference <> 0
)
select
    user_id as "user_id!: UserId",
    exists (select from changed where changed.user_id = seen.user_id) as "is_changed!"
from seen
;

with liked as materialized (
    select *
    from posts
    where id = $1
        and deleted_at is null
    for no key update
),
seen as materialized (
    select asked.user_id, asked.is_on
    from unnest($2::bigint[], $3::boolean[]) as asked (user_id, is_on)
    cross join liked
    join visible_posts(asked.user_id, false) as posts on posts.id = liked.id
),
inserted as (
    insert into post_likes (post_id, user_id)
    select $1, user_id
    from seen
    where is_on
    on conflict do nothing
    returning user_id
),
deleted as (
    delete from post_likes as likes
    using seen
    where likes.post_id = $1
        and likes.user_id = seen.user_id
        and not seen.is_on
    returning likes.user_id
),
changed as (
    select user_id, 1 as difference from inserted
    union all
    select user_id, -1 from deleted
),
counted as (
    update posts as counted
    set likes_count = counted.likes_count + changes.difference
    from (select sum(difference) as difference from changed) as changes
    where counted.id = $1
        and changes.difference <> 0
)
select
    user_id as "user_id!: UserId",
    exists (select from changed where changed.user_id = seen.user_id) as "is_changed!"
from seen
;

with matching as materialized (
    select published_at, id, author_id
    from posts
    where deleted_at is null
        and published_at is not null
        and visibility = 'public'
        and search_vector(text) @@ search_query($2)
        and (published_at, id) < ($3, $4)
        and (published_at, id) > ($7, $8)
    limit $6
),
found as (
    select published_at, id
    from (
        -- Its bound keeps what follows from being asked of all of them.
        select *
        from matching
        order by published_at desc, id desc
        limit $6
    ) newest
    where author_id not in (select muted_id from mutes where muter_id = $1)
        and (
            author_id = $1
            or exists (
                select
                from visible_users($1) as authors
                join profiles on profiles.user_id = authors.id
                where authors.id = author_id
                    and not is_private
                offset 0
            )
        )
    order by published_at desc, id desc
    limit $5
)
select published_at as "at!", id as "id!", true as "is_found!"
from found
union all
select 'epoch', 0, false
where (select count(*) from matching) >= $6
;

with old as (
    select id
    from media
    where replaced_at <= now() - interval '1 day'
    order by replaced_at
    limit $1
    for update skip locked
),
gone as (
    delete from media using old where media.id = old.id returning media.id
)
delete from uploads using gone where uploads.id = gone.id
returning uploads.id as "id: MediaId"
;

with open as (
    select uploads.id, (users.id is null or users.state = 'active') as is_allowed
    from uploads
    left join users on users.id = uploads.owner_id
    where uploads.id = $1 and uploads.epoch = $2 and uploads.state = 'uploading'
    for update of uploads
),
finished as (
    update uploads
    set state = case when is_allowed then 'complete' else 'rejected' end,
        state_reason = case when is_allowed then null else 'owner_inactive' end,
        finished_at = case when is_allowed then now() end,
        length = $3,
        known_offset = $3
    from open
    where uploads.id = open.id
    returning uploads.id, uploads.state
),
followed as (
    update media
    set state = case finished.state when 'complete' then 'processing' else 'failed' end,
        error_code = case finished.state when 'complete' then null else $5 end,
        error_detail = case finished.state when 'complete' then null else $6 end
    from finished
    where media.id = finished.id
    returning media.id, media.state, media.kind
),
queued as (
    insert into jobs (id, kind, unique_key, media_id, priority, traceparent)
    select $4, 'transcode', 'transcode:' || id, id,
        case kind when 'image' then $7::smallint else $8 end,
        $9
    from followed
    where state = 'processing'
    on conflict (unique_key) where state in ('queued', 'running') do nothing
)
select state as "state: UploadState" from finished
;

with post as materialized (
    select id
    from posts
    where id = $1
        and deleted_at is null
    for no key update
),
asked as materialized (
    select author_id, parent_id, text, place
    from unnest($2::bigint[], $3::bigint[], $4::text[])
        with ordinality as asked (author_id, parent_id, text, place)
),
seen as materialized (
    select asked.place, asked.author_id, asked.parent_id, asked.text
    from asked
    cross join post
    join visible_posts(asked.author_id, false) as posts on posts.id = post.id
),
allowed as materialized (
    select place, author_id, parent_id, text
    from seen
    where parent_id is null
        or exists (
            select
            from comments
            join visible_users(seen.author_id) as authors
                on authors.id = comments.author_id
            where comments.id = seen.parent_id
                and comments.post_id = $1
                and comments.deleted_at is null
            offset 0
        )
),
parents as (
    update comments
    set replies_count = replies_count + replies.count
    from (
        select parent_id, count(*) as count
        from allowed
        group by parent_id
    ) as replies
    where comments.id = replies.parent_id
        and comments.post_id = $1
        and comments.deleted_at is null
    returning comments.id
),
numbered as materialized (
    select
        place,
        author_id,
        parent_id,
        text,
        nextval(pg_get_serial_sequence('comments', 'id')) as id
    from allowed
    where parent_id is null
        or parent_id in (select id from parents)
    order by place
),
made as (
    insert into comments (id, post_id, parent_id, author_id, text, created_at)
    overriding system value
    select id, $1, parent_id, author_id, text, clock_timestamp()
    from numbered
    order by id
    returning id
),
counted as (
    update posts
    set comments_count = comments_count + made.count
    from (select count(*) as count from made) as made
    where posts.id = $1
        and made.count > 0
)
select
    numbered.id as "id?: CommentId",
    asked.place in (select place from seen) as "is_post_seen!"
from asked
left join numbered on numbered.place = asked.place
order by asked.place
;

with post as materialized (
    select id
    from posts
    where id = $1
        and deleted_at is null
    for no key update
),
deleted as (
    update comments
    set deleted_at = now()
    from post
    where comments.id = $2
        and comments.post_id = post.id
        and comments.deleted_at is null
    returning comments.post_id, comments.parent_id
),
parent as (
    update comments
    set replies_count = replies_count - 1
    from deleted
    where comments.id = deleted.parent_id
),
counted as (
    update posts
    set comments_count = comments_count - 1
    from deleted
    where posts.id = deleted.post_id
)
select post_id
from deleted
;

with published as (
    update media
    set state = 'ready', kind = 'image', width = $3, height = $4, blurhash = $5,
        set_id = $2, duration_ms = null, poster = null, ready_at = now()
    where id = $1 and state = 'processing'
    returning id
)
insert into renditions (media_id, set_id, name, kind, width, height, init_object)
select published.id, $2, variants.name, 'image', variants.width, variants.height,
    variants.object
from published
cross join unnest($6::text[], $7::integer[], $8::integer[], $9::text[])
    as variants (name, width, height, object)
on conflict (media_id, set_id, name) do update
set kind = excluded.kind,
    width = excluded.width,
    height = excluded.height,
    init_object = excluded.init_object
;

with recent as (
    select distinct user_id
    from sessions
    where created_at > now() - interval '1 day'
),
crowds as (
    select user_id
    from recent
    where exists (
        select
        from sessions
        where user_id = recent.user_id
            and ended_at is null
        offset $1
    )
),
surplus as (
    select surplus.id
    from crowds
    cross join lateral (
        select id
        from sessions
        where user_id = crowds.user_id
            and ended_at is null
        order by last_used_at desc, id desc
        offset $1
    ) as surplus
    limit $2
)
update sessions
set ended_at = clock_timestamp(), end_reason = 'revoked'
from surplus
where sessions.id = surplus.id
    and ended_at is null
;

with recursive bare as (
    select id, parent_id
    from comments
    where id = $1
        and deleted_at is not null
        and not exists (select from comments as reply where reply.parent_id = $1)
    union all
    select parent.id, parent.parent_id
    from bare
    cross join lateral (
        select id, parent_id
        from comments
        where comments.id = bare.parent_id
            and comments.deleted_at is not null
            and not exists (
                select
                from comments as sibling
                where sibling.parent_id = bare.parent_id
                    and sibling.id <> bare.id
                offset 0
            )
        offset 0
    ) as parent
)
delete from comments
where id = any(array(select id from bare))
;

with recursive lines as (
    (
        select priority
        from jobs
        where state = 'queued' and kind = $1
        order by priority desc
        limit 1
    )
    union all
    select lower.priority
    from lines
    cross join lateral (
        select priority
        from jobs
        where state = 'queued' and kind = $1 and priority < lines.priority
        order by priority desc
        limit 1
    ) as lower
),
pending as (
    select oldest.run_after
    from lines
    cross join lateral (
        select run_after
        from jobs
        where state = 'queued' and kind = $1 and priority = lines.priority
            and run_after <= now()
        order by run_after
        limit $2
    ) as oldest
    union all
    (
        select run_after
        from jobs
        where state = 'running' and leased_until < now() and kind = $1
        order by leased_until
        limit $2
    )
)
select count(*) as "counted!",
    coalesce(extract(epoch from now() - min(run_after)), 0)::float8 as "oldest_seconds!"
from pending
;

with recursive lines as (
    (
        select priority
        from jobs
        where state = 'queued' and kind = $1 and priority >= $5
        order by priority desc
        limit 1
    )
    union all
    select lower.priority
    from lines
    cross join lateral (
        select priority
        from jobs
        where state = 'queued' and kind = $1
            and priority < lines.priority and priority >= $5
        order by priority desc
        limit 1
    ) as lower
),
abandoned as (
    select id
    from jobs
    where state = 'running' and leased_until < now()
        and attempts < $4 and kind = $1 and priority >= $5
    order by leased_until
    limit 1
    for update skip locked
),
queued as (
    select oldest.id
    from lines
    cross join lateral (
        select id
        from jobs
        where state = 'queued' and kind = $1 and priority = lines.priority
            and run_after <= now()
        order by run_after, id
        limit 1
        for update skip locked
    ) as oldest
    where not exists (select from abandoned)
    limit 1
)
update jobs
set state = 'running',
    attempts = attempts + 1,
    lease_token = gen_random_uuid(),
    leased_until = now() + $3,
    worker = $2,
    max_attempts = $4
where id = coalesce((select id from abandoned), (select id from queued))
returning id, lease_token as "token!", media_id, payload, priority, attempts,
    traceparent,
    extract(epoch from now() - run_after)::float8 as "queue_wait_seconds!"
;

with settled as (
    delete from follow_requests
    where requester_id = $1
        and target_id = $2
    returning requester_id, target_id
),
followed as (
    insert into follows (follower_id, followee_id)
    select requester_id, target_id
    from settled
    on conflict do nothing
    returning followee_id
),
counted as (
    update profiles
    set followers_count = followers_count + (user_id = $2)::integer,
        following_count = following_count + (user_id = $1)::integer
    from followed
    where user_id in ($1, $2)
)
select
    exists (select from followed) as "is_new_follow!",
    exists (
        select from follows where follower_id = $1 and followee_id = $2
    ) as "is_follow!"
;

with upload as (
    insert into uploads
        (id, owner_id, node_id, length, metadata, filename, filetype, expires_at)
    select $1, $2, $3, $4, $5, $6, $7, now() + $8
    where $2::bigint is null
        or exists (select from users where id = $2 and state = 'active')
    returning *
),
made as (
    insert into media (id, owner_id, kind, alt)
    select id, owner_id, $9, $10 from upload where owner_id is not null
    returning id
)
select id as "id!", owner_id, node_id, epoch as "epoch!",
    state as "state!: UploadState", length, known_offset as "known_offset!",
    metadata as "metadata!", created_at as "created_at!", expires_at,
    exists (select from made) as "has_media!"
from upload
;

with upload as (
    insert into uploads
        (id, owner_id, state, length, known_offset, filename, filetype, finished_at)
    values ($1, $2, 'complete', $3, $3, $4, $5, now())
    returning id, owner_id
),
made as (
    insert into media (
        id, owner_id, kind, state, width, height, blurhash, set_id, attached_as, ready_at
    )
    select id, owner_id, 'image', 'ready', $6, $7, $8, $9, $10, now()
    from upload
    returning id
)
insert into renditions (media_id, set_id, name, kind, width, height, init_object)
select made.id, $9, variants.name, 'image', variants.width, variants.height,
    variants.object
from made
cross join unnest($11::text[], $12::integer[], $13::integer[], $14::text[])
    as variants (name, width, height, object)
;

with wanted as (
    select *
    from unnest($3::uuid[], $4::text[]) as wanted (id, alt)
),
-- In one order, so that two posts that want the same media do not wait for each other.
free as (
    select id
    from media
    where id = any($3)
        and owner_id = $1
        and (
            attached_as is null
            or exists (
                select
                from post_media
                where media_id = media.id
                    and post_id = $2
            )
        )
    order by id
    for update
)
update media
set attached_as = 'post', alt = coalesce(wanted.alt, media.alt)
from free
join wanted on wanted.id = free.id
where media.id = free.id
returning media.id as "id: MediaId"
;

