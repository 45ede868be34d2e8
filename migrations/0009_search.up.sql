-- Finding people by a part of their names and posts by their words.
--
-- `pg_trgm` is a trusted extension: the owner of the database may create it. The way back leaves
-- it there, since others may use it.

create extension if not exists pg_trgm;

create index users_username_trigrams on users using gin (username gin_trgm_ops);
-- Fewer than three characters have no trigram: then a name must begin with them.
create index users_username_prefix on users (lower(username) text_pattern_ops);
create index profiles_names_trigrams
    on profiles using gin ((first_name || ' ' || last_name) gin_trgm_ops);
-- What very many are called is looked for among the newest users only.
create index users_newest on users (created_at desc, id desc) where state = 'active';

-- The 'simple' configuration stems no words and drops none, whatever the language.
create index posts_words on posts using gin (to_tsvector('simple', text))
    where deleted_at is null and published_at is not null and visibility = 'public';
