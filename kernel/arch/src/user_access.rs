//! Why a copy from or to a program fails.

/// A program's address that can't be accessed as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadAddress;

/// Why a string can't be copied from a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StringError {
    /// It reaches into memory that the program can't read.
    BadAddress,
    /// It has no end within the room for it.
    TooLong,
}

impl From<BadAddress> for StringError {
    fn from(_: BadAddress) -> Self {
        Self::BadAddress
    }
}
