//! Pipes: 64 KiB between writers and readers.
//!
//! User memory is touched without the lock. A writer fills a chunk of its own and then puts it
//! into the pipe in one step, which makes writes of up to `PIPE_BUF` bytes atomic. A reader takes
//! the first chunk out of the pipe, copies from it, and puts back what is left, all of it if the
//! copy failed; for that long it has the claim, without which no other reader reads.

mod buffer;
mod fifo;

#[cfg(test)]
mod tests;

use super::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use super::open_file::OpenFile;
use super::permission::Permissions;
use super::stat;
use super::time::{self, Times};
use crate::process::{Credentials, signal};
use crate::sched::{self, WaitQueue};
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFIFO, Stat};
use abi::limits::PIPE_BUF;
use abi::poll::PollEvents;
use abi::signal::Signal;
use abi::terminal::FIONREAD;
use abi::time::TimeSpec;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use buffer::{Buffer, Chunk};
use core::sync::atomic::{AtomicU64, Ordering};

static NEXT_INODE: AtomicU64 = AtomicU64::new(1);

#[derive(Default)]
struct State {
    buffer: Buffer,
    readers: u32,
    writers: u32,
    /// How often either end was opened: who waits for the other end compares.
    openings: Ends,
    /// Whether there was a writer since readers came: only then can they all have gone.
    had_writer: bool,
    is_claimed: bool,
    /// The least room for which a writer waits.
    awaited_room: usize,
}

/// Something of either end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Ends {
    reading: u64,
    writing: u64,
}

/// A pipe, which has no name, or stands behind the name of a FIFO.
pub struct Pipe {
    inode: u64,
    owner: Credentials,
    created: TimeSpec,
    state: Lock<State>,
    /// Who waits for data, for the writers' end, or for the claim.
    data: WaitQueue,
    room: WaitQueue,
    /// Who has opened one end of a FIFO and waits for the other.
    partners: WaitQueue,
}

/// A new pipe: the end to read from, and the end to write to.
///
/// Of the flags only `NON_BLOCKING` counts.
pub fn create(flags: OpenFlags) -> Result<(Arc<OpenFile>, Arc<OpenFile>), Errno> {
    let pipe = Arc::new(Pipe::unopened());
    let status = flags & OpenFlags::NON_BLOCKING;
    let read_end = OpenFile::new(pipe.clone(), status)?;
    let write_end = OpenFile::new(pipe, status | OpenFlags::WRITE_ONLY)?;
    Ok((read_end, write_end))
}

/// The right to read, given back when it is dropped.
struct Claim<'a>(&'a Pipe);

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.state.lock().is_claimed = false;
        self.0.data.pass_on();
    }
}

impl Pipe {
    /// A pipe that nobody has opened.
    pub fn unopened() -> Self {
        Self {
            inode: NEXT_INODE.fetch_add(1, Ordering::Relaxed),
            owner: sched::process_if_any().map(|it| it.credentials()).unwrap_or_default(),
            created: time::now(),
            state: Lock::new(Rank::Pipe, State { awaited_room: usize::MAX, ..State::default() }),
            data: WaitQueue::new(),
            room: WaitQueue::new(),
            partners: WaitQueue::new(),
        }
    }

    /// Waits until there is something to read and nobody else reads; `None` at the end.
    fn claim(&self, waiting: Waiting) -> Result<Option<Claim<'_>>, Errno> {
        let attempt = || {
            let mut state = self.state.lock();
            if state.is_claimed {
                return None;
            }
            if state.buffer.is_empty() {
                return (state.writers == 0).then_some(None);
            }
            state.is_claimed = true;
            Some(Some(Claim(self)))
        };
        waiting.attempt(&self.data, attempt)
    }

    /// Copies from the first chunk; what was not copied stays in the pipe.
    fn read_chunk(&self, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        let Some(mut chunk) = self.state.lock().buffer.take_first() else { return Ok(0) };
        let outcome = to.put(chunk.bytes());
        chunk.consume(*outcome.as_ref().unwrap_or(&0));
        let mut state = self.state.lock();
        state.buffer.put_back(chunk);
        if state.buffer.room() >= state.awaited_room {
            state.awaited_room = usize::MAX;
            drop(state);
            self.room.wake_all();
        }
        outcome
    }

    /// Puts the chunk into the pipe, waiting for room; returns how many of its bytes went in.
    ///
    /// A writer that may not wait puts in what fits, if the whole write was too long to be atomic.
    fn push(&self, chunk: Chunk, total: usize, waiting: Waiting) -> Result<usize, Errno> {
        let mut chunk = Some(chunk);
        let attempt = || {
            let mut state = self.state.lock();
            let Some(pending) = &mut chunk else { return Some(Ok(0)) };
            if state.readers == 0 {
                return Some(Err(Errno::EPIPE));
            }
            let room = state.buffer.room();
            let length = pending.bytes().len();
            if room < length {
                let may_split = waiting == Waiting::Refused && total > PIPE_BUF && room > 0;
                if !may_split {
                    state.awaited_room = state.awaited_room.min(length);
                    return None;
                }
                pending.truncate(room);
            }
            let length = pending.bytes().len();
            Some(state.buffer.push(chunk.take()?).map(|()| length))
        };
        let count = waiting.attempt(&self.room, attempt)??;
        self.data.wake_one();
        Ok(count)
    }

    fn write_all(&self, from: &mut UserData<'_>, waiting: Waiting) -> (usize, Result<(), Errno>) {
        let total = from.remaining();
        let mut done = 0;
        while from.remaining() > 0 {
            let spare = self.state.lock().buffer.take_spare();
            let piece = Chunk::fill(spare, from);
            let length = piece.as_ref().map_or(0, |chunk| chunk.bytes().len());
            match piece.and_then(|chunk| self.push(chunk, total, waiting)) {
                Ok(count) => {
                    done += count;
                    if count < length {
                        return (done, Err(Errno::EAGAIN));
                    }
                }
                Err(error) => return (done, Err(error)),
            }
        }
        (done, Ok(()))
    }
}

impl Node for Pipe {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Pipes, inode: self.inode }
    }

    fn label(&self) -> Option<String> {
        Some(format!("pipe:[{}]", self.inode))
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFIFO | 0o600, uid: self.owner.uid, gid: self.owner.gid }
    }

    fn stat(&self) -> Stat {
        let mut stat = stat::base(self);
        Times::all(self.created).fill(&mut stat);
        stat
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        self.state.lock().add(flags);
        Ok(())
    }

    fn close(&self, flags: OpenFlags) {
        let mut state = self.state.lock();
        state.readers -= u32::from(flags.reads());
        state.writers -= u32::from(flags.writes());
        // What nobody has read is nobody's once a FIFO is closed.
        let is_over = state.readers == 0 && state.writers == 0;
        let unread = is_over.then(|| core::mem::take(&mut state.buffer));
        drop(state);
        drop(unread);
        self.data.wake_all();
        self.room.wake_all();
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() == 0 {
            return Ok(0);
        }
        let Some(_claim) = self.claim(waiting)? else {
            // The next reader in the queue is at the end too.
            self.data.pass_on();
            return Ok(0);
        };
        to.counted(|to| {
            while to.remaining() > 0 && self.read_chunk(to)? > 0 {}
            Ok(())
        })
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        let (done, outcome) = self.write_all(from, wait);
        if outcome == Err(Errno::EPIPE) {
            signal::send_to_current(Signal::PIPE);
        }
        match outcome {
            Err(error) if done == 0 => Err(error),
            _ => Ok(Written { count: done, end: 0 }),
        }
    }

    fn readiness(&self, flags: OpenFlags) -> PollEvents {
        let mut state = self.state.lock();
        let mut ready = PollEvents::empty();
        if flags.reads() {
            ready.set(PollEvents::READABLE, !state.is_claimed && !state.buffer.is_empty());
            ready.set(PollEvents::HUP, state.writers == 0 && state.had_writer);
        }
        if flags.writes() {
            let has_room = state.buffer.room() >= PIPE_BUF;
            if !has_room {
                // The reader that makes so much room wakes whoever waits for it.
                state.awaited_room = state.awaited_room.min(PIPE_BUF);
            }
            ready.set(PollEvents::WRITABLE, has_room || state.readers == 0);
            ready.set(PollEvents::ERR, state.readers == 0);
        }
        ready
    }

    fn visit_queues(&self, flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        if flags.reads() {
            visit(&self.data);
        }
        if flags.writes() {
            visit(&self.room);
        }
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        if request != FIONREAD {
            return Err(Errno::ENOTTY);
        }
        let length = self.state.lock().buffer.len() as i32;
        UserBuffer::user(argument, size_of::<i32>()).put(&length.to_le_bytes())?;
        Ok(0)
    }
}
