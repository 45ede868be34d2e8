//! Pictures: made by this program in a child of its own, within the sandbox's limits.
//!
//! The decoders are safe code, but a picture can still ask for more memory or time than there is,
//! and a fault in one must not take the daemon along. The child reads the source by a name that we
//! made and writes what it made to its standard output; only the daemon writes to the store.

pub mod helper;

use std::{ffi::OsString, io::Read, path::Path};

use shared::{
    blocking,
    ids::SetId,
    media::{
        FailureCode,
        image::{PictureFormat, PictureSet, StoredVariant, detect_format},
    },
};

use crate::{
    failure::Failure,
    limits::Limits,
    publish::ObjectWriter,
    sandbox::{Bounds, Captured, Sandbox},
};
use helper::{EXIT_REFUSED, Told, read_told};

/// Four variants of at most 2,048 by 2,048 pixels, stored as badly as can be.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;
/// Address space beside pixels: the program, its stacks, what is encoded.
const BASE_BYTES: u64 = 512 << 20;
/// 16 bits a channel, and a copy of it.
const BYTES_PER_PIXEL: u64 = 16;
/// Enough to tell a format by.
const HEAD_BYTES: u64 = 16;

/// Whether the source begins like a picture, whatever it was said to be.
pub async fn is_picture(source: &Path) -> Result<bool, Failure> {
    let source = source.to_owned();
    let head = blocking(move || {
        let mut head = Vec::new();
        std::fs::File::open(source)?
            .take(HEAD_BYTES)
            .read_to_end(&mut head)?;
        Ok(head)
    })
    .await?;
    Ok(detect_format(&head).is_ok())
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
    let arguments: [OsString; 3] = [
        helper::SUBCOMMAND.into(),
        job.source.into(),
        limits.max_pixels.to_string().into(),
    ];
    let captured = sandbox
        .capture(
            sandbox.helper(),
            &arguments,
            bounds(limits),
            MAX_OUTPUT_BYTES,
        )
        .await?;
    let (told, files) = judge(&captured)?;
    let mut stored = PictureSet {
        set: job.set,
        width: told.width,
        height: told.height,
        blurhash: told.blurhash,
        variants: Vec::new(),
    };
    let mut rest = files;
    for variant in told.variants {
        let format = PictureFormat::of_extension(&variant.extension);
        let (bytes, after) = rest
            .split_at_checked(variant.size_bytes)
            .ok_or_else(garbled)?;
        rest = after;
        let names = job.writer.names();
        let object = names.variant(&variant.name, format.ok_or_else(garbled)?);
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
        memory_bytes: BASE_BYTES + limits.max_pixels.saturating_mul(BYTES_PER_PIXEL),
        ..Bounds::for_probe(limits)
    }
}

/// What the child told, and the files behind it.
fn judge(made: &Captured) -> Result<(Told, &[u8]), Failure> {
    if made.is_success() {
        return read_told(&made.bytes).ok_or_else(garbled);
    }
    if made.status.code() == Some(i32::from(EXIT_REFUSED)) {
        let name = String::from_utf8_lossy(&made.bytes);
        let code = FailureCode::from_name(name.trim()).unwrap_or(FailureCode::NotMedia);
        return Err(Failure::rejected(code, made.errors.clone()));
    }
    if made.status.code().is_some() {
        // A panic: it would come again.
        return Err(Failure::rejected(
            FailureCode::EncoderFailed,
            made.errors.clone(),
        ));
    }
    // An allocation that fails aborts; so does the kernel when memory is short.
    let detail = format!("{}: {}", made.status, made.errors);
    Err(Failure::retryable(FailureCode::OutOfMemory, detail))
}

fn garbled() -> Failure {
    Failure::retryable(
        FailureCode::EncoderFailed,
        "the helper's output makes no sense",
    )
}
