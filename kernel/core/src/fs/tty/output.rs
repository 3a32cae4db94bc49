//! The way to the screen: writers take turns, the transmit interrupt empties the ring.

use super::discipline::Flow;
use super::echo::Echo;
use super::ring::{Ring, expand};
use crate::board::{TransmitInterrupt, board};
use crate::fs::node::Waiting;
use crate::sched::WaitQueue;
use crate::user_memory::UserData;
use abi::Errno;
use abi::terminal::{ONLCR, OPOST};
use arch::cpu;
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// What is copied from a program at a time.
const PART: usize = 512;
/// The room for which a writer waits when the ring is full.
const ENOUGH_ROOM: usize = 2048;
/// Tries to get the state before the kernel's own messages go without it.
const PATIENCE: usize = 1 << 23;

struct State {
    ring: Ring,
    is_claimed: bool,
    is_interrupting: bool,
    /// Somebody wants to read what is on the screen first.
    is_stopped: bool,
}

/// The output of the console.
///
/// Its lock is taken last of all, and is not a ranked one: a core that panics may hold it, and
/// must print all the same.
pub struct Output {
    state: SpinMutex<State>,
    /// Who waits for its turn to write.
    turn: WaitQueue,
    /// Who waits for room in the ring, or for its end.
    room: WaitQueue,
}

/// A writer's turn; nobody else's bytes come between those that it writes, but echoes and the
/// kernel's own messages do.
struct Turn<'a>(&'a Output);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state.lock().is_claimed = false;
        self.0.turn.wake_one();
    }
}

impl Output {
    /// Nothing to be sent.
    pub const fn new() -> Self {
        let state = State {
            ring: Ring::new(),
            is_claimed: false,
            is_interrupting: false,
            is_stopped: false,
        };
        Self { state: SpinMutex::new(state), turn: WaitQueue::new(), room: WaitQueue::new() }
    }

    /// Writes a program's data.
    pub fn write(
        &self,
        from: &mut UserData<'_>,
        modes: u32,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let _turn = self.take_turn(waiting)?;
        let mut done = 0;
        while from.remaining() > 0 {
            let mut part = [0; PART];
            let outcome = from
                .take(&mut part)
                .map_err(|error| (0, error))
                .and_then(|count| self.write_part(&part[..count], modes, waiting));
            match outcome {
                Ok(count) => done += count,
                Err((count, error)) => {
                    done += count;
                    return if done > 0 { Ok(done) } else { Err(error) };
                }
            }
        }
        Ok(done)
    }

    /// Shows an echo; what does not fit in a full ring is lost.
    pub fn echo(&self, echo: &Echo, modes: u32) {
        let mut state = self.state.lock();
        echo.for_each_part(|part| state.ring.add_echo(part, modes));
        state.transmit();
    }

    /// The console can take more bytes.
    pub fn interrupt(&self) {
        let mut state = self.state.lock();
        state.transmit();
        let has_room = state.ring.room() >= ENOUGH_ROOM;
        drop(state);
        if has_room {
            self.room.wake_all();
        }
    }

    /// Stops the output, or lets it go on.
    pub fn set_flow(&self, flow: Flow) {
        let mut state = self.state.lock();
        state.is_stopped = flow == Flow::Stop;
        state.transmit();
        drop(state);
        // What went out at once is followed by no interrupt.
        self.room.wake_all();
    }

    /// Throws away what was written and is not with the console yet.
    pub fn discard(&self) {
        let mut state = self.state.lock();
        state.ring.send(|_| true);
        state.transmit();
        drop(state);
        self.room.wake_all();
    }

    /// Bytes that are not with the console yet.
    pub fn length(&self) -> usize {
        self.state.lock().ring.len()
    }

    /// Waits until everything that was written is with the console.
    pub fn drain(&self) -> Result<(), Errno> {
        Ok(self.room.wait_until(None, || self.state.lock().ring.is_empty().then_some(()))?)
    }

    /// Whether a write of a line or two would not wait.
    pub fn is_writable(&self) -> bool {
        let state = self.state.lock();
        !state.is_claimed && state.ring.room() >= ENOUGH_ROOM
    }

    /// Shows the queues of those who wait to write.
    pub fn visit_queues(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.turn);
        visit(&self.room);
    }

    /// Writes a message of the kernel's, behind what is in the ring, without ever sleeping.
    pub fn kernel_write(&self, bytes: &[u8]) {
        match self.state_if_free() {
            // Each byte takes at most two in the ring.
            Some(mut state) if state.ring.room() >= 2 * bytes.len() => {
                state.ring.add(bytes, OPOST | ONLCR);
                state.transmit();
            }
            Some(mut state) => {
                state.flush();
                send_all(bytes);
            }
            None => send_all(bytes),
        }
    }

    /// Sends what is in the ring and then the message, and returns when both are out.
    pub fn panic_write(&self, bytes: &[u8]) {
        if let Some(mut state) = self.state_if_free() {
            state.flush();
        }
        send_all(bytes);
    }

    fn take_turn(&self, waiting: Waiting) -> Result<Turn<'_>, Errno> {
        let attempt = || {
            let mut state = self.state.lock();
            if state.is_claimed {
                return None;
            }
            state.is_claimed = true;
            Some(Turn(self))
        };
        waiting.attempt(&self.turn, attempt)
    }

    /// Writes all bytes, or fails after some.
    fn write_part(
        &self,
        bytes: &[u8],
        modes: u32,
        waiting: Waiting,
    ) -> Result<usize, (usize, Errno)> {
        let mut done = 0;
        loop {
            let mut state = self.state.lock();
            done += state.ring.add(&bytes[done..], modes);
            state.transmit();
            drop(state);
            if done == bytes.len() {
                return Ok(done);
            }
            if waiting == Waiting::Refused {
                return Err((done, Errno::EAGAIN));
            }
            let has_room = || (self.state.lock().ring.room() >= ENOUGH_ROOM).then_some(());
            self.room.wait_until(None, has_room).map_err(|error| (done, error.into()))?;
        }
    }

    /// The state, unless somebody keeps it for good.
    fn state_if_free(&self) -> Option<SpinMutexGuard<'_, State>> {
        (0..PATIENCE).find_map(|_| {
            cpu::relax();
            self.state.try_lock()
        })
    }
}

impl State {
    /// Gives the console what it takes, and asks for an interrupt if that was not all.
    fn transmit(&mut self) {
        if !self.is_stopped {
            self.ring.send(|byte| board().console_try_write(byte));
        }
        let is_waiting = !self.ring.is_empty() && !self.is_stopped;
        if is_waiting != self.is_interrupting {
            self.is_interrupting = is_waiting;
            let switch = if is_waiting { TransmitInterrupt::On } else { TransmitInterrupt::Off };
            board().console_transmit_interrupt(switch);
        }
    }

    fn flush(&mut self) {
        self.ring.send(|byte| {
            send(byte);
            true
        });
        self.transmit();
    }
}

fn send_all(bytes: &[u8]) {
    for byte in bytes {
        for byte in expand(byte, OPOST | ONLCR) {
            send(*byte);
        }
    }
}

fn send(byte: u8) {
    while !board().console_try_write(byte) {
        cpu::relax();
    }
}
