-- Posts with their likes and comments. What is counted is made first, so that each post and
-- comment is written once, with its counters as they are.

-- Newest last (the ten newest are the celebrity's, and the most liked), over two years in which there were ever more. One in a hundred was a draft for up
-- to a month; a few still are.
create unlogged table seed.posts as
select n as id,
    seed.person(case when n > :posts - 10 then 0 else seed.skewed(n, 10, :users) end, :users)
        as author_id,
    case
        when n > :posts - 10 or seed.chance(n, 11) < 0.9 then 'public'
        when seed.chance(n, 11) < 0.97 then 'followers'
        else 'private'
    end as visibility,
    created_at,
    case
        when n > :posts - 10 or seed.chance(n, 12) < 0.985 then created_at
        when seed.chance(n, 12) < 0.995 then created_at + interval '30 days' * seed.chance(n, 13)
    end as published_at,
    n <= :posts - 10 and seed.chance(n, 14) < 0.01 as is_deleted
from generate_series(1, :posts) n,
    lateral (
        select '2024-02-01'::timestamptz
            + interval '730 days' * power(n / :posts::double precision, 0.7) as created_at
    ) at;

create view seed.open_posts as
select * from seed.posts
where visibility <> 'private' and published_at is not null and not is_deleted;

create unlogged table seed.likes as
select post_id, user_id
from (
    select distinct :posts - seed.skewed(n, 20, :posts) as post_id,
        11 + seed.pick(n, 21, :users - 10) as user_id
    from generate_series(1, :posts + :posts / 2) n
) drawn;

insert into post_likes (post_id, user_id, created_at)
select post_id, user_id,
    published_at + interval '10 days' * seed.chance(post_id, user_id)
from seed.likes
join seed.open_posts on id = post_id;

-- A comment answers the post or an earlier comment. The last post but one has a wide thread, the
-- last but two a deep one.
create unlogged table seed.comments as
select row_number() over (order by n) as id, post_id, n,
    row_number() over (partition by post_id order by n) as number
from (
    select n, case
        when n <= :posts / 200 then :posts - 1
        when n <= :posts / 200 + :posts / 500 then :posts - 2
        else :posts - seed.skewed(n, 30, :posts)
    end as post_id
    from generate_series(1, :posts / 2) n
) drawn
join seed.open_posts on open_posts.id = post_id;

create unlogged table seed.threads as
select answer.id, answer.post_id, answer.number, answered.id as parent_id,
    seed.chance(answer.id, 34) < 0.01 as is_deleted
from (
    select *, case
        when post_id = :posts - 1 then null
        when post_id = :posts - 2 then number - 1
        when seed.chance(n, 31) < 0.6 then 1 + seed.pick(n, 32, number - 1)
    end as answered
    from seed.comments
) answer
left join seed.comments answered
    on answered.post_id = answer.post_id
    and answered.number = answer.answered
    and answer.answered < answer.number;

create unlogged table seed.comment_likes as
select distinct 1 + seed.skewed(n, 40, (select count(*) from seed.comments)) as comment_id,
    11 + seed.pick(n, 41, :users - 10) as user_id
from generate_series(1, :posts / 5) n;

insert into comment_likes (comment_id, user_id, created_at)
select comment_id, user_id, '2026-02-01'::timestamptz + interval '10 days' * seed.chance(comment_id, user_id)
from seed.comment_likes;

insert into comments (
    id, post_id, parent_id, author_id, text, likes_count, replies_count, created_at, deleted_at
)
overriding system value
select threads.id, threads.post_id, threads.parent_id, 11 + seed.pick(threads.id, 33, :users - 10),
    phrases.text,
    coalesce(likes.count, 0), coalesce(replies.count, 0),
    published_at + number * interval '1 minute',
    case when threads.is_deleted then published_at + interval '60 days' end
from seed.threads
join seed.posts on posts.id = threads.post_id
join seed.phrases on phrases.id = seed.pick(threads.id, 35, 20000)
left join (
    select comment_id, count(*) from seed.comment_likes group by comment_id
) likes on likes.comment_id = threads.id
left join (
    select parent_id, count(*) filter (where not is_deleted) from seed.threads group by parent_id
) replies on replies.parent_id = threads.id
order by threads.id;

-- `often` is in 27 of a hundred posts, `sometimes` in 22 of ten thousand, `seldom` in 2 of a hundred
-- thousand; the last word of each is one of half a million. `sometimes` is rare enough for the plan
-- that reads all matches, whichever posts the statistics sampled. One in twenty has Chinese, 5 in ten
-- thousand Korean and French.
insert into posts (
    id, author_id, text, visibility, likes_count, comments_count, created_at, published_at, deleted_at
)
overriding system value
select posts.id, author_id,
    concat_ws(
        ' ', one.text, two.text, three.text,
        case when seed.chance(posts.id, 60) < 0.27 then 'often' end,
        case when seed.chance(posts.id, 61) < 0.0022 then 'sometimes' end,
        case when seed.chance(posts.id, 62) < 0.00002 then 'seldom' end,
        case when seed.chance(posts.id, 68) < 0.05 then '我家在上海东边。' end,
        case when seed.chance(posts.id, 69) < 0.0005 then '한글은 crème' end,
        translate(to_hex(seed.pick(posts.id, 63, 500000)), '0123456789', 'ghijklmnop')
    ),
    visibility, coalesce(likes.count, 0), coalesce(comments.count, 0), created_at, published_at,
    case when is_deleted then published_at + interval '40 days' end
from seed.posts
join seed.phrases one on one.id = seed.pick(posts.id, 64, 20000)
left join seed.phrases two
    on seed.chance(posts.id, 65) < 0.7 and two.id = seed.pick(posts.id, 66, 20000)
left join seed.phrases three
    on seed.chance(posts.id, 65) < 0.3 and three.id = seed.pick(posts.id, 67, 20000)
left join (
    select post_id, count(*) from post_likes group by post_id
) likes on likes.post_id = posts.id
left join (
    select post_id, count(*) filter (where not is_deleted) from seed.threads group by post_id
) comments on comments.post_id = posts.id
order by posts.id;
