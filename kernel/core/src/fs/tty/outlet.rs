//! Where a terminal's output goes: to the board's console, or to the program on the other side of a pseudo-terminal.

use super::discipline::Flow;
use super::echo::Echo;
use super::line::Line;
use super::output::Output;
use crate::fs::node::Waiting;
use crate::sched::WaitQueue;
use crate::user_memory::UserData;
use abi::Errno;

/// One of the two.
pub enum Outlet {
    /// The console.
    Console(&'static Output),
    /// A program.
    Line(Line),
}

impl Outlet {
    /// Writes a program's data.
    pub fn write(
        &self,
        from: &mut UserData<'_>,
        modes: u32,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        match self {
            Self::Console(output) => output.write(from, modes, waiting),
            Self::Line(line) => line.write(from, modes, waiting),
        }
    }

    /// Shows an echo; what does not fit is lost.
    pub fn echo(&self, echo: &Echo, modes: u32) {
        match self {
            Self::Console(output) => output.echo(echo, modes),
            Self::Line(line) => line.echo(echo, modes),
        }
    }

    /// Stops the output, or lets it go on.
    pub fn set_flow(&self, flow: Flow) {
        match self {
            Self::Console(output) => output.set_flow(flow),
            Self::Line(line) => line.set_flow(flow),
        }
    }

    /// Throws away what was written and not taken yet.
    pub fn discard(&self) {
        match self {
            Self::Console(output) => output.discard(),
            Self::Line(line) => line.discard(),
        }
    }

    /// Bytes that were not taken yet.
    pub fn length(&self) -> usize {
        match self {
            Self::Console(output) => output.length(),
            Self::Line(line) => line.length(),
        }
    }

    /// Waits until everything that was written has gone out. A line has no speed: what is in it has.
    pub fn drain(&self) -> Result<(), Errno> {
        match self {
            Self::Console(output) => output.drain(),
            Self::Line(_) => Ok(()),
        }
    }

    /// Whether a write would not wait.
    pub fn is_writable(&self) -> bool {
        match self {
            Self::Console(output) => output.is_writable(),
            Self::Line(line) => line.is_writable(),
        }
    }

    /// Shows the queues of those who wait to write.
    pub fn visit_queues(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        match self {
            Self::Console(output) => output.visit_queues(visit),
            Self::Line(line) => line.visit_writers(visit),
        }
    }
}
