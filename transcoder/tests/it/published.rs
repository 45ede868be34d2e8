//! A published set as a player sees it: playlists beside objects, judged by another program.

use std::{fs, path::PathBuf};

use serde_json::Value;
use shared::{
    ids::{MediaId, SetId},
    media::{Rendition, RenditionKind, render_master, render_rendition, store::list_renditions},
};

use crate::stage::{Stage, run};

pub struct Published {
    pub folder: PathBuf,
    pub renditions: Vec<Rendition>,
}

impl Published {
    /// Renders the playlists into the set's own folder.
    pub async fn of(stage: &Stage, media: MediaId) -> Self {
        let set = SetId(stage.look(media).await.set_id.unwrap());
        let mut connection = stage.database.pool.acquire().await.unwrap();
        let renditions = list_renditions(&mut connection, media, set).await.unwrap();
        let folder = stage.store.set(media, set);
        // The playlists for ffmpeg stand beside the objects.
        stage.leave_files();
        fs::write(
            folder.join("master.m3u8"),
            render_master(&renditions).unwrap(),
        )
        .unwrap();
        for rendition in &renditions {
            let text = render_rendition(rendition).unwrap();
            fs::write(folder.join(format!("{}.m3u8", rendition.name)), text).unwrap();
        }
        Self { folder, renditions }
    }

    pub fn names(&self) -> Vec<&str> {
        self.renditions
            .iter()
            .map(|rendition| rendition.name.as_str())
            .collect()
    }

    pub fn videos(&self) -> impl Iterator<Item = &Rendition> {
        self.renditions
            .iter()
            .filter(|rendition| rendition.kind == RenditionKind::Video)
    }

    /// Decodes every stream of the master playlist; ffmpeg must not complain once.
    pub async fn decode(&self) {
        let master = self.folder.join("master.m3u8");
        let words = ["-v", "warning", "-xerror", "-i", master.to_str().unwrap()];
        let rest = ["-map", "0", "-f", "null", "-"];
        run(
            "ffmpeg",
            &words
                .iter()
                .chain(&rest)
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
        .await;
    }

    /// What the master playlist decodes to, as `arguments` choose it.
    pub async fn decode_raw(&self, arguments: &str) -> Vec<u8> {
        let (master, raw) = (
            self.folder.join("master.m3u8"),
            self.folder.join("decoded.raw"),
        );
        let words = format!(
            "-v error -y -i {} {arguments} {}",
            master.display(),
            raw.display()
        );
        run(
            "ffmpeg",
            &words
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
        .await;
        let bytes = fs::read(&raw).unwrap();
        fs::remove_file(raw).unwrap();
        bytes
    }

    /// ffprobe's report on a rendition's init section with one of its segments.
    pub async fn probe_segment(&self, rendition: &Rendition, index: usize) -> Value {
        let init = fs::read(self.folder.join(&rendition.init_object)).unwrap();
        let segment = fs::read(self.folder.join(&rendition.segments[index].object)).unwrap();
        let path = self.folder.join("probe.mp4");
        fs::write(&path, [init, segment].concat()).unwrap();
        let words = [
            "-v",
            "error",
            "-show_packets",
            "-show_streams",
            "-show_frames",
            "-of",
            "json",
        ];
        let words = words.iter().copied().chain([path.to_str().unwrap()]);
        let report = run("ffprobe", &words.map(str::to_owned).collect::<Vec<_>>()).await;
        fs::remove_file(path).unwrap();
        serde_json::from_str(&report).unwrap()
    }

    /// The decode time of the first sample of a rendition's first segment, read from its `tfdt`.
    pub fn first_decode_time(&self, rendition: &Rendition) -> u64 {
        let bytes = fs::read(self.folder.join(&rendition.segments[0].object)).unwrap();
        let at = bytes
            .windows(4)
            .position(|window| window == b"tfdt")
            .unwrap();
        u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap())
    }
}
