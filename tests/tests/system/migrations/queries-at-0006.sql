insert into signing_keys (kid, public_key, sealed_private_key, state, signs_from)
select $1, $2, $3, 'active', now()
where not exists (
    select from signing_keys where state in ('next', 'active')
)
;

select id as "session_id: SessionId", null as "user_id: UserId"
from sessions
where ended_at > now() - make_interval(secs => $1)
union all
select null, id
from users
where state <> 'active'
    and state_changed_at > now() - make_interval(secs => $1)
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

insert into events (topics, event, data, actor_id, author_id, post_id, visibility)
select
    array['user:' || users.username, 'post:' || posts.id],
    'post.created',
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

insert into jobs (id, kind, unique_key, media_id, priority, payload)
values ($1, $2, $3, $4, $5, $6)
on conflict (unique_key) where state in ('queued', 'running') do nothing
returning id
;

insert into nodes (id, name)
values ($1, $2)
on conflict (id) do update
set name = excluded.name, started_at = now(), heartbeat_at = now()
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

insert into sessions (id, user_id, seed, user_agent, network, expires_at)
values ($1, $2, $3, $4, $5, now() + interval '30 days')
;

insert into users (username, email, password_hash)
values ($1, $2, $3)
returning id as "id: UserId"
;

select
    exists (
        select
        from post_media
        join posts on posts.id = post_media.post_id
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where post_media.media_id = media.id
            and posts.deleted_at is null
            and posts.published_at is not null
            and posts.visibility = 'public'
            and users.state = 'active'
            and not profiles.is_private
    ) as "is_public!",
    (viewers.id is not null) as "is_session_alive!",
    coalesce(viewers.id = media.owner_id, false) as "is_owner!",
    media.set_id as "set_id: SetId",
    media.poster,
    uploads.state = 'complete' as "has_source!",
    uploads.filename,
    uploads.filetype
from media
join uploads on uploads.id = media.id
left join (
    select users.id
    from sessions
    join users on users.id = sessions.user_id
    where sessions.id = $2
        and sessions.ended_at is null
        and sessions.expires_at > now()
        and users.state = 'active'
) as viewers on true
where media.id = $1
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
    hung.post_id as "post_id?: PostId",
    exists (
        select
        from post_media
        join posts on posts.id = post_media.post_id
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where post_media.media_id = media.id
            and posts.deleted_at is null
            and posts.published_at is not null
            and posts.visibility = 'public'
            and users.state = 'active'
            and not profiles.is_private
    ) as "is_public!"
from media
join uploads on uploads.id = media.id
join post_media as hung on hung.media_id = media.id
where hung.post_id = any($1)
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
    post_media.post_id as "post_id?: PostId",
    exists (
        select
        from post_media
        join posts on posts.id = post_media.post_id
        join users on users.id = posts.author_id
        join profiles on profiles.user_id = posts.author_id
        where post_media.media_id = media.id
            and posts.deleted_at is null
            and posts.published_at is not null
            and posts.visibility = 'public'
            and users.state = 'active'
            and not profiles.is_private
    ) as "is_public!"
from media
join uploads on uploads.id = media.id
left join post_media on post_media.media_id = media.id
where media.id = $1
;

select
    posts.id as "id: PostId",
    posts.text,
    posts.visibility as "visibility: Visibility",
    posts.likes_count,
    posts.comments_count,
    posts.reposts_count,
    posts.created_at,
    posts.published_at,
    posts.edited_at,
    posts.author_id as "author_id: UserId",
    users.username,
    profiles.first_name,
    profiles.last_name
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = posts.author_id
where posts.author_id = $1
    and posts.deleted_at is null
    and posts.published_at is not null
    and (posts.published_at, posts.id) < ($2, $3)
    and users.state = 'active'
order by posts.published_at desc, posts.id desc
limit $4
;

select
    posts.id as "id: PostId",
    posts.text,
    posts.visibility as "visibility: Visibility",
    posts.likes_count,
    posts.comments_count,
    posts.reposts_count,
    posts.created_at,
    posts.published_at,
    posts.edited_at,
    posts.author_id as "author_id: UserId",
    users.username,
    profiles.first_name,
    profiles.last_name
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = posts.author_id
where posts.author_id = $1
    and posts.deleted_at is null
    and posts.published_at is not null
    and posts.visibility = 'public'
    and (posts.published_at, posts.id) < ($2, $3)
    and users.state = 'active'
    and not profiles.is_private
order by posts.published_at desc, posts.id desc
limit $4
;

select
    posts.id as "id: PostId",
    posts.text,
    posts.visibility as "visibility: Visibility",
    posts.likes_count,
    posts.comments_count,
    posts.reposts_count,
    posts.created_at,
    posts.published_at,
    posts.edited_at,
    posts.author_id as "author_id: UserId",
    users.username,
    profiles.first_name,
    profiles.last_name
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = posts.author_id
where posts.deleted_at is null
    and posts.published_at is not null
    and posts.visibility = 'public'
    and (posts.published_at, posts.id) < ($1, $2)
    and users.state = 'active'
    and not profiles.is_private
order by posts.published_at desc, posts.id desc
limit $3
;

select
    posts.id as "id: PostId",
    posts.text,
    posts.visibility as "visibility: Visibility",
    posts.likes_count,
    posts.comments_count,
    posts.reposts_count,
    posts.created_at,
    posts.published_at,
    posts.edited_at,
    posts.author_id as "author_id: UserId",
    users.username,
    profiles.first_name,
    profiles.last_name
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = posts.author_id
where posts.id = $1
    and posts.deleted_at is null
    and users.state = 'active'
    and (
        posts.author_id = $2
        or (
            posts.published_at is not null
            and posts.visibility = 'public'
            and not profiles.is_private
        )
    )
;

select
    renditions.media_id as "media_id: MediaId",
    renditions.name,
    renditions.width,
    renditions.height,
    renditions.bandwidth_bps
from renditions
join media on media.id = renditions.media_id and media.set_id = renditions.set_id
where renditions.media_id = any($1)
    and renditions.kind = 'video'
order by renditions.media_id, renditions.height desc, renditions.name
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
    users.state as user_state
from sessions
join users on users.id = sessions.user_id
where sessions.id = $1
;

select
    users.id as "id: UserId",
    users.username,
    users.created_at,
    profiles.first_name,
    profiles.last_name,
    profiles.bio,
    profiles.is_private,
    profiles.followers_count,
    profiles.following_count,
    profiles.posts_count
from users
join profiles on profiles.user_id = users.id
where lower(users.username) = lower($1)
    and users.state = 'active'
;

select
    users.username,
    users.email,
    users.role,
    users.created_at,
    profiles.first_name,
    profiles.last_name,
    profiles.bio,
    profiles.is_private,
    profiles.followers_count,
    profiles.following_count,
    profiles.posts_count
from users
join profiles on profiles.user_id = users.id
where users.id = $1
;

select epoch, state as "state: UploadState", expires_at,
    coalesce(expires_at < now() + $2 - least($2 / 4, interval '1 hour'), false) as "is_extension_due!"
from uploads
where id = $1
;

select exists (
    select from jobs where id = $1 and lease_token = $2 and state = 'running'
) as "holds!"
;

select extract(epoch from now() - run_after)::float8 as "seconds!"
from jobs
where id = $1
;

select id
from uploads
where state in ('rejected', 'expired', 'terminated', 'condemned')
    and discarded_at is null
order by id
limit $1
;

select id as "id: MediaId"
from media
where owner_id = $1
    and id = any($2)
;

select id as "id: UserId"
from users
where lower(username) = lower($1)
    and state = 'active'
;

select id as "user_id: UserId", password_hash, state
from users
where lower(username) = lower($1)
    or lower(email) = lower($1)
order by id
limit 1
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

select lease_token
from jobs
where id = $1 and state = 'running'
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

select posts.author_id,
    (posts.visibility = 'public' and posts.published_at is not null
        and users.state = 'active' and not profiles.is_private) as "is_public!"
from posts
join users on users.id = posts.author_id
join profiles on profiles.user_id = users.id
where posts.id = $1 and posts.deleted_at is null
for update of posts
;

select system_identifier || '/' || pg_database.oid as "identity!"
from pg_control_system(), pg_database
where datname = current_database()
;

update jobs
set leased_until = now() + $3
where id = $1 and lease_token = $2 and state = 'running'
;

update jobs
set state = 'done', leased_until = null, finished_at = now()
where id = $1 and lease_token = $2 and state = 'running'
;

update jobs
set state = 'failed', leased_until = null, finished_at = now(),
    error_code = $3, error_detail = $4
where id = $1 and lease_token = $2 and state = 'running'
;

update jobs
set state = 'failed', leased_until = null, finished_at = now(),
    error_code = 'attempts_exhausted'
where id in (
    select id
    from jobs
    where state = 'running' and leased_until < now()
        and attempts >= $2 and kind = any($1)
    order by leased_until
    limit 100
    for update skip locked
)
returning id, media_id
;

update jobs
set state = 'queued', leased_until = null, worker = null,
    run_after = now() + $3, error_detail = $4
where id = $1 and lease_token = $2 and state = 'running'
;

update jobs
set state = 'queued', leased_until = null, worker = null, run_after = now(),
    attempts = attempts - 1
where id = $1 and lease_token = $2 and state = 'running'
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

update sessions
set ended_at = now(), end_reason = $2
where id = $1
    and ended_at is null
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

with abandoned as (
    select id
    from jobs
    where state = 'running' and leased_until < now()
        and attempts < $4 and kind = any($1)
    order by leased_until
    limit 1
    for update skip locked
),
queued as (
    select id
    from jobs
    where state = 'queued' and run_after <= now() and kind = any($1)
        and not exists (select from abandoned)
        and not exists (
            select from jobs earlier
            where earlier.id = jobs.depends_on and earlier.state <> 'done'
        )
    order by priority desc, run_after, id
    limit 1
    for update skip locked
)
update jobs
set state = 'running',
    attempts = attempts + 1,
    lease_token = gen_random_uuid(),
    leased_until = now() + $3,
    worker = $2,
    max_attempts = $4
where id in (select id from abandoned union all select id from queued)
returning id, lease_token as "token!", media_id, payload, attempts, max_attempts
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
    set posts_count = posts_count + 1
    where user_id = $1
        and $3 <> 'private'
)
insert into posts (author_id, text, visibility, published_at)
values ($1, $2, $3, now())
returning id as "id: PostId"
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
    returning media.id, media.state
),
queued as (
    insert into jobs (id, kind, unique_key, media_id)
    select $4, 'transcode', 'transcode:' || id, id
    from followed
    where state = 'processing'
    on conflict (unique_key) where state in ('queued', 'running') do nothing
)
select state as "state: UploadState" from finished
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

with wanted as (
    select *
    from unnest($3::uuid[], $4::text[]) with ordinality as wanted (id, alt, position)
),
-- In one order, so that two posts that want the same media do not wait for each other.
free as (
    select id
    from media
    where id = any($3)
        and owner_id = $1
        and attached_as is null
    order by id
    for update
),
claimed as (
    update media
    set attached_as = 'post', alt = coalesce(wanted.alt, media.alt)
    from free
    join wanted on wanted.id = free.id
    where media.id = free.id
    returning media.id, wanted.position
)
insert into post_media (media_id, post_id, position)
select id, $2, position - 1
from claimed
returning media_id as "media_id: MediaId"
;

delete from media where id = $1 and state = 'uploading'
;

select count(*) as "count!" from post_media where post_id = $1
;

select id from uploads where id = any($1)
;

select pg_advisory_xact_lock(hashtext('signing_keys'))
;

select pg_notify($1, '')
;

update uploads set discarded_at = now() where id = $1
;
