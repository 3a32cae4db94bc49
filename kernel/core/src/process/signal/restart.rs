//! What becomes of a call that a signal has interrupted.

use abi::Errno;
use abi::signal::ActionFlags;
use arch::trap::TrapFrame;

const INSTRUCTION_BYTES: u64 = 4;

/// Whether an interrupted call begins again. Every call does, but for the last kind, if no handler
/// was called after all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Restart {
    /// Also after a handler that asks for it.
    IfAsked,
    /// Never after a handler.
    Unhandled,
    /// As the one before, and with the deadline that it had.
    WithDeadline,
    /// Not at all.
    Never,
}

/// A call that has ended with `EINTR`.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    /// What was in x0.
    pub argument: u64,
    /// Whether it begins again.
    pub restart: Restart,
}

/// Why a thread is on its way to user mode.
#[derive(Clone, Copy, Debug)]
pub enum Leaving {
    /// A call is over.
    Call(Option<Interrupted>),
    /// It has done what it can't do.
    Fault(super::FaultFacts),
    /// Anything else.
    Other,
}

impl Interrupted {
    /// Lets the program make the call again.
    pub const fn begin_again(self, frame: &mut TrapFrame) {
        frame.x[0] = self.argument;
        frame.elr -= INSTRUCTION_BYTES;
    }

    /// A handler with these flags is about to be called.
    pub fn before_handler(self, frame: &mut TrapFrame, flags: ActionFlags) {
        if self.restart == Restart::IfAsked && flags.contains(ActionFlags::RESTART) {
            self.begin_again(frame);
        }
    }
}

/// Ends the call that the program was to make again, before it has.
pub fn end_call(frame: &mut TrapFrame) {
    frame.elr += INSTRUCTION_BYTES;
    frame.x[0] = Errno::EINTR.to_result();
}

#[cfg(test)]
mod tests {
    use super::*;
    use arch::addr::VirtAddr;

    #[test]
    fn only_a_call_that_may_begins_again_after_a_handler_that_asks() {
        let kinds = [Restart::IfAsked, Restart::Unhandled, Restart::WithDeadline, Restart::Never];
        for restart in kinds {
            for flags in [ActionFlags::empty(), ActionFlags::RESTART] {
                let mut frame = TrapFrame::user(VirtAddr::new(0x1004), VirtAddr::new(0));
                frame.x[0] = Errno::EINTR.to_result();
                Interrupted { argument: 7, restart }.before_handler(&mut frame, flags);
                let again = restart == Restart::IfAsked && !flags.is_empty();
                let expected = if again { (7, 0x1000) } else { (Errno::EINTR.to_result(), 0x1004) };
                assert_eq!((frame.x[0], frame.elr), expected);
            }
        }
    }

    #[test]
    fn a_call_that_was_to_be_made_again_can_be_ended_instead() {
        let mut frame = TrapFrame::user(VirtAddr::new(0x1004), VirtAddr::new(0));
        Interrupted { argument: 7, restart: Restart::WithDeadline }.begin_again(&mut frame);
        end_call(&mut frame);
        assert_eq!((frame.x[0], frame.elr), (Errno::EINTR.to_result(), 0x1004));
    }
}
