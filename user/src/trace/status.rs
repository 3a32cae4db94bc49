//! Signals and ends of processes as words.

use abi::process::ExitStatus;
use abi::signal::{
    CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, REAL_TIME_MIN, SI_KERNEL, SI_MESGQ,
    SI_QUEUE, SI_TIMER, SI_TKILL, SI_USER, Signal, SignalInfo,
};
use alloc::format;
use alloc::string::{String, ToString};
use zerocopy::FromBytes;

/// A signal's name.
pub fn signal(number: u32) -> String {
    match Signal::ALL.iter().find(|signal| **signal as u32 == number) {
        Some(signal) => format!("SIG{}", signal.name()),
        None if number >= REAL_TIME_MIN => format!("SIGRT_{}", number - REAL_TIME_MIN),
        None => number.to_string(),
    }
}

/// Why a signal came.
fn code(info: &SignalInfo) -> String {
    let is_child = info.number == Signal::CHLD as i32;
    let name = match info.code {
        SI_USER => "SI_USER",
        SI_KERNEL => "SI_KERNEL",
        SI_QUEUE => "SI_QUEUE",
        SI_TIMER => "SI_TIMER",
        SI_MESGQ => "SI_MESGQ",
        SI_TKILL => "SI_TKILL",
        CLD_EXITED if is_child => "CLD_EXITED",
        CLD_KILLED if is_child => "CLD_KILLED",
        CLD_STOPPED if is_child => "CLD_STOPPED",
        CLD_CONTINUED if is_child => "CLD_CONTINUED",
        number => return fault_code(info.number, number),
    };
    name.into()
}

fn fault_code(signal: i32, code: i32) -> String {
    let name = match (signal, code) {
        (11, 1) => "SEGV_MAPERR",
        (11, 2) => "SEGV_ACCERR",
        (7, 1) => "BUS_ADRALN",
        (7, 2) => "BUS_ADRERR",
        (4, 1) => "ILL_ILLOPC",
        (5, 1) => "TRAP_BRKPT",
        _ => return code.to_string(),
    };
    name.into()
}

/// What is known of a signal.
pub fn info(bytes: &[u8]) -> Option<String> {
    let (info, _) = SignalInfo::read_from_prefix(bytes).ok()?;
    let name = signal(info.number as u32);
    let mut text = format!("{{si_signo={name}, si_code={}", code(&info));
    let (low, high) = (info.fields[0] as u32, (info.fields[0] >> 32) as u32);
    let is_child = info.number == Signal::CHLD as i32 && info.code > 0 && info.code != SI_KERNEL;
    if is_child {
        let status = info.fields[1] as u32;
        text += &format!(", si_pid={low}, si_uid={high}, si_status=");
        text += &if info.code == CLD_EXITED { status.to_string() } else { signal(status) };
    } else if info.code == SI_TIMER {
        text += &format!(", si_timerid={low}, si_overrun={high}");
    } else if info.code <= 0 {
        text += &format!(", si_pid={low}, si_uid={high}");
    } else if info.code != SI_KERNEL {
        text += &format!(", si_addr={}", super::quote::pointer(info.fields[0]));
    }
    text.push('}');
    Some(text)
}

/// What `wait4` tells of a child.
pub fn wait_status(word: u32) -> String {
    const CONTINUED: u32 = 0xFFFF;
    if word == CONTINUED {
        return "{WIFCONTINUED(s)}".into();
    }
    match ExitStatus::from_word(word) {
        status if status.is_stop() => {
            format!("{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}", signal(word >> 8 & 0xFF))
        }
        ExitStatus::Exited(status) => {
            format!("{{WIFEXITED(s) && WEXITSTATUS(s) == {status}}}")
        }
        ExitStatus::Signalled(number) => {
            format!("{{WIFSIGNALED(s) && WTERMSIG(s) == {}}}", signal(number.into()))
        }
    }
}

/// How a process has ended.
pub fn end(word: u32) -> String {
    match ExitStatus::from_word(word) {
        ExitStatus::Exited(status) => format!("exited with {status}"),
        ExitStatus::Signalled(number) => format!("killed by {}", signal(number.into())),
    }
}
