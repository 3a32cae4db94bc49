//! Calls on memory.

use super::{Answer, call, fd};
use abi::Sysno;
use abi::memory::{MapFlags, Protection};

/// A page.
pub const PAGE: u64 = abi::limits::PAGE_SIZE as u64;

/// Loads and stores.
pub const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

/// Private memory without an object.
pub const ANONYMOUS: MapFlags = MapFlags::ANONYMOUS.union(MapFlags::PRIVATE);

/// Memory without an object that forked children share.
pub const COMMON: MapFlags = MapFlags::ANONYMOUS.union(MapFlags::SHARED);

/// `mmap` with everything.
pub fn map_at(
    address: u64,
    length: u64,
    protection: Protection,
    flags: MapFlags,
    file: (i32, u64),
) -> Answer {
    let (descriptor, offset) = file;
    let (protection, flags) = (protection.bits().into(), flags.bits().into());
    call(Sysno::Mmap, [address, length, protection, flags, fd(descriptor), offset])
}

/// Maps zeroed memory to read and write; ends the program where there is none.
pub fn map(length: u64, flags: MapFlags) -> u64 {
    let address = map_at(0, length, READ_WRITE, flags, (-1, 0));
    address.expect("memory for the test itself")
}

/// Maps a file from its beginning.
pub fn map_file(descriptor: i32, length: u64, protection: Protection, flags: MapFlags) -> Answer {
    map_at(0, length, protection, flags, (descriptor, 0))
}

/// Ends mappings.
pub fn unmap(address: u64, length: u64) -> Answer {
    call(Sysno::Munmap, [address, length])
}

/// Changes what may be done with pages.
pub fn protect(address: u64, length: u64, protection: Protection) -> Answer {
    call(Sysno::Mprotect, [address, length, protection.bits().into()])
}

/// Moves the program break, as far as the kernel agrees, and gives where it is.
pub fn program_break(address: u64) -> u64 {
    call(Sysno::Brk, [address]).unwrap_or(0)
}
