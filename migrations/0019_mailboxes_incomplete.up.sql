-- no-transaction
-- The rows without a mailbox whose address may have other spellings, which api-server completes.
create index concurrently users_mailbox_incomplete on users (id)
    where mailbox is null
        and (octet_length(email) <> char_length(email) or email ilike '%xn--%');
