//! The terminal's `ioctl` requests.

use super::access::{self, Use};
use super::terminal::{TERMINAL, Terminal};
use crate::process::{self, signal};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::signal::Signal;
use abi::terminal::{
    FIONREAD, TCGETS, TCSETS, TCSETSF, TCSETSW, TIOCGPGRP, TIOCGWINSZ, TIOCSCTTY, TIOCSPGRP,
    TIOCSWINSZ, Termios, WindowSize,
};
use arch::addr::VirtAddr;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// `ioctl` on the terminal.
pub fn control(request: u32, argument: VirtAddr) -> Result<u64, Errno> {
    let terminal = &TERMINAL;
    match request {
        TCGETS => {
            let termios = *terminal.input().discipline.termios();
            put(argument, &termios)?;
        }
        TCSETS | TCSETSW | TCSETSF => {
            access::check(terminal, Use::Write)?;
            let termios = take(argument, Termios::cooked())?;
            if request != TCSETS {
                terminal.output.drain()?;
            }
            if request == TCSETSF {
                terminal.input().discipline.queue().clear();
            }
            terminal.set_termios(termios);
        }
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
            let session = process::current_session();
            let input = terminal.input();
            if input.session == 0 || input.session != session {
                return Err(Errno::ENOTTY);
            }
            let foreground = input.foreground;
            drop(input);
            put(argument, &foreground)?;
        }
        TIOCSPGRP => set_foreground(terminal, take(argument, 0)?)?,
        TIOCSCTTY => become_controlling(terminal)?,
        _ => return Err(Errno::ENOTTY),
    }
    Ok(0)
}

fn put(to: VirtAddr, value: &(impl IntoBytes + Immutable)) -> Result<(), Errno> {
    let bytes = value.as_bytes();
    UserBuffer::user(to, bytes.len()).put(bytes)?;
    Ok(())
}

fn take<T: IntoBytes + FromBytes>(from: VirtAddr, mut value: T) -> Result<T, Errno> {
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
    let mut input = terminal.input();
    if input.session == session {
        return Ok(());
    }
    // A leader's group has the number of its session.
    if group != session || input.session != 0 {
        return Err(Errno::EPERM);
    }
    input.session = session;
    input.foreground = group;
    drop(input);
    terminal.wake_readers();
    Ok(())
}
