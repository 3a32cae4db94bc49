//! Why memory can't be mapped, or mappings changed, and what calls say of it.

use super::frames::OutOfMemory;
use abi::Errno;

/// Why a mapping can't be made or changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MapError {
    /// The range is empty, not on page borders, or outside of what programs have.
    BadRange,
    /// Something is there already.
    Occupied,
    /// There is no gap that is long enough, or there are too many views.
    NoRoom,
    /// The object's rights, or the rule that nothing is writable and executable, forbid it.
    Denied,
    /// The object is sealed against it.
    Sealed,
    /// Some of the range is not mapped.
    Unmapped,
    /// There is no memory left.
    OutOfMemory,
    /// A page has to be brought in first, by somebody who may sleep.
    Absent,
    /// The object cannot do this, because it is kept elsewhere.
    Unsupported,
}

impl From<OutOfMemory> for MapError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<MapError> for Errno {
    fn from(error: MapError) -> Self {
        match error {
            MapError::BadRange => Self::EINVAL,
            MapError::Occupied => Self::EEXIST,
            MapError::Denied => Self::EACCES,
            MapError::Sealed => Self::EPERM,
            MapError::Absent => Self::EAGAIN,
            MapError::Unsupported => Self::EOPNOTSUPP,
            MapError::NoRoom | MapError::Unmapped | MapError::OutOfMemory => Self::ENOMEM,
        }
    }
}
