-- Finished pictures and videos on one post in fifty. The files behind them do not exist.

create unlogged table seed.media as
select overlay(overlay(
        md5(post_id || '-' || position)::uuid::text placing '7' from 15 for 1
    ) placing '8' from 20 for 1)::uuid as id,
    post_id, position, author_id as owner_id, created_at,
    case when seed.chance(post_id, 80) < 0.3 then 'video' else 'image' end as kind
from seed.posts,
    generate_series(1, (1 + seed.pick(posts.id, 81, 4))::integer) position,
    lateral (select posts.id as post_id) named
where seed.chance(posts.id, 82) < 0.02 and not is_deleted;

insert into uploads (
    id, owner_id, state, length, known_offset, filename, filetype, created_at, finished_at
)
select id, owner_id, 'complete', 1000000, 1000000, 'seed',
    case kind when 'video' then 'video/mp4' else 'image/jpeg' end, created_at, created_at
from seed.media;

insert into media (
    id, owner_id, kind, state, width, height, duration_ms, set_id, poster, attached_as, created_at,
    ready_at
)
select id, owner_id, kind, 'ready', 1280, 720, case kind when 'video' then 5000 end, id,
    case kind when 'video' then 'poster-00000000.jpg' end, 'post', created_at, created_at
from seed.media;

insert into renditions (
    media_id, set_id, name, kind, width, height, bandwidth_bps, average_bandwidth_bps, codecs
)
select id, id, name, media.kind, 1280, 720, 2000000, 1500000,
    case media.kind when 'video' then 'avc1.64001f' end
from seed.media
join (
    values ('video', '720p'), ('video', '360p'), ('image', 'thumb'), ('image', 'small')
) forms (kind, name) using (kind);

insert into post_media (media_id, post_id, position)
select id, post_id, position from seed.media;
