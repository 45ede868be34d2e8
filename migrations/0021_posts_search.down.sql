drop index posts_search;
