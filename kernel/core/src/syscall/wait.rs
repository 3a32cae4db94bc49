//! The calls that wait for children.

use super::arguments::store_if_asked;
use super::process_file::awaited;
use crate::fs::Fd;
use crate::process::{self, Change, News, Patience, WaitFor, Wanted};
use crate::sched;
use abi::Errno;
use abi::process::{
    CONTINUED_WORD, P_ALL, P_PGID, P_PID, P_PIDFD, WAIT_KINDS, WCONTINUED, WEXITED, WNOHANG,
    WNOWAIT, WSTOPPED, WUNTRACED, stopped_word,
};
use abi::resource::Usage;
use abi::signal::SignalInfo;
use arch::addr::VirtAddr;

pub fn wait4(target: i32, status: VirtAddr, options: u32, usage: VirtAddr) -> Result<u64, Errno> {
    if options & !(WNOHANG | WUNTRACED | WCONTINUED | WAIT_KINDS) != 0 {
        return Err(Errno::EINVAL);
    }
    let caller = sched::current_process();
    let which = match target {
        1.. => WaitFor::Pid(target as u32),
        0 => WaitFor::Group(caller.group()),
        -1 => WaitFor::Any,
        i32::MIN => return Err(Errno::ESRCH),
        _ => WaitFor::Group(target.unsigned_abs()),
    };
    let wanted = wanted(options | WEXITED);
    let Some(news) = process::wait(&caller, which, wanted, patience(options))? else {
        return Ok(0);
    };
    store_if_asked(status, &word(news.change))?;
    store_usage(usage, &news)?;
    Ok(news.pid.into())
}

pub fn waitid(
    kind: u32,
    number: u32,
    info: VirtAddr,
    options: u32,
    usage: VirtAddr,
) -> Result<u64, Errno> {
    const CHANGES: u32 = WEXITED | WSTOPPED | WCONTINUED;
    if options & !(CHANGES | WNOHANG | WNOWAIT | WAIT_KINDS) != 0 || options & CHANGES == 0 {
        return Err(Errno::EINVAL);
    }
    let caller = sched::current_process();
    let mut polls = false;
    let which = match (kind, number) {
        (P_ALL, _) => WaitFor::Any,
        (P_PID, 1..=0x7FFF_FFFF) => WaitFor::Pid(number),
        (P_PIDFD, _) => {
            let (pid, may_wait) = awaited(Fd(number))?;
            polls = !may_wait;
            WaitFor::Pid(pid)
        }
        (P_PGID, 0) => WaitFor::Group(caller.group()),
        (P_PGID, 1..=0x7FFF_FFFF) => WaitFor::Group(number),
        _ => return Err(Errno::EINVAL),
    };
    let patience = if polls { Patience::Poll } else { patience(options) };
    let news = process::wait(&caller, which, wanted(options), patience)?;
    if polls && options & WNOHANG == 0 && news.is_none() {
        return Err(Errno::EAGAIN);
    }
    if let Some(news) = &news {
        store_usage(usage, news)?;
    }
    // All zero if there is no news.
    let told = news.map_or_else(SignalInfo::default, |news| news.info());
    store_if_asked(info, &told)?;
    Ok(0)
}

const fn patience(options: u32) -> Patience {
    if options & WNOHANG == 0 { Patience::Block } else { Patience::Poll }
}

const fn wanted(options: u32) -> Wanted {
    Wanted {
        ends: options & WEXITED != 0,
        stops: options & WSTOPPED != 0,
        continues: options & WCONTINUED != 0,
        stays: options & WNOWAIT != 0,
    }
}

const fn word(change: Change) -> u32 {
    match change {
        Change::Ended(status) => status.to_word(),
        Change::Stopped(signal) => stopped_word(signal),
        Change::Continued => CONTINUED_WORD,
    }
}

fn store_usage(usage: VirtAddr, news: &News) -> Result<(), Errno> {
    store_if_asked(usage, &Usage::new(news.cpu_time, 0))
}
