//! Calls about extended attributes, which no file here has, and advice about reading files.

use super::arguments::PathBuffer;
use super::file::get;
use super::file_path::Place;
use crate::fs::{self, Fd, Follow};
use abi::Errno;
use abi::file::{AT_FDCWD, S_IFIFO, S_IFMT};
use arch::addr::VirtAddr;

/// The highest number of `posix_fadvise`'s advice (`POSIX_FADV_NOREUSE`).
const ADVICE_MAX: u32 = 5;

/// Whose attributes a call is about.
pub enum Whose {
    /// The file that a path leads to.
    Path(VirtAddr, Follow),
    /// An open file.
    Descriptor(Fd),
}

impl Whose {
    fn check(self) -> Result<(), Errno> {
        match self {
            Self::Path(address, follow) => {
                let mut buffer = PathBuffer::new();
                let place = Place::new(Fd(AT_FDCWD as u32), address, &mut buffer)?;
                fs::namespace().find(&place.context(), place.path, follow).map(drop)
            }
            Self::Descriptor(fd) => get(fd).map(drop),
        }
    }
}

/// Sets, gets or removes one: no file can have any.
pub fn one(whose: Whose) -> Result<u64, Errno> {
    whose.check()?;
    Err(Errno::EOPNOTSUPP)
}

/// Lists them: the list is empty.
pub fn list(whose: Whose) -> Result<u64, Errno> {
    whose.check()?;
    Ok(0)
}

/// What will be read how does not matter to files in memory.
pub fn advise(fd: Fd, length: i64, advice: u32) -> Result<u64, Errno> {
    let file = get(fd)?;
    if file.node().permissions().mode & S_IFMT == S_IFIFO {
        return Err(Errno::ESPIPE);
    }
    if length < 0 || advice > ADVICE_MAX { Err(Errno::EINVAL) } else { Ok(0) }
}
