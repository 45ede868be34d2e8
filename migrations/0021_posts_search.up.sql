-- no-transaction
create index concurrently posts_search on posts using gin (search_vector(text))
    where deleted_at is null and published_at is not null and visibility = 'public';
