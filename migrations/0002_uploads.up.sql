-- What arrives, who writes it, and what becomes of it.

-- The upload-servers (and whoever else takes uploads) that are, or lately were, alive. It only
-- says whom to ask to hand an upload over; a wrong row costs time, never bytes.
create table nodes (
    id uuid primary key,
    name text not null,
    started_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now()
);

create table uploads (
    id uuid primary key,
    -- Null for uploads of a stand-alone server, which knows no users. No cascade: files hang on
    -- these rows, so an account's uploads are removed by a job that removes both.
    owner_id bigint references users (id) on delete restrict,
    -- The one writer. Null between owners. Whoever writes first, or takes over, raises the epoch;
    -- every statement of an owner carries the epoch it holds.
    node_id uuid references nodes (id) on delete set null,
    epoch bigint not null default 1,
    state text not null default 'uploading',
    state_reason text,
    kind text not null default 'whole',
    -- Null until the client tells it.
    length bigint,
    -- A floor under the durable offset, written where a transaction happens anyway. The truth of
    -- an open upload is its extents on disk.
    known_offset bigint not null default 0,
    -- `Upload-Metadata` as sent: HEAD must repeat it, order and all.
    metadata text not null default '',
    filename text,
    filetype text,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    finished_at timestamptz,
    -- When the bytes of an upload that came to nothing were removed from the store.
    discarded_at timestamptz,
    constraint uploads_state check (
        state in ('uploading', 'complete', 'rejected', 'expired', 'terminated', 'condemned')
    ),
    constraint uploads_kind check (kind in ('whole', 'partial', 'final')),
    constraint uploads_length check (length is null or length >= 0),
    constraint uploads_known_offset check (
        known_offset >= 0 and (length is null or known_offset <= length)
    ),
    constraint uploads_finished check ((state = 'complete') = (finished_at is not null))
);

create index uploads_owner on uploads (owner_id, created_at desc);
create index uploads_expiring on uploads (expires_at) where state = 'uploading';
create index uploads_to_discard on uploads (id)
    where state in ('rejected', 'expired', 'terminated', 'condemned') and discarded_at is null;

-- The parts of an upload that is not simply one file `sources/<id>` (which has no row here): a
-- later epoch that could not go on in that file, a part of an object store, a concatenation's
-- partials. Ordered; together they are the bytes.
create table upload_extents (
    upload_id uuid not null references uploads (id) on delete cascade,
    position integer not null,
    key text not null,
    epoch bigint not null,
    -- Null while it grows; nothing beyond a recorded length is ever read.
    length bigint,
    primary key (upload_id, position),
    constraint upload_extents_length check (length is null or length >= 0)
);
create index upload_extents_key on upload_extents (key);
