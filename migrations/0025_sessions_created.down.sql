drop index sessions_created;
