//! What `ppoll` waits for; the bits and the structure are those of Linux.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

bitflags! {
    /// What a file is ready for.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct PollEvents: u16 {
        /// There is something to read.
        const IN = 1;
        /// There is something urgent to read.
        const PRI = 2;
        /// A write does not wait.
        const OUT = 4;
        /// The other end can take nothing any more; told without being asked for.
        const ERR = 8;
        /// The other end has gone; told without being asked for.
        const HUP = 0x10;
        /// The descriptor is not open; told without being asked for.
        const NVAL = 0x20;
        /// As [`Self::IN`].
        const RDNORM = 0x40;
        /// There is data with priority.
        const RDBAND = 0x80;
        /// As [`Self::OUT`].
        const WRNORM = 0x100;
        /// Data with priority can be written.
        const WRBAND = 0x200;
        /// The other end of a connection sends nothing any more.
        const RDHUP = 0x2000;
    }
}

impl PollEvents {
    /// There is something to read.
    pub const READABLE: Self = Self::IN.union(Self::RDNORM);
    /// A write does not wait.
    pub const WRITABLE: Self = Self::OUT.union(Self::WRNORM);
    /// What is told whether it is asked for or not.
    pub const ALWAYS: Self = Self::ERR.union(Self::HUP).union(Self::NVAL);
}

/// One file that `ppoll` looks at: Linux's `struct pollfd`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct PollFd {
    /// The descriptor; a negative one is passed over.
    pub fd: i32,
    /// [`PollEvents`] that are waited for.
    pub events: u16,
    /// [`PollEvents`] that are there.
    pub revents: u16,
}

const _: () = assert!(size_of::<PollFd>() == 8);
