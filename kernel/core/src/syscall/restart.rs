//! Which calls begin again after a signal (signal(7), "Interruption of system calls").

use super::arguments::Arguments;
use crate::process::signal::Restart;
use abi::Sysno;
use abi::futex::{FUTEX_CLOCK_REALTIME, FUTEX_PRIVATE_FLAG, FUTEX_WAIT};
use abi::time::TIMER_ABSTIME;

/// Whether a call that was interrupted begins again.
pub fn of(call: Sysno, a: Arguments<'_>) -> Restart {
    let with_timeout = |index| with_deadline_if(a.u64(index) != 0);
    match call {
        Sysno::RtSigtimedwait | Sysno::EpollPwait | Sysno::EpollPwait2 => Restart::Never,
        Sysno::Semop | Sysno::Semtimedop => Restart::Never,
        Sysno::RtSigsuspend | Sysno::Msgsnd | Sysno::Msgrcv => Restart::Unhandled,
        Sysno::Nanosleep | Sysno::Ppoll | Sysno::Pselect6 => Restart::WithDeadline,
        Sysno::ClockNanosleep => match a.u32(1) & TIMER_ABSTIME {
            0 => Restart::WithDeadline,
            _ => Restart::Unhandled,
        },
        Sysno::Futex => match a.u32(1) & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) {
            FUTEX_WAIT => with_timeout(3),
            // Its time is absolute.
            _ if a.u64(3) != 0 => Restart::Unhandled,
            _ => Restart::IfAsked,
        },
        Sysno::RegionLock | Sysno::TopicTake | Sysno::VmWaitClaim => with_timeout(2),
        Sysno::RegionWaitName => with_timeout(2),
        Sysno::RegionWaitChange => with_timeout(2),
        Sysno::TraceWait => with_timeout(2),
        Sysno::TopicPublish => with_timeout(3),
        Sysno::VmWaitOffer => with_timeout(1),
        _ => Restart::IfAsked,
    }
}

const fn with_deadline_if(is_timed: bool) -> Restart {
    if is_timed { Restart::WithDeadline } else { Restart::IfAsked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::futex::FUTEX_WAIT_BITSET;
    use arch::addr::VirtAddr;
    use arch::trap::TrapFrame;

    fn restart(call: Sysno, arguments: [u64; 6]) -> Restart {
        let mut frame = TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0));
        frame.x[..6].copy_from_slice(&arguments);
        of(call, Arguments::of(&frame))
    }

    #[test]
    fn reads_writes_and_waits_restart_and_sleeps_and_polls_do_not() {
        for call in [Sysno::Read, Sysno::Writev, Sysno::Wait4, Sysno::Waitid, Sysno::Openat] {
            assert_eq!(restart(call, [0; 6]), Restart::IfAsked);
        }
        for call in [Sysno::Nanosleep, Sysno::Ppoll, Sysno::ClockNanosleep] {
            assert_eq!(restart(call, [0; 6]), Restart::WithDeadline);
        }
        assert_eq!(restart(Sysno::ClockNanosleep, [0, 1, 0, 0, 0, 0]), Restart::Unhandled);
        assert_eq!(restart(Sysno::RtSigsuspend, [0; 6]), Restart::Unhandled);
        for call in [Sysno::RtSigtimedwait, Sysno::EpollPwait, Sysno::EpollPwait2] {
            assert_eq!(restart(call, [0; 6]), Restart::Never);
        }
    }

    #[test]
    fn a_futex_wait_restarts_only_without_a_timeout() {
        let futex = |operation: u32, timeout| {
            let operation = u64::from(operation | FUTEX_PRIVATE_FLAG);
            restart(Sysno::Futex, [8, operation, 0, timeout, 0, 0])
        };
        assert_eq!(futex(FUTEX_WAIT, 0), Restart::IfAsked);
        assert_eq!(futex(FUTEX_WAIT, 8), Restart::WithDeadline);
        assert_eq!(futex(FUTEX_WAIT_BITSET, 0), Restart::IfAsked);
        assert_eq!(futex(FUTEX_WAIT_BITSET, 8), Restart::Unhandled);
    }
}
