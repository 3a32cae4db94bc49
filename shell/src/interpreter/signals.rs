//! Signals that came: traps, and Ctrl-C.

use super::{Run, Shell, Unwind};
use crate::system::{Disposition, System};
use abi::signal::{Signal, signal_bit};
use alloc::string::String;

/// The status of what Ctrl-C has ended.
const INTERRUPTED: i32 = 128 + Signal::INT as i32;

impl<S: System> Shell<S> {
    /// Does what the signals are for that came meanwhile.
    pub(crate) fn act_on_signals(&mut self) -> Result<(), Unwind> {
        self.state.pending |= self.system.take_signals();
        while self.state.pending != 0 {
            let signal = self.state.pending.trailing_zeros() + 1;
            self.state.pending &= !signal_bit(signal);
            match self.state.traps.get(&signal).cloned() {
                Some(action) => self.run_trap(&action)?,
                None if signal == Signal::INT as u32 => {
                    self.state.variables.last_status = INTERRUPTED;
                    return Err(Unwind::Abort(INTERRUPTED));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn run_trap(&mut self, action: &str) -> Result<(), Unwind> {
        let status = self.state.variables.last_status;
        self.run_text("trap", action)?;
        self.state.variables.last_status = status;
        Ok(())
    }

    /// Sets what is done on a signal: nothing special, nothing at all, or commands.
    pub(crate) fn set_trap(&mut self, signal: u32, action: Option<&str>) {
        let disposition = match action {
            None if signal == Signal::INT as u32 && self.state.is_interactive => Disposition::Catch,
            None => Disposition::Default,
            Some("") => Disposition::Ignore,
            Some(_) => Disposition::Catch,
        };
        match action {
            Some(action) => drop(self.state.traps.insert(signal, String::from(action))),
            None => drop(self.state.traps.remove(&signal)),
        }
        if signal != 0 {
            self.system.set_signal(signal, disposition);
        }
    }

    /// In a copy of the shell: its parent's traps are not its own; what is ignored stays so.
    pub(super) fn forget_traps(&mut self) {
        let caught: alloc::vec::Vec<u32> = self
            .state
            .traps
            .iter()
            .filter(|(_, action)| !action.is_empty())
            .map(|(signal, _)| *signal)
            .collect();
        for signal in caught {
            self.set_trap(signal, None);
        }
        self.state.pending = 0;
    }

    /// Runs what is to be run at the shell's end, and gives its status.
    pub(super) fn run_exit_trap(&mut self, status: i32) -> i32 {
        let Some(action) = self.state.traps.remove(&0) else { return status };
        self.state.variables.last_status = status;
        let run: Run = self.run_text("trap", &action);
        match run {
            Err(Unwind::Exit(status)) => status,
            _ => status,
        }
    }
}
