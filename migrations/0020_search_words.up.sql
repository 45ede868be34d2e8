-- What search compares, defined once for stored texts and for queries.
--
-- Letters are folded: compatibility forms (NFKD), accents of Latin and Greek letters, vowel points
-- that writers may omit, and case. Scripts that write no spaces between words become their
-- characters and pairs of characters, so that a part of a sentence is found. Other words are
-- reduced to their stems by the configuration `search_words`, which has no stop words: a search for
-- frequent words finds them. `api-server migrate` sets its language.
--
-- Indexes contain the results of these functions, so they are never changed: another definition
-- gets other names and other indexes. Postgres plans the SQL functions into their callers, and texts
-- in ASCII never reach the slower two in PL/pgSQL.

create function fold_letters(text) returns text
language plpgsql immutable parallel safe cost 500
as $$
declare
    folded text := normalize($1, NFKD);
begin
    folded := regexp_replace(
        folded, '([A-Za-z\u00c0-\u03ff\u1e00-\u1fff])[\u0300-\u036f]+', '\1', 'g'
    );
    -- Soft hyphens, joiners, direction marks and variation selectors; points of Hebrew and Arabic.
    folded := regexp_replace(
        folded,
        '[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff'
            '\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u0652\u0670]',
        '',
        'g'
    );
    folded := lower(normalize(folded, NFC));
    -- Letters that do not decompose.
    folded := translate(folded, 'øłđðħŧıςё', 'olddhtiσе');
    return replace(replace(replace(replace(folded, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
end
$$;

create function search_folded(text) returns text
language sql immutable parallel safe
begin atomic
    select case
        when octet_length($1) = char_length($1) then lower($1)
        else fold_letters($1)
    end;
end;

-- Each run of Han, Kana, Hangul, Thai, Lao, Myanmar, Khmer or Tibetan as its characters and pairs. Of
-- a query, only the pairs: they imply the characters, and the planner, which takes all words for
-- independent, would expect too few matches.
create function spell_grams(text, is_query boolean) returns text
language plpgsql immutable parallel safe cost 1000
as $$
declare
    letters constant text := '\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u3096'
        '\u309d-\u309f\u30a1-\u30fa\u30fc-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af'
        '\U00020000-\U0003ffff';
begin
    return (
        select string_agg(concat_ws(' ', part[1], grams), ' ')
        from regexp_matches($1, '([^' || letters || ']*)([' || letters || ']*)', 'g') as part,
        string_to_array(part[2], null) as run,
        lateral (
            select string_agg(
                case
                    when is_query and cardinality(run) > 1 then one || next
                    else one || coalesce(' ' || one || next, '')
                end,
                ' '
            ) as grams
            from unnest(run, run[2:]) as pair (one, next)
        ) as spelled
    );
end
$$;

-- Without these signs the parser finds only words, and no URLs, paths, numbers with signs or tags:
-- `cats/dogs.` are two words.
create function search_terms(text, is_query boolean) returns text
language sql immutable parallel safe
begin atomic
    select translate(
        case
            when octet_length($1) = char_length($1) then $1
            else spell_grams(fold_letters($1), is_query)
        end,
        './-@<&',
        '      '
    );
end;

create text search dictionary search_stems (template = snowball, language = 'english');
create text search configuration search_words (copy = pg_catalog.simple);
alter text search configuration search_words
    alter mapping for asciiword, word, asciihword, hword, hword_asciipart, hword_part
    with search_stems;
comment on text search configuration search_words is 'english';

create function search_vector(text) returns tsvector
language sql immutable parallel safe
begin atomic
    select to_tsvector('public.search_words'::regconfig, search_terms($1, false));
end;

create function search_query(text) returns tsquery
language sql immutable parallel safe
begin atomic
    select plainto_tsquery('public.search_words'::regconfig, search_terms($1, true));
end;

-- How frequent words are. The planner takes no statistics from the partial index over them.
create statistics posts_search_frequency on (search_vector(text)) from posts;
analyze posts;
