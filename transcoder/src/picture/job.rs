//! Converts a picture in a child process and stores its variants.

use std::{ffi::OsString, io::Read, path::Path};

use shared::{
    blocking,
    ids::SetId,
    media::{
        FailureCode,
        image::{DETECTED_WITHIN, MAX_MEMORY_BYTES, PictureFormat, PictureSet, StoredVariant},
    },
};

use super::helper::{self, EXIT_REFUSED, HelperOutput, parse_output};
use crate::{
    failure::Failure,
    limits::Limits,
    publish::ObjectWriter,
    sandbox::{Bounds, Captured, Run, Sandbox},
};

/// Four variants of at most 2,048 by 2,048 pixels that compress badly.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;
/// Address space for everything but the conversion itself: the program, its stacks, the source.
const BASE_BYTES: u64 = 768 << 20;

/// Whether the source begins like a picture, whatever type was declared. A picture that cannot be
/// read is one too: it must not become a video of one frame.
pub async fn is_picture(source: &Path) -> Result<bool, Failure> {
    let source = source.to_owned();
    let head = blocking(move || {
        let mut head = Vec::new();
        std::fs::File::open(source)?
            .take(DETECTED_WITHIN)
            .read_to_end(&mut head)?;
        Ok(head)
    })
    .await?;
    Ok(match PictureFormat::detect(&head) {
        Ok(_) => true,
        Err(error) => !matches!(error.code, FailureCode::NotMedia | FailureCode::Empty),
    })
}

/// What to convert and where to.
pub struct PictureJob<'a> {
    /// Where the helper is.
    pub sandbox: &'a Sandbox,
    /// The uploaded file, under a name that this program made.
    pub source: &'a Path,
    /// How much it may use.
    pub limits: &'a Limits,
    /// Where the objects go.
    pub writer: ObjectWriter,
    /// The set that they belong to.
    pub set: SetId,
}

/// Makes the variants of a picture and stores them.
pub async fn make_picture(job: PictureJob<'_>) -> Result<PictureSet, Failure> {
    let PictureJob {
        sandbox, limits, ..
    } = job;
    let arguments: [OsString; 4] = [
        helper::SUBCOMMAND.into(),
        job.source.into(),
        limits.max_picture_pixels.to_string().into(),
        sandbox.ffmpeg().into(),
    ];
    let captured = sandbox
        .capture(Run {
            program: sandbox.helper(),
            arguments: &arguments,
            bounds: bounds(limits),
            max_bytes: MAX_OUTPUT_BYTES,
        })
        .await?;
    let HelperOutput { report, files } = check_output(&captured)?;
    let mut stored = PictureSet {
        set: job.set,
        width: report.width,
        height: report.height,
        blurhash: report.blurhash,
        variants: Vec::new(),
    };
    let mut rest = files;
    for variant in report.variants {
        let format = PictureFormat::of_extension(&variant.extension);
        let (bytes, after) = rest
            .split_at_checked(variant.size_bytes)
            .ok_or_else(malformed)?;
        rest = after;
        let names = job.writer.names();
        let object = names.variant(&variant.name, format.ok_or_else(malformed)?);
        job.writer.write(object.clone(), bytes.to_vec()).await?;
        stored.variants.push(StoredVariant {
            name: variant.name,
            width: variant.width,
            height: variant.height,
            object,
        });
    }
    Ok(stored)
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        // The largest picture takes some seconds of processor time, which a busy machine stretches.
        wall_time: limits.probe_time.saturating_mul(4),
        memory_bytes: BASE_BYTES + MAX_MEMORY_BYTES,
        ..Bounds::for_probe(limits)
    }
}

fn check_output(captured: &Captured) -> Result<HelperOutput<'_>, Failure> {
    if captured.is_success() {
        return parse_output(&captured.bytes).ok_or_else(malformed);
    }
    if captured.status.code() == Some(i32::from(EXIT_REFUSED)) {
        let name = String::from_utf8_lossy(&captured.bytes);
        let code = FailureCode::from_name(name.trim()).unwrap_or(FailureCode::NotMedia);
        return Err(Failure::rejected(code, captured.errors.clone()));
    }
    if captured.status.code().is_some() {
        // The child panicked, which it would do again.
        return Err(Failure::rejected(
            FailureCode::EncoderFailed,
            captured.errors.clone(),
        ));
    }
    // A signal: an allocation that fails aborts, and the kernel kills when memory is short.
    let detail = format!("{}: {}", captured.status, captured.errors);
    Err(Failure::retryable(FailureCode::OutOfMemory, detail))
}

fn malformed() -> Failure {
    Failure::retryable(
        FailureCode::EncoderFailed,
        "the helper's output is malformed",
    )
}
