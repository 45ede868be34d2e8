//! Converts a picture in a child process and stores its variants.

use std::{ffi::OsString, fs::File, io::Read, path::Path};

use shared::{
    blocking,
    ids::SetId,
    media::{
        FailureCode,
        image::{
            DETECTED_WITHIN, MAX_MEMORY_BYTES, Picture, PictureFormat, PictureSet, StoredVariant,
            child::{Conversion, ConversionError, PictureProgram, Source},
        },
    },
    sandbox::Bounds,
};

use crate::{
    failure::{Cause, Failure},
    limits::Limits,
    publish::ObjectWriter,
    sandbox::{Sandbox, probe_bounds},
};

/// Address space for everything but the conversion itself: the program, its stacks, the source.
const BASE_BYTES: u64 = 768 << 20;

/// Whether the source begins like a picture, whatever type was declared. A picture that cannot be
/// read is one too: it must not become a video of one frame.
pub async fn is_picture(source: &Path) -> Result<bool, Failure> {
    let source = source.to_owned();
    let head = blocking(move || {
        let mut head = Vec::new();
        File::open(source)?
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
    /// The uploaded file.
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
    let picture = convert(&job).await?;
    let mut stored = PictureSet {
        set: job.set,
        width: picture.width,
        height: picture.height,
        blurhash: picture.blurhash,
        variants: Vec::new(),
    };
    for variant in picture.variants {
        let object = job.writer.names().variant(variant.name, variant.format);
        let bytes = variant.bytes.to_vec();
        job.writer.write(object.clone(), bytes).await?;
        stored.variants.push(StoredVariant {
            name: variant.name.to_owned(),
            width: variant.width,
            height: variant.height,
            object,
        });
    }
    Ok(stored)
}

async fn convert(job: &PictureJob<'_>) -> Result<Picture, Failure> {
    let source = job.source.to_owned();
    let source = blocking(move || File::open(source)).await?;
    let ffmpeg: OsString = job.sandbox.ffmpeg().into();
    let conversion = Conversion {
        source: Source::File(source),
        max_pixels: job.limits.max_picture_pixels,
        bounds: bounds(job.limits),
        arguments: &[ffmpeg],
    };
    let program = PictureProgram::of(job.sandbox.helper().to_owned());
    Ok(program.convert(conversion).await?)
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        // The largest picture takes some seconds of processor time, which a busy machine stretches.
        wall_time: limits.probe_time.saturating_mul(4),
        memory_bytes: BASE_BYTES + MAX_MEMORY_BYTES,
        ..probe_bounds(limits)
    }
}

impl From<ConversionError> for Failure {
    fn from(error: ConversionError) -> Self {
        match error {
            ConversionError::Refused(error) => Self::rejected(error.code, error.detail),
            ConversionError::Killed(detail) => Self::new(Cause::Memory, detail),
            ConversionError::TimedOut => {
                Self::new(Cause::StepTime, "converting the picture took too long")
            }
            ConversionError::Failed(error) => error.into(),
        }
    }
}
