//! Stopping and going on, and what parents are told of their children.

use crate::os::{Handled, LOG, MILLISECOND, SECOND, note};
use crate::{Checks, os};
use abi::process::{
    CONTINUED_WORD, ExitStatus, P_ALL, P_PID, WCONTINUED, WEXITED, WNOHANG, WNOWAIT, WSTOPPED,
    WUNTRACED, stopped_word,
};
use abi::signal::{
    ActionFlags, CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIG_IGN, Signal, SignalAction,
    SignalInfo,
};
use abi::{Errno, Sysno};
use zerocopy::IntoBytes;

const CHILD: u32 = Signal::CHLD as u32;
const KILLED: Result<ExitStatus, Errno> = Ok(ExitStatus::Signalled(Signal::KILL as u8));

/// The checks.
pub fn run(checks: &mut Checks) {
    // A shell that can't let its jobs go on makes them ignore it.
    let _ = os::set_action(Signal::TSTP as u32, &SignalAction::default());
    stops(checks);
    told(checks);
    pending(checks);
    asked(checks);
    reaped(checks);
    orphans(checks);
    let _ = os::set_action(CHILD, &SignalAction::default());
}

fn wait_word(process: i64, options: u32) -> os::Answer<(u64, u32)> {
    let mut word = 0_u32;
    let pid = os::call(Sysno::Wait4, [process as u64, (&raw mut word) as u64, options.into(), 0])?;
    Ok((pid, word))
}

fn wait_id(kind: u32, number: u64, options: u32) -> os::Answer<SignalInfo> {
    let mut info = SignalInfo::default();
    let to = info.as_mut_bytes().as_mut_ptr() as u64;
    os::call(Sysno::Waitid, [kind.into(), number, to, options.into(), 0])?;
    Ok(info)
}

fn sleeper() -> os::Answer {
    os::start_child(|| {
        loop {
            let _ = os::sleep(1000 * SECOND);
        }
    })
}

fn send(process: u64, signal: Signal) {
    let _ = os::kill(process as i64, signal as u64);
}

fn stops(checks: &mut Checks) {
    let child = checks.value("a child", sleeper());
    for signal in [Signal::STOP, Signal::TSTP, Signal::TTIN, Signal::TTOU] {
        send(child, signal);
        let word = wait_word(-1, WUNTRACED);
        checks.equal(signal.name(), word, Ok((child, stopped_word(signal as u8))));
        checks.equal("it is told once", wait_word(-1, WUNTRACED | WNOHANG), Ok((0, 0)));
        send(child, Signal::CONT);
        let word = wait_word(child as i64, WCONTINUED);
        checks.equal("and goes on", word, Ok((child, CONTINUED_WORD)));
    }
    send(child, Signal::STOP);
    let _ = wait_word(-1, WUNTRACED);
    send(child, Signal::KILL);
    checks.equal("one that has stopped can be killed", os::wait(child), KILLED);
    let busy = os::start_child(|| {
        loop {
            core::hint::spin_loop();
        }
    });
    let busy = checks.value("a busy child", busy);
    send(busy, Signal::STOP);
    let word = wait_word(-1, WUNTRACED);
    checks.equal("a busy one stops", word, Ok((busy, stopped_word(19))));
    send(busy, Signal::KILL);
    checks.equal("and ends", os::wait(busy), KILLED);
}

fn told(checks: &mut Checks) {
    let _ = os::handle(CHILD, note, ActionFlags::RESTART, 0);
    LOG.clear();
    let child = checks.value("a child", sleeper());
    let news = |count| os::until(5 * SECOND, || LOG.count() >= count);
    let heard = |code| Handled { number: 17, code, detail: child };
    send(child, Signal::STOP);
    checks.that("news of a stop", news(1));
    send(child, Signal::CONT);
    checks.that("of going on", news(2));
    send(child, Signal::KILL);
    checks.that("of the end", news(3));
    let codes = [0, 1, 2].map(|index| {
        let Handled { detail, .. } = LOG.get(index);
        Handled { detail: detail & 0xFFFF_FFFF, ..LOG.get(index) }
    });
    checks.equal("with codes", codes, [CLD_STOPPED, CLD_CONTINUED, CLD_KILLED].map(heard));
    checks.equal("the end is there to be asked", os::wait(child), KILLED);
    let _ = os::handle(CHILD, note, ActionFlags::NO_CHILD_STOP | ActionFlags::RESTART, 0);
    LOG.clear();
    let child = checks.value("a child", sleeper());
    send(child, Signal::STOP);
    let _ = wait_word(-1, WUNTRACED);
    send(child, Signal::CONT);
    let _ = wait_word(-1, WCONTINUED);
    checks.equal("who wants none of it hears nothing of stops", LOG.count(), 0);
    send(child, Signal::KILL);
    let _ = os::wait(child);
    checks.that("but of the end", news(1));
    LOG.clear();
    let _ = os::in_child(|| 5);
    checks.that("news of an exit", news(1));
    checks.equal("with its code", LOG.get(0).code, CLD_EXITED);
    let _ = os::set_action(CHILD, &SignalAction::default());
}

/// What is sent to one that has stopped waits until it goes on.
fn pending(checks: &mut Checks) {
    let child = checks.value("a child", sleeper());
    send(child, Signal::STOP);
    let _ = wait_word(-1, WUNTRACED);
    send(child, Signal::TERM);
    let _ = os::sleep(20 * MILLISECOND);
    checks.equal("a stopped process does not end yet", wait_word(-1, WNOHANG), Ok((0, 0)));
    send(child, Signal::CONT);
    let ended = Ok(ExitStatus::Signalled(Signal::TERM as u8));
    checks.equal("but when it goes on", os::wait(child), ended);
    let status = os::in_child(|| {
        let _ = os::set_mask(os::set_of(&[Signal::TSTP, Signal::CONT]));
        let _ = os::raise(Signal::CONT);
        let _ = os::raise(Signal::TSTP);
        let stop_wins = os::pending() == Ok(os::set_of(&[Signal::TSTP]));
        let _ = os::raise(Signal::CONT);
        let go_on_wins = os::pending() == Ok(os::set_of(&[Signal::CONT]));
        i32::from(!stop_wins) + 2 * i32::from(!go_on_wins)
    });
    let good = Ok(ExitStatus::Exited(0));
    checks.equal("stopping and going on undo each other", status, good);
}

fn asked(checks: &mut Checks) {
    let child = checks.value("a child", os::start_child(|| 9));
    let seen = wait_id(P_PID, child, WEXITED | WNOWAIT);
    let seen = seen.map(|info| (info.number, info.code, u64::from(info.pid()), info.status()));
    checks.equal("waitid tells all", seen, Ok((17, CLD_EXITED, child, 9)));
    let again = wait_id(P_ALL, 0, WEXITED).map(|info| info.status());
    checks.equal("and again, if it is to stay", again, Ok(9));
    checks.equal("then it is gone", wait_id(P_ALL, 0, WEXITED).err(), Some(Errno::ECHILD));
    let child = checks.value("a child", sleeper());
    let none = wait_id(P_ALL, 0, WEXITED | WSTOPPED | WNOHANG);
    checks.equal("no news is all zero", none, Ok(SignalInfo::default()));
    send(child, Signal::STOP);
    let stopped = wait_id(P_PID, child, WSTOPPED).map(|info| (info.code, info.status()));
    checks.equal("a stop", stopped, Ok((CLD_STOPPED, 19)));
    send(child, Signal::CONT);
    let on = wait_id(P_PID, child, WCONTINUED).map(|info| (info.code, info.status()));
    checks.equal("going on", on, Ok((CLD_CONTINUED, 18)));
    send(child, Signal::KILL);
    let end = wait_id(P_PID, child, WEXITED).map(|info| (info.code, info.status()));
    checks.equal("an end by a signal", end, Ok((CLD_KILLED, 9)));
    for (kind, options) in [(P_ALL, 0), (P_ALL, WNOHANG), (P_ALL, 0x40), (7, WEXITED), (P_PID, 4)] {
        let answer = wait_id(kind, 0, options).err();
        checks.equal("bad arguments", answer, Some(Errno::EINVAL));
    }
    let bad = os::call(Sysno::Wait4, [u64::MAX, 0, 0x10, 0]);
    checks.equal("for wait4 too", bad, Err(Errno::EINVAL));
}

fn reaped(checks: &mut Checks) {
    let ignore = SignalAction { handler: SIG_IGN, ..SignalAction::default() };
    let _ = os::set_action(CHILD, &ignore);
    let status = os::in_child(|| 0);
    checks.equal("ignored children are not waited for", status, Err(Errno::ECHILD));
    let _ = os::handle(CHILD, note, ActionFlags::NO_CHILD_WAIT | ActionFlags::RESTART, 0);
    LOG.clear();
    let status = os::in_child(|| 0);
    checks.equal("nor those that a flag says so of", status, Err(Errno::ECHILD));
    checks.that("of which there is news", os::until(5 * SECOND, || LOG.count() == 1));
    let _ = os::set_action(CHILD, &SignalAction::default());
}

/// A group whose last guardian goes.
fn orphans(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(abi::file::OpenFlags::empty()));
    // A session: a leader, its child that is the guardian, and that one's child in a group of its own.
    let status = os::in_child(|| {
        let _ = os::call(Sysno::Setsid, []);
        let guardian = os::start_child(|| {
            let member = os::start_child(|| {
                LOG.clear();
                let _ = os::call(Sysno::Setpgid, [0, 0]);
                let _ = os::handle(Signal::HUP as u32, note, ActionFlags::empty(), 0);
                let _ = os::handle(Signal::CONT as u32, note, ActionFlags::empty(), 0);
                let _ = os::write(to, b"r");
                let _ = os::raise(Signal::STOP);
                let _ = os::until(5 * SECOND, || LOG.count() == 2);
                let told = LOG.numbers::<2>();
                // Now nobody could let it go on: this does not stop it.
                let _ = os::raise(Signal::TSTP);
                let good = told.contains(&1) && told.contains(&18);
                let _ = os::write(to, if good { b"y" } else { b"n" });
                0
            });
            let mut word = [0];
            let _ = os::read(from, &mut word);
            i32::from(wait_word(member.unwrap_or(0) as i64, WUNTRACED).is_err())
        });
        i32::from(guardian.and_then(os::wait) != Ok(ExitStatus::Exited(0)))
    });
    checks.equal("the guardian has gone", status, Ok(ExitStatus::Exited(0)));
    let mut word = [0];
    let _ = os::read(from, &mut word);
    checks.equal("an orphaned group is told and goes on", word, *b"y");
    os::close_all([from, to]);
}
