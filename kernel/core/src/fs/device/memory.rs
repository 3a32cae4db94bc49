//! The devices without hardware: null, zero, full and random.

use super::device_number;
use crate::fs::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::{random, stat};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{S_IFCHR, Stat};
use arch::addr::PAGE_SIZE;

/// What a device does; the values are Linux's minor numbers of major 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u64)]
pub enum Rule {
    /// Reads nothing, takes everything.
    Null = 3,
    /// Reads as zeroes, takes everything.
    Zero = 5,
    /// Reads as zeroes, takes nothing.
    Full = 7,
    /// Reads as random bytes, takes everything.
    Random = 8,
    /// The same.
    Urandom = 9,
}

/// A device without hardware.
pub struct MemoryDevice {
    inode: u64,
    rule: Rule,
}

impl MemoryDevice {
    /// The device that follows this rule.
    pub const fn new(inode: u64, rule: Rule) -> Self {
        Self { inode, rule }
    }
}

impl Node for MemoryDevice {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFCHR | 0o666, uid: 0, gid: 0 }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        Stat { st_rdev: device_number(1, self.rule as u64), ..stat::base(self) }
    }

    fn maps_fresh_memory(&self) -> bool {
        self.rule == Rule::Zero
    }

    fn seeking(&self) -> Seeking {
        Seeking::Ignored
    }

    fn read(&self, _offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        match self.rule {
            Rule::Null => Ok(0),
            Rule::Zero | Rule::Full => to.counted(put_zeroes),
            Rule::Random | Rule::Urandom => random::fill_buffer(to),
        }
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        match self.rule {
            Rule::Full => Err(Errno::ENOSPC),
            _ => Ok(Written { count: from.remaining(), end: 0 }),
        }
    }
}

/// Fills the buffer, however large it is.
fn put_zeroes(to: &mut UserBuffer<'_>) -> Result<(), Errno> {
    while to.remaining() > 0 {
        to.put_zeroes(PAGE_SIZE)?;
        sched::rest()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_takes_everything_and_gives_nothing() {
        let null = MemoryDevice::new(1, Rule::Null);
        let mut buffer = [1; 4];
        let read = null.read(0, &mut UserBuffer::kernel(&mut buffer), Waiting::Allowed);
        assert_eq!(read, Ok(0));
        let written = null.write(Place::End, &mut UserData::kernel(&[1; 9]), Waiting::Allowed);
        assert_eq!(written.map(|written| written.count), Ok(9));
    }

    #[test]
    fn full_is_full_and_reads_as_zeroes() {
        let full = MemoryDevice::new(1, Rule::Full);
        let mut buffer = [1; 4];
        let read = full.read(0, &mut UserBuffer::kernel(&mut buffer), Waiting::Allowed);
        assert_eq!((read, buffer), (Ok(4), [0; 4]));
        let written = full.write(Place::End, &mut UserData::kernel(&[1]), Waiting::Allowed);
        assert_eq!(written, Err(Errno::ENOSPC));
    }
}
