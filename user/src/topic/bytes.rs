//! Messages without a type: bytes of any length, for tools that work with every topic.

use super::failed::no_message;
use super::lender::Lender;
use super::pool::{Piece, Pool};
use super::reader::Reader;
use crate::error::{Error, Result};
use abi::Errno;
use abi::topic::{MessageRecord, SubscribeFlags, TopicPolicy, TopicRecord, TypeRecord};
use core::alloc::Layout;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::slice;
use core::time::Duration;

/// What messages are aligned to at least.
const ALIGNMENT: usize = 16;

/// A publisher of bytes, or of what a type's record says.
pub struct BytePublisher<'p> {
    lender: Lender<'p>,
    alignment: usize,
}

impl Pool {
    /// Begins to publish bytes; with [`TypeRecord::any`] in any topic.
    pub fn advertise_bytes(
        &self,
        name: &str,
        depth: u32,
        policy: TopicPolicy,
        contents: TypeRecord,
    ) -> Result<BytePublisher<'_>> {
        let lender = self.join(name, depth, policy, contents)?;
        let alignment = lender.status()?.contents.alignment as usize;
        Ok(BytePublisher { lender, alignment: alignment.max(ALIGNMENT) })
    }
}

impl<'p> BytePublisher<'p> {
    /// Memory for a message of so many bytes, at least one.
    pub fn loan(&self, bytes: usize) -> Result<ByteLoan<'_, 'p>> {
        let refused = |errno| Error::new(errno, self.lender.name.as_str());
        if bytes == 0 {
            return Err(refused(Errno::EINVAL).problem("a message has at least one byte"));
        }
        let layout = Layout::from_size_align(bytes, self.alignment);
        let layout = layout.map_err(|_| refused(Errno::EFBIG))?;
        let piece = self.lender.pool.allocate(layout)?;
        let mut loan = ByteLoan { publisher: self, piece };
        // Who reads a message is not to find what was there before.
        loan.fill(0);
        Ok(loan)
    }

    /// The descriptor, for `ppoll`.
    pub fn as_raw(&self) -> i32 {
        self.lender.as_raw()
    }

    /// What the topic is like; changes up to now are no longer urgent.
    pub fn status(&self) -> Result<TopicRecord> {
        self.lender.status()
    }

    /// Takes back the memory of messages that nobody needs any more; publishing does so, too.
    pub fn reclaim(&self) -> Result<()> {
        self.lender.reclaim()
    }
}

/// Memory for a message of bytes; dropped, it goes back.
pub struct ByteLoan<'a, 'p> {
    publisher: &'a BytePublisher<'p>,
    piece: Piece,
}

impl ByteLoan<'_, '_> {
    /// Publishes the message, waiting for room at most for a while; `None` if there was none.
    pub fn publish(self, timeout: Option<Duration>) -> Result<Option<u64>> {
        let (lender, bytes) = (&self.publisher.lender, self.len());
        match lender.publish(self.piece, bytes, timeout) {
            Ok(Some(entry)) => {
                // The publisher gives it back when nobody reads it any more.
                let _published = ManuallyDrop::new(self);
                Ok(Some(entry))
            }
            Err(error) if error.errno() == Some(Errno::EINVAL) => {
                let topic = lender.status()?;
                Err(no_message(&topic, &lender.name, bytes).unwrap_or(error))
            }
            outcome => outcome,
        }
    }
}

impl Deref for ByteLoan<'_, '_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the memory is this loan's alone, and of this size; `loan` has filled it.
        unsafe { slice::from_raw_parts(self.piece.at.as_ptr(), self.piece.layout.size()) }
    }
}

impl DerefMut for ByteLoan<'_, '_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { slice::from_raw_parts_mut(self.piece.at.as_ptr(), self.piece.layout.size()) }
    }
}

impl Drop for ByteLoan<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: `loan` has allocated it, and it was not published.
        unsafe { self.publisher.lender.pool.free(self.piece) };
    }
}

/// A subscriber to messages of any type.
pub struct ByteSubscriber(Reader);

impl ByteSubscriber {
    /// Begins to subscribe; of messages that it has not taken it gets at most the last `depth`.
    pub fn new(name: &str, depth: u32, flags: SubscribeFlags) -> Result<Self> {
        Reader::join(name, depth, flags, TypeRecord::any()).map(Self)
    }

    /// The descriptor, for `ppoll`.
    pub const fn as_raw(&self) -> i32 {
        self.0.as_raw()
    }

    /// What the topic is like; changes up to now are no longer urgent.
    pub fn status(&self) -> Result<TopicRecord> {
        self.0.status()
    }

    /// Waits for the next message, at most for a while; `None` if there was none.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<TakenBytes<'_>>> {
        Ok(self.0.wait(timeout)?.map(|record| TakenBytes { reader: &self.0, record }))
    }
}

/// A message's bytes, which are read where they lie and released when this is dropped.
pub struct TakenBytes<'a> {
    reader: &'a Reader,
    record: MessageRecord,
}

impl TakenBytes<'_> {
    /// Its number, publisher, time, and what was lost before it.
    pub const fn record(&self) -> &MessageRecord {
        &self.record
    }
}

impl Deref for TakenBytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let (at, bytes) = (self.record.address as *const u8, self.record.length as usize);
        // SAFETY: the kernel keeps the message mapped and its publisher from using the memory again
        // until it is released.
        unsafe { slice::from_raw_parts(at, bytes) }
    }
}

impl Drop for TakenBytes<'_> {
    fn drop(&mut self) {
        self.reader.release(&self.record);
    }
}
