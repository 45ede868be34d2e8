-- The creates that were asked for under a key, so that a request sent again makes nothing twice.
--
-- The row is written in the create's own transaction. Whether one is still running is asked of an
-- advisory lock, not of a row: a lock goes with whoever dies. Pruned after 24 hours.

create table idempotency_keys (
    user_id bigint not null references users (id) on delete cascade,
    -- The operation, with its path's parameters.
    route text not null,
    key text not null,
    body_sha256 bytea not null,
    status smallint not null,
    -- What was made. A replay answers it as it is now, and 410 when it is gone.
    resource_id text not null,
    created_at timestamptz not null default now(),
    primary key (user_id, route, key),
    constraint idempotency_keys_key_length check (char_length(key) between 1 and 255),
    constraint idempotency_keys_body_sha256_length check (octet_length(body_sha256) = 32)
);

create index idempotency_keys_age on idempotency_keys (created_at);
