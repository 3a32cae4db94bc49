//! A case: a name, what to boot, and the function that checks.

use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::setup::{Board, Kernel};
use libtest_mimic::{Failed, Trial};

/// One thing that is promised and checked.
pub struct Case {
    name: String,
    check: Check,
    kernel: Kernel,
    /// The board to boot; the usual one if none.
    board: Option<Board>,
    /// Whether other cases may run at the same time.
    pub company: Company,
}

/// Whether a case tolerates others beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Company {
    /// It runs beside others.
    Welcome,
    /// It measures time and runs while nothing else does.
    Alone,
}

enum Check {
    /// Gets a machine that has reached its first prompt.
    Booted(Box<dyn FnOnce(&mut Machine) -> Outcome + Send>),
    /// Starts what it needs by itself.
    Free(fn() -> Outcome),
}

impl Case {
    /// A case that talks to a freshly booted machine.
    pub fn booted(
        name: impl Into<String>,
        check: impl FnOnce(&mut Machine) -> Outcome + Send + 'static,
    ) -> Self {
        Self::new(name.into(), Check::Booted(Box::new(check)))
    }

    /// A case that boots by itself.
    pub fn free(name: impl Into<String>, check: fn() -> Outcome) -> Self {
        Self::new(name.into(), Check::Free(check))
    }

    const fn new(name: String, check: Check) -> Self {
        Self { name, check, kernel: Kernel::Release, board: None, company: Company::Welcome }
    }

    /// The same case, run while no other does.
    pub fn alone(self) -> Self {
        Self { company: Company::Alone, ..self }
    }

    /// The same case, on a machine booted with the kernel that checks itself.
    pub fn checked(self) -> Self {
        Self { kernel: Kernel::Checked, ..self }
    }

    /// The same case on this board, and its name with the board's; only of one that is booted for.
    pub fn on(self, board: Board) -> Self {
        Self { name: format!("{}::{}", board.machine(), self.name), board: Some(board), ..self }
    }

    /// What it is called in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it talks to a freshly booted machine, and does not start its own.
    pub const fn is_booted(&self) -> bool {
        matches!(self.check, Check::Booted(_))
    }

    /// The case as the test runner takes it.
    pub fn into_trial(self) -> Trial {
        let check = self.check;
        Trial::test(self.name, move || {
            let outcome = match check {
                Check::Booted(check) => on_board(self.board, self.kernel, &[], check),
                Check::Free(check) => check(),
            };
            outcome.map_err(|failure: Failure| Failed::from(failure))
        })
    }
}

/// Boots the usual kernel with switches, runs the check, and adds the transcript to its failure.
pub fn on_machine(switches: &[&str], check: impl FnOnce(&mut Machine) -> Outcome) -> Outcome {
    on_board(None, Kernel::Release, switches, check)
}

/// As [`on_machine`], with the kernel that checks itself.
pub fn on_checked_machine(
    switches: &[&str],
    check: impl FnOnce(&mut Machine) -> Outcome,
) -> Outcome {
    on_board(None, Kernel::Checked, switches, check)
}

/// Boots with switches, runs the check, and adds the transcript to its failure.
fn on_board(
    board: Option<Board>,
    kernel: Kernel,
    switches: &[&str],
    check: impl FnOnce(&mut Machine) -> Outcome,
) -> Outcome {
    let board = board.map_or_else(Board::usual, Ok)?;
    let mut machine = Machine::boot_on(board, kernel, switches)?;
    check(&mut machine).map_err(|failure| machine.explain(failure))
}

/// Names functions as cases: `booted!("module": a_sentence, another)`.
#[macro_export]
macro_rules! booted {
    ($module:literal: $($name:ident),* $(,)?) => {
        vec![$($crate::case::Case::booted(concat!($module, "::", stringify!($name)), $name)),*]
    };
}

/// As `booted!`, for cases that start their machines themselves.
#[macro_export]
macro_rules! free {
    ($module:literal: $($name:ident),* $(,)?) => {
        vec![$($crate::case::Case::free(concat!($module, "::", stringify!($name)), $name)),*]
    };
}
