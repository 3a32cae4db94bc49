//! A terminal: what is typed, who reads it, and to whom it belongs. The board's console has one, and each
//! pseudo-terminal.

use super::discipline::{Discipline, Flow, Reaction};
use super::outlet::Outlet;
use super::output::Output;
use super::queue::{CAPACITY, Ends};
use crate::board::board;
use crate::fs::node::Waiting;
use crate::process::{self, signal};
use crate::sched::{WaitError, WaitQueue};
use crate::sync::{Guard, Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::signal::Signal;
use abi::terminal::{Termios, VMIN, VTIME, WindowSize};
use arch::clock;

/// What is copied to a program at a time.
const PART: usize = 512;
/// The unit of `VTIME`: a tenth of a second, in nanoseconds.
const VTIME_UNIT: u64 = 100_000_000;

/// What is typed by a program at a time.
const TYPED_PART: usize = 128;

/// The way to the board's console.
static CONSOLE: Output = Output::new();

/// The terminal on the board's console.
pub static TERMINAL: Terminal = Terminal::new(Outlet::Console(&CONSOLE));

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
    /// Whether there is no other side any more: nothing will be typed, and nobody sees what is written.
    is_hung_up: bool,
}

/// A terminal.
pub struct Terminal {
    input: Lock<Input>,
    readers: WaitQueue,
    /// Programs that type, and wait until there is room for it.
    typists: WaitQueue,
    /// The way to the screen.
    pub output: Outlet,
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

/// Gets the memory for what is typed at the console; called once, before anything can be.
pub fn begin() -> Result<(), Errno> {
    TERMINAL.input().discipline.queue().make_room()
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
    CONSOLE.interrupt();
}

/// Writes a message of the kernel's to the console, in order with other output.
pub fn kernel_write(bytes: &[u8]) {
    CONSOLE.kernel_write(bytes);
}

/// Writes a message to the console without relying on interrupts or on locks.
pub fn panic_write(bytes: &[u8]) {
    CONSOLE.panic_write(bytes);
}

impl Terminal {
    /// One that writes there; what is typed needs room yet.
    pub const fn new(output: Outlet) -> Self {
        let input = Input {
            discipline: Discipline::new(),
            window: WindowSize { rows: 24, columns: 80, width: 0, height: 0 },
            session: 0,
            foreground: 0,
            is_claimed: false,
            is_hung_up: false,
        };
        Self {
            input: Lock::new(Rank::Terminal, input),
            readers: WaitQueue::new(),
            typists: WaitQueue::new(),
            output,
        }
    }

    /// The group in the foreground, if it is this session's terminal.
    pub fn foreground_of(&self, session: u32) -> Option<u32> {
        let input = self.input.lock();
        (session != 0 && input.session == session).then_some(input.foreground)
    }

    /// Becomes this session's terminal, with the group of its leader in the foreground, if it is nobody's.
    pub fn give_to(&self, session: u32) -> bool {
        let mut input = self.input.lock();
        if input.session != 0 || input.is_hung_up {
            return false;
        }
        input.session = session;
        input.foreground = session;
        drop(input);
        self.readers.wake_all();
        true
    }

    /// If it is this session's, it is free for another one; its group in the foreground is told.
    pub fn leave_session(&self, session: u32) {
        let mut input = self.input.lock();
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
        self.readers.wake_all();
    }

    /// The other side has gone: readers come to the end, writers fail, and the session is told.
    pub fn hang_up(&self) {
        let mut input = self.input.lock();
        input.is_hung_up = true;
        let (session, foreground) = (input.session, input.foreground);
        drop(input);
        if session != 0 && session != foreground {
            // A session's leader has the session's number, and its first group does.
            signal::send_to_group(session, Signal::HUP);
            signal::send_to_group(session, Signal::CONT);
        }
        self.leave_session(session);
        self.readers.wake_all();
        self.typists.wake_all();
    }

    /// Whether there is no other side any more.
    pub fn is_hung_up(&self) -> bool {
        self.input.lock().is_hung_up
    }

    /// Takes what another program types, in place of a person.
    pub fn type_bytes(&self, from: &mut UserData<'_>, waiting: Waiting) -> Result<usize, Errno> {
        let mut done = 0;
        while from.remaining() > 0 {
            let wait = if done > 0 { Waiting::Refused } else { waiting };
            if let Err(error) = wait.attempt(&self.typists, || self.has_room().then_some(())) {
                return if done > 0 { Ok(done) } else { Err(error) };
            }
            let mut part = [0; TYPED_PART];
            match from.take(&mut part) {
                Ok(count) => {
                    part[..count].iter().for_each(|byte| self.type_byte(*byte));
                    done += count;
                }
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
            self.readers.wake_all();
        }
        Ok(done)
    }

    /// Whether another part can be typed: what does not fit behind a line that nobody has ended is lost, as at a keyboard.
    pub fn has_room(&self) -> bool {
        let mut input = self.input.lock();
        let readable = input.discipline.readable();
        readable == 0 || input.discipline.queue().len() <= CAPACITY - 2 * TYPED_PART
    }

    /// Shows the queue of those who wait to type.
    pub fn visit_typists(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.typists);
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
            Some(_claim) => {
                let count = self.copy(to);
                self.typists.wake_all();
                count
            }
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
        input.is_hung_up || !input.is_claimed && input.discipline.readable() >= least
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
            if count >= least || self.is_hung_up() {
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
        let is_enough = readable >= least || input.is_hung_up;
        if input.is_claimed || is_background || !is_enough {
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
