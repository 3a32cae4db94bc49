//! A program's buffer as the target or the source of a copy.
//!
//! A user pointer proves nothing: every copy may end in `EFAULT`. The same types take a slice of
//! the kernel's, for what the kernel reads and writes for itself.

mod locked;
mod vector;

use crate::mm::Frame;
use abi::Errno;
use arch::addr::VirtAddr;
use arch::user_memory::{self, BadAddress};
use core::ops::Deref;

pub use vector::Vector;

/// What goes through the kernel's stack at a time; it divides a page.
const BOUNCE: usize = 512;

fn fault(_: BadAddress) -> Errno {
    Errno::EFAULT
}

/// One end of a copy: a program's memory, or a slice of the kernel's.
pub enum CopyEnd<Slice> {
    /// A program's.
    User {
        /// Where the next byte is.
        address: VirtAddr,
        /// How many more there are.
        remaining: usize,
    },
    /// Several parts of a program's, one after the other.
    Vector(Vector),
    /// The kernel's.
    Kernel(Slice),
}

/// Where bytes go.
pub type UserBuffer<'a> = CopyEnd<&'a mut [u8]>;

/// Where bytes come from.
pub type UserData<'a> = CopyEnd<&'a [u8]>;

impl<Slice: Deref<Target = [u8]>> CopyEnd<Slice> {
    /// A program's memory.
    pub const fn user(address: VirtAddr, length: usize) -> Self {
        Self::User { address, remaining: length }
    }

    /// A slice of the kernel's.
    pub const fn kernel(bytes: Slice) -> Self {
        Self::Kernel(bytes)
    }

    /// Bytes that can still be copied.
    pub fn remaining(&self) -> usize {
        match self {
            Self::User { remaining, .. } => *remaining,
            Self::Vector(parts) => parts.remaining(),
            Self::Kernel(bytes) => bytes.len(),
        }
    }

    /// Bytes that lie in one piece: a copy of no more than these is all or nothing.
    pub fn contiguous(&self) -> usize {
        match self {
            Self::Vector(parts) => parts.first().1,
            _ => self.remaining(),
        }
    }

    /// Copies, and returns how many bytes were; what was copied before an error counts, so the
    /// error is told only if that was nothing.
    pub fn counted(
        &mut self,
        copy: impl FnOnce(&mut Self) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let before = self.remaining();
        let outcome = copy(self);
        match (before - self.remaining(), outcome) {
            (0, Err(error)) => Err(error),
            (count, _) => Ok(count),
        }
    }

    /// Hands up to `length` bytes to `copy` in parts, with how many came before; returns how many.
    ///
    /// No part crosses a border of the program's pages: all up to one that is not there are copied.
    fn in_parts(
        &mut self,
        length: usize,
        mut copy: impl FnMut(&mut Self, usize, &mut [u8]) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        let total = length.min(self.remaining());
        let mut bounce = [0; BOUNCE];
        let mut done = 0;
        while done < total {
            let room = match self {
                Self::User { address, .. } => BOUNCE - address.value() % BOUNCE,
                Self::Vector(parts) => {
                    let (address, length) = parts.first();
                    length.min(BOUNCE - address.value() % BOUNCE)
                }
                Self::Kernel(_) => BOUNCE,
            };
            let part = &mut bounce[..room.min(total - done)];
            copy(self, done, part)?;
            done += part.len();
        }
        Ok(total)
    }
}

impl UserBuffer<'_> {
    /// Copies as many bytes as fit; returns how many, fewer where a later part of a vector faults.
    pub fn put(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let length = bytes.len().min(self.remaining());
        match self {
            Self::User { address, remaining } => {
                user_memory::copy_out(*address, &bytes[..length]).map_err(fault)?;
                *address = address.add(length);
                *remaining -= length;
            }
            Self::Vector(parts) => {
                return parts.each(length, |address, range| {
                    user_memory::copy_out(address, &bytes[range]).map_err(fault)
                });
            }
            Self::Kernel(to) => {
                let (now, later) = core::mem::take(to).split_at_mut(length);
                now.copy_from_slice(&bytes[..length]);
                *to = later;
            }
        }
        Ok(length)
    }

    /// Puts up to `length` zeroes; returns how many.
    pub fn put_zeroes(&mut self, length: usize) -> Result<usize, Errno> {
        self.in_parts(length, |to, _, part| to.put(part).map(drop))
    }

    /// Copies up to `length` bytes of a frame, from `offset` in it on; returns how many.
    pub fn put_from_frame(
        &mut self,
        frame: &Frame,
        offset: usize,
        length: usize,
    ) -> Result<usize, Errno> {
        self.in_parts(length, |to, done, part| {
            frame.read(offset + done, part);
            to.put(part).map(drop)
        })
    }
}

impl UserData<'_> {
    /// Leaves the first `length` bytes only.
    pub fn cut(&mut self, length: usize) {
        match self {
            Self::User { remaining, .. } => *remaining = length.min(*remaining),
            Self::Vector(parts) => parts.cut(length),
            Self::Kernel(bytes) => *bytes = &bytes[..length.min(bytes.len())],
        }
    }

    /// Copies as many bytes as there are, up to the slice's length; returns how many, fewer where a
    /// later part of a vector faults.
    pub fn take(&mut self, to: &mut [u8]) -> Result<usize, Errno> {
        let length = to.len().min(self.remaining());
        match self {
            Self::User { address, remaining } => {
                user_memory::copy_in(&mut to[..length], *address).map_err(fault)?;
                *address = address.add(length);
                *remaining -= length;
            }
            Self::Vector(parts) => {
                return parts.each(length, |address, range| {
                    user_memory::copy_in(&mut to[range], address).map_err(fault)
                });
            }
            Self::Kernel(bytes) => {
                let (now, later) = bytes.split_at(length);
                to[..length].copy_from_slice(now);
                *bytes = later;
            }
        }
        Ok(length)
    }

    /// Copies up to `length` bytes into a frame, at `offset` in it; returns how many.
    pub fn take_to_frame(
        &mut self,
        frame: &Frame,
        offset: usize,
        length: usize,
    ) -> Result<usize, Errno> {
        self.in_parts(length, |from, done, part| {
            from.take(part)?;
            frame.write(offset + done, part);
            Ok(())
        })
    }
}
