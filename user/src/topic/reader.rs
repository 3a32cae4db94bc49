//! What subscribers to any messages have in common: a place in a topic, and taking from there.

use super::failed::not_joined;
use super::message::request;
use crate::error::{Context, Error, Result};
use crate::fs::OwnedFd;
use crate::syscall::topic as call;
use crate::time;
use abi::Errno;
use abi::topic::{MessageRecord, SubscribeFlags, TakeFlags, TopicRecord, TypeRecord};
use alloc::string::String;
use core::time::Duration;

/// A subscriber of a topic, whatever its messages are.
pub struct Reader {
    fd: OwnedFd,
    /// The topic's name.
    pub name: String,
}

impl Reader {
    /// Becomes a subscriber.
    pub fn join(
        name: &str,
        depth: u32,
        flags: SubscribeFlags,
        contents: TypeRecord,
    ) -> Result<Self> {
        let mut request = request(name, depth, contents);
        (request.flags, request.pool) = (flags.bits(), -1);
        let fd = call::topic_subscribe(&request);
        let fd = fd.map_err(|errno| not_joined(errno, name, &contents, None))?;
        Ok(Self { fd: OwnedFd::from_raw(fd), name: name.into() })
    }

    /// The descriptor's number.
    pub const fn as_raw(&self) -> i32 {
        self.fd.as_raw()
    }

    /// What the topic is like.
    pub fn status(&self) -> Result<TopicRecord> {
        call::topic_status(self.as_raw()).context(self.name.as_str())
    }

    /// Takes a message, if there is one.
    pub fn take(&self, flags: TakeFlags) -> Result<Option<MessageRecord>> {
        match call::topic_take(self.as_raw(), flags | TakeFlags::NO_WAIT, None) {
            Ok(record) => Ok(Some(record)),
            Err(Errno::EAGAIN) => Ok(None),
            Err(errno) => Err(Error::new(errno, self.name.as_str())),
        }
    }

    /// Waits for the next message, at most for a while.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<MessageRecord>> {
        let none = TakeFlags::empty();
        let outcome = time::within(timeout, |left| call::topic_take(self.as_raw(), none, left));
        outcome.context(self.name.as_str())
    }

    /// Gives a message back.
    pub fn release(&self, record: &MessageRecord) {
        // The kernel knows it: it was taken, and whoever has it releases it once.
        let _ = call::topic_release(self.as_raw(), record.entry);
    }
}
