//! Leases: what is published counts once, and only for whoever holds the job.

use std::time::Duration;

use rustix::process::{Signal, kill_process};
use shared::{ids::MediaId, jobs};
use tokio_util::sync::CancellationToken;
use transcoder::sweep::Sweeper;

use crate::stage::{DEADLINE, Stage, find_encoder, test_video, wait_for};

async fn steal(stage: &Stage, media: MediaId) {
    sqlx::query("update jobs set lease_token = gen_random_uuid() where media_id = $1")
        .bind(media.0)
        .execute(&stage.database.pool)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_lost_in_mid_work_publishes_nothing_and_leaves_nothing() {
    let stage = Stage::new().await;
    stage.leave_jobs();
    let media = stage.upload(&test_video()).await;
    let (worker, stop) = (stage.worker(), CancellationToken::new());
    let theft = async {
        wait_for("an object", async || {
            (!stage.objects(media).await.is_empty()).then_some(())
        })
        .await;
        steal(&stage, media).await;
        wait_for("the folder to be empty", async || {
            stage.objects(media).await.is_empty().then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(theft, worker.run_slot(&stop));
    assert_eq!(stage.look(media).await.state, "processing");
    assert_eq!(stage.job(media).await, ("running".to_owned(), 1));
    assert_eq!(stage.events().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_told_to_stop_gives_its_job_back_uncounted() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let (worker, stop) = (stage.worker(), CancellationToken::new());
    let stopping = async {
        wait_for("an object", async || {
            (!stage.objects(media).await.is_empty()).then_some(())
        })
        .await;
        stop.cancel();
    };
    let working = async { tokio::join!(stopping, worker.run_slot(&stop)) };
    tokio::time::timeout(DEADLINE, working).await.unwrap();
    assert_eq!(stage.job(media).await, ("queued".to_owned(), 0));
    assert_eq!(stage.objects(media).await, [""; 0]);
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_does_not_go_away_fails_the_media_after_the_last_attempt() {
    let stage = Stage::new().await;
    let media = stage.upload_nothing().await;
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!(ended.error_code.as_deref(), Some("encoder_failed"));
    assert_eq!(stage.job(media).await, ("failed".to_owned(), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_freezes_is_replaced() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let mut worker = stage.worker();
    worker.handler.limits.stall = Duration::from_secs(5);
    worker.settings.backoff.first = Duration::from_hours(1);
    let freezing = async {
        let encoder = wait_for("ffmpeg", async || find_encoder(stage.store.root())).await;
        kill_process(encoder, Signal::STOP).unwrap();
    };
    let stop = CancellationToken::new();
    let (is_claimed, ()) = tokio::join!(worker.run_one(&stop), freezing);
    assert!(is_claimed.unwrap());
    assert_eq!(stage.job(media).await, ("queued".to_owned(), 1));
    // The second attempt has the ordinary limits: a busy machine may stall an encoder for seconds.
    sqlx::query("update jobs set run_after = now()")
        .execute(&stage.database.pool)
        .await
        .unwrap();
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    assert_eq!(stage.job(media).await, ("done".to_owned(), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_takes_too_long_is_stopped_for_good() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    let mut worker = stage.worker();
    worker.handler.limits.wall_time_factor = 0;
    worker.handler.limits.wall_time_base = Duration::from_millis(200);
    let ended = stage.finish(&worker, media).await;
    assert_eq!(ended.error_code.as_deref(), Some("timed_out"));
    assert_eq!(find_encoder(stage.store.root()), None);
    assert_eq!(stage.objects(media).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_media_whose_workers_all_died_is_failed_and_told() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    for _ in 0..3 {
        let claimed = jobs::claim(
            &stage.database.pool,
            jobs::JobKind::Transcode,
            "dead",
            claim_settings(Duration::ZERO),
        )
        .await;
        assert!(claimed.unwrap().is_some());
    }
    assert_eq!(stage.worker().fail_exhausted().await.unwrap(), 1);
    let ended = stage.look(media).await;
    assert_eq!(ended.error_code.as_deref(), Some("attempts_exhausted"));
    assert_eq!(stage.events().await, ["media.failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_takes_what_dead_attempts_left_and_nothing_else() {
    let stage = Stage::new().await;
    stage.leave_jobs();
    stage.leave_files();
    let media = stage.upload(&test_video()).await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let published = stage.objects(media).await;
    let folder = stage.set_folder(media).await;
    let other = stage.upload(&test_video()).await;
    let lease = jobs::claim(
        &stage.database.pool,
        jobs::JobKind::Transcode,
        "w",
        claim_settings(Duration::from_mins(1)),
    )
    .await;
    let names = shared::media::ObjectNames::new(lease.unwrap().unwrap().token);
    let other_folder = stage.set_folder(other).await;
    std::fs::create_dir_all(&other_folder).unwrap();
    for path in [
        folder.join("720p-0badcafe-00001.m4s"),
        folder.join("720p-0badcafe-00002.m4s.draft"),
        other_folder.join("720p-0badcafe-00001.m4s"),
        other_folder.join(names.init("720p")),
    ] {
        std::fs::write(path, b"x").unwrap();
    }
    let mut sweeper = Sweeper::new(stage.database.pool.clone(), stage.store.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 3);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert_eq!(stage.objects(media).await, published);
    assert_eq!(
        stage.objects(other).await,
        [names.init("720p")],
        "its attempt still runs"
    );
}

fn claim_settings(lease: Duration) -> jobs::ClaimSettings {
    jobs::ClaimSettings {
        lease,
        max_attempts: Some(3),
    }
}
