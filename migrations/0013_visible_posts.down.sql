drop function visible_posts(bigint, boolean);
