//! A program's buffer as the target or the source of a copy.
//!
//! A user pointer proves nothing: every copy may end in `EFAULT`. The same types take a slice of
//! the kernel's, for what the kernel reads and writes for itself.

use crate::mm::Frame;
use abi::Errno;
use arch::addr::VirtAddr;
use arch::user_memory::{self, BadAddress};

/// What goes through the kernel's stack at a time.
const BOUNCE: usize = 512;

fn fault(_: BadAddress) -> Errno {
    Errno::EFAULT
}

/// Where bytes go.
pub enum UserBuffer<'a> {
    /// To a program.
    User {
        /// Where the next byte goes.
        address: VirtAddr,
        /// How many more may go there.
        remaining: usize,
    },
    /// To the kernel.
    Kernel(&'a mut [u8]),
}

impl<'a> UserBuffer<'a> {
    /// A program's buffer.
    pub const fn user(address: VirtAddr, length: usize) -> Self {
        Self::User { address, remaining: length }
    }

    /// A buffer of the kernel's.
    pub const fn kernel(bytes: &'a mut [u8]) -> Self {
        Self::Kernel(bytes)
    }

    /// Bytes that still fit.
    pub const fn remaining(&self) -> usize {
        match self {
            Self::User { remaining, .. } => *remaining,
            Self::Kernel(bytes) => bytes.len(),
        }
    }

    /// Copies as many bytes as fit; returns how many.
    pub fn put(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let length = bytes.len().min(self.remaining());
        match self {
            Self::User { address, remaining } => {
                user_memory::copy_out(*address, &bytes[..length]).map_err(fault)?;
                *address = address.add(length);
                *remaining -= length;
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
        let total = length.min(self.remaining());
        let mut left = total;
        while left > 0 {
            left -= self.put(&[0; BOUNCE][..left.min(BOUNCE)])?;
        }
        Ok(total)
    }

    /// Copies up to `length` bytes of a frame, from `offset` in it on; returns how many.
    pub fn put_from_frame(
        &mut self,
        frame: &Frame,
        offset: usize,
        length: usize,
    ) -> Result<usize, Errno> {
        let total = length.min(self.remaining());
        let mut bounce = [0; BOUNCE];
        let mut done = 0;
        while done < total {
            let part = &mut bounce[..(total - done).min(BOUNCE)];
            frame.read(offset + done, part);
            done += self.put(part)?;
        }
        Ok(total)
    }
}

/// Where bytes come from.
pub enum UserData<'a> {
    /// From a program.
    User {
        /// Where the next byte is.
        address: VirtAddr,
        /// How many more there are.
        remaining: usize,
    },
    /// From the kernel.
    Kernel(&'a [u8]),
}

impl<'a> UserData<'a> {
    /// A program's data.
    pub const fn user(address: VirtAddr, length: usize) -> Self {
        Self::User { address, remaining: length }
    }

    /// Data of the kernel's.
    pub const fn kernel(bytes: &'a [u8]) -> Self {
        Self::Kernel(bytes)
    }

    /// Bytes that are still there.
    pub const fn remaining(&self) -> usize {
        match self {
            Self::User { remaining, .. } => *remaining,
            Self::Kernel(bytes) => bytes.len(),
        }
    }

    /// Copies as many bytes as there are, up to the slice's length; returns how many.
    pub fn take(&mut self, to: &mut [u8]) -> Result<usize, Errno> {
        let length = to.len().min(self.remaining());
        match self {
            Self::User { address, remaining } => {
                user_memory::copy_in(&mut to[..length], *address).map_err(fault)?;
                *address = address.add(length);
                *remaining -= length;
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
        let total = length.min(self.remaining());
        let mut bounce = [0; BOUNCE];
        let mut done = 0;
        while done < total {
            let part = &mut bounce[..(total - done).min(BOUNCE)];
            self.take(part)?;
            frame.write(offset + done, part);
            done += part.len();
        }
        Ok(total)
    }
}
