-- no-transaction
-- Concurrently, so that sign-ups do not wait for it.
create unique index concurrently users_mailbox_unique
    on users (coalesce(mailbox, lower(email collate "C")));
