//! wait4, zombies and orphans.

use crate::{Checks, frames, os};
use abi::file::OpenFlags;
use abi::process::{ExitStatus, ProcessState, WNOHANG};
use abi::signal::{SIG_DFL, SIG_IGN, Signal};
use abi::{Errno, Sysno};

/// The checks.
pub fn run(checks: &mut Checks) {
    statuses(checks);
    forms(checks);
    zombies(checks);
    ignored(checks);
    orphans(checks);
    groups(checks);
    frames::unchanged(checks, "zombies leak nothing once waited for", || {
        for _ in 0..30 {
            let _ = os::start_child(|| 0);
        }
        os::wait_for_all();
    });
}

fn statuses(checks: &mut Checks) {
    for status in [0, 1, 42, 255] {
        let found = os::in_child(|| status);
        checks.equal("an exit status arrives", found, Ok(ExitStatus::Exited(status as u8)));
    }
    checks.equal("only eight bits count", os::in_child(|| 256 + 3), Ok(ExitStatus::Exited(3)));
    let exited = os::in_child(|| {
        let _ = os::call(Sysno::Exit, [7]);
        1
    });
    checks.equal("the only thread's exit is the process's", exited, Ok(ExitStatus::Exited(7)));
    let killed = os::in_child(|| {
        let _ = os::kill(os::own_id() as i64, Signal::TERM as u64);
        1
    });
    checks.equal("a signal arrives", killed, Ok(ExitStatus::Signalled(Signal::TERM as u8)));
}

fn forms(checks: &mut Checks) {
    checks.equal("without children it is ECHILD", os::wait_for(-1, 0).err(), Some(Errno::ECHILD));
    let ends = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let child = checks.value(
        "a child",
        os::start_child(|| {
            let _ = os::close(ends[1]);
            os::read(ends[0], &mut [0]).map_or(1, |length| length as i32)
        }),
    );
    let poll = os::wait_for(-1, WNOHANG).map(|(pid, _)| pid);
    checks.equal("WNOHANG gives 0 while the child lives", poll, Ok(0));
    checks.equal("a stranger is ECHILD", os::wait_for(1, 0).err(), Some(Errno::ECHILD));
    let bad = os::call(Sysno::Wait4, [u64::MAX, 0, 0xFFFF_0000, 0]);
    checks.equal("unknown options are EINVAL", bad, Err(Errno::EINVAL));
    let _ = os::close(ends[1]);
    let _ = os::close(ends[0]);
    let answer = os::call(Sysno::Wait4, [child, 0, 0, 0]);
    checks.equal("no status is asked for", answer, Ok(child));
    checks.equal("a child is waited for once", os::wait(child), Err(Errno::ECHILD));
    let one = checks.value("a child", os::start_child(|| 1));
    let two = checks.value("a child", os::start_child(|| 2));
    checks.equal("the second child first", os::wait(two), Ok(ExitStatus::Exited(2)));
    checks.equal("then any", os::wait_for(-1, 0), Ok((one, ExitStatus::Exited(1))));
    let _ = os::start_child(|| 5);
    let bad = os::call(Sysno::Wait4, [u64::MAX, 8, 0, 0]);
    checks.equal("a bad place for the status is EFAULT", bad, Err(Errno::EFAULT));
    os::wait_for_all();
}

fn zombies(checks: &mut Checks) {
    let child = checks.value("a child", os::start_child(|| 9));
    let is_zombie = || {
        let mut found = false;
        os::for_each_process(|process| {
            let is_it = u64::from(process.pid) == child;
            found |= is_it && process.state == ProcessState::Zombie as u32;
        });
        found
    };
    checks.that("an ended child is listed as a zombie", os::until(5 * os::SECOND, is_zombie));
    checks.equal("a zombie can be asked after", os::kill(child as i64, 0), Ok(0));
    checks.equal("it tells its status late", os::wait(child), Ok(ExitStatus::Exited(9)));
    checks.equal("then it is gone", os::kill(child as i64, 0), Err(Errno::ESRCH));
}

/// A parent that ignores SIGCHLD is told of no child's end, but can wait until all are gone.
fn ignored(checks: &mut Checks) {
    let status = os::in_child(|| {
        let set = os::on_signal(Signal::CHLD, SIG_IGN);
        let children = [1, 20, 40].map(|pause| {
            os::start_child(|| {
                let _ = os::sleep(pause * os::MILLISECOND);
                5
            })
        });
        let waited = os::wait_for(-1, 0).err();
        let is_gone = |child: u64| os::kill(child as i64, 0) == Err(Errno::ESRCH);
        let all_gone = children.into_iter().all(|child| child.is_ok_and(is_gone));
        let restored = os::on_signal(Signal::CHLD, SIG_DFL).and_then(|_| os::in_child(|| 6));
        i32::from(set.is_err())
            + 2 * i32::from(waited != Some(Errno::ECHILD))
            + 4 * i32::from(!all_gone)
            + 8 * i32::from(restored != Ok(ExitStatus::Exited(6)))
    });
    checks.equal("ignored children are no zombies", status, Ok(ExitStatus::Exited(0)));
}

/// A grandchild whose parent has ended becomes init's child.
fn orphans(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let child = os::in_child(|| {
        let parent = os::own_id();
        let grandchild = os::start_child(|| {
            let moved = os::until(10 * os::SECOND, || os::parent_id() != parent);
            let answer = [u8::from(moved), os::parent_id() as u8];
            i32::from(os::write(to, &answer).is_err())
        });
        i32::from(grandchild.is_err())
    });
    checks.equal("the parent ends", child, Ok(ExitStatus::Exited(0)));
    let _ = os::close(to);
    let mut answer = [0; 2];
    let length = os::read_full(from, &mut answer);
    checks.equal("the orphan tells", length, Ok(2));
    checks.equal("an orphan's parent is init", answer, [1, 1]);
    let _ = os::close(from);
    checks.equal("an orphan is not waited for", os::wait_for(-1, 0).err(), Some(Errno::ECHILD));
}

fn groups(checks: &mut Checks) {
    let grouped = checks.value(
        "a child",
        os::start_child(|| {
            let _ = os::call(Sysno::Setpgid, [0, 0]);
            4
        }),
    );
    let _ = os::call(Sysno::Setpgid, [grouped, grouped]);
    let stays = checks.value("a child", os::start_child(|| 5));
    let own = os::wait_for(0, 0);
    checks.equal("0 waits for the own group", own, Ok((stays, ExitStatus::Exited(5))));
    let other = os::wait_for(-(grouped as i64), 0);
    checks.equal("-G waits for group G", other, Ok((grouped, ExitStatus::Exited(4))));
}
