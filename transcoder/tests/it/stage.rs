//! A worker on a database and a store of its own.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::process::Pid;
use shared::{
    ephemeral::Redis,
    ids::{MediaId, SetId, UploadId},
    jobs::{self, Backoff, ClaimSettings, JobMetrics, JobSettings, NewJob},
    media::ProgressBoard,
    telemetry::{Build, Metrics},
    testing::{TestStage, insert_media, insert_user},
    wake::WakeUp,
};
use tokio::{process::Command, sync::Notify};
use tokio_util::sync::CancellationToken;
use transcoder::{
    sandbox::Sandbox,
    testing::limits,
    worker::{EncodeMetrics, Transcoder, Worker},
};

/// This package's binary, which also is the sandbox's helper.
pub const BINARY: &str = env!("CARGO_BIN_EXE_transcoder");
pub const DEADLINE: Duration = Duration::from_mins(3);

pub struct Stage(TestStage);

impl Deref for Stage {
    type Target = TestStage;

    fn deref(&self) -> &TestStage {
        &self.0
    }
}

/// The final state of a media item.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ended {
    pub state: String,
    pub error_code: Option<String>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub duration_ms: Option<i64>,
    pub set_id: Option<uuid::Uuid>,
    pub poster: Option<String>,
}

impl Stage {
    pub async fn new() -> Self {
        Self(TestStage::create().await)
    }

    /// A worker with short times.
    pub fn worker(&self) -> Worker {
        let metrics = Metrics::new(Build::of("test"));
        Worker {
            handler: Transcoder {
                pool: self.database.pool.clone(),
                store: self.store.clone(),
                sandbox: Sandbox::new(BINARY.into(), "ffmpeg".into(), "ffprobe".into()),
                limits: limits(),
                events: WakeUp::silent(),
                progress: ProgressBoard::new(Redis::none()),
                metrics: EncodeMetrics::register(&metrics),
            },
            pool: self.database.pool.clone(),
            settings: JobSettings {
                claim: ClaimSettings {
                    lease: Duration::from_secs(5),
                    max_attempts: Some(3),
                },
                heartbeat: Duration::from_millis(100),
                backoff: Backoff {
                    factor: 1,
                    ..Backoff::new(Duration::from_millis(10))
                },
                poll: Duration::from_millis(100),
            },
            name: "test".to_owned(),
            hint: Arc::new(Notify::new()),
            metrics: JobMetrics::register(&metrics, Transcoder::METRICS),
        }
    }

    /// A finished upload of the file at `path`, with its job.
    pub async fn upload(&self, path: &Path) -> MediaId {
        let media = self.upload_nothing().await;
        std::fs::copy(path, self.store.source(UploadId::from(media))).unwrap();
        media
    }

    /// A finished upload of `bytes`, with its job.
    pub async fn upload_bytes(&self, bytes: &[u8]) -> MediaId {
        let media = self.upload_nothing().await;
        std::fs::write(self.store.source(UploadId::from(media)), bytes).unwrap();
        media
    }

    /// A finished upload whose file is missing, with its job.
    pub async fn upload_nothing(&self) -> MediaId {
        let media = MediaId::generate();
        let owner = insert_user(&self.database.pool, &format!("u{}", media.0.simple())).await;
        insert_media(&self.database.pool, owner, media, None).await;
        sqlx::query("update media set state = 'processing' where id = $1")
            .bind(media.0)
            .execute(&self.database.pool)
            .await
            .unwrap();
        let mut connection = self.database.pool.acquire().await.unwrap();
        jobs::enqueue(&mut connection, &NewJob::transcode(media))
            .await
            .unwrap();
        media
    }

    /// Lets `worker` work until `media` is ready or failed.
    pub async fn finish(&self, worker: &Worker, media: MediaId) -> Ended {
        let stop = CancellationToken::new();
        let ended = async {
            let ended = self.ended(media).await;
            stop.cancel();
            ended
        };
        tokio::join!(ended, worker.run_slot(&stop)).0
    }

    /// Waits until `media` is ready or failed.
    pub async fn ended(&self, media: MediaId) -> Ended {
        wait_for("the media to end", async || {
            let ended = self.look(media).await;
            (ended.state != "processing").then_some(ended)
        })
        .await
    }

    pub async fn look(&self, media: MediaId) -> Ended {
        sqlx::query_as(
            "select state, error_code, width, height, duration_ms, set_id, poster
            from media where id = $1",
        )
        .bind(media.0)
        .fetch_one(&self.database.pool)
        .await
        .unwrap()
    }

    /// The job of `media`: state and attempts.
    pub async fn job(&self, media: MediaId) -> (String, i32) {
        sqlx::query_as("select state, attempts from jobs where media_id = $1")
            .bind(media.0)
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }

    /// The media's one set.
    pub async fn set_folder(&self, media: MediaId) -> PathBuf {
        let job: uuid::Uuid = sqlx::query_scalar("select id from jobs where media_id = $1")
            .bind(media.0)
            .fetch_one(&self.database.pool)
            .await
            .unwrap();
        self.store.set(media, SetId(job))
    }

    /// What lies in the media's set, sorted; empty when there is no folder.
    pub async fn objects(&self, media: MediaId) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.set_folder(media).await) else {
            return Vec::new();
        };
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    /// The names of all events, in order.
    pub async fn events(&self) -> Vec<String> {
        sqlx::query_scalar("select event from events order by id")
            .fetch_all(&self.database.pool)
            .await
            .unwrap()
    }

    /// A clip made by ffmpeg with `arguments`, under a name of its own.
    pub async fn make_clip(&self, name: &str, arguments: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let mut words: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
        words.push(path.to_str().unwrap().to_owned());
        run(
            "ffmpeg",
            &[&["-v".to_owned(), "error".to_owned()], &words[..]].concat(),
        )
        .await;
        path
    }
}

/// Five seconds of Big Buck Bunny: 720p, 25 frames a second, 5.1 sound, its index at the end.
pub fn test_video() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.pawl/fixtures/bigbuckbunny.mp4");
    let path = std::env::var_os("PAWL_TEST_VIDEO").map_or(default, PathBuf::from);
    assert!(
        path.exists(),
        "no test video; `scripts/test-video` fetches it"
    );
    path
}

/// The ffmpeg that encodes a file of this store, if one does.
pub fn find_encoder(store: &Path) -> Option<Pid> {
    let store = store.to_str().unwrap().as_bytes();
    std::fs::read_dir("/proc").unwrap().find_map(|entry| {
        let entry = entry.unwrap();
        let id = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let has = |part: &[u8]| line.windows(part.len()).any(|window| window == part);
        let is_ours = line.starts_with(b"ffmpeg") && has(store) && has(b"-filter_complex");
        is_ours.then(|| Pid::from_raw(id)).flatten()
    })
}

/// Runs a program to its end and gives back what it prints; it must not complain.
pub async fn run(program: &str, arguments: &[String]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(DEADLINE, output)
        .await
        .expect("in time")
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{program} {arguments:?}: {errors}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Asks again and again until there is an answer, within a deadline.
pub async fn wait_for<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let answer = tokio::time::timeout(DEADLINE, asking).await;
    answer.unwrap_or_else(|_| panic!("waited too long for {what}"))
}
