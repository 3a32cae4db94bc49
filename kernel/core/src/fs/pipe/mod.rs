//! Pipes: 64 KiB between writers and readers.
//!
//! A program's bytes are copied under the pipe's lock, straight into its pages and out of them. So
//! a write of up to `PIPE_BUF` bytes is atomic, and a copy that fails has changed nothing. Under a
//! lock no page of a program's can be brought in: where one is missing, the lock is let go, and what
//! is in that page is copied in two steps (`missing`).

mod fifo;
mod missing;
mod tee;

#[cfg(test)]
mod tests;

pub use tee::of_node;

use super::byte_queue::ByteQueue;
use super::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use super::open_file::OpenFile;
use super::permission::Permissions;
use super::stat;
use super::time::{self, Times};
use crate::process::{Credentials, signal};
use crate::sched::{self, WaitQueue};
use crate::sync::{Guard, Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFIFO, Stat};
use abi::limits::{PIPE_BUF, PIPE_CAPACITY};
use abi::poll::PollEvents;
use abi::signal::Signal;
use abi::terminal::FIONREAD;
use abi::time::TimeSpec;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::sync::atomic::{AtomicU64, Ordering};

/// The room that a long write waits for.
const HALF: usize = PIPE_CAPACITY / 2;

static NEXT_INODE: AtomicU64 = AtomicU64::new(1);

#[derive(Default)]
struct State {
    buffer: ByteQueue,
    readers: u32,
    writers: u32,
    /// How often either end was opened: who waits for the other end compares.
    openings: Ends,
    /// Whether there was a writer since readers came: only then can they all have gone.
    had_writer: bool,
    /// The least room for which a writer waits.
    awaited_room: usize,
}

impl State {
    /// Bytes that can be written.
    const fn room(&self) -> usize {
        PIPE_CAPACITY - self.buffer.len()
    }
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
    /// Who waits for data, or for the writers' end.
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

/// What a reader got in one step.
enum Taken {
    /// Everything that it wanted, or that there was.
    Bytes(usize),
    /// These; its next page is missing.
    Cut(usize),
}

/// What a writer got rid of in one step.
enum Put {
    /// These bytes.
    Bytes(usize),
    /// None: a page of the writer's is missing.
    Missing,
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

    /// Reads where that takes one step, as it mostly does; `None` where it takes more.
    #[inline]
    fn read_at_once(&self, to: &UserBuffer<'_>) -> Option<usize> {
        let state = self.state.lock();
        if state.buffer.is_empty() {
            return None;
        }
        let count = state.buffer.copy_at_once(to)?;
        self.have_read(state, count);
        Some(count)
    }

    /// Writes where that takes one step, as it mostly does; `None` where it takes more.
    #[inline]
    fn write_at_once(&self, from: &UserData<'_>) -> Option<usize> {
        let mut state = self.state.lock();
        if state.readers == 0 || from.remaining() > state.room().min(PIPE_BUF) {
            return None;
        }
        let count = state.buffer.push_at_once(from)?;
        drop(state);
        self.data.wake_one();
        Some(count)
    }

    /// Copies what is there to a reader; nothing at the end, `None` if it has to wait.
    fn take(&self, to: &mut UserBuffer<'_>) -> Option<Taken> {
        let state = self.state.lock();
        if state.buffer.is_empty() {
            return (state.writers == 0).then_some(Taken::Bytes(0));
        }
        let copied = state.buffer.copy(0, usize::MAX, to);
        self.have_read(state, copied.count);
        Some(if copied.is_cut { Taken::Cut(copied.count) } else { Taken::Bytes(copied.count) })
    }

    /// Takes out what a reader has copied, and wakes whom that helps.
    #[inline]
    fn have_read(&self, mut state: Guard<'_, State>, count: usize) {
        state.buffer.consume(count);
        let is_rest = !state.buffer.is_empty();
        let is_awaited = state.room() >= state.awaited_room;
        if is_awaited {
            state.awaited_room = usize::MAX;
        }
        drop(state);
        if is_awaited {
            self.room.wake_all();
        }
        if is_rest {
            self.data.pass_on();
        }
    }

    /// Copies a writer's bytes; `None` if there is not the room for as many as have to go in at once.
    ///
    /// These are all of a short write. A long one that may not wait puts in what fits.
    fn put(
        &self,
        from: &mut UserData<'_>,
        whole: usize,
        waiting: Waiting,
    ) -> Option<Result<Put, Errno>> {
        let mut state = self.state.lock();
        if state.readers == 0 {
            return Some(Err(Errno::EPIPE));
        }
        let (left, room) = (from.remaining(), state.room());
        let is_short = whole <= PIPE_BUF;
        let least = if is_short || waiting == Waiting::Allowed { left.min(PIPE_BUF) } else { 1 };
        if room < least {
            // Half a pipe at a time, so that the two ends take turns rarely.
            let awaited = if is_short { left } else { left.min(HALF) };
            state.awaited_room = state.awaited_room.min(awaited);
            return None;
        }
        let length = state.buffer.reserve(left.min(room));
        if length < least {
            return Some(Err(Errno::ENOMEM));
        }
        let outcome = state.buffer.push(from, length);
        drop(state);
        if outcome.is_err() {
            return Some(Ok(Put::Missing));
        }
        self.data.wake_one();
        Some(Ok(Put::Bytes(length)))
    }

    /// Writes data that are part of a write of `whole` bytes; returns how many, and why not all.
    fn write_all(
        &self,
        from: &mut UserData<'_>,
        whole: usize,
        waiting: Waiting,
    ) -> (usize, Result<(), Errno>) {
        let mut done = 0;
        while from.remaining() > 0 {
            let put = || self.put(from, whole, waiting);
            let step = sched::rest().and_then(|()| waiting.attempt(&self.room, put).flatten());
            let (count, outcome) = match step {
                Ok(Put::Bytes(count)) => (count, Ok(())),
                Ok(Put::Missing) => self.write_missing(from, whole, waiting),
                Err(error) => (0, Err(error)),
            };
            done += count;
            if outcome.is_err() {
                return (done, outcome);
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

    fn is_plain(&self) -> bool {
        true
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
        if let Some(count) = self.read_at_once(to) {
            return Ok(count);
        }
        if to.remaining() == 0 {
            return Ok(0);
        }
        match waiting.attempt(&self.data, || self.take(to))? {
            Taken::Bytes(0) => {
                // The next reader in the queue is at the end too.
                self.data.pass_on();
                Ok(0)
            }
            Taken::Bytes(count) => Ok(count),
            Taken::Cut(count) => self.read_missing(to, count, waiting),
        }
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        if let Some(count) = self.write_at_once(from) {
            return Ok(Written { count, end: 0 });
        }
        let (done, outcome) = self.write_all(from, from.remaining(), wait);
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
            ready.set(PollEvents::READABLE, !state.buffer.is_empty());
            ready.set(PollEvents::HUP, state.writers == 0 && state.had_writer);
        }
        if flags.writes() {
            let has_room = state.room() >= PIPE_BUF;
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
