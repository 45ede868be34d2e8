-- What slows down who guesses passwords, and the record of what was done to accounts.

-- Attempts. Each is a failure until its password was found right, so that guesses made at once are
-- all counted; successes make a network known to an account. Whom it was for is kept as a hash: of
-- the account, whichever login named it, or of a login that nobody has, so that unknown ones are
-- counted alike and no table of mistyped passwords grows.
create table sign_in_attempts (
    id bigint generated always as identity primary key,
    target_hash bytea not null,
    -- An IPv4 address, or an IPv6 /64.
    network text not null,
    has_succeeded boolean not null,
    attempted_at timestamptz not null default now(),
    constraint sign_in_attempts_target_hash_length check (octet_length(target_hash) = 32)
);

create index sign_in_attempts_target
    on sign_in_attempts (target_hash, network, has_succeeded, attempted_at desc);
create index sign_in_attempts_failures
    on sign_in_attempts (target_hash, attempted_at desc) where not has_succeeded;
create index sign_in_attempts_age on sign_in_attempts (attempted_at);

-- A user's live sessions, the newest first.
create index sessions_live on sessions (user_id, created_at desc, id desc) where ended_at is null;

-- Who did what to whom, for good. An actor of null is the operator at the command line, or the
-- server by itself.
create table audit_log (
    id bigint generated always as identity primary key,
    actor_id bigint references users (id) on delete set null,
    action text not null,
    -- What it was done to: `user`, `session`, `post`, `comment`, `media`, `key`; and its id.
    subject_kind text not null,
    subject_id text not null,
    -- The user whom it concerns, who may be told of it.
    user_id bigint references users (id) on delete set null,
    details jsonb not null default '{}',
    -- Null, or what makes this row the only one of its kind: an admin's reads are told once an hour.
    unique_key text,
    created_at timestamptz not null default now(),
    constraint audit_log_unique_key unique (unique_key)
);

create index audit_log_user on audit_log (user_id, created_at desc);
create index audit_log_subject on audit_log (subject_kind, subject_id, created_at desc);
