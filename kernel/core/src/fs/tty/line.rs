//! The way from a pseudo-terminal to the program on its other side: a queue of bytes.

use super::discipline::Flow;
use super::echo::Echo;
use super::ring::expand;
use crate::fs::node::Waiting;
use crate::sched::WaitQueue;
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::collections::VecDeque;

/// Bytes on their way.
const CAPACITY: usize = 16_384;
/// Of these, the room that programs leave, so that what is typed can still be echoed.
const KEPT_FOR_ECHO: usize = 1024;
/// What is copied at a time.
const PART: usize = 512;

struct State {
    bytes: VecDeque<u8>,
    is_stopped: bool,
    /// Whether nobody takes anything any more.
    is_closed: bool,
}

/// The way.
pub struct Line {
    state: Lock<State>,
    /// Who waits for bytes.
    readers: WaitQueue,
    /// Who waits for room.
    writers: WaitQueue,
}

impl Line {
    /// An empty one.
    pub fn new() -> Result<Self, Errno> {
        let mut bytes = VecDeque::new();
        bytes.try_reserve_exact(CAPACITY).map_err(|_| Errno::ENOMEM)?;
        let state = State { bytes, is_stopped: false, is_closed: false };
        Ok(Self {
            state: Lock::new(Rank::TerminalLine, state),
            readers: WaitQueue::new(),
            writers: WaitQueue::new(),
        })
    }

    /// Writes a program's data.
    pub fn write(
        &self,
        from: &mut UserData<'_>,
        modes: u32,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while from.remaining() > 0 {
            // A part that has been taken has room: each byte becomes two at most.
            let room = || {
                let state = self.state.lock();
                let room = state.room_for_programs() / 2;
                (state.is_closed || room > 0 && !state.is_stopped).then_some(room)
            };
            let room = match waiting.attempt(&self.writers, room) {
                Ok(room) => room,
                Err(_) if done > 0 => return Ok(done),
                Err(error) => return Err(error),
            };
            if self.state.lock().is_closed {
                return if done > 0 { Ok(done) } else { Err(Errno::EIO) };
            }
            let mut part = [0; PART];
            let wanted = room.min(PART);
            match from.take(&mut part[..wanted]) {
                Ok(count) => {
                    self.add(&part[..count], modes);
                    done += count;
                }
                Err(_) if done > 0 => return Ok(done),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn add(&self, bytes: &[u8], modes: u32) {
        let mut state = self.state.lock();
        for byte in bytes {
            let sent = expand(byte, modes);
            // Others may have written meanwhile: the room for echoes is enough for all of them.
            if state.bytes.len() + sent.len() <= CAPACITY {
                state.bytes.extend(sent);
            }
        }
        drop(state);
        self.readers.wake_all();
    }

    /// Shows an echo; what does not fit is lost.
    pub fn echo(&self, echo: &Echo, modes: u32) {
        echo.for_each_part(|part| self.add(part, modes));
    }

    /// Stops the output, or lets it go on.
    pub fn set_flow(&self, flow: Flow) {
        self.state.lock().is_stopped = flow == Flow::Stop;
        self.writers.wake_all();
    }

    /// Throws away what was not taken yet.
    pub fn discard(&self) {
        self.state.lock().bytes.clear();
        self.writers.wake_all();
    }

    /// Bytes that were not taken yet.
    pub fn length(&self) -> usize {
        self.state.lock().bytes.len()
    }

    /// Whether a write would not wait.
    pub fn is_writable(&self) -> bool {
        let state = self.state.lock();
        state.is_closed || state.room_for_programs() > 1 && !state.is_stopped
    }

    /// Nobody takes anything any more.
    pub fn close(&self) {
        self.state.lock().is_closed = true;
        self.writers.wake_all();
    }

    /// Lets those look again who wait for bytes.
    pub fn wake_readers(&self) {
        self.readers.wake_all();
    }

    /// Takes what there is; where there is nothing, as `at_end` says, or waits if that has nothing to say.
    pub fn read(
        &self,
        to: &mut UserBuffer<'_>,
        waiting: Waiting,
        at_end: impl Fn() -> Option<Errno>,
    ) -> Result<usize, Errno> {
        let mut part = [0; PART];
        let mut done = 0;
        while to.remaining() > 0 {
            let wanted = to.remaining().min(PART);
            let take = || {
                let count = self.take(&mut part[..wanted]);
                if count > 0 || done > 0 {
                    return Some(Ok(count));
                }
                at_end().map(Err)
            };
            let count = waiting.attempt(&self.readers, take)??;
            if count == 0 {
                break;
            }
            self.writers.wake_all();
            to.put(&part[..count])?;
            done += count;
        }
        Ok(done)
    }

    fn take(&self, to: &mut [u8]) -> usize {
        let mut state = self.state.lock();
        let count = state.bytes.len().min(to.len());
        for (to, byte) in to.iter_mut().zip(state.bytes.drain(..count)) {
            *to = byte;
        }
        count
    }

    /// Shows the queue of those who wait for room.
    pub fn visit_writers(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.writers);
    }

    /// Shows the queue of those who wait for bytes.
    pub fn visit_readers(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.readers);
    }
}

impl State {
    fn room_for_programs(&self) -> usize {
        (CAPACITY - KEPT_FOR_ECHO).saturating_sub(self.bytes.len())
    }
}
