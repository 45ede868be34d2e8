drop table upload_extents;
drop table uploads;
drop table nodes;
