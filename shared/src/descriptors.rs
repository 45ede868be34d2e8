//! The shortage of file descriptors, which passes when requests end.

use std::{error::Error, io};

use rustix::io::Errno;

/// Whether `error`, or a cause of it, is that the process (EMFILE) or the system (ENFILE) has no
/// file descriptor left.
pub fn is_out_of_descriptors(error: &(dyn Error + 'static)) -> bool {
    let error_of_io = error.downcast_ref::<io::Error>();
    let errno = error_of_io.and_then(Errno::from_io_error);
    // The source of an `io::Error` is that of the error inside it, which would be left out.
    let is_cause = match error_of_io.and_then(io::Error::get_ref) {
        Some(inside) => is_out_of_descriptors(inside),
        None => error.source().is_some_and(is_out_of_descriptors),
    };
    is_cause || matches!(errno, Some(Errno::MFILE | Errno::NFILE))
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
            let wrapped = io::Error::other(io::Error::from(errno));
            assert!(is_out_of_descriptors(&SinkError::Io(wrapped)));
        }
        assert!(!is_out_of_descriptors(&SinkError::Io(Errno::IO.into())));
    }
}
