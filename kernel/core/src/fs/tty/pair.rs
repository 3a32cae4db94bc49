//! Pseudo-terminals: terminals whose other side is a program, and not a board's console.
//!
//! `/dev/ptmx` makes one for who opens it (`master`); `/dev/pts/N` is the terminal (`node`), as long as anybody has it
//! open or its master. When the last master has gone, it hangs up.

use super::line::Line;
use super::outlet::Outlet;
use super::terminal::{TERMINAL, Terminal};
use crate::process::{self, Credentials};
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Pseudo-terminals at a time.
pub const PAIRS: usize = 64;

static TABLE: Lock<[Weak<Pair>; PAIRS]> =
    Lock::new(Rank::Terminals, [const { Weak::new() }; PAIRS]);

/// One of them.
pub struct Pair {
    /// Its number.
    pub number: usize,
    /// Who has made it.
    pub owner: Credentials,
    /// The terminal.
    pub terminal: Terminal,
    /// Whether it cannot be opened yet.
    pub is_locked: AtomicBool,
    masters: AtomicU32,
    slaves: AtomicU32,
    had_slave: AtomicBool,
}

/// A new one, whose terminal is locked.
pub fn create() -> Result<Arc<Pair>, Errno> {
    let terminal = Terminal::new(Outlet::Line(Line::new()?));
    terminal.input().discipline.queue().make_room()?;
    let mut table = TABLE.lock();
    let number = table.iter().position(|pair| pair.strong_count() == 0).ok_or(Errno::ENOSPC)?;
    let pair = Arc::new(Pair {
        number,
        owner: crate::sched::current_process().credentials(),
        terminal,
        is_locked: AtomicBool::new(true),
        masters: AtomicU32::new(0),
        slaves: AtomicU32::new(0),
        had_slave: AtomicBool::new(false),
    });
    table[number] = Arc::downgrade(&pair);
    Ok(pair)
}

/// The one with this number, if it has a master.
pub fn find(number: usize) -> Option<Arc<Pair>> {
    let found = TABLE.lock().get(number)?.upgrade();
    found.filter(|pair| pair.has_master())
}

/// Calls it for each, until it has an answer.
pub fn find_map<T>(mut ask: impl FnMut(&Arc<Pair>) -> Option<T>) -> Option<T> {
    (0..PAIRS).find_map(|number| {
        let pair = TABLE.lock()[number].upgrade()?;
        ask(&pair)
    })
}

/// The leader of a session has ended: its terminal is free for another one.
pub fn session_ended(session: u32) {
    TERMINAL.leave_session(session);
    find_map(|pair| {
        pair.terminal.leave_session(session);
        None::<()>
    });
}

/// The terminal of a session: its device number, and the group in the foreground.
pub fn terminal_of(session: u32) -> Option<(u64, u32)> {
    let of_console = TERMINAL.foreground_of(session).map(|group| (super::node::CONSOLE, group));
    of_console.or_else(|| {
        let of_pair =
            |pair: &Arc<Pair>| Some((pair.device(), pair.terminal.foreground_of(session)?));
        find_map(of_pair)
    })
}

impl Pair {
    /// Linux's number of the terminal.
    pub const fn device(&self) -> u64 {
        crate::fs::device::device_number(136, self.number as u64)
    }

    /// What goes to the master.
    pub const fn line(&self) -> Option<&Line> {
        match &self.terminal.output {
            Outlet::Line(line) => Some(line),
            Outlet::Console(_) => None,
        }
    }

    fn has_master(&self) -> bool {
        self.masters.load(Ordering::Acquire) > 0
    }

    /// An open file begins to refer to the master.
    pub fn add_master(&self) {
        self.masters.fetch_add(1, Ordering::AcqRel);
    }

    /// It refers to it no longer; with the last one the terminal hangs up.
    pub fn remove_master(&self) {
        if self.masters.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.terminal.hang_up();
            self.line().into_iter().for_each(Line::close);
        }
    }

    /// An open file begins to refer to the terminal; `EIO` if it is locked, or has hung up.
    pub fn add_slave(&self) -> Result<(), Errno> {
        if self.is_locked.load(Ordering::Acquire) || !self.has_master() {
            return Err(Errno::EIO);
        }
        self.slaves.fetch_add(1, Ordering::AcqRel);
        self.had_slave.store(true, Ordering::Release);
        Ok(())
    }

    /// It refers to it no longer.
    pub fn remove_slave(&self) {
        if self.slaves.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.line().into_iter().for_each(Line::wake_readers);
        }
    }

    /// Whether it was open, and is not any more.
    pub fn is_left(&self) -> bool {
        self.had_slave.load(Ordering::Acquire) && self.slaves.load(Ordering::Acquire) == 0
    }

    /// Becomes the caller's controlling terminal if that leads a session without one, and this belongs to none.
    pub fn offer_to_session(&self) {
        let (group, session) = (process::current_group(), process::current_session());
        if group == session && session != 0 && terminal_of(session).is_none() {
            self.terminal.give_to(session);
        }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        let mut table = TABLE.lock();
        let place = &mut table[self.number];
        // Somebody else may have the number already.
        if core::ptr::eq(place.as_ptr(), self) {
            *place = Weak::new();
        }
    }
}
