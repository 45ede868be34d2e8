//! The parts of ffprobe's JSON that are read. Numbers come as strings, and any field may be
//! missing.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Report {
    pub streams: Vec<Stream>,
    pub format: Format,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Format {
    pub duration: Option<String>,
    pub bit_rate: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Stream {
    pub index: u32,
    pub codec_type: String,
    pub codec_name: Option<String>,
    pub width: u32,
    pub height: u32,
    pub sample_aspect_ratio: Option<String>,
    pub field_order: Option<String>,
    pub color_transfer: Option<String>,
    pub avg_frame_rate: Option<String>,
    pub r_frame_rate: Option<String>,
    pub duration: Option<String>,
    pub bit_rate: Option<String>,
    pub channels: u32,
    pub sample_rate: Option<String>,
    pub disposition: Disposition,
    pub tags: Tags,
    pub side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Disposition {
    pub attached_pic: u8,
    pub timed_thumbnails: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tags {
    pub rotate: Option<String>,
    /// Matroska has the track's duration here, as `00:00:05.280000000`.
    #[serde(rename = "DURATION")]
    pub duration: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SideData {
    pub rotation: Option<f64>,
}
