//! How ffmpeg and ffprobe open a file.

use std::{ffi::OsString, path::Path};

use crate::limits::Limits;

/// Self-contained containers: no playlists, no scripts, no devices.
const FORMATS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,asf,gif,mp3,wav,aac,flac,ogg";
/// The options that make opening `path` safe, and `-i` with the path.
pub fn input_arguments(path: &Path, limits: &Limits) -> Vec<OsString> {
    let mut input = OsString::from("file:");
    input.push(path);
    let options = [
        ("-protocol_whitelist", "file".to_owned()),
        ("-format_whitelist", FORMATS.to_owned()),
        ("-max_streams", limits.max_streams.to_string()),
        ("-max_pixels", limits.max_pixels.to_string()),
    ];
    let options = options
        .into_iter()
        .flat_map(|(name, value)| [name.into(), value.into()]);
    options.chain(["-i".into(), input]).collect()
}
