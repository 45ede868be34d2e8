-- What home feeds and search read by.

-- Entries of these indexes alone tell what a feed needs: of one author what followers see, and of
-- everybody what was published, of which ten thousand are on some seventy pages.
create index posts_author_shared on posts (author_id, published_at desc, id desc)
    where deleted_at is null and published_at is not null and visibility <> 'private';
create index posts_newest on posts (published_at desc, id desc) include (author_id, visibility)
    where deleted_at is null and published_at is not null;

-- How frequent words are. The planner takes no statistics from the partial index over them.
create statistics posts_words_frequency on (to_tsvector('simple', text)) from posts;
