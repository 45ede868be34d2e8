-- What people write: phrases of words that are as frequent as their ranks.

create unlogged table seed.vocabulary as
select rank, seed.word(rank) as word from generate_series(0, 49999) rank;

create unlogged table seed.phrases as
select id, string_agg(word, ' ' order by place) as text
from (
    select id, place, seed.zipf(id * 10 + place, 50, 50000) as rank
    from generate_series(0, 19999) id, generate_series(1, 3 + id % 7) place
) drawn
join seed.vocabulary using (rank)
group by id;

alter table seed.phrases add primary key (id);
analyze seed.phrases;
