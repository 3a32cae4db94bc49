//! The protocols of the kernel, with what they need of it.

use crate::atomic::{AtomicU32, Ordering};

#[path = "../../../kernel/core/src/fs/epoll/signs.rs"]
pub mod epoll_signs;
#[path = "../../../kernel/core/src/kernel_log/ring.rs"]
pub mod log_ring;
#[path = "../../../kernel/core/src/mm/occupancy.rs"]
pub mod occupancy;
#[path = "../../../kernel/core/src/rare.rs"]
pub mod rare;
#[path = "../../../kernel/core/src/mm/references.rs"]
pub mod references;
pub mod sched;

/// Memory.
pub mod mm {
    /// As the kernel's.
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub enum Location {
        /// A word of a shared object.
        Object(u64, u64),
        /// A word of an address space's own memory.
        Private(u64, u64),
    }
}

/// What stands for the frames.
pub mod frames {
    use crate::addr::PhysAddr;
    use crate::atomic::AtomicU32;

    static COUNTS: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];

    /// The count of a frame; the model has two.
    pub fn count_of(frame: PhysAddr) -> &'static AtomicU32 {
        &COUNTS[frame.0]
    }
}

/// What stands for addresses.
pub mod addr {
    use crate::atomic::AtomicU32;

    /// Entries of a table.
    pub const TABLE_ENTRIES: usize = 512;

    /// A frame's number.
    #[derive(Clone, Copy, Debug)]
    pub struct PhysAddr(pub usize);

    /// The address of a word.
    #[derive(Clone, Copy, Debug)]
    pub struct VirtAddr(pub &'static AtomicU32);

    /// Pages by their addresses.
    #[derive(Clone, Copy, Debug)]
    pub struct PageRange(pub Border, pub Border);

    /// Where pages begin or end.
    #[derive(Clone, Copy, Debug)]
    pub struct Border(pub usize);

    impl PageRange {
        /// Where they begin.
        pub const fn start(self) -> Border {
            self.0
        }

        /// Where they end.
        pub const fn end(self) -> Border {
            self.1
        }
    }

    impl Border {
        /// As a number.
        pub const fn value(self) -> usize {
            self.0
        }
    }
}

/// What stands for RAM.
pub mod ram {
    use crate::addr::PhysAddr;

    /// # Safety
    /// - None: nothing is read.
    pub const unsafe fn read_entry(_table: PhysAddr, _index: usize) -> u64 {
        0
    }
}

/// What stands for the clock.
pub mod clock {
    /// It stands still.
    pub const fn now() -> u64 {
        0
    }
}

/// What stands for copies from programs' memory.
pub mod user_memory {
    use super::*;

    /// Loads a program's word as the kernel does: without any order.
    #[allow(clippy::unnecessary_wraps, reason = "as the kernel's")]
    pub fn load_u32(address: crate::addr::VirtAddr) -> Result<u32, crate::Errno> {
        let word: &AtomicU32 = address.0;
        Ok(word.load(Ordering::Relaxed))
    }
}
