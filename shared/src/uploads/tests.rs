use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::*;
use crate::{
    ids::{PostId, UploadId, UserId},
    jobs,
    media::MediaKind,
    storage::{NodeLock, Store},
    testing::{Statements, TestDatabase, insert_post, insert_user},
    wake::WakeUp,
};

struct Stage {
    database: TestDatabase,
    store: Store,
    owner: UserId,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        insert_user(&database.pool, "bob").await;
        let owner = insert_user(&database.pool, "ada").await;
        Self {
            database,
            store,
            owner,
            _folder: folder,
        }
    }

    /// A process that receives uploads; dropping it simulates its death.
    async fn process(&self) -> Owners {
        let settings = Settings {
            durability: Durability::Ack,
            expiry: Duration::from_hours(7 * 24),
            acknowledge_within: Duration::from_secs(10),
        };
        let node = NodeLock::acquire(&self.store).unwrap();
        let owners = Owners::new(OwnerParts {
            pool: self.database.pool.clone(),
            sink: LocalSink::new(self.store.clone()),
            node,
            settings,
            jobs: WakeUp::silent(),
            events: WakeUp::silent(),
        });
        owners.register("test").await.unwrap();
        owners
    }

    fn upload(&self, length: u64) -> NewUpload {
        NewUpload {
            id: UploadId::generate(),
            owner: Some(self.owner),
            length: Some(length),
            metadata: "filename Yy5tcDQ=".to_owned(),
            filename: Some("c.mp4".to_owned()),
            filetype: Some("video/mp4".to_owned()),
            kind: Some(crate::media::MediaKind::Video),
            alt: String::new(),
            post: None,
        }
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.database.pool).await.unwrap();
    }

    async fn row(&self, id: UploadId) -> Upload {
        let mut connection = self.database.pool.acquire().await.unwrap();
        find_upload(&mut connection, id).await.unwrap().unwrap()
    }
}

const FINISHED: &str = "select count(*) from uploads join media using (id)
    join jobs on jobs.media_id = media.id join events on events.event = 'media.processing'
    where uploads.state = 'complete' and media.state = 'processing' and jobs.state = 'queued'";

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[tokio::test]
async fn the_job_of_a_declared_picture_is_a_short_one() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    for (kind, priority) in [
        (MediaKind::Image, jobs::SHORT),
        (MediaKind::Video, jobs::LONG),
    ] {
        let new = NewUpload {
            kind: Some(kind),
            ..stage.upload(4)
        };
        let mut taken = owners.create(&new).await.unwrap();
        taken.push(bytes("pawl")).await.unwrap();
        assert_eq!(taken.finish().await.unwrap(), Finished::Complete);
        let found = sqlx::query_scalar::<_, i16>("select priority from jobs where media_id = $1");
        let found = found.bind(new.id.0).fetch_one(&stage.database.pool).await;
        assert_eq!(found.unwrap(), priority);
    }
}

#[tokio::test]
async fn an_upload_is_born_with_its_media_and_finishes_once_with_job_and_event() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(8);
    let mut taken = owners.create(&new).await.unwrap();
    assert_eq!(
        stage
            .count("select count(*) from media where state = 'uploading'")
            .await,
        1
    );
    assert_eq!(taken.upload().epoch, 1);
    taken.push(bytes("pawl")).await.unwrap();
    let acknowledged = taken.acknowledge().await.unwrap();
    assert_eq!(acknowledged.offset, 4);
    assert!(acknowledged.expires_at.is_some() && !taken.is_whole());
    drop(taken);
    let mut taken = owners.take(new.id).await.unwrap();
    assert_eq!(
        (taken.offset(), taken.upload().epoch),
        (4, 1),
        "from memory, without a claim"
    );
    taken.push(bytes("pawl")).await.unwrap();
    assert!(taken.is_whole());
    assert_eq!(taken.finish().await.unwrap(), Finished::Complete);
    drop(taken);
    assert_eq!(stage.count(FINISHED).await, 1);
    assert!(stage.store.ready(new.id).exists());
    assert_eq!(
        std::fs::read(stage.store.source(new.id)).unwrap(),
        b"pawlpawl"
    );
    let taken = owners.take(new.id).await.unwrap();
    assert_eq!(
        (taken.upload().state, taken.offset()),
        (UploadState::Complete, 8)
    );
    drop(taken);
    assert_eq!(
        owners.held_count(),
        0,
        "what is over stays nowhere in memory"
    );
}

#[tokio::test]
async fn a_successor_takes_back_what_a_dead_process_wrote_and_raises_the_epoch() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let node = owners.node();
    let new = stage.upload(8);
    let mut taken = owners.create(&new).await.unwrap();
    taken.push(bytes("pawl")).await.unwrap();
    taken.flush().await.unwrap();
    drop((taken, owners));
    let owners = stage.process().await;
    assert_eq!(owners.node(), node);
    let mut taken = owners.take(new.id).await.unwrap();
    assert_eq!((taken.offset(), taken.upload().epoch), (4, 2));
    assert_eq!(taken.acknowledge().await.unwrap().offset, 4);
}

#[tokio::test]
async fn a_living_process_keeps_its_uploads_and_a_woken_one_can_acknowledge_nothing() {
    let stage = Stage::new().await;
    let sleeper = stage.process().await;
    let other = stage.process().await;
    let new = stage.upload(4);
    let mut taken = sleeper.create(&new).await.unwrap();
    assert!(matches!(other.take(new.id).await, Err(TakeError::Busy)));
    taken.push(bytes("pawl")).await.unwrap();
    stage.execute("update uploads set epoch = epoch + 1").await;
    let told = taken.acknowledge().await;
    assert!(
        matches!(told, Err(AckError::Lost(Some(UploadState::Uploading)))),
        "{told:?}"
    );
    drop(taken);
    let mut taken = sleeper.take(new.id).await.unwrap();
    assert_eq!(taken.upload().epoch, 3, "it has to claim it anew");
    stage.execute("update uploads set epoch = epoch + 1").await;
    assert!(matches!(taken.finish().await, Err(AckError::Lost(_))));
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test]
async fn a_newer_request_ends_the_running_one_and_any_that_waits() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(8);
    let mut running = owners.create(&new).await.unwrap();
    let waiting = tokio::spawn({
        let owners = owners.clone();
        async move { owners.take(new.id).await.map(|taken| taken.offset()) }
    });
    running.cancelled().cancelled().await;
    let newest = tokio::spawn({
        let owners = owners.clone();
        async move { owners.take(new.id).await.map(|taken| taken.offset()) }
    });
    // The request before must not get the lock until the newest one has announced itself.
    while Arc::strong_count(&running.slot_for_test()) < 5 {
        tokio::task::yield_now().await;
    }
    running.push(bytes("pawl")).await.unwrap();
    assert_eq!(running.acknowledge().await.unwrap().offset, 4);
    drop(running);
    assert!(matches!(waiting.await.unwrap(), Err(TakeError::Superseded)));
    assert_eq!(newest.await.unwrap().unwrap(), 4);
}

#[tokio::test]
async fn lost_bytes_condemn_the_upload_and_it_never_says_zero() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(8);
    drop(owners.create(&new).await.unwrap());
    drop(owners);
    std::fs::remove_file(stage.store.source(new.id)).unwrap();
    let owners = stage.process().await;
    let taken = owners.take(new.id).await.unwrap();
    assert_eq!(taken.upload().state, UploadState::Condemned);
    assert_eq!(stage.row(new.id).await.state, UploadState::Condemned);
    assert_eq!(
        stage
            .count("select count(*) from media where state = 'failed'")
            .await,
        1
    );
    assert_eq!(
        stage
            .count("select count(*) from events where event = 'media.failed'")
            .await,
        1
    );
}

#[tokio::test]
async fn the_sweep_completes_a_finish_that_was_cut_short() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let [whole, part] = [stage.upload(4), stage.upload(8)];
    for new in [&whole, &part] {
        let mut taken = owners.create(new).await.unwrap();
        taken.push(bytes("pawl")).await.unwrap();
        taken.flush().await.unwrap();
    }
    drop(owners);
    let owners = stage.process().await;
    assert_eq!(owners.sweep().await.unwrap().finished, 1);
    assert_eq!(owners.sweep().await.unwrap(), Swept::default());
    assert_eq!(stage.count(FINISHED).await, 1);
    assert_eq!(stage.row(part.id).await.state, UploadState::Uploading);
}

#[tokio::test]
async fn a_finish_for_a_suspended_account_is_refused_and_its_bytes_go() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(4);
    let mut taken = owners.create(&new).await.unwrap();
    taken.push(bytes("pawl")).await.unwrap();
    stage
        .execute("update users set state = 'suspended' where username = 'ada'")
        .await;
    assert_eq!(taken.finish().await.unwrap(), Finished::Rejected);
    drop(taken);
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
    let failed = "select count(*) from media where error_code = 'upload_rejected'";
    assert_eq!(stage.count(failed).await, 1);
    assert_eq!(owners.sweep().await.unwrap().discarded, 1);
    assert!(!stage.store.source(new.id).exists());
    let refused = owners.create(&stage.upload(4)).await;
    assert!(matches!(refused, Err(CreateError::OwnerInactive)));
    assert_eq!(std::fs::read_dir(stage.store.sources()).unwrap().count(), 0);
}

#[tokio::test]
async fn uploads_expire_by_the_databases_clock_and_received_bytes_put_it_off() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let [idle, busy] = [stage.upload(8), stage.upload(8)];
    drop(owners.create(&idle).await.unwrap());
    let mut taken = owners.create(&busy).await.unwrap();
    stage
        .execute("update uploads set expires_at = now() + interval '1 minute'")
        .await;
    taken.push(bytes("pawl")).await.unwrap();
    let put_off = taken.acknowledge().await.unwrap().expires_at.unwrap();
    assert_eq!(stage.row(busy.id).await.expires_at, Some(put_off));
    let later = "select count(*) from uploads where expires_at > now() + interval '6 days'";
    assert_eq!(stage.count(later).await, 1);
    stage
        .execute("update uploads set expires_at = expires_at - interval '2 minutes'")
        .await;
    let swept = owners.sweep().await.unwrap();
    assert_eq!((swept.expired, swept.discarded), (1, 1));
    assert_eq!(stage.row(idle.id).await.state, UploadState::Expired);
    let failed = "select count(*) from media where error_code = 'upload_expired'";
    assert_eq!(stage.count(failed).await, 1);
    assert!(matches!(
        owners.take(idle.id).await.unwrap().acknowledge().await,
        Err(AckError::Sink(SinkError::Missing) | AckError::Lost(_))
    ));
}

#[tokio::test]
async fn a_terminated_upload_leaves_its_post_and_the_store() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let post = insert_post(&stage.database.pool, stage.owner, "hello").await;
    let new = NewUpload {
        post: Some(post),
        ..stage.upload(8)
    };
    let mut taken = owners.create(&new).await.unwrap();
    assert_eq!(stage.count("select count(*) from post_media").await, 1);
    taken.terminate().await.unwrap();
    drop(taken);
    assert_eq!(stage.count("select count(*) from post_media").await, 0);
    assert_eq!(stage.count("select count(*) from media").await, 0);
    assert_eq!(stage.row(new.id).await.state, UploadState::Terminated);
    assert!(!stage.store.source(new.id).exists());
    assert_eq!(owners.sweep().await.unwrap(), Swept::default());
}

#[tokio::test]
async fn a_post_takes_media_of_its_author_in_order_and_only_so_many() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let stranger = insert_user(&stage.database.pool, "eve").await;
    let post = insert_post(&stage.database.pool, stage.owner, "hello").await;
    let on = |post: PostId, owner: UserId| NewUpload {
        post: Some(post),
        owner: Some(owner),
        ..stage.upload(8)
    };
    let refused = owners.create(&on(post, stranger)).await;
    assert!(matches!(refused, Err(CreateError::PostNotYours)));
    let refused = owners.create(&on(PostId(i64::MAX), stage.owner)).await;
    assert!(matches!(refused, Err(CreateError::PostUnknown)));
    let together = (0..20).map(|_| {
        let (owners, new) = (owners.clone(), on(post, stage.owner));
        tokio::spawn(async move { owners.create(&new).await.map(drop) })
    });
    for created in together.collect::<Vec<_>>() {
        created.await.unwrap().unwrap();
    }
    let refused = owners.create(&on(post, stage.owner)).await;
    assert!(matches!(refused, Err(CreateError::PostFull)));
    let positions = "select count(distinct position) from post_media where position < 20";
    assert_eq!(stage.count(positions).await, 20);
    stage
        .execute("update posts set visibility = 'private'")
        .await;
    let refused = owners.create(&on(post, stranger)).await;
    assert!(matches!(refused, Err(CreateError::PostUnknown)));
}

#[tokio::test]
async fn files_without_a_row_are_removed_when_they_are_old() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let [old, young] = [UploadId::generate(), UploadId::generate()];
    let path = stage.store.source(old);
    let file = std::fs::File::create(&path).unwrap();
    let long_ago = std::time::SystemTime::now() - Duration::from_hours(2);
    file.set_modified(long_ago).unwrap();
    std::fs::write(stage.store.source(young), b"x").unwrap();
    std::fs::write(stage.store.sources().join("README"), b"x").unwrap();
    assert_eq!(owners.sweep().await.unwrap().orphans, 1);
    assert!(!path.exists() && stage.store.source(young).exists());
}

#[tokio::test]
async fn an_acknowledgement_waits_for_postgres_and_gives_up_in_time() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(8);
    let mut taken = owners.create(&new).await.unwrap();
    taken.push(bytes("pawl")).await.unwrap();
    stage.database.pool.close().await;
    // The clock jumps to the end of the wait, whatever the speed of the machine.
    tokio::time::pause();
    let told = taken.acknowledge().await;
    tokio::time::resume();
    assert!(matches!(told, Err(AckError::Database(_))), "{told:?}");
    assert_eq!(
        std::fs::metadata(stage.store.source(new.id)).unwrap().len(),
        4,
        "bytes are kept"
    );
}

#[tokio::test]
async fn what_a_process_forgot_or_took_back_is_still_a_floor() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let new = stage.upload(8);
    let mut taken = owners.create(&new).await.unwrap();
    taken.push(bytes("pawl")).await.unwrap();
    taken.acknowledge().await.unwrap();
    drop(taken);
    owners.sweep().await.unwrap();
    assert_eq!(
        (owners.held_count(), stage.row(new.id).await.known_offset),
        (0, 4)
    );
    let mut taken = owners.take(new.id).await.unwrap();
    taken.push(bytes("p")).await.unwrap();
    taken.flush().await.unwrap();
    drop((taken, owners));
    let owners = stage.process().await;
    drop(owners.take(new.id).await.unwrap());
    assert_eq!(
        stage.row(new.id).await.known_offset,
        5,
        "recorded when it was taken back"
    );
    drop(owners);
    let file = std::fs::File::options()
        .write(true)
        .open(stage.store.source(new.id))
        .unwrap();
    file.set_len(4).unwrap();
    let owners = stage.process().await;
    let taken = owners.take(new.id).await.unwrap();
    assert_eq!(taken.upload().state, UploadState::Condemned);
}

#[tokio::test]
async fn nothing_is_swept_from_a_store_of_another_database() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let path = stage.store.source(UploadId::generate());
    let file = std::fs::File::create(&path).unwrap();
    let long_ago = std::time::SystemTime::now() - Duration::from_hours(2);
    file.set_modified(long_ago).unwrap();
    std::fs::write(stage.store.root().join("database"), "another\n").unwrap();
    assert_eq!(owners.sweep().await.unwrap().orphans, 0);
    assert!(path.exists());
    std::fs::remove_file(stage.store.root().join("database")).unwrap();
    assert_eq!(owners.sweep().await.unwrap().orphans, 1);
}

#[tokio::test]
async fn a_picture_that_was_replaced_goes_after_a_day_with_its_source_and_no_other_does() {
    let stage = Stage::new().await;
    let owners = stage.process().await;
    let ids = [(); 3].map(|()| crate::ids::MediaId::generate());
    let mut connection = stage.database.pool.acquire().await.unwrap();
    for (id, hours) in ids.into_iter().zip([Some(25), Some(23), None]) {
        let new = crate::media::store::NewPicture {
            id,
            owner: stage.owner,
            attached_as: "avatar",
            format: crate::media::image::PictureFormat::Png,
            size_bytes: 1,
        };
        let set = crate::media::image::PictureSet {
            set: crate::ids::SetId::generate(),
            width: 1,
            height: 1,
            blurhash: String::new(),
            variants: Vec::new(),
        };
        crate::media::store::insert_picture(&mut connection, new, &set)
            .await
            .unwrap();
        std::fs::write(stage.store.source(id.into()), b"x").unwrap();
        sqlx::query("update media set replaced_at = now() - $2 * interval '1 hour' where id = $1")
            .bind(id.0)
            .bind(hours)
            .execute(&mut *connection)
            .await
            .unwrap();
    }
    assert_eq!(owners.sweep().await.unwrap().replaced, 1);
    assert_eq!(owners.sweep().await.unwrap().replaced, 0);
    assert_eq!(stage.count("select count(*) from media").await, 2);
    assert_eq!(stage.count("select count(*) from uploads").await, 2);
    let is_there = ids.map(|id| stage.store.source(id.into()).exists());
    assert_eq!(is_there, [false, true, true]);
}

#[tokio::test]
async fn a_sweep_reads_no_upload_that_is_complete() {
    let database = TestDatabase::with_plans().await;
    let complete = "insert into uploads (id, state, length, finished_at)
        select gen_random_uuid(), 'complete', 1, now() from generate_series(1, 20000);
        analyze uploads";
    sqlx::raw_sql(complete)
        .execute(&database.pool)
        .await
        .unwrap();
    let mut connection = database.pool.acquire().await.unwrap();
    let watched = Statements::watch();
    // From the sixth execution on, Postgres may use a plan without the parameters.
    for _ in 0..8 {
        let _ = watched.take();
        let first = UploadId(uuid::Uuid::nil());
        let open = store::list_open_uploads(&mut connection, first, 500).await;
        assert_eq!(open.unwrap(), []);
        let buffers = watched.take().buffers();
        assert!(buffers <= 5, "{buffers} buffers");
    }
}
