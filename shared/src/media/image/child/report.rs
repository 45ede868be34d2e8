//! What the parent and the child agree on. The child writes one line of JSON, and then the
//! variants' files, one after the other.

use std::io::{self, Write};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::{Picture, PictureFormat, PictureVariant, SIZES};

/// The first argument of a child. `--help` does not list it.
pub const SUBCOMMAND: &str = "make-picture";
/// `EX_DATAERR`: the source is invalid. The output is the failure code.
pub const EXIT_REFUSED: u8 = 65;

/// A picture's description.
#[derive(Serialize, Deserialize)]
struct Report {
    /// The extension of the source's format.
    format: String,
    width: u32,
    height: u32,
    blurhash: String,
    /// In the order of the files after the report.
    variants: Vec<VariantReport>,
}

#[derive(Serialize, Deserialize)]
struct VariantReport {
    name: String,
    width: u32,
    height: u32,
    /// The extension of its format.
    format: String,
    /// The length of its file.
    size_bytes: usize,
}

/// Writes a picture.
pub fn write_picture(mut output: impl Write, picture: &Picture) -> io::Result<()> {
    let variants = picture.variants.iter().map(|variant| VariantReport {
        name: variant.name.to_owned(),
        width: variant.width,
        height: variant.height,
        format: variant.format.extension().to_owned(),
        size_bytes: variant.bytes.len(),
    });
    let report = Report {
        format: picture.format.extension().to_owned(),
        width: picture.width,
        height: picture.height,
        blurhash: picture.blurhash.clone(),
        variants: variants.collect(),
    };
    let line = serde_json::to_vec(&report)?;
    output.write_all(&line)?;
    output.write_all(b"\n")?;
    for variant in &picture.variants {
        output.write_all(&variant.bytes)?;
    }
    output.flush()
}

/// Reads what [`write_picture`] wrote; `None` if it is malformed.
pub fn read_picture(mut bytes: Bytes) -> Option<Picture> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = bytes.split_to(end + 1);
    let report: Report = serde_json::from_slice(&line).ok()?;
    let variants: Option<Vec<_>> = report
        .variants
        .into_iter()
        .map(|variant| read_variant(&mut bytes, &variant))
        .collect();
    let variants = variants.filter(|variants| !variants.is_empty() && bytes.is_empty())?;
    Some(Picture {
        format: PictureFormat::of_extension(&report.format)?,
        width: report.width,
        height: report.height,
        blurhash: report.blurhash,
        variants,
    })
}

/// Takes the file of a variant from the front of `rest`.
fn read_variant(rest: &mut Bytes, report: &VariantReport) -> Option<PictureVariant> {
    let (name, _) = SIZES.into_iter().find(|(name, _)| *name == report.name)?;
    let format = PictureFormat::of_extension(&report.format)?;
    let is_whole = report.size_bytes <= rest.len();
    is_whole.then(|| PictureVariant {
        name,
        width: report.width,
        height: report.height,
        format,
        bytes: rest.split_to(report.size_bytes),
    })
}
