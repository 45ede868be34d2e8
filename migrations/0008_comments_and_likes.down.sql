drop table comment_likes, post_likes, comments;
