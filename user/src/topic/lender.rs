//! What publishers of any messages have in common: a place in a topic, and the memory of what they
//! have published, which is the pool's again when the kernel says so.

use super::pool::{Piece, Pool};
use crate::error::{Context, Result};
use crate::fs::OwnedFd;
use crate::syscall::topic as call;
use crate::time;
use abi::topic::{FREED_MAX, FreedRecord, TopicRecord};
use alloc::collections::VecDeque;
use alloc::string::String;
use core::cell::RefCell;
use core::mem;
use core::ptr::NonNull;
use core::time::Duration;

/// A publisher of a topic, whatever its messages are.
pub struct Lender<'p> {
    /// Taken out when the publisher goes.
    fd: Option<OwnedFd>,
    /// The topic's name.
    pub name: String,
    /// Where messages lie.
    pub pool: &'p Pool,
    /// Its number in the topic.
    member: u32,
    /// What was published and is not yet told to be free, the oldest first.
    published: RefCell<VecDeque<Piece>>,
}

impl<'p> Lender<'p> {
    /// The publisher of a descriptor.
    pub fn new(fd: OwnedFd, name: &str, pool: &'p Pool) -> Result<Self> {
        let member = call::topic_status(fd.as_raw()).context(name)?.member;
        let published = RefCell::new(VecDeque::new());
        Ok(Self { fd: Some(fd), name: name.into(), pool, member, published })
    }

    /// The descriptor's number.
    pub fn as_raw(&self) -> i32 {
        self.fd.as_ref().map_or(-1, OwnedFd::as_raw)
    }

    /// What the topic is like.
    pub fn status(&self) -> Result<TopicRecord> {
        call::topic_status(self.as_raw()).context(self.name.as_str())
    }

    /// Publishes the first bytes of what was allocated; `None` if there was no room in that time.
    ///
    /// From then on it is the kernel that says when the memory is free.
    pub fn publish(
        &self,
        piece: Piece,
        bytes: usize,
        timeout: Option<Duration>,
    ) -> Result<Option<u64>> {
        let address = piece.at.as_ptr() as usize;
        let outcome =
            time::within(timeout, |left| call::topic_publish(self.as_raw(), address, bytes, left));
        let Some((entry, freed)) = outcome.context(self.name.as_str())? else { return Ok(None) };
        self.published.borrow_mut().push_back(piece);
        self.take_back(&freed);
        Ok(Some(entry))
    }

    /// Takes back the memory of messages that nobody needs any more.
    pub fn reclaim(&self) -> Result<()> {
        loop {
            let freed = call::topic_reclaim(self.as_raw()).context(self.name.as_str())?;
            self.take_back(&freed);
            if (freed.count as usize) < FREED_MAX {
                return Ok(());
            }
        }
    }

    fn take_back(&self, freed: &FreedRecord) {
        let mut published = self.published.borrow_mut();
        let count = (freed.count as usize).min(FREED_MAX);
        for address in freed.addresses.iter().take(count) {
            let Some(at) = NonNull::new(*address as *mut u8) else { continue };
            // The oldest is the one that becomes free, most of the time.
            let found = published.iter().position(|piece| piece.at == at);
            if let Some(piece) = found.and_then(|index| published.remove(index)) {
                // SAFETY: it was published, and the kernel says that nobody reads it any more.
                unsafe { self.pool.free(piece) };
            }
        }
    }
}

impl Drop for Lender<'_> {
    fn drop(&mut self) {
        // The end of the publisher; readers may still have messages of it.
        drop(self.fd.take());
        let left = mem::take(&mut *self.published.borrow_mut());
        self.pool.leave_behind(&self.name, self.member, left);
    }
}
