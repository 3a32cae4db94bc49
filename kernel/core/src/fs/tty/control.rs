//! The terminal's `ioctl` requests.

use super::access::{self, Use};
use super::discipline::Flow;
use super::pair;
use super::terminal::Terminal;
use crate::process::{self, signal};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::signal::Signal;
use abi::terminal::{
    FIONREAD, TCFLSH, TCGETS, TCGETS2, TCIFLUSH, TCIOFF, TCIOFLUSH, TCION, TCOFLUSH, TCOOFF, TCOON,
    TCSBRK, TCSBRKP, TCSETS, TCSETS2, TCSETSF, TCSETSF2, TCSETSW, TCSETSW2, TCXONC, TIOCEXCL,
    TIOCGETD, TIOCGPGRP, TIOCGSID, TIOCGWINSZ, TIOCNOTTY, TIOCNXCL, TIOCOUTQ, TIOCSCTTY, TIOCSPGRP,
    TIOCSWINSZ, Termios, Termios2, WindowSize,
};
use arch::addr::VirtAddr;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// `ioctl` on the terminal.
pub fn control(terminal: &Terminal, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
    match request {
        TCGETS => {
            let termios = *terminal.input().discipline.termios();
            put(argument, &termios)?;
        }
        TCGETS2 => {
            let termios = *terminal.input().discipline.termios();
            put(argument, &Termios2 { termios, input_speed: SPEED, output_speed: SPEED })?;
        }
        TCSETS | TCSETSW | TCSETSF | TCSETS2 | TCSETSW2 | TCSETSF2 => {
            let termios = take(argument, Termios::cooked())?;
            change(terminal, request, termios)?;
        }
        // A break can't be sent; what can is to wait until all is out before it would be.
        TCSBRK | TCSBRKP => terminal.output.drain()?,
        TCXONC => control_flow(terminal, argument.value())?,
        TCFLSH => flush(terminal, argument.value())?,
        TIOCOUTQ => put(argument, &(terminal.output.length() as u32))?,
        TIOCEXCL | TIOCNXCL => {}
        TIOCGETD => put(argument, &0_u32)?,
        TIOCGSID => put(argument, &own_session(terminal)?)?,
        TIOCNOTTY => give_up(terminal)?,
        TIOCGWINSZ => {
            let window = terminal.input().window;
            put(argument, &window)?;
        }
        TIOCSWINSZ => set_window(terminal, take(argument, WindowSize::default())?),
        FIONREAD => {
            let count = terminal.input().discipline.readable() as u32;
            put(argument, &count)?;
        }
        TIOCGPGRP => {
            own_session(terminal)?;
            let foreground = terminal.input().foreground;
            put(argument, &foreground)?;
        }
        TIOCSPGRP => set_foreground(terminal, take(argument, 0)?)?,
        TIOCSCTTY => become_controlling(terminal)?,
        _ => return Err(Errno::ENOTTY),
    }
    Ok(0)
}

/// The console's speed, which nobody changes.
const SPEED: u32 = 115_200;

fn change(terminal: &Terminal, request: u32, termios: Termios) -> Result<(), Errno> {
    access::check(terminal, Use::Write)?;
    if !matches!(request, TCSETS | TCSETS2) {
        terminal.output.drain()?;
    }
    if matches!(request, TCSETSF | TCSETSF2) {
        terminal.input().discipline.queue().clear();
    }
    terminal.set_termios(termios);
    Ok(())
}

fn control_flow(terminal: &Terminal, what: usize) -> Result<(), Errno> {
    access::check(terminal, Use::Write)?;
    match what {
        TCOOFF => terminal.output.set_flow(Flow::Stop),
        TCOON => terminal.output.set_flow(Flow::Start),
        // The other side is a person: there is nobody to be stopped.
        TCIOFF | TCION => {}
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}

fn flush(terminal: &Terminal, what: usize) -> Result<(), Errno> {
    if !matches!(what, TCIFLUSH | TCOFLUSH | TCIOFLUSH) {
        return Err(Errno::EINVAL);
    }
    access::check(terminal, Use::Write)?;
    if what != TCOFLUSH {
        terminal.input().discipline.queue().clear();
    }
    if what != TCIFLUSH {
        terminal.output.discard();
    }
    Ok(())
}

/// The caller's session, if the terminal belongs to it.
fn own_session(terminal: &Terminal) -> Result<u32, Errno> {
    let session = process::current_session();
    let owner = terminal.input().session;
    if owner != 0 && owner == session { Ok(session) } else { Err(Errno::ENOTTY) }
}

/// The leader gives the terminal up for all of its session; nobody else can leave it.
fn give_up(terminal: &Terminal) -> Result<(), Errno> {
    let session = own_session(terminal)?;
    if process::current_group() == session {
        terminal.leave_session(session);
    }
    Ok(())
}

/// Stores what is told.
pub fn put(to: VirtAddr, value: &(impl IntoBytes + Immutable)) -> Result<(), Errno> {
    let bytes = value.as_bytes();
    UserBuffer::user(to, bytes.len()).put(bytes)?;
    Ok(())
}

/// Loads what is asked for, in place of the value.
pub fn take<T: IntoBytes + FromBytes>(from: VirtAddr, mut value: T) -> Result<T, Errno> {
    let bytes = value.as_mut_bytes();
    UserData::user(from, bytes.len()).take(bytes)?;
    Ok(value)
}

fn set_window(terminal: &Terminal, window: WindowSize) {
    let mut input = terminal.input();
    let changed = input.window != window;
    input.window = window;
    let foreground = input.foreground;
    drop(input);
    if changed && foreground != 0 {
        signal::send_to_group(foreground, Signal::WINCH);
    }
}

/// A session chooses which of its groups is in the foreground.
fn set_foreground(terminal: &Terminal, group: u32) -> Result<(), Errno> {
    let session = process::current_session();
    if i32::try_from(group).is_err() {
        return Err(Errno::EINVAL);
    }
    access::check(terminal, Use::Write)?;
    // Asked before the lock is taken: processes are guarded by locks that come before it.
    let is_member = process::is_group_of_session(group, session);
    let mut input = terminal.input();
    if input.session == 0 || input.session != session {
        return Err(Errno::ENOTTY);
    }
    if !is_member {
        return Err(Errno::EPERM);
    }
    input.foreground = group;
    drop(input);
    terminal.wake_readers();
    Ok(())
}

/// The leader of a session takes a terminal that belongs to none.
fn become_controlling(terminal: &Terminal) -> Result<(), Errno> {
    let (group, session) = (process::current_group(), process::current_session());
    if terminal.input().session == session {
        return Ok(());
    }
    // A leader's group has the number of its session, which has one terminal at most.
    if group != session || pair::terminal_of(session).is_some() || !terminal.give_to(session) {
        return Err(Errno::EPERM);
    }
    Ok(())
}
