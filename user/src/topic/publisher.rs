//! Publishing: memory is lent, filled in place, and read by others where it lies.

use super::failed::not_joined;
use super::lender::Lender;
use super::message::{Message, request, type_of};
use super::pool::{Piece, Pool};
use crate::error::{Error, Result};
use crate::fs::OwnedFd;
use crate::syscall::topic as call;
use abi::Errno;
use abi::topic::{TopicPolicy, TopicRecord, TypeRecord};
use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::time::Duration;

/// A publisher of a topic, until it is dropped: what it has published stays until it was read.
pub struct Publisher<'p, T: Message> {
    lender: Lender<'p>,
    messages: PhantomData<T>,
}

impl Pool {
    /// Begins to publish; `depth` messages stay for subscribers that come late or are slow, and
    /// `policy` says what becomes of one for which there is no room.
    pub fn advertise<T: Message>(
        &self,
        name: &str,
        depth: u32,
        policy: TopicPolicy,
    ) -> Result<Publisher<'_, T>> {
        if size_of::<T>() == 0 {
            return Err(Error::new(Errno::EINVAL, name).problem("a message has at least one byte"));
        }
        let lender = self.join(name, depth, policy, type_of::<T>())?;
        Ok(Publisher { lender, messages: PhantomData })
    }

    /// Becomes a publisher.
    pub(super) fn join(
        &self,
        name: &str,
        depth: u32,
        policy: TopicPolicy,
        contents: TypeRecord,
    ) -> Result<Lender<'_>> {
        let mut request = request(name, depth, contents);
        request.flags = policy as u32;
        request.pool = self.as_raw()?;
        let fd = call::topic_advertise(&request);
        let fd = fd.map_err(|errno| not_joined(errno, name, &contents, Some(policy)))?;
        Lender::new(OwnedFd::from_raw(fd), name, self)
    }
}

impl<'p, T: Message> Publisher<'p, T> {
    /// Memory for a message; it holds whatever was there before.
    pub fn loan(&self) -> Result<Loan<'_, 'p, T>> {
        let piece = self.lender.pool.allocate(Layout::new::<T>())?;
        Ok(Loan { publisher: self, at: piece.at.cast() })
    }

    /// The descriptor, for `ppoll`: ready for writing when there is room.
    pub fn as_raw(&self) -> i32 {
        self.lender.as_raw()
    }

    /// What the topic is like.
    pub fn status(&self) -> Result<TopicRecord> {
        self.lender.status()
    }

    /// Takes back the memory of messages that nobody needs any more; publishing does so, too.
    pub fn reclaim(&self) -> Result<()> {
        self.lender.reclaim()
    }
}

/// Memory in the pool that is being filled; dropped, it goes back.
pub struct Loan<'a, 'p, T: Message> {
    publisher: &'a Publisher<'p, T>,
    at: NonNull<T>,
}

impl<T: Message> Loan<'_, '_, T> {
    /// Publishes the message; returns its number.
    ///
    /// `EAGAIN` if the topic's policy refuses it; where it waits, that is for ever.
    pub fn publish(self) -> Result<u64> {
        self.publish_within(None)?.ok_or_else(|| Error::new(Errno::ETIMEDOUT, "publish"))
    }

    /// As [`Self::publish`], waiting for room at most for a while; `None` if there was none.
    pub fn publish_within(self, timeout: Option<Duration>) -> Result<Option<u64>> {
        let entry = self.publisher.lender.publish(self.piece(), size_of::<T>(), timeout)?;
        if entry.is_some() {
            // The publisher gives it back when nobody reads it any more.
            let _published = ManuallyDrop::new(self);
        }
        Ok(entry)
    }

    const fn piece(&self) -> Piece {
        Piece { at: self.at.cast(), layout: Layout::new::<T>() }
    }
}

impl<T: Message> Deref for Loan<'_, '_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the memory is this loan's alone, and any bytes are a `T`.
        unsafe { self.at.as_ref() }
    }
}

impl<T: Message> DerefMut for Loan<'_, '_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the memory is this loan's alone, and any bytes are a `T`.
        unsafe { self.at.as_mut() }
    }
}

impl<T: Message> Drop for Loan<'_, '_, T> {
    fn drop(&mut self) {
        // SAFETY: `loan` has allocated it, and it was not published.
        unsafe { self.publisher.lender.pool.free(self.piece()) };
    }
}
