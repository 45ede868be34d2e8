-- no-transaction
-- Parts of full names by trigrams, and names in scripts without spaces by pairs of characters. The
-- first name comes twice there, because such names are typed family name first.
create index concurrently profiles_search on profiles using gin (
    search_folded(first_name || ' ' || last_name) gin_trgm_ops,
    search_vector(first_name || ' ' || last_name || first_name)
);
