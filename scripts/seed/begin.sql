-- The session, the dice, and the indexes out of the way.
--
-- Every choice is a hash of a row's number and a salt, so that each run makes the same rows,
-- whatever plan Postgres takes.

set synchronous_commit = off;
set statement_timeout = 0;
set work_mem = '256MB';
set maintenance_work_mem = '512MB';
set max_parallel_workers_per_gather = 1;
set client_min_messages = warning;

create schema seed;

-- Even in [0, 1).
create function seed.chance(n bigint, salt bigint) returns double precision
    language sql immutable parallel safe
    return (hashint8extended(n, salt) & 9007199254740991) / 9007199254740992.0::double precision;

-- Even in 0 … below - 1.
create function seed.pick(n bigint, salt bigint, below bigint) returns bigint
    language sql immutable parallel safe
    return floor(seed.chance(n, salt) * below)::bigint;

-- In 0 … below - 1, with a long tail: 0 is drawn most, the last hardly ever.
create function seed.skewed(n bigint, salt bigint, below bigint) returns bigint
    language sql immutable parallel safe
    return floor(power(seed.chance(n, salt), 3) * below)::bigint;

-- In 0 … below - 1 as Zipf has it for words: each is as frequent as its rank says.
create function seed.zipf(n bigint, salt bigint, below bigint) returns bigint
    language sql immutable parallel safe
    return floor(power(below::double precision, seed.chance(n, salt)))::bigint - 1;

-- Syllables: a word of its own for each rank.
create function seed.word(rank bigint) returns text
    language sql immutable parallel safe
    return (
        select string_agg(
            substr('bdfghjklmnprstvz', (1 + digit % 16)::integer, 1)
                || substr('aeiou', (1 + digit / 16)::integer, 1),
            '' order by place
        )
        from (
            select place, (rank / (80 ^ place)::bigint) % 80 as digit
            from generate_series(0, 3) place
            where place = 0 or rank >= (80 ^ place)::bigint
        ) digits
    );

-- The indexes and constraints that are to come back, in the order in which they can: unique ones
-- before the foreign keys that need them.
create table seed.postponed as
select conrelid::regclass::text as relation, conname::text as name, contype::text as kind,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname,
        pg_get_constraintdef(oid)) as definition,
    case contype when 'p' then 1 when 'u' then 1 else 3 end as step
from pg_constraint
where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f')
    and conrelid::regclass::text <> '_sqlx_migrations'
union all
select indrelid::regclass::text, indexrelid::regclass::text, 'i', pg_get_indexdef(indexrelid), 2
from pg_index
join pg_class on pg_class.oid = indrelid and relnamespace = 'public'::regnamespace
where not exists (select from pg_constraint where conindid = indexrelid)
    and relname <> '_sqlx_migrations';

-- The largest tables alone: a table of few rows is as quick with its indexes.
delete from seed.postponed
where relation not in (
    'users', 'profiles', 'follows', 'posts', 'comments', 'post_likes', 'comment_likes',
    'uploads', 'media', 'renditions', 'post_media'
) and kind <> 'f';

do $$
declare
    gone record;
begin
    for gone in select * from seed.postponed order by step desc loop
        execute case
            when gone.kind = 'i' then format('drop index %I', gone.name)
            else format('alter table %s drop constraint %I', gone.relation, gone.name)
        end;
    end loop;
end
$$;
