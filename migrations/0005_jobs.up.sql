-- The queue. A job is claimed by a lease, never held in a transaction; only the holder of the
-- newest lease token may complete it, and an attempt counts when it is claimed.
create table jobs (
    id uuid primary key,
    kind text not null,
    priority smallint not null default 0,
    -- At most one live job per key.
    unique_key text not null,
    depends_on uuid references jobs (id) on delete set null,
    media_id uuid references media (id) on delete cascade,
    payload jsonb not null default '{}',
    state text not null default 'queued',
    attempts integer not null default 0,
    max_attempts integer not null default 3,
    run_after timestamptz not null default now(),
    lease_token uuid,
    leased_until timestamptz,
    worker text,
    error_code text,
    error_detail text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint jobs_state check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    constraint jobs_lease check ((state = 'running') = (leased_until is not null)),
    constraint jobs_lease_token check (state <> 'running' or lease_token is not null),
    constraint jobs_attempts check (attempts >= 0 and max_attempts >= 1)
);

create unique index jobs_unique_key on jobs (unique_key) where state in ('queued', 'running');
create index jobs_claimable on jobs (kind, priority desc, run_after, id) where state = 'queued';
create index jobs_leased on jobs (leased_until) where state = 'running';
create index jobs_media on jobs (media_id);
