-- Users, who follows whom, and a few mutes and blocks.
--
-- The first ten have names that tests ask for; `celebrity` has the most posts and followers.

-- The user at each rank of activity: the most active are spread over all ids.
create function seed.person(rank bigint, users bigint) returns bigint
    language sql immutable parallel safe
    return 11 + (rank * 7919) % (users - 10);

insert into users (id, username, email, password_hash, created_at)
overriding system value
select n, username, username || '@example.org',
    -- Of `plenty of seeds`.
    '$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyEhIQ$RWrHedcyRtCzrXrzlbT/pAkxtO0aQreDEK+2Z0D/Jm0',
    '2024-01-01'::timestamptz + n * interval '30 days' / :users
from (
    select n, case
        when n = seed.person(0, :users) then 'celebrity'
        when n <= 10 then (array[
            'sparse', 'dense', 'reader', 'follows_50', 'follows_100', 'follows_200', 'follows_300',
            'follows_500', 'follows_1000', 'nobody'
        ])[n]
        else seed.word(80 + seed.zipf(n, 1, 2000)) || '.' || n
    end as username
    from generate_series(1, :users) n
) named
order by n;

create unlogged table seed.following as
select follower_id, followee_id
from (
    -- A long tail of curiosity: most follow a handful, a few follow hundreds.
    select n as follower_id,
        seed.person(seed.skewed(n * 2000 + step, 2, :users), :users) as followee_id
    from generate_series(11, :users) n,
        generate_series(1, least(1000, (4 / power(1 - seed.chance(n, 3), 0.6))::integer)) step
    union
    -- The named: their followees are spread evenly over all ranks, so most are quiet.
    select n, seed.person((step * :users / wanted + n) % :users, :users)
    from (
        values (2, 5000), (3, 150), (4, 50), (5, 100), (6, 200), (7, 300), (8, 500), (9, 1000)
    ) named (n, wanted),
        generate_series(0, least(wanted, :users / 2) - 1) step
    union
    -- `sparse` follows 20 of the quietest tenth.
    select 1, seed.person(:users - :users / 10 + step * (:users / 10) / 20, :users)
    from generate_series(0, 19) step
) drawn
where follower_id <> followee_id;

insert into follows (follower_id, followee_id, created_at)
select follower_id, followee_id,
    '2024-02-01'::timestamptz + interval '2 years' * seed.chance(follower_id, followee_id)
from seed.following
order by follower_id, followee_id;

insert into mutes (muter_id, muted_id)
select distinct n % 100 + 1, seed.person(seed.skewed(n, 4, :users), :users)
from generate_series(1, 500) n
where n % 100 + 1 <> seed.person(seed.skewed(n, 4, :users), :users);

insert into blocks (blocker_id, blocked_id)
select distinct on (a, b) a, b
from (
    select 200 + n % 100 as a, seed.person(seed.skewed(n, 5, :users), :users) as b
    from generate_series(1, 500) n
) drawn
-- Who blocks follows no more, and nobody named is blocked.
where a <> b
    and (a, b) not in (select follower_id, followee_id from seed.following)
    and (b, a) not in (select follower_id, followee_id from seed.following);
