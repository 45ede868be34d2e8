drop statistics posts_search_frequency;
drop function search_query(text), search_vector(text), search_terms(text, boolean),
    spell_grams(text, boolean),
    search_folded(text), fold_letters(text);
drop text search configuration search_words;
drop text search dictionary search_stems;
