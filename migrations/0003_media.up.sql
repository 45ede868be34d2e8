-- What an upload becomes, from its first byte on: the row is born with the upload, in one
-- statement, and has the same id.
create table media (
    id uuid primary key references uploads (id) on delete restrict,
    -- For clients that know only integers.
    number bigint generated always as identity,
    owner_id bigint not null references users (id) on delete restrict,
    -- From the declared type until it is probed, then from the bytes.
    kind text,
    state text not null default 'uploading',
    width integer,
    height integer,
    duration_ms bigint,
    alt text not null default '',
    blurhash text,
    -- The one published set; replaced in one statement.
    set_id uuid,
    poster text,
    error_code text,
    error_detail text,
    -- What it hangs on: claimed by the statement that attaches it, so that it hangs on one thing
    -- at most.
    attached_as text,
    created_at timestamptz not null default now(),
    ready_at timestamptz,
    constraint media_number_unique unique (number),
    constraint media_kind check (kind in ('video', 'image', 'audio')),
    constraint media_state check (state in ('uploading', 'processing', 'ready', 'failed')),
    constraint media_attached_as check (attached_as in ('post', 'avatar', 'cover')),
    constraint media_alt_length check (char_length(alt) <= 1500),
    constraint media_error check ((state = 'failed') = (error_code is not null)),
    constraint media_ready check (state <> 'ready' or set_id is not null)
);
create index media_owner on media (owner_id, created_at desc);

-- One encoded form of a media: a rung of video, the audio track, a picture's variant.
create table renditions (
    media_id uuid not null references media (id) on delete cascade,
    set_id uuid not null,
    name text not null,
    kind text not null,
    width integer,
    height integer,
    -- Frames in 1,001ths are common, so a pair and no float.
    frame_rate_numerator integer,
    frame_rate_denominator integer,
    -- Measured over the segments: the peak and the average, bits per second.
    bandwidth_bps bigint,
    average_bandwidth_bps bigint,
    codecs text,
    -- Object names within the set.
    init_object text,
    -- [{"object", "duration_us", "size_bytes"}], in order: the whole playlist in one value.
    segments jsonb not null default '[]',
    created_at timestamptz not null default now(),
    primary key (media_id, set_id, name),
    constraint renditions_kind check (kind in ('video', 'audio', 'image'))
);
