-- Profiles last, with their counters. One account in twenty is private.

insert into profiles (
    user_id, first_name, last_name, bio, is_private, followers_count, following_count, posts_count
)
select users.id,
    initcap(split_part(username, '.', 1)),
    initcap(seed.word(6400 + seed.zipf(users.id, 70, 20000))),
    phrases.text,
    users.id > 10 and users.id <> seed.person(0, :users) and seed.chance(users.id, 71) < 0.05,
    coalesce(followers.count, 0), coalesce(following.count, 0), coalesce(written.count, 0)
from users
join seed.phrases on phrases.id = seed.pick(users.id, 72, 20000)
left join (
    select followee_id, count(*) from follows group by followee_id
) followers on followers.followee_id = users.id
left join (
    select follower_id, count(*) from follows group by follower_id
) following on following.follower_id = users.id
left join (
    select author_id, count(*) from seed.open_posts group by author_id
) written on written.author_id = users.id
order by users.id;
