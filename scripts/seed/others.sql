-- Some thousands of rows in each of the other tables that grow: sessions, requests, blocks, mutes,
-- attempts, finished jobs, sequenced events and records. The first ten users have none of them.

insert into sessions (id, user_id, seed, created_at, last_used_at, expires_at, ended_at, end_reason)
select md5('session ' || n)::uuid, 11 + n % (:users - 10), sha256('seed'), began, began,
    began + interval '30 days',
    case when n % 2 = 0 then began + interval '1 day' end,
    case when n % 2 = 0 then 'signed_out' end
from generate_series(1, :users / 2) n,
    lateral (select '2026-01-01'::timestamptz + n * interval '30 days' / :users as began) at;

create unlogged table seed.strangers as
select a, b
from (
    select n as a, 11 + (n * 7907) % (:users - 10) as b from generate_series(11, :users / 5) n
) drawn
where a <> b
    and (a, b) not in (select follower_id, followee_id from seed.following)
    and (b, a) not in (select follower_id, followee_id from seed.following);

insert into follow_requests (requester_id, target_id, created_at)
select a, b, '2026-02-01'::timestamptz + a * interval '1 second' from seed.strangers;

insert into blocks (blocker_id, blocked_id, created_at)
select b, a, '2026-02-01'::timestamptz + a * interval '1 second' from seed.strangers
where a % 2 = 0
on conflict do nothing;

insert into mutes (muter_id, muted_id, created_at)
select a, b, '2026-02-01'::timestamptz + a * interval '1 second' from seed.strangers
where a > 200;

insert into upload_extents (upload_id, position, key, epoch, length)
select id, 1, id::text, 1, 0 from uploads;

insert into jobs (id, kind, unique_key, media_id, state, attempts, created_at, finished_at)
select md5('job ' || id)::uuid, 'transcode', 'transcode:' || id, id, 'done', 1, created_at, ready_at
from media;

insert into events (topics, event, data, actor_id, author_id, post_id, visibility, epoch, seq, created_at)
select array['post:' || id], 'post.created', '{}', author_id, author_id, id, visibility, 'seed',
    row_number() over (order by id), created_at
from seed.posts
where id % 20 = 0;

-- Servers delete old attempts and keys; these stay.
insert into sign_in_attempts (target_hash, network, has_succeeded, attempted_at)
select sha256(n::text::bytea), '192.0.2.' || n % 256, n % 5 > 0,
    '2100-01-01'::timestamptz + n * interval '1 minute'
from generate_series(1, :users / 5) n;

insert into idempotency_keys (user_id, route, key, body_sha256, status, resource_id, created_at)
select n, 'create_post', 'seed', sha256('body'), 201, n::text,
    '2100-01-01'::timestamptz + n * interval '1 minute'
from generate_series(11, :users / 5) n;

insert into audit_log (actor_id, action, subject_kind, subject_id, user_id, unique_key, created_at)
select n, 'post.deleted', 'post', n::text, n, 'seed ' || n,
    '2026-02-01'::timestamptz + n * interval '1 minute'
from generate_series(11, :users / 5) n;
