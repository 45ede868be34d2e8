//! Tests the report, and how the parent explains the end of a child. Both programs' own tests run
//! real children.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

use super::super::{Picture, PictureFormat, PictureVariant};
use super::report::{read_picture, write_picture};
use super::*;
use crate::media::FailureCode;
use crate::sandbox::Bounds;

fn variant(name: &'static str, format: PictureFormat, bytes: &'static [u8]) -> PictureVariant {
    PictureVariant {
        name,
        width: 3,
        height: 2,
        format,
        bytes: Bytes::from_static(bytes),
    }
}

fn picture() -> Picture {
    Picture {
        format: PictureFormat::Webp,
        width: 700,
        height: 400,
        blurhash: "LEHV6nWB2yk8".to_owned(),
        variants: vec![
            variant("thumb", PictureFormat::Jpeg, b"first\n"),
            variant("small", PictureFormat::Png, b"second"),
        ],
    }
}

fn written() -> Vec<u8> {
    let mut bytes = Vec::new();
    write_picture(&mut bytes, &picture()).unwrap();
    bytes
}

#[test]
fn a_picture_survives_the_pipe() {
    let read = read_picture(written().into()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", picture()));
}

#[test]
fn output_with_less_or_more_than_a_picture_is_malformed() {
    let whole = written();
    let longer = [&whole[..], b"x"].concat();
    let unnamed = String::from_utf8(whole.clone())
        .unwrap()
        .replace("thumb", "../up");
    for bytes in [
        &whole[..whole.len() - 1],
        &longer,
        unnamed.as_bytes(),
        b"",
        b"{}\n",
    ] {
        let read = read_picture(Bytes::copy_from_slice(bytes));
        assert!(read.is_none(), "{}", bytes.escape_ascii());
    }
}

/// Runs a script instead of the child.
async fn convert_by(script: &str) -> Result<Picture, ConversionError> {
    let arguments = ["-c", script].map(Into::into).into();
    let program = PictureProgram::new("/bin/sh".into(), arguments);
    program.convert(conversion()).await
}

fn conversion() -> Conversion<'static> {
    let timeout = Duration::from_mins(5);
    Conversion {
        source: Source::Memory(Bytes::from_static(b"a picture")),
        max_pixels: 1,
        bounds: Bounds {
            wall_time: timeout,
            cpu_time: timeout,
            memory_bytes: 1 << 30,
        },
        arguments: &[],
    }
}

#[tokio::test]
async fn a_child_that_the_picture_ended_gives_a_failure_code() {
    for (script, expected) in [
        ("printf truncated; exit 65", FailureCode::Truncated),
        ("exit 65", FailureCode::NotMedia),
        ("exit 101", FailureCode::EncoderFailed),
        ("ulimit -c 0; kill -XCPU $$", FailureCode::TimedOut),
        ("ulimit -c 0; kill -ABRT $$", FailureCode::OutOfMemory),
    ] {
        let error = convert_by(script).await.unwrap_err();
        let ConversionError::Refused(error) = error else {
            panic!("{script}: {error}");
        };
        assert_eq!(error.code, expected, "{script}");
    }
}

#[tokio::test]
async fn a_child_that_something_else_ended_is_no_fault_of_the_picture() {
    let killed = convert_by("kill -KILL $$").await;
    assert!(matches!(killed, Err(ConversionError::Killed(_))));
    for script in ["exit 64", "exit 126", "echo nothing"] {
        let failed = convert_by(script).await;
        assert!(
            matches!(failed, Err(ConversionError::Failed(_))),
            "{script}"
        );
    }
    let missing = PictureProgram::of(Path::new("/nowhere/api-server").to_owned());
    let failed = missing.convert(conversion()).await;
    assert!(matches!(failed, Err(ConversionError::Failed(_))));
}
