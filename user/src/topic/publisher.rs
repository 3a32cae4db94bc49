//! Publishing: memory is lent, filled in place, and read by others where it lies.

use super::message::{Message, mismatch, request, type_of};
use super::pool::Pool;
use crate::error::{Context, Error, Result};
use crate::fs::OwnedFd;
use crate::syscall::topic as call;
use crate::time;
use abi::Errno;
use abi::topic::{FREED_MAX, FreedRecord, TopicPolicy, TopicRecord, TypeRecord};
use alloc::string::String;
use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use core::time::Duration;

/// A publisher of a topic, until it is dropped: what it has published stays until it was read.
pub struct Publisher<'p, T: Message> {
    fd: OwnedFd,
    name: String,
    pool: &'p Pool,
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
        let contents = type_of::<T>();
        let mut request = request(name, depth, contents);
        request.flags = policy as u32;
        request.pool = self.as_raw();
        let fd = call::topic_advertise(&request);
        let fd = fd.map_err(|errno| not_joined(errno, name, &contents))?;
        let fd = OwnedFd::from_raw(fd);
        Ok(Publisher { fd, name: name.into(), pool: self, messages: PhantomData })
    }
}

/// Why a topic can't be joined, in words.
pub(super) fn not_joined(errno: Errno, name: &str, contents: &TypeRecord) -> Error {
    let error = Error::new(errno, name);
    match (errno, call::topic_info(name)) {
        (Errno::EPROTOTYPE, Ok(topic)) => error.problem(mismatch(&topic, contents)),
        _ => error,
    }
}

impl<'p, T: Message> Publisher<'p, T> {
    const LAYOUT: Layout = Layout::new::<T>();

    /// Memory for a message; it holds whatever was there before.
    pub fn loan(&self) -> Result<Loan<'_, 'p, T>> {
        let at = self.pool.allocate(Self::LAYOUT)?.cast();
        Ok(Loan { publisher: self, at })
    }

    /// The descriptor, for `ppoll`: ready for writing when there is room.
    pub const fn as_raw(&self) -> i32 {
        self.fd.as_raw()
    }

    /// What the topic is like.
    pub fn status(&self) -> Result<TopicRecord> {
        call::topic_status(self.as_raw()).context(self.name.as_str())
    }

    /// Takes back the memory of messages that nobody needs any more; publishing does so, too.
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
        let count = (freed.count as usize).min(FREED_MAX);
        for address in freed.addresses.iter().take(count) {
            let Some(at) = NonNull::new(*address as *mut u8) else { continue };
            // SAFETY: the kernel tells each address that was published once, when nobody reads it
            // any more; what a publisher publishes was allocated by `loan` for this layout.
            unsafe { self.pool.free(at, Self::LAYOUT) };
        }
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
        let (publisher, address) = (self.publisher, self.at.as_ptr() as usize);
        let outcome = time::within(timeout, |left| {
            call::topic_publish(publisher.as_raw(), address, size_of::<T>(), left)
        });
        let Some((entry, freed)) = outcome.context(publisher.name.as_str())? else {
            return Ok(None);
        };
        // From now on it is the kernel that says when the memory is free.
        let _published = ManuallyDrop::new(self);
        publisher.take_back(&freed);
        Ok(Some(entry))
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
        unsafe { self.publisher.pool.free(self.at.cast(), Publisher::<T>::LAYOUT) };
    }
}
