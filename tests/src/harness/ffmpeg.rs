//! What a player would find, as ffmpeg reports it; and whether an ffmpeg process is left.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Output,
};

use bytes::Bytes;
use tokio::{process::Command, time::timeout};

use super::poll::DEADLINE;

/// The real video of the tests: `PAWL_TEST_VIDEO`, else the output path of `scripts/test-video`.
///
/// # Panics
/// If the file does not exist.
pub fn video_file() -> (PathBuf, Bytes) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = env::var_os("PAWL_TEST_VIDEO").map_or_else(
        || root.join(".pawl/fixtures/bigbuckbunny.mp4"),
        PathBuf::from,
    );
    let bytes = fs::read(&path).expect("`scripts/test-video` fetches the video of the tests");
    (path, bytes.into())
}

/// Writes the tests' video to `path`, repeated `times` times.
///
/// # Panics
/// If ffmpeg fails.
pub async fn loop_video(times: u32, path: &Path) {
    let (video, _) = video_file();
    let (more, video) = ((times - 1).to_string(), video.to_string_lossy());
    let path = path.to_string_lossy();
    write(&["-stream_loop", &more, "-i", &video, "-c", "copy", &path]).await;
}

/// Writes the first `seconds` of the tests' video to `path`.
///
/// # Panics
/// If ffmpeg fails.
pub async fn start_of_video(seconds: u32, path: &Path) {
    let (video, _) = video_file();
    let (seconds, video) = (seconds.to_string(), video.to_string_lossy());
    let path = path.to_string_lossy();
    write(&["-i", &video, "-t", &seconds, "-c", "copy", &path]).await;
}

/// Writes the first frame of the tests' video to `path`, in the format of its extension.
///
/// # Panics
/// If ffmpeg fails.
pub async fn picture_from_video(path: &Path) {
    let (video, _) = video_file();
    let (video, path) = (video.to_string_lossy(), path.to_string_lossy());
    write(&["-i", &video, "-frames:v", "1", &path]).await;
}

/// Decodes every frame at `url`.
///
/// # Panics
/// If ffmpeg reports anything.
pub async fn decode(url: &str) {
    let arguments = [
        "-v", "warning", "-xerror", "-i", url, "-map", "0", "-f", "null", "-",
    ];
    let output = run("ffmpeg", &arguments).await;
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.is_empty(),
        "{url}: {complaints}"
    );
}

/// The duration that ffprobe reports.
///
/// # Panics
/// If ffprobe cannot tell.
pub async fn duration_seconds(url: &str) -> f64 {
    let arguments = [
        "-v",
        "error",
        "-show_entries",
        "format=duration",
        "-of",
        "csv=p=0",
        url,
    ];
    let output = run("ffprobe", &arguments).await;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_| {
        panic!("{url}: {text}{}", String::from_utf8_lossy(&output.stderr));
    })
}

/// Command lines of running processes called `name` that mention `folder` or have it as their
/// working directory.
pub fn processes_that_mention(name: &str, folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let processes = fs::read_dir("/proc").expect("/proc is there").flatten();
    processes
        .filter_map(|process| {
            let read = |file: &str| fs::read(process.path().join(file)).ok();
            let command = String::from_utf8_lossy(&read("cmdline")?).replace('\0', " ");
            let works_in = fs::read_link(process.path().join("cwd")).ok()?;
            let is_named = String::from_utf8_lossy(&read("comm")?).trim() == name;
            let mentions =
                command.contains(&*folder) || works_in.to_string_lossy().contains(&*folder);
            (is_named && mentions).then_some(command)
        })
        .collect()
}

/// Runs ffmpeg with these arguments.
async fn write(arguments: &[&str]) {
    let arguments = [&["-v", "error"], arguments].concat();
    let output = run("ffmpeg", &arguments).await;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).kill_on_drop(true);
    let output = timeout(DEADLINE, command.output()).await;
    output
        .unwrap_or_else(|_| panic!("{program} hangs"))
        .expect("it is installed")
}
