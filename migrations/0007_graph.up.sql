-- Who follows, blocks and mutes whom.
--
-- Lists go newest first, in both directions. The counters are in `profiles` and change in the
-- statement that changes the row; nothing here goes away on its own with a user, so that they
-- cannot drift: who deletes an account takes its edges down first.

create table follows (
    follower_id bigint not null references users (id) on delete restrict,
    followee_id bigint not null references users (id) on delete restrict,
    created_at timestamptz not null default now(),
    primary key (follower_id, followee_id),
    constraint follows_not_self check (follower_id <> followee_id)
);

create index follows_followers on follows (followee_id, created_at desc, follower_id desc);
create index follows_followees on follows (follower_id, created_at desc, followee_id desc);

-- Waiting for the approval of a private account.
create table follow_requests (
    requester_id bigint not null references users (id) on delete cascade,
    target_id bigint not null references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (requester_id, target_id),
    constraint follow_requests_not_self check (requester_id <> target_id)
);

create index follow_requests_target
    on follow_requests (target_id, created_at desc, requester_id desc);

-- Read both ways: who blocks and who is blocked do not see each other.
create table blocks (
    blocker_id bigint not null references users (id) on delete cascade,
    blocked_id bigint not null references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (blocker_id, blocked_id),
    constraint blocks_not_self check (blocker_id <> blocked_id)
);

create index blocks_list on blocks (blocker_id, created_at desc, blocked_id desc);
create index blocks_blocked on blocks (blocked_id, blocker_id);

create table mutes (
    muter_id bigint not null references users (id) on delete cascade,
    muted_id bigint not null references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (muter_id, muted_id),
    constraint mutes_not_self check (muter_id <> muted_id)
);

create index mutes_list on mutes (muter_id, created_at desc, muted_id desc);
create index mutes_muted on mutes (muted_id);
