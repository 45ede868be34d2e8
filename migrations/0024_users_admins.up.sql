-- no-transaction
-- The few admins, whom `api-server admin list` reads.
create index concurrently users_admins on users (username)
    where role = 'admin' and state <> 'deleted';
