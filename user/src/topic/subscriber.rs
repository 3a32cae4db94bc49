//! Subscribing: messages are read where their publishers have written them.

use super::message::{Message, type_of};
use super::reader::Reader;
use crate::error::{Error, Result};
use abi::Errno;
use abi::topic::{MessageRecord, SubscribeFlags, TakeFlags, TopicRecord};
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

/// A subscriber of a topic, until it is dropped.
pub struct Subscriber<T: Message> {
    reader: Reader,
    messages: PhantomData<T>,
}

impl<T: Message> Subscriber<T> {
    /// Begins to subscribe; of messages that it has not taken it gets at most the last `depth`.
    pub fn new(name: &str, depth: u32, flags: SubscribeFlags) -> Result<Self> {
        let reader = Reader::join(name, depth, flags, type_of::<T>())?;
        Ok(Self { reader, messages: PhantomData })
    }

    /// The descriptor, for `ppoll`: ready for reading when a message waits, urgent when others have
    /// come or gone.
    pub const fn as_raw(&self) -> i32 {
        self.reader.as_raw()
    }

    /// What the topic is like; changes up to now are no longer urgent.
    pub fn status(&self) -> Result<TopicRecord> {
        self.reader.status()
    }

    /// The oldest message that was not taken yet, if there is one.
    pub fn take(&self) -> Result<Option<Taken<'_, T>>> {
        self.taken(self.reader.take(TakeFlags::empty())?)
    }

    /// The newest message, if there is one that was not taken yet.
    pub fn take_latest(&self) -> Result<Option<Taken<'_, T>>> {
        self.taken(self.reader.take(TakeFlags::LATEST)?)
    }

    /// Waits for the next message, at most for a while; `None` if there was none.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<Taken<'_, T>>> {
        self.taken(self.reader.wait(timeout)?)
    }

    fn taken(&self, record: Option<MessageRecord>) -> Result<Option<Taken<'_, T>>> {
        let Some(record) = record else { return Ok(None) };
        let taken = Taken { subscriber: self, record };
        let address = record.address as usize;
        // A publisher of any type may have been there before the topic had one.
        if record.length as usize == size_of::<T>() && address.is_multiple_of(align_of::<T>()) {
            return Ok(Some(taken));
        }
        Err(Error::new(Errno::EPROTOTYPE, self.reader.name.as_str())
            .problem("the message is no such type"))
    }
}

/// A message, which is read where it lies and released when this is dropped.
pub struct Taken<'a, T: Message> {
    subscriber: &'a Subscriber<T>,
    record: MessageRecord,
}

impl<T: Message> Taken<'_, T> {
    /// Messages before this one that the subscriber did not get.
    pub const fn lost(&self) -> u64 {
        self.record.lost
    }

    /// Its number, publisher and time.
    pub const fn record(&self) -> &MessageRecord {
        &self.record
    }
}

impl<T: Message> Deref for Taken<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the kernel keeps the message mapped and its publisher from using the memory again
        // until it is released; length and alignment are checked, and any bytes are a `T`.
        unsafe { &*(self.record.address as *const T) }
    }
}

impl<T: Message> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        self.subscriber.reader.release(&self.record);
    }
}
