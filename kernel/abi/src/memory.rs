//! Memory: protections and flags of `mmap`, and the record of `memory_info`.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

bitflags! {
    /// What a program may do with the pages of a view.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Protection: u32 {
        /// Loads.
        const READ = 1;
        /// Stores.
        const WRITE = 2;
        /// Instruction fetches.
        const EXECUTE = 4;
    }
}

bitflags! {
    /// Flags of `mmap`.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct MapFlags: u32 {
        /// Stores are seen by everybody who maps the object.
        const SHARED = 0x01;
        /// Stores stay with this process.
        const PRIVATE = 0x02;
        /// At exactly this address, replacing what is there.
        const FIXED = 0x10;
        /// No object: zeroed memory.
        const ANONYMOUS = 0x20;
        /// Accepted and without meaning.
        const DENY_WRITE = 0x0800;
        /// Accepted: memory is not charged before it is touched.
        const NO_RESERVE = 0x4000;
        /// Fill all pages at once.
        const POPULATE = 0x8000;
        /// Accepted and without meaning.
        const STACK = 0x20000;
        /// At exactly this address, failing if something is there.
        const FIXED_NO_REPLACE = 0x100000;
    }
}

/// `mremap`: the mapping may move.
pub const MREMAP_MAYMOVE: u32 = 1;
/// `mremap`: the mapping moves to a given address.
pub const MREMAP_FIXED: u32 = 2;
/// `madvise`: as without advice.
pub const MADV_NORMAL: u32 = 0;
/// `madvise`: the contents may be thrown away; the next touch reads zeroes.
pub const MADV_DONTNEED: u32 = 4;
/// `madvise`: the contents may be thrown away when memory is short.
pub const MADV_FREE: u32 = 8;
/// `madvise`: children have the memory, as is usual.
pub const MADV_DOFORK: u32 = 11;
/// `madvise`: pages that are the same may become one; the first of six about such pages, large pages
/// and dumps.
pub const MADV_MERGEABLE: u32 = 12;
/// `madvise`: the last of these.
pub const MADV_DODUMP: u32 = 17;
/// `madvise`: children have the contents, as is usual.
pub const MADV_KEEPONFORK: u32 = 19;
/// `madvise`: will not be used soon; with the number before it, the last that is only advice.
pub const MADV_PAGEOUT: u32 = 21;

/// What `memory_info` fills in; sizes are in pages.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct MemoryInfo {
    /// Pages that the kernel manages.
    pub total: u64,
    /// Pages that nobody holds.
    pub free: u64,
    /// Pages that hold private memory, regions or text for user space.
    pub user: u64,
    /// Pages that hold translation tables.
    pub tables: u64,
    /// Pages that hold kernel stacks.
    pub stacks: u64,
    /// Pages of the kernel's heap.
    pub heap: u64,
    /// Bytes in use within the kernel's heap.
    pub heap_bytes: u64,
    /// Pages that boot has taken for ever: kernel, symbols, archive, the kernel's own tables and the
    /// book-keeping of frames. With `total` they are all of the board's memory.
    pub image: u64,
    /// Free pages that are set aside for what regions were promised.
    pub promised: u64,
}
