drop statistics posts_words_frequency;
drop index posts_newest;
drop index posts_author_shared;
