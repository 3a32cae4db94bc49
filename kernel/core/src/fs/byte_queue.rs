//! Bytes on their way from those who write to those who read: pages, filled at one end and emptied
//! at the other.
//!
//! A program's bytes are copied straight into the pages and out of them, under the lock of whoever
//! owns the queue, so that a copy is one step for everybody else. Pages that have become empty are
//! kept for what comes next, as long as all queues together hold few: a steady stream allocates
//! nothing.

use crate::pinned_buffer::PinnedBuffer;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use arch::user_memory::{self, BadAddress};
use core::sync::atomic::{AtomicUsize, Ordering};

/// While all queues hold no more pages than these, empty ones are kept.
const KEPT: usize = 256;

/// The pages that all queues hold.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A page of a queue; always initialised.
struct Page(Box<[u8; PAGE_SIZE]>);

impl Page {
    fn new() -> Result<Self, Errno> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(PAGE_SIZE).map_err(|_| Errno::ENOMEM)?;
        bytes.resize(PAGE_SIZE, 0);
        let bytes = bytes.into_boxed_slice().try_into().map_err(|_| Errno::ENOMEM)?;
        HELD.fetch_add(1, Ordering::Relaxed);
        Ok(Self(bytes))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How far a copy to a reader came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Copied {
    /// Bytes.
    pub count: usize,
    /// Whether the reader's next page has to be brought in first.
    pub is_cut: bool,
}

/// Bytes that were written and not yet read.
#[derive(Default)]
pub struct ByteQueue {
    /// Those with bytes in front, behind them the empty ones.
    pages: VecDeque<Page>,
    /// Where in the first page the bytes begin.
    start: usize,
    length: usize,
}

impl ByteQueue {
    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Gets memory for more bytes; returns for how many there is some, if not for all.
    #[inline]
    pub fn reserve(&mut self, bytes: usize) -> usize {
        let wanted = (self.start + self.length + bytes).div_ceil(PAGE_SIZE);
        if self.pages.len() < wanted {
            self.add_pages(wanted);
        }
        bytes.min(self.pages.len() * PAGE_SIZE - self.start - self.length)
    }

    fn add_pages(&mut self, wanted: usize) {
        while self.pages.len() < wanted {
            if self.pages.try_reserve(1).is_err() {
                break;
            }
            let Ok(page) = Page::new() else { break };
            self.pages.push_back(page);
        }
    }

    /// Copies all that a program has to the end, if it is in one piece, its pages are there, and it fits
    /// on a page that is there, too; `None` if any of that is not so.
    #[inline]
    pub fn push_at_once(&mut self, from: &UserData<'_>) -> Option<usize> {
        let (address, length) = from.user_piece()?;
        let place = self.start + self.length;
        let page = self.pages.get_mut(place / PAGE_SIZE)?;
        let room = page.0[place % PAGE_SIZE..].get_mut(..length)?;
        user_memory::try_copy_in(room, address).ok()?;
        self.length += length;
        Some(length)
    }

    /// Copies to a program what there is or it wants, if that is on one page and the program's are
    /// there; `None` if that is not so. It stays here.
    #[inline]
    pub fn copy_at_once(&self, to: &UserBuffer<'_>) -> Option<usize> {
        let (address, wanted) = to.user_piece()?;
        let count = wanted.min(self.length);
        let piece = self.pages.front()?.0.get(self.start..self.start + count)?;
        user_memory::try_copy_out(address, piece).ok()?;
        Some(count)
    }

    /// Copies bytes to the end, all or none; there is memory for them.
    pub fn push(&mut self, from: &mut UserData<'_>, length: usize) -> Result<(), BadAddress> {
        let before = from.place();
        let mut done = 0;
        while done < length {
            let place = self.start + self.length + done;
            let page = &mut self.pages[place / PAGE_SIZE].0[place % PAGE_SIZE..];
            let part = page.len().min(length - done).min(from.contiguous());
            if let Err(error) = from.try_take(&mut page[..part]) {
                from.go_back(before);
                return Err(error);
            }
            done += part;
        }
        self.length += length;
        Ok(())
    }

    /// Copies up to `limit` bytes to a reader, leaving out the first `offset`; they stay here.
    pub fn copy(&self, offset: usize, limit: usize, to: &mut UserBuffer<'_>) -> Copied {
        let limit = limit.min(self.length - offset).min(to.remaining());
        let mut count = 0;
        while count < limit {
            let piece = self.piece(offset + count, limit - count);
            let mut part = piece.len().min(to.contiguous());
            if to.try_put(&piece[..part]).is_err() {
                // Up to the page that is not there, so that it is the one that is brought in next.
                part = part.min(to.up_to_border());
                if to.try_put(&piece[..part]).is_err() {
                    return Copied { count, is_cut: true };
                }
            }
            count += part;
        }
        Copied { count, is_cut: false }
    }

    /// As [`Self::copy`], to pages that are held; returns how many bytes.
    pub fn copy_to_held(&self, offset: usize, limit: usize, to: &PinnedBuffer) -> usize {
        let limit = limit.min(self.length - offset).min(to.length());
        let mut count = 0;
        while count < limit {
            let piece = self.piece(offset + count, limit - count);
            to.write(count, piece);
            count += piece.len();
        }
        count
    }

    /// The bytes from a place on that lie in one page, up to `limit`.
    fn piece(&self, offset: usize, limit: usize) -> &[u8] {
        let place = self.start + offset;
        let page = &self.pages[place / PAGE_SIZE].0[place % PAGE_SIZE..];
        &page[..page.len().min(limit)]
    }

    /// Takes bytes out of the queue, which are read.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        self.length -= count;
        self.start += count;
        if self.start >= PAGE_SIZE || self.length == 0 {
            self.leave_pages();
        }
    }

    fn leave_pages(&mut self) {
        while self.start >= PAGE_SIZE {
            self.start -= PAGE_SIZE;
            // There is room behind: the page was in the queue just now.
            let page = self.pages.pop_front();
            self.pages.extend(page);
        }
        if self.length == 0 {
            self.start = 0;
            if HELD.load(Ordering::Relaxed) > KEPT {
                self.pages = VecDeque::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn push(queue: &mut ByteQueue, bytes: &[u8]) {
        assert_eq!(queue.reserve(bytes.len()), bytes.len());
        queue.push(&mut UserData::kernel(bytes), bytes.len()).unwrap();
    }

    fn copy(queue: &ByteQueue, offset: usize, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let copied = queue.copy(offset, length, &mut UserBuffer::kernel(&mut bytes));
        assert!(!copied.is_cut);
        bytes.truncate(copied.count);
        bytes
    }

    proptest! {
        #[test]
        fn bytes_come_out_in_their_order_however_they_are_cut(
            steps in prop::collection::vec((any::<bool>(), 1..10_000_usize, 0..5000_usize), 1..80),
        ) {
            let (mut queue, mut model, mut next) = (ByteQueue::default(), VecDeque::new(), 0_u32);
            for (writes, length, offset) in steps {
                if writes {
                    let bytes: Vec<u8> = (0..length).map(|_| { next += 1; (next % 251) as u8 }).collect();
                    push(&mut queue, &bytes);
                    model.extend(bytes);
                } else {
                    let offset = offset.min(model.len());
                    let expected: Vec<u8> = model.iter().copied().skip(offset).take(length).collect();
                    prop_assert_eq!(copy(&queue, offset, length), expected);
                    let count = length.min(model.len());
                    queue.consume(count);
                    model.drain(..count);
                }
                prop_assert_eq!(queue.len(), model.len());
            }
        }
    }

    #[test]
    fn a_queue_that_is_emptied_again_and_again_needs_no_more_pages() {
        let mut queue = ByteQueue::default();
        for _ in 0..3 {
            push(&mut queue, &[7; 3 * PAGE_SIZE]);
            assert_eq!(queue.pages.len(), 3);
            queue.consume(PAGE_SIZE + 1);
            queue.consume(2 * PAGE_SIZE - 1);
            assert!(queue.pages.len() <= 3);
        }
    }

    #[test]
    fn many_queues_keep_no_empty_pages() {
        let mut queues: Vec<_> = (0..2 * KEPT).map(|_| ByteQueue::default()).collect();
        queues.iter_mut().for_each(|queue| push(queue, b"x"));
        let more = HELD.load(Ordering::Relaxed) - KEPT;
        queues.iter_mut().for_each(|queue| queue.consume(1));
        let kept = queues.iter().filter(|queue| !queue.pages.is_empty()).count();
        // Other tests hold pages, too.
        assert!(kept <= KEPT, "{kept} are kept, {more} were too many");
    }
}
