drop table renditions;
drop table media;
