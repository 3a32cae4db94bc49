//! Signals: default actions, ignoring, who may send.

use crate::{Checks, os};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use abi::signal::{SIG_DFL, SIG_IGN, Signal};
use abi::{Errno, Sysno};

/// The checks.
pub fn run(checks: &mut Checks) {
    defaults(checks);
    ignoring(checks);
    arguments(checks);
    sleepers(checks);
    permissions(checks);
    groups(checks);
    let before = os::own_id();
    let _ = os::kill(1, Signal::KILL as u64);
    let _ = os::kill(1, Signal::TERM as u64);
    checks.that("init survives what it does not handle", os::kill(1, 0).is_ok());
    checks.equal("so does this program", os::own_id(), before);
}

fn to_itself(signal: Signal) -> Result<ExitStatus, Errno> {
    os::in_child(|| {
        let _ = os::kill(os::own_id() as i64, signal as u64);
        33
    })
}

fn defaults(checks: &mut Checks) {
    for signal in [
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::ILL,
        Signal::ABRT,
        Signal::BUS,
        Signal::FPE,
        Signal::KILL,
        Signal::USR1,
        Signal::SEGV,
        Signal::USR2,
        Signal::PIPE,
        Signal::ALRM,
        Signal::TERM,
    ] {
        let ended = Ok(ExitStatus::Signalled(signal as u8));
        checks.equal(signal.name(), to_itself(signal), ended);
    }
    for signal in [Signal::CHLD, Signal::URG, Signal::WINCH, Signal::CONT] {
        checks.equal(signal.name(), to_itself(signal), Ok(ExitStatus::Exited(33)));
    }
}

fn ignoring(checks: &mut Checks) {
    let status = os::in_child(|| {
        let set = os::on_signal(Signal::TERM, SIG_IGN);
        let sent = os::kill(os::own_id() as i64, Signal::TERM as u64);
        // A child inherits it.
        let child = os::in_child(|| {
            let _ = os::kill(os::own_id() as i64, Signal::TERM as u64);
            0
        });
        i32::from(set.and(sent).is_err() || child != Ok(ExitStatus::Exited(0)))
    });
    checks.equal("an ignored signal does nothing", status, Ok(ExitStatus::Exited(0)));
    let status = os::in_child(|| {
        let _ = os::on_signal(Signal::TERM, SIG_IGN);
        let _ = os::on_signal(Signal::TERM, SIG_DFL);
        let _ = os::kill(os::own_id() as i64, Signal::TERM as u64);
        1
    });
    let ended = Ok(ExitStatus::Signalled(Signal::TERM as u8));
    checks.equal("the default can be restored", status, ended);
    for signal in [Signal::KILL, Signal::STOP] {
        let answer = os::on_signal(signal, SIG_IGN);
        checks.equal("KILL and STOP cannot be ignored", answer, Err(Errno::EINVAL));
    }
}

fn arguments(checks: &mut Checks) {
    let own = os::own_id() as i64;
    checks.equal("the number 0 only asks", os::kill(own, 0), Ok(0));
    checks.equal("number 65 is EINVAL", os::kill(own, 65), Err(Errno::EINVAL));
    checks.equal("a huge number is EINVAL", os::kill(own, 0x7FFF_FFFF), Err(Errno::EINVAL));
    checks.equal("nobody is ESRCH", os::kill(0x3FFF_FFFF, 0), Err(Errno::ESRCH));
    checks.equal("no group is ESRCH", os::kill(-0x3FFF_FFFF, 0), Err(Errno::ESRCH));
    let bad = os::call(Sysno::RtSigaction, [15, 8, 0, 8]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
    let bad = os::call(Sysno::RtSigaction, [15, 0, 0, 4]);
    checks.equal("a wrong set size is EINVAL", bad, Err(Errno::EINVAL));
}

/// Whatever a process waits for, KILL ends it.
fn sleepers(checks: &mut Checks) {
    let [from, _to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let word = os::map(os::PAGE, os::COMMON);
    let sleep = |work: &dyn Fn()| {
        os::start_child(|| {
            work();
            0
        })
    };
    let children = [
        ("a sleeper", sleep(&|| os::ignore(os::sleep(1000 * os::SECOND)))),
        ("a reader", sleep(&|| os::ignore(os::read(from, &mut [0])))),
        ("a futex waiter", sleep(&|| os::ignore(os::futex_wait(word, 0, None)))),
        (
            "a waiter for its child",
            sleep(&|| {
                let _ = os::in_child(|| {
                    let _ = os::sleep(2 * os::SECOND);
                    0
                });
            }),
        ),
        (
            "a busy one",
            sleep(&|| loop {
                core::hint::spin_loop();
            }),
        ),
    ];
    let _ = os::sleep(50 * os::MILLISECOND);
    for (name, child) in children {
        let status = child.and_then(|child| os::end(child).and_then(|_| os::wait(child)));
        checks.equal(name, status, Ok(ExitStatus::Signalled(Signal::KILL as u8)));
    }
    os::close_all(3..16);
    let _ = os::unmap(word, os::PAGE);
}

fn permissions(checks: &mut Checks) {
    let parent = os::own_id() as i64;
    let status = os::in_child(|| {
        let became = os::call(Sysno::Setuid, [1000]);
        let refused = os::kill(parent, Signal::TERM as u64) == Err(Errno::EPERM)
            && os::kill(parent, 0) == Err(Errno::EPERM)
            && os::kill(1, Signal::KILL as u64) == Err(Errno::EPERM)
            && os::call(Sysno::Setuid, [0]) == Err(Errno::EPERM);
        let own = os::in_child(|| {
            let _ = os::kill(os::own_id() as i64, Signal::KILL as u64);
            0
        });
        let killed = own == Ok(ExitStatus::Signalled(Signal::KILL as u8));
        i32::from(became.is_err()) + 2 * i32::from(!refused) + 4 * i32::from(!killed)
    });
    checks.equal("a user cannot kill another's process", status, Ok(ExitStatus::Exited(0)));
    let child = checks.value(
        "a child",
        os::start_child(|| {
            let _ = os::call(Sysno::Setuid, [1000]);
            let _ = os::sleep(1000 * os::SECOND);
            0
        }),
    );
    checks.that("root may kill anybody's", os::end(child).is_ok());
    os::wait_for_all();
}

fn groups(checks: &mut Checks) {
    let status = os::in_child(|| {
        let _ = os::call(Sysno::Setpgid, [0, 0]);
        let _ = os::on_signal(Signal::USR1, SIG_IGN);
        let children = [0; 3].map(|_| {
            os::start_child(|| {
                let _ = os::on_signal(Signal::USR1, SIG_DFL);
                let _ = os::sleep(1000 * os::SECOND);
                0
            })
        });
        let _ = os::sleep(50 * os::MILLISECOND);
        let _ = os::kill(0, Signal::USR1 as u64);
        let ended = Ok(ExitStatus::Signalled(Signal::USR1 as u8));
        let all = children.into_iter().all(|child| child.and_then(os::wait) == ended);
        i32::from(!all)
    });
    checks.equal("a signal to 0 reaches the own group", status, Ok(ExitStatus::Exited(0)));
}
