drop index users_newest;
drop index posts_words, profiles_names_trigrams, users_username_prefix, users_username_trigrams;
