//! The data for the permission tables: users in every relation to one owner, and their resources.
//! It is reset before each request, so that rows are independent.

use crate::testing::{Client, TestApp};

/// The callers. The owner has blocked `blocked`. `follower` follows the owner and `secret`, whose
/// account is private. The session of `revoked` has ended.
pub const CALLERS: [&str; 8] = [
    "anon",
    "stranger",
    "blocked",
    "follower",
    "owner",
    "admin",
    "suspended",
    "revoked",
];

/// Media on post 1, on post 2, on post 3, and one unattached; all belong to the owner.
pub const ON_PUBLIC: &str = "01990000-0000-7000-8000-000000000001";
pub const ON_FOLLOWERS: &str = "01990000-0000-7000-8000-000000000002";
pub const ON_PRIVATE: &str = "01990000-0000-7000-8000-000000000003";
pub const FREE: &str = "01990000-0000-7000-8000-000000000004";
/// The owner's avatar.
pub const AS_AVATAR: &str = "01990000-0000-7000-8000-000000000005";
/// On post 6, which belongs to `secret`.
pub const OF_SECRET: &str = "01990000-0000-7000-8000-000000000006";

/// The owner's cover.
pub const AS_COVER: &str = "01990000-0000-7000-8000-000000000007";
/// On post 4, a draft, and on post 5, which is deleted.
pub const ON_DRAFT: &str = "01990000-0000-7000-8000-000000000008";
pub const ON_DELETED: &str = "01990000-0000-7000-8000-000000000009";
/// The owner's previous avatar.
pub const REPLACED: &str = "01990000-0000-7000-8000-00000000000a";
/// The same, replaced more than a day ago.
pub const LONG_REPLACED: &str = "01990000-0000-7000-8000-00000000000b";
/// A ready, unattached picture of the owner.
pub const PICTURE: &str = "01990000-0000-7000-8000-00000000000c";

/// Posts of the owner: 1 public, 2 for followers, 3 private, 4 a draft, 5 deleted. Post 6 is public
/// but belongs to `secret`. Comments: 1 by `follower` and 2 by the owner on post 1, 3 by the owner
/// on post 3, 4 by `blocked` on post 1, 5 and 6 by `follower` on posts 2 and 6, 7 and 8 by the
/// owner on posts 5 and 4. `asker` has requested to follow the owner, who follows and mutes
/// `asker`. `follower` likes post 1.
const RESET: &str = "
    delete from idempotency_keys;
    delete from comments;
    delete from posts;
    delete from jobs;
    update profiles set avatar_id = null, avatar_file = null,
        cover_id = null, cover_file = null, is_private = username = 'secret'
        from users where users.id = user_id;
    delete from media;
    delete from uploads;
    delete from follows;
    delete from follow_requests;
    delete from blocks;
    delete from mutes;
    update sessions set ended_at = null, end_reason = null
        where user_id <> (select id from users where username = 'revoked');
    insert into posts (id, author_id, text, visibility, published_at, deleted_at)
        overriding system value
        select rows.id, users.id, 'words of ' || username, rows.visibility,
            case when not is_draft then now() end, case when is_deleted then now() end
        from (values
            (1, 'owner', 'public', false, false),
            (2, 'owner', 'followers', false, false),
            (3, 'owner', 'private', false, false),
            (4, 'owner', 'public', true, false),
            (5, 'owner', 'public', false, true),
            (6, 'secret', 'public', false, false)
        ) as rows (id, author, visibility, is_draft, is_deleted)
        join users on username = author;
    insert into comments (id, post_id, author_id, text)
        overriding system value
        select rows.id, post_id, users.id, 'a comment'
        from (values
            (1, 1, 'follower'), (2, 1, 'owner'), (3, 3, 'owner'), (4, 1, 'blocked'),
            (5, 2, 'follower'), (6, 6, 'follower'), (7, 5, 'owner'), (8, 4, 'owner')
        ) as rows (id, post_id, author)
        join users on username = author;
    insert into follows (follower_id, followee_id)
        select follower.id, followee.id
        from users as follower, users as followee
        where (follower.username, followee.username)
            in (('follower', 'owner'), ('follower', 'secret'), ('owner', 'asker'));
    insert into follow_requests (requester_id, target_id)
        select asker.id, owner.id
        from users as asker, users as owner
        where asker.username = 'asker' and owner.username = 'owner';
    insert into mutes (muter_id, muted_id)
        select owner.id, asker.id
        from users as owner, users as asker
        where owner.username = 'owner' and asker.username = 'asker';
    insert into post_likes (post_id, user_id)
        select 1, id from users where username = 'follower';
    update profiles set
        followers_count = (select count(*) from follows where followee_id = user_id),
        following_count = (select count(*) from follows where follower_id = user_id),
        posts_count = (
            select count(*) from posts
            where author_id = user_id and visibility <> 'private'
                and published_at is not null and deleted_at is null
        );
    update posts set
        likes_count = (select count(*) from post_likes where post_id = posts.id),
        comments_count = (select count(*) from comments where post_id = posts.id);
    insert into blocks (blocker_id, blocked_id)
        select owner.id, blocked.id
        from users as owner, users as blocked
        where owner.username = 'owner' and blocked.username = 'blocked';
    with rows as (
        select ('01990000-0000-7000-8000-00000000000' || digit)::uuid as id, users.id as owner_id,
            attached_as, post_id, now() - replaced_ago as replaced_at
        from (values
            ('1', 'owner', 'post', 1, null),
            ('2', 'owner', 'post', 2, null),
            ('3', 'owner', 'post', 3, null),
            ('4', 'owner', null, null, null),
            ('5', 'owner', 'avatar', null, null),
            ('6', 'secret', 'post', 6, null),
            ('7', 'owner', 'cover', null, null),
            ('8', 'owner', 'post', 4, null),
            ('9', 'owner', 'post', 5, null),
            ('a', 'owner', 'avatar', null, interval '1 hour'),
            ('b', 'owner', 'avatar', null, interval '25 hours')
        ) as rows (digit, owner, attached_as, post_id, replaced_ago)
        join users on username = owner
    ),
    made_uploads as (
        insert into uploads (id, owner_id, length, filetype, filename)
        select id, owner_id, 4, 'video/mp4', 'clip.mp4' from rows
    ),
    made_media as (
        insert into media (id, owner_id, kind, attached_as, replaced_at)
        select id, owner_id, 'video', attached_as, replaced_at from rows
    )
    insert into post_media (media_id, post_id, position)
        select id, post_id, 1 from rows where post_id is not null;
    update profiles set avatar_id = media.id, avatar_file = media.id || '/set/file'
        from media
        where attached_as = 'avatar' and replaced_at is null and owner_id = user_id;
    update profiles set cover_id = media.id, cover_file = media.id || '/set/file'
        from media where attached_as = 'cover' and owner_id = user_id;
    insert into uploads (id, owner_id, state, length, known_offset, filetype, finished_at)
        select '01990000-0000-7000-8000-00000000000c', id, 'complete', 4, 4, 'image/jpeg', now()
        from users where username = 'owner';
    insert into media (id, owner_id, kind, state, width, height, set_id, ready_at)
        select id, owner_id, 'image', 'ready', 640, 640, id, now()
        from uploads where state = 'complete';
    insert into renditions (media_id, set_id, name, kind, width, height, init_object)
        select id, set_id, 'small', 'image', 640, 640, 'small-0badcafe.jpg'
        from media where state = 'ready';
    select setval('posts_id_seq', 1000), setval('comments_id_seq', 1000);
";

/// The server, and the clients in the order of [`CALLERS`].
pub struct Scene {
    pub test: TestApp,
    pub callers: Vec<Client>,
}

impl Scene {
    pub async fn set() -> Self {
        let test = TestApp::start().await;
        let mut callers = vec![test.anon()];
        for name in &CALLERS[1..] {
            callers.push(test.person(name).await);
        }
        for name in ["secret", "asker"] {
            test.person(name).await;
        }
        test.run(
            "update users set state = 'suspended' where username = 'suspended';
            update users set role = 'admin' where username = 'admin';
            update sessions set ended_at = now(), end_reason = 'revoked'
            where user_id = (select id from users where username = 'revoked')",
        )
        .await;
        let scene = Self { test, callers };
        scene.reset().await;
        scene
    }

    /// Resets everything that earlier requests changed.
    pub async fn reset(&self) {
        self.test.run(RESET).await;
        self.test.forget_access();
    }
}
