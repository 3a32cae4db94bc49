//! The kernel's log, as processes read it: pages that the kernel (process 0) offers.
//!
//! They begin with a [`LogHeader`]; behind it is a ring of text, whose lines end with a newline.
//! Positions count bytes since boot and are never used again: the byte at position `p` lies at
//! [`LOG_HEADER_BYTES`] `+ p %` [`LOG_RING_BYTES`].
//!
//! A reader loads `written`, copies what it wants of the last [`LOG_RING_BYTES`] before it, and then
//! loads `reserved`: what lies more than a ring before that may have been overwritten meanwhile. To
//! wait for more it sleeps on `written` as a futex (its low half, which comes first).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// By what address the kernel offers its log.
pub const LOG_ADDRESS: u64 = 0x1000;
/// The header and the ring.
pub const LOG_BYTES: usize = 64 << 10;
/// Where the ring begins.
pub const LOG_HEADER_BYTES: usize = 64;
/// The bytes of the ring.
pub const LOG_RING_BYTES: usize = LOG_BYTES - LOG_HEADER_BYTES;

/// How far the log has come.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct LogHeader {
    /// All bytes before this position are there, or were.
    pub written: u64,
    /// Bytes up to this position are being written.
    pub reserved: u64,
}

const _: () = assert!(size_of::<LogHeader>() <= LOG_HEADER_BYTES);
