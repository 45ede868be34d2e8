-- Who people are and how they prove it.
--
-- Social rows count with bigint identities: half the index of a UUID, ordered by time for keyset
-- pages. Sessions are named in tokens, so theirs are UUIDs.

create table users (
    id bigint generated always as identity primary key,
    username text not null,
    email text not null,
    password_hash text not null,
    role text not null default 'user',
    state text not null default 'active',
    -- When the state left 'active': servers refuse tokens by the set of recent changes.
    state_changed_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    constraint users_role check (role in ('user', 'admin')),
    constraint users_state check (state in ('active', 'suspended', 'deleted')),
    constraint users_username_length check (char_length(username) between 1 and 64),
    constraint users_email_length check (char_length(email) between 3 and 254)
);

-- Unique without regard to case, by constraint and not by a look before the insert.
create unique index users_username_unique on users (lower(username));
create unique index users_email_unique on users (lower(email));
create index users_state_changed on users (state_changed_at) where state <> 'active';

-- What others see of a user. Made in the sign-up transaction, so every user has exactly one.
create table profiles (
    user_id bigint primary key references users (id) on delete cascade,
    first_name text not null,
    last_name text not null,
    bio text not null default '',
    is_private boolean not null default false,
    -- Counters change in the statement that changes the row they count.
    followers_count bigint not null default 0,
    following_count bigint not null default 0,
    posts_count bigint not null default 0,
    updated_at timestamptz not null default now(),
    constraint profiles_first_name_length check (char_length(first_name) between 1 and 50),
    constraint profiles_last_name_length check (char_length(last_name) between 1 and 50),
    constraint profiles_bio_length check (char_length(bio) <= 500),
    constraint profiles_counters check (
        followers_count >= 0 and following_count >= 0 and posts_count >= 0
    )
);

-- A sign-in and the family of refresh tokens that grew from it. No token is stored: each is
-- derived from the seed and the generation.
create table sessions (
    id uuid primary key,
    user_id bigint not null references users (id) on delete cascade,
    seed bytea not null,
    generation integer not null default 1,
    generation_at timestamptz not null default now(),
    user_agent text not null default '',
    network text not null default '',
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    constraint sessions_seed_length check (octet_length(seed) = 32),
    constraint sessions_end check ((ended_at is null) = (end_reason is null)),
    constraint sessions_end_reason check (end_reason in ('signed_out', 'revoked', 'reused'))
);

create index sessions_user on sessions (user_id, created_at desc);
create index sessions_ended on sessions (ended_at) where ended_at is not null;

-- The Ed25519 pairs that sign access tokens. The private half is sealed with PAWL_SECRET_KEY;
-- the public half is all that a verifier reads. Rows are kept for good: an upload that runs in a
-- phone's background may show a token signed long ago.
create table signing_keys (
    kid text primary key,
    public_key bytea not null,
    sealed_private_key bytea not null,
    state text not null,
    -- From when on servers sign with it. The newest key whose time has come is the active one.
    signs_from timestamptz not null,
    retired_at timestamptz,
    created_at timestamptz not null default now(),
    constraint signing_keys_state check (state in ('next', 'active', 'retired', 'revoked')),
    constraint signing_keys_public_key_length check (octet_length(public_key) = 32)
);
