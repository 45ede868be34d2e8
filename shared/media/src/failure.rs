//! Why a media item failed.
//!
//! The names are those of the API and never change. The texts are for the user who uploaded the
//! file.

use std::fmt;

macro_rules! failure_codes {
    ($($variant:ident, $name:literal, $text:literal;)*) => {
        /// Why a media item failed, column `media.error_code`. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailureCode {
            $(#[doc = $text] $variant,)*
        }

        impl FailureCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable name, in the database and in the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One English sentence for the user who uploaded the file.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The code with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

failure_codes! {
    Empty, "empty", "The file is empty.";
    NotMedia, "not_media", "The server cannot read the file as a video or a picture.";
    Truncated, "truncated", "The file ends too early. A part of it is missing.";
    NoVideo, "no_video", "The file has no video track.";
    TooLong, "too_long", "The video is longer than allowed.";
    TooManyPixels, "too_many_pixels", "The picture has more pixels than allowed.";
    TooManyStreams, "too_many_streams", "The file has more tracks than allowed.";
    UnsupportedCodec, "unsupported_codec", "The server cannot decode this file format.";
    UnsupportedHeic, "unsupported_heic", "The server does not read HEIC pictures. Send a JPEG or a PNG.";
    UnsupportedAvif, "unsupported_avif", "The server does not read AVIF pictures. Send a JPEG or a PNG.";
    UnsupportedTiff, "unsupported_tiff", "The server does not read TIFF pictures. Send a JPEG or a PNG.";
    UnsupportedBmp, "unsupported_bmp", "The server does not read BMP pictures. Send a JPEG or a PNG.";
    UnsupportedPsd, "unsupported_psd", "The server does not read Photoshop pictures. Send a JPEG or a PNG.";
    UnsupportedIco, "unsupported_ico", "The server does not read icons. Send a JPEG or a PNG.";
    UnsupportedJxl, "unsupported_jxl", "The server does not read JPEG XL pictures. Send a JPEG or a PNG.";
    UnsupportedJp2, "unsupported_jp2", "The server does not read JPEG 2000 pictures. Send a JPEG or a PNG.";
    UnsupportedRaw, "unsupported_raw", "The server does not read camera raw files. Send a JPEG or a PNG.";
    UnsupportedSvg, "unsupported_svg", "The server does not read SVG pictures. Send a JPEG or a PNG.";
    TimedOut, "timed_out", "Converting the file took too long.";
    EncoderFailed, "encoder_failed", "The file could not be converted.";
    OutOfMemory, "out_of_memory", "Converting the file needs too much memory.";
    DiskFull, "disk_full", "The disk was full while the file was converted.";
    AttemptsExhausted, "attempts_exhausted", "Converting the file was interrupted too often.";
    UploadExpired, "upload_expired", "The upload was not finished in time.";
    UploadRejected, "upload_rejected", "The upload was rejected.";
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_code_is_found_by_its_name_and_has_a_sentence() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::from_name(code.name()), Some(*code));
            assert!(code.text().ends_with('.'), "{code}");
        }
        assert_eq!(FailureCode::from_name("sunburnt"), None);
    }
}
