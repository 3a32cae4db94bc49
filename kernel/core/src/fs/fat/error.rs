//! What the calls say of the crate's errors.

use super::device::CardError;
use crate::board::StorageError;
use abi::Errno;
use hadris_fs::ErrorKind;

/// An error of the file system or of the card below it.
pub type Error = hadris_io::Error<CardError>;

/// Whether there is no card any more.
pub fn is_absent(error: &Error) -> bool {
    error.device_error().is_some_and(|error| error.0 == StorageError::Absent)
}

/// The call's error; what is wrong with the volume itself is an input/output error, as on Linux.
pub fn errno(error: &Error) -> Errno {
    match error.kind() {
        ErrorKind::NotFound => Errno::ENOENT,
        ErrorKind::AlreadyExists => Errno::EEXIST,
        ErrorKind::NotADirectory => Errno::ENOTDIR,
        ErrorKind::IsADirectory => Errno::EISDIR,
        ErrorKind::DirectoryNotEmpty => Errno::ENOTEMPTY,
        ErrorKind::NoSpace | ErrorKind::LimitExceeded => Errno::ENOSPC,
        ErrorKind::ReadOnly => Errno::EROFS,
        ErrorKind::InvalidInput => Errno::EINVAL,
        ErrorKind::Unsupported => Errno::EPERM,
        ErrorKind::NameTooLong => Errno::ENAMETOOLONG,
        ErrorKind::FileTooLarge => Errno::EFBIG,
        ErrorKind::Symlink => Errno::ELOOP,
        ErrorKind::Busy => Errno::EBUSY,
        ErrorKind::NotRecognized => Errno::ENODEV,
        // The card, what is on it, and what a later version of the crate may add.
        _ => Errno::EIO,
    }
}
