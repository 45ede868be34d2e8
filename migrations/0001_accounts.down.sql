drop table signing_keys;
drop table sessions;
drop table profiles;
drop table users;
