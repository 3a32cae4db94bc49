//! A case: a name, what to boot, and the function that checks.

use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::setup::Kernel;
use libtest_mimic::{Failed, Trial};

/// One thing that is promised and checked.
pub struct Case {
    name: String,
    check: Check,
    kernel: Kernel,
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
        Self { name, check, kernel: Kernel::Release, company: Company::Welcome }
    }

    /// The same case, run while no other does.
    pub fn alone(self) -> Self {
        Self { company: Company::Alone, ..self }
    }

    /// The same case, on a machine booted with the kernel that checks itself.
    pub fn checked(self) -> Self {
        Self { kernel: Kernel::Checked, ..self }
    }

    /// The case as the test runner takes it.
    pub fn into_trial(self) -> Trial {
        let check = self.check;
        Trial::test(self.name, move || {
            let outcome = match check {
                Check::Booted(check) => on_kernel(self.kernel, &[], check),
                Check::Free(check) => check(),
            };
            outcome.map_err(|failure: Failure| Failed::from(failure))
        })
    }
}

/// Boots the usual kernel with switches, runs the check, and adds the transcript to its failure.
pub fn on_machine(switches: &[&str], check: impl FnOnce(&mut Machine) -> Outcome) -> Outcome {
    on_kernel(Kernel::Release, switches, check)
}

/// Boots with switches, runs the check, and adds the transcript to its failure.
fn on_kernel(
    kernel: Kernel,
    switches: &[&str],
    check: impl FnOnce(&mut Machine) -> Outcome,
) -> Outcome {
    let mut machine = Machine::boot(kernel, switches)?;
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
