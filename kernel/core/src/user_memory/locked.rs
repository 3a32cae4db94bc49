//! Copies that may be made with locks held: under these no page can be brought in.
//!
//! So such a copy fails where a page is not there yet, or not as it is needed. The caller lets go of
//! its locks then, brings the page in, and comes back.

use super::{CopyEnd, UserBuffer, UserData};
use crate::mm::Access;
use crate::pinned_buffer::PinnedBuffer;
use crate::sched;
use abi::Errno;
use arch::addr::VirtAddr;
use arch::user_memory::{self, BadAddress};
use core::ops::Deref;

use super::vector::Place;

/// The most that is held at a time.
const PIN: usize = 4096;

/// How far a copy from or to a program's memory has come.
#[derive(Clone, Copy)]
pub enum CopyPlace {
    /// The next byte, and how many there are.
    User(VirtAddr, usize),
    /// The place in a vector.
    Vector(Place),
    /// Copies of the kernel's memory do not fail, and need no way back.
    Kernel,
}

impl<Slice: Deref<Target = [u8]>> CopyEnd<Slice> {
    /// How far it has come.
    pub const fn place(&self) -> CopyPlace {
        match self {
            Self::User { address, remaining } => CopyPlace::User(*address, *remaining),
            Self::Vector(parts) => CopyPlace::Vector(parts.place()),
            Self::Kernel(_) => CopyPlace::Kernel,
        }
    }

    /// Goes back to where it was.
    pub const fn go_back(&mut self, place: CopyPlace) {
        match (self, place) {
            (Self::User { address, remaining }, CopyPlace::User(next, left)) => {
                *address = next;
                *remaining = left;
            }
            (Self::Vector(parts), CopyPlace::Vector(place)) => parts.go_back(place),
            _ => {}
        }
    }

    /// The bytes that are left, where they are one piece of a program's memory and not none.
    #[inline]
    pub const fn user_piece(&self) -> Option<(VirtAddr, usize)> {
        match self {
            Self::User { address, remaining } if *remaining > 0 => Some((*address, *remaining)),
            _ => None,
        }
    }

    /// Bytes that come next and lie in one page, where it is a program's.
    pub fn up_to_border(&self) -> usize {
        let (address, length) = match self {
            Self::User { address, remaining } => (*address, *remaining),
            Self::Vector(parts) => parts.first(),
            Self::Kernel(bytes) => return bytes.len(),
        };
        length.min(PIN - address.page_offset())
    }

    /// Holds the pages of the bytes that come next, if they are a program's: the kernel's need none.
    fn pin(&self, access: Access) -> Result<Option<PinnedBuffer>, Errno> {
        let address = match self {
            Self::User { address, .. } => *address,
            Self::Vector(parts) => parts.first().0,
            Self::Kernel(_) => return Ok(None),
        };
        let space = sched::current_space().ok_or(Errno::EFAULT)?;
        // Up to a border of pages, so that a page that is not there keeps nothing from those before.
        PinnedBuffer::pin(&space, address, self.up_to_border(), access).map(Some)
    }
}

impl UserBuffer<'_> {
    /// Copies all of the bytes, which lie in one piece at this end, or none.
    pub fn try_put(&mut self, bytes: &[u8]) -> Result<(), BadAddress> {
        match self {
            Self::User { address, remaining } => {
                user_memory::try_copy_out(*address, bytes)?;
                *address = address.add(bytes.len());
                *remaining -= bytes.len();
            }
            Self::Vector(parts) => {
                user_memory::try_copy_out(parts.first().0, bytes)?;
                parts.advance(bytes.len());
            }
            Self::Kernel(to) => {
                let (now, later) = core::mem::take(to).split_at_mut(bytes.len());
                now.copy_from_slice(bytes);
                *to = later;
            }
        }
        Ok(())
    }

    /// Holds the pages that bytes go to next; `None` if that needs none.
    pub fn hold(&self) -> Result<Option<PinnedBuffer>, Errno> {
        self.pin(Access::Write)
    }

    /// Goes on behind bytes that were copied to the pages that were held.
    pub fn skip(&mut self, count: usize) {
        match self {
            Self::User { address, remaining } => {
                *address = address.add(count);
                *remaining -= count;
            }
            Self::Vector(parts) => parts.advance(count),
            Self::Kernel(to) => *to = core::mem::take(to).split_at_mut(count).1,
        }
    }
}

impl UserData<'_> {
    /// Copies as many bytes as the slice takes, which lie in one piece at this end, or none.
    pub fn try_take(&mut self, to: &mut [u8]) -> Result<(), BadAddress> {
        match self {
            Self::User { address, remaining } => {
                user_memory::try_copy_in(to, *address)?;
                *address = address.add(to.len());
                *remaining -= to.len();
            }
            Self::Vector(parts) => {
                user_memory::try_copy_in(to, parts.first().0)?;
                parts.advance(to.len());
            }
            Self::Kernel(bytes) => {
                let (now, later) = bytes.split_at(to.len());
                to.copy_from_slice(now);
                *bytes = later;
            }
        }
        Ok(())
    }
}
