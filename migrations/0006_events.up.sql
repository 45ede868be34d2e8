-- The outbox: what happened, written in the transaction that made it happen. Readers follow the
-- dense `seq`, which a single sequencer gives to rows whose transaction is over; `id` may show up
-- out of order and is only a name.
create table events (
    id bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    seq bigint,
    -- The run of the sequence that `seq` belongs to: a restored cluster begins another.
    epoch text,
    topics text[] not null,
    event text not null,
    data jsonb not null,
    actor_id bigint,
    author_id bigint,
    post_id bigint,
    visibility text,
    created_at timestamptz not null default now(),
    constraint events_sequenced check ((seq is null) = (epoch is null)),
    constraint events_seq_unique unique (epoch, seq),
    constraint events_visibility check (visibility in ('public', 'followers', 'private'))
);

create index events_unsequenced on events (xid, id) where seq is null;
