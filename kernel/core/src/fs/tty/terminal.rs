//! The terminal: what is typed, who reads it, and to whom it belongs.

use super::discipline::{Discipline, Flow, Reaction};
use super::output::Output;
use super::queue::Ends;
use crate::board::board;
use crate::fs::node::Waiting;
use crate::process::{self, signal};
use crate::sched::{WaitError, WaitQueue};
use crate::sync::{Guard, Lock, Rank};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::signal::Signal;
use abi::terminal::{Termios, VMIN, VTIME, WindowSize};
use arch::clock;

/// What is copied to a program at a time.
const PART: usize = 512;
/// The unit of `VTIME`: a tenth of a second, in nanoseconds.
const VTIME_UNIT: u64 = 100_000_000;

/// The terminal on the board's console.
pub static TERMINAL: Terminal = Terminal::new();

/// What is guarded by the terminal's lock.
pub struct Input {
    /// What is typed.
    pub discipline: Discipline,
    /// The size of the screen, as far as anybody has said.
    pub window: WindowSize,
    /// The session that the terminal belongs to, 0 for none.
    pub session: u32,
    /// The process group that Ctrl-C goes to and that may read, 0 for none.
    pub foreground: u32,
    is_claimed: bool,
}

/// A terminal.
pub struct Terminal {
    input: Lock<Input>,
    readers: WaitQueue,
    /// The way to the screen.
    pub output: Output,
}

/// The right to read, given back when it is dropped.
struct Claim<'a>(&'a Terminal);

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.input.lock().is_claimed = false;
        // Not just one: it may be in the background, or want more bytes than another.
        self.0.readers.wake_all();
    }
}

/// The console has received bytes or can take more: called in its interrupt.
pub fn interrupt() {
    board().console_acknowledge();
    let mut received = false;
    while let Some(byte) = board().console_read() {
        TERMINAL.type_byte(byte);
        received = true;
    }
    if received {
        TERMINAL.readers.wake_all();
    }
    TERMINAL.output.interrupt();
}

/// Writes a message of the kernel's to the console, in order with other output.
pub fn kernel_write(bytes: &[u8]) {
    TERMINAL.output.kernel_write(bytes);
}

/// Writes a message to the console without relying on interrupts or on locks.
pub fn panic_write(bytes: &[u8]) {
    TERMINAL.output.panic_write(bytes);
}

/// The leader of a session has ended: the terminal is free for another one.
pub fn session_ended(session: u32) {
    let mut input = TERMINAL.input.lock();
    if session == 0 || input.session != session {
        return;
    }
    let foreground = input.foreground;
    input.session = 0;
    input.foreground = 0;
    drop(input);
    if foreground != 0 {
        signal::send_to_group(foreground, Signal::HUP);
        signal::send_to_group(foreground, Signal::CONT);
    }
    TERMINAL.readers.wake_all();
}

/// The group in the foreground, if this session's terminal is it.
pub fn foreground_of(session: u32) -> Option<u32> {
    let input = TERMINAL.input.lock();
    (session != 0 && input.session == session).then_some(input.foreground)
}

impl Terminal {
    const fn new() -> Self {
        let input = Input {
            discipline: Discipline::new(),
            window: WindowSize { rows: 24, columns: 80, width: 0, height: 0 },
            session: 0,
            foreground: 0,
            is_claimed: false,
        };
        Self {
            input: Lock::new(Rank::Terminal, input),
            readers: WaitQueue::new(),
            output: Output::new(),
        }
    }

    /// The terminal's state.
    pub fn input(&self) -> Guard<'_, Input> {
        self.input.lock()
    }

    /// Lets readers look again, after a change of the settings or of the foreground.
    pub fn wake_readers(&self) {
        self.readers.wake_all();
    }

    /// Changes the settings.
    pub fn set_termios(&self, termios: Termios) {
        if termios.input & abi::terminal::IXON == 0 {
            // Nobody could let it go on by typing.
            self.output.set_flow(Flow::Start);
        }
        let mut input = self.input.lock();
        let mut sent = None;
        let modes = termios.output;
        input.discipline.set_termios(termios, |reaction| {
            self.output.echo(&reaction.echo, modes);
            sent = sent.or(reaction.signal);
        });
        let foreground = input.foreground;
        drop(input);
        send(foreground, sent);
        self.readers.wake_all();
    }

    /// Copies what was typed to a program.
    pub fn read(&self, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() == 0 {
            return Ok(0);
        }
        match self.claim(to.remaining(), waiting)? {
            Some(_claim) => self.copy(to),
            None => Ok(0),
        }
    }

    /// Whether a read would find what it waits for: a line, or in raw mode `VMIN` bytes if no
    /// `VTIME` is set, else one.
    pub fn is_readable(&self) -> bool {
        let input = self.input.lock();
        let termios = *input.discipline.termios();
        let waits_for_one = input.discipline.is_canonical() || termios.characters[VTIME] != 0;
        let least = if waits_for_one { 1 } else { usize::from(termios.characters[VMIN]).max(1) };
        !input.is_claimed && input.discipline.readable() >= least
    }

    /// Shows the queue of those who wait for input.
    pub fn visit_queues(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.readers);
    }

    fn type_byte(&self, byte: u8) {
        let mut input = self.input.lock();
        let Reaction { echo, signal, shows_line, flow } = input.discipline.input(byte);
        if let Some(flow) = flow {
            self.output.set_flow(flow);
        }
        let modes = input.discipline.termios().output;
        self.output.echo(&echo, modes);
        if shows_line {
            input.discipline.show_line(|echo| self.output.echo(echo, modes));
        }
        let foreground = input.foreground;
        drop(input);
        send(foreground, signal);
    }

    /// Waits for a line, or in raw mode for what `VMIN` and `VTIME` say; `None` if time ran out.
    fn claim(&self, wanted: usize, waiting: Waiting) -> Result<Option<Claim<'_>>, Errno> {
        let termios = *self.input.lock().discipline.termios();
        let is_canonical = termios.local & abi::terminal::ICANON != 0;
        let least = usize::from(termios.characters[VMIN]).min(wanted);
        let pause = u64::from(termios.characters[VTIME]) * VTIME_UNIT;
        if waiting == Waiting::Refused || (!is_canonical && least == 0 && pause == 0) {
            let claim = self.try_claim(1);
            let is_empty_allowed = !is_canonical && least == 0;
            return if claim.is_none() && !is_empty_allowed {
                Err(Errno::EAGAIN)
            } else {
                Ok(claim)
            };
        }
        if is_canonical || pause == 0 {
            return Ok(Some(self.readers.wait_until(None, || self.try_claim(least))?));
        }
        if least == 0 {
            let deadline = Some(clock::now() + pause);
            return match self.readers.wait_until(deadline, || self.try_claim(1)) {
                Ok(claim) => Ok(Some(claim)),
                Err(WaitError::TimedOut) => Ok(None),
                Err(error) => Err(error.into()),
            };
        }
        self.claim_by_pauses(least, pause).map(Some)
    }

    /// Waits for a first byte, and then until `least` are there or none comes for a while.
    fn claim_by_pauses(&self, least: usize, pause: u64) -> Result<Claim<'_>, Errno> {
        let mut claim = self.readers.wait_until(None, || self.try_claim(1))?;
        loop {
            let count = self.input.lock().discipline.readable();
            if count >= least {
                return Ok(claim);
            }
            // Others may read meanwhile: the claim is taken again with more bytes, or at the end.
            drop(claim);
            let deadline = Some(clock::now() + pause);
            match self.readers.wait_until(deadline, || self.try_claim(count + 1)) {
                Ok(more) => claim = more,
                Err(WaitError::TimedOut) => {
                    return Ok(self.readers.wait_until(None, || self.try_claim(1))?);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The claim, if nobody has it, the caller is not in the background, and there is a line, or
    /// in raw mode at least so many bytes.
    ///
    /// A background process waits here until it is in the foreground.
    fn try_claim(&self, least: usize) -> Option<Claim<'_>> {
        let (group, session) = (process::current_group(), process::current_session());
        let mut input = self.input.lock();
        let is_background =
            input.session != 0 && input.session == session && input.foreground != group;
        let readable = input.discipline.readable();
        let least = if input.discipline.is_canonical() { 1 } else { least.max(1) };
        if input.is_claimed || is_background || readable < least {
            return None;
        }
        input.is_claimed = true;
        Some(Claim(self))
    }

    /// Copies a line, or in raw mode what is there.
    fn copy(&self, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        to.counted(|to| {
            while to.remaining() > 0 {
                let mut part = [0; PART];
                let part = &mut part[..to.contiguous().min(PART)];
                let mut input = self.input.lock();
                let is_canonical = input.discipline.is_canonical();
                let queue = input.discipline.queue();
                let peeked =
                    if is_canonical { queue.peek_line(part) } else { queue.peek_bytes(part) };
                drop(input);
                to.put(&part[..peeked.count])?;
                self.input.lock().discipline.queue().consume(&peeked);
                if peeked.ends == Ends::Yes || peeked.count < part.len() {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn send(group: u32, signal: Option<Signal>) {
    if let Some(signal) = signal
        && group != 0
    {
        signal::send_to_group(group, signal);
    }
}
