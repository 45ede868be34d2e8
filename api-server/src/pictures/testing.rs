//! The child of tests: this test binary, which runs only the test below. The server's own binary is
//! not built with the library's tests; `tests/it` runs it.

#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]

use std::ffi::OsString;
use std::fs::File;
use std::thread;
use std::time::Duration;

use shared::media::image::child::{self, PictureProgram};
use shared::media::image::{Picture, PictureError, make_picture};

use super::Pictures;

/// The arguments of a child.
const ARGUMENTS: &str = "PAWL_TEST_PICTURE";
/// The test harness writes to the standard output, so that the result needs another descriptor.
const SCRIPT: &str = "export PAWL_TEST_PICTURE=\"$*\"; \
                      exec \"$0\" --exact pictures::testing::child --nocapture 3>&1 >/dev/null";
/// A source that ends the child as if by a lack of memory.
pub const ABORTS: &[u8] = b"abort";
/// A source that ends the child as a fault in a decoder would.
pub const PANICS: &[u8] = b"panic";
/// A source whose conversion never ends. Then follows the folder in which the child creates an
/// empty file named by its process id.
pub const HANGS: &[u8] = b"hang in ";

/// Pictures of servers in tests, whose children may be slow.
pub fn test_pictures() -> Pictures {
    let binary = std::env::current_exe().unwrap();
    let arguments = ["-c".into(), SCRIPT.into(), binary.into_os_string()];
    let mut pictures = Pictures::new(PictureProgram::new("/bin/sh".into(), arguments.into()));
    pictures.bounds.wall_time = Duration::from_mins(2);
    pictures
}

#[test]
fn child() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else {
        return;
    };
    let arguments: Vec<OsString> = arguments.split(' ').map(Into::into).collect();
    let output = File::options().write(true).open("/proc/self/fd/3").unwrap();
    let code = child::run(&arguments, output, |source, max_pixels, _| {
        convert(source, max_pixels)
    });
    std::process::exit(code.into());
}

fn convert(source: &[u8], max_pixels: u64) -> Result<Picture, PictureError> {
    if source == ABORTS {
        std::process::abort();
    }
    assert_ne!(source, PANICS, "as a decoder would");
    if let Some(folder) = source.strip_prefix(HANGS) {
        let name = format!("{}/{}", str::from_utf8(folder).unwrap(), std::process::id());
        File::create(name).unwrap();
        loop {
            thread::park();
        }
    }
    make_picture(source, max_pixels)
}
