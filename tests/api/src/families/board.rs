//! What the processes of a cell tell each other: where the region is, whose turn it is, what came of it.

use super::Verb;
use abi::Errno;
use abi::signal::Signal;
use alloc::string::String;
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use user::Result;
use user::process::{ExitStatus, Pid};
use user::region::{Protection, Region, View};
use user::time::Duration;

const LONG: Duration = Duration::from_secs(60);
const NAME_AT: usize = 256;

/// What came of a try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Nobody has tried.
    Untried,
    /// It works.
    Works,
    /// It works, but the bytes are wrong.
    Wrong,
    /// It fails.
    Fails(Errno),
    /// It ends the process.
    Ends(Signal),
}

impl Outcome {
    const SIGNALS: [Signal; 2] = [Signal::SEGV, Signal::BUS];

    /// The outcome of a call.
    pub fn of<T>(result: Result<T>) -> Self {
        match result {
            Ok(_) => Self::Works,
            Err(error) => error.errno().map_or(Self::Wrong, Self::Fails),
        }
    }

    /// Right bytes, or wrong ones.
    pub const fn right(is_right: bool) -> Self {
        if is_right { Self::Works } else { Self::Wrong }
    }

    /// The outcome of a child's part.
    pub fn of_child(status: Option<ExitStatus>) -> Self {
        match status {
            Some(ExitStatus::Exited(0)) => Self::Works,
            Some(ExitStatus::Signalled(number)) => {
                let signal = Self::SIGNALS.into_iter().find(|signal| *signal as u8 == number);
                signal.map_or(Self::Wrong, Self::Ends)
            }
            _ => Self::Wrong,
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Untried => 0,
            Self::Works => 1,
            Self::Wrong => 2,
            Self::Fails(errno) => 0x100 | errno as u64,
            Self::Ends(signal) => 0x1000 | signal as u64,
        }
    }

    fn from_code(code: u64) -> Self {
        match code {
            0 => Self::Untried,
            1 => Self::Works,
            0x1000.. => {
                let signal = Self::SIGNALS.into_iter().find(|it| *it as u64 == code & 0xFFF);
                signal.map_or(Self::Wrong, Self::Ends)
            }
            0x100.. => Errno::from_number((code & 0xFF) as i32).map_or(Self::Wrong, Self::Fails),
            _ => Self::Wrong,
        }
    }
}

/// A number that somebody tells.
#[derive(Clone, Copy)]
pub enum Told {
    /// The third process.
    Third,
    /// Where the maker has the bytes.
    Address,
    /// Where in the region they are.
    Offset,
    /// What the maker's preparations came to.
    Prepared,
    /// What its granting the right to write came to.
    Granted,
}

/// Whose turn it is; each turn comes once.
#[derive(Clone, Copy)]
pub enum Turn {
    /// The region is there, and the user opens it.
    User = 1,
    /// The third process looks.
    Third,
    /// It has looked; the user goes on.
    Back,
}

/// The board.
pub struct Board {
    region: Region,
    view: View,
}

impl Board {
    /// A board that the children of this process share.
    pub fn new() -> Result<Self> {
        let region = Region::options().bytes(4096).anonymous()?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        Ok(Self { region, view })
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        self.view.memory().object(index * 8).expect("the board has a page")
    }

    /// Tells a number.
    pub fn tell(&self, what: Told, number: u64) {
        self.word(8 + what as usize).store(number, SeqCst);
    }

    /// A number that was told.
    pub fn told(&self, what: Told) -> u64 {
        self.word(8 + what as usize).load(SeqCst)
    }

    /// The third process.
    pub fn third(&self) -> Pid {
        Pid(self.told(Told::Third) as u32)
    }

    /// Tells an outcome in place of a number.
    pub fn tell_outcome(&self, what: Told, outcome: Outcome) {
        self.tell(what, outcome.code());
    }

    /// An outcome that was told.
    pub fn told_outcome(&self, what: Told) -> Outcome {
        Outcome::from_code(self.told(what))
    }

    /// Notes what came of a try.
    pub fn note(&self, verb: Verb, outcome: Outcome) -> bool {
        self.word(verb as usize).store(outcome.code(), SeqCst);
        outcome == Outcome::Works
    }

    /// What came of a try.
    pub fn outcome(&self, verb: Verb) -> Outcome {
        Outcome::from_code(self.word(verb as usize).load(SeqCst))
    }

    /// Tells the region's name, which is empty if it has none.
    pub fn tell_name(&self, name: &str) {
        let _ = self.view.write(NAME_AT, &[name.len() as u8]);
        let _ = self.view.write(NAME_AT + 1, name.as_bytes());
    }

    /// The region's name.
    pub fn name(&self) -> String {
        let mut length = [0];
        let _ = self.view.read(NAME_AT, &mut length);
        let mut bytes = alloc::vec![0; length[0].into()];
        let _ = self.view.read(NAME_AT + 1, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Says that it is the next one's turn.
    pub fn next(&self) {
        let _ = self.region.notify(0, 0);
    }

    /// Waits for a turn; `false` if it does not come.
    pub fn wait(&self, turn: Turn) -> bool {
        let seen = turn as u64 - 1;
        self.region.wait_change(seen, Some(LONG)).is_ok_and(|change| change.is_some())
    }
}
