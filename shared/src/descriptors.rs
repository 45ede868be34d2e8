//! The shortage of file descriptors, which passes when requests end.

use std::{error::Error, io};

use rustix::io::Errno;

/// Whether `error`, or a cause of it, is that the process (EMFILE) or the system (ENFILE) has no file
/// descriptor left.
pub fn is_out_of_descriptors(error: &(dyn Error + 'static)) -> bool {
    let errno = error
        .downcast_ref::<io::Error>()
        .and_then(Errno::from_io_error);
    matches!(errno, Some(Errno::MFILE | Errno::NFILE))
        || error.source().is_some_and(is_out_of_descriptors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uploads::SinkError;

    #[test]
    fn a_shortage_is_recognized_as_the_cause_of_another_error() {
        for errno in [Errno::MFILE, Errno::NFILE] {
            let error = SinkError::Io(errno.into());
            assert!(is_out_of_descriptors(&error));
        }
        assert!(!is_out_of_descriptors(&SinkError::Io(Errno::IO.into())));
    }
}
