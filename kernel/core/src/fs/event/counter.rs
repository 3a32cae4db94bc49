//! Event counters: `eventfd2`.
//!
//! Writes add to a number, reads take it and set it to 0, or take 1 of it. A read waits while it is
//! 0, a write while it would pass the largest number.

use super::new_inode;
use crate::fs::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use crate::fs::open_file::OpenFile;
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::sched::WaitQueue;
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, Stat};
use abi::poll::PollEvents;
use alloc::string::String;
use alloc::sync::Arc;

/// The largest number; one more cannot be written.
const MAXIMUM: u64 = u64::MAX - 1;
const BYTES: usize = size_of::<u64>();

/// What a read takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// Everything.
    All,
    /// 1.
    One,
}

struct Counter {
    inode: u64,
    reading: Reading,
    value: Lock<u64>,
    data: WaitQueue,
    room: WaitQueue,
}

/// A new event counter.
pub fn create_counter(
    value: u64,
    reading: Reading,
    flags: OpenFlags,
) -> Result<Arc<OpenFile>, Errno> {
    let counter = Counter {
        inode: new_inode(),
        reading,
        value: Lock::new(Rank::Pipe, value),
        data: WaitQueue::new(),
        room: WaitQueue::new(),
    };
    OpenFile::new(Arc::new(counter), flags & OpenFlags::NON_BLOCKING | OpenFlags::READ_WRITE)
}

impl Counter {
    fn take(&self) -> Option<u64> {
        let mut value = self.value.lock();
        let taken = match self.reading {
            Reading::All => *value,
            Reading::One => 1.min(*value),
        };
        *value -= taken;
        (taken > 0).then_some(taken)
    }

    fn add(&self, number: u64) -> Option<()> {
        let mut value = self.value.lock();
        *value = value.checked_add(number).filter(|sum| *sum <= MAXIMUM)?;
        Some(())
    }
}

impl Node for Counter {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Events, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: 0o600, uid: 0, gid: 0 }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some("anon_inode:[eventfd]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() < BYTES {
            return Err(Errno::EINVAL);
        }
        let taken = waiting.attempt(&self.data, || self.take())?;
        match to.put(&taken.to_le_bytes()) {
            Ok(count) => {
                self.room.wake_all();
                if self.reading == Reading::One {
                    self.data.pass_on();
                }
                Ok(count)
            }
            Err(error) => {
                // Nobody has got it.
                if self.add(taken).is_some() {
                    self.data.pass_on();
                }
                Err(error)
            }
        }
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        if from.remaining() < BYTES {
            return Err(Errno::EINVAL);
        }
        let mut bytes = [0; BYTES];
        if from.take(&mut bytes)? < BYTES {
            return Err(Errno::EFAULT);
        }
        let number = u64::from_le_bytes(bytes);
        if number > MAXIMUM {
            return Err(Errno::EINVAL);
        }
        wait.attempt(&self.room, || self.add(number))?;
        if number > 0 {
            self.data.wake_all();
        }
        Ok(Written { count: BYTES, end: 0 })
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        let value = *self.value.lock();
        let mut ready = PollEvents::empty();
        ready.set(PollEvents::IN, value > 0);
        ready.set(PollEvents::OUT, value < MAXIMUM);
        ready
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.data);
        visit(&self.room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(value: u64, reading: Reading) -> Arc<OpenFile> {
        create_counter(value, reading, OpenFlags::NON_BLOCKING).unwrap()
    }

    fn read(file: &OpenFile) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        file.read(&mut UserBuffer::kernel(&mut bytes))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn write(file: &OpenFile, number: u64) -> Result<usize, Errno> {
        file.write(&mut UserData::kernel(&number.to_le_bytes()))
    }

    #[test]
    fn a_read_takes_everything_or_one() {
        crate::sched::start();
        let all = counter(2, Reading::All);
        assert_eq!(write(&all, 5), Ok(8));
        assert_eq!((read(&all), read(&all)), (Ok(7), Err(Errno::EAGAIN)));
        let one = counter(2, Reading::One);
        assert_eq!([read(&one), read(&one), read(&one)], [Ok(1), Ok(1), Err(Errno::EAGAIN)]);
    }

    #[test]
    fn no_write_passes_the_largest_number() {
        crate::sched::start();
        let file = counter(0, Reading::All);
        assert_eq!(write(&file, u64::MAX), Err(Errno::EINVAL));
        assert_eq!(write(&file, u64::MAX - 1), Ok(8));
        assert_eq!(file.readiness(), PollEvents::IN);
        assert_eq!(write(&file, 1), Err(Errno::EAGAIN));
        assert_eq!((read(&file), write(&file, 1)), (Ok(u64::MAX - 1), Ok(8)));
        let short = file.read(&mut UserBuffer::kernel(&mut [0; 7]));
        assert_eq!(short, Err(Errno::EINVAL));
    }
}
