//! Structures, field by field: here those of signals, the others in files by subject.

mod files;
mod native;
mod times;

use super::quote::pointer;
use super::status;
use abi::signal::{AlternateStack, SignalAction};
use abi::time::SignalEvent;
use abi::trace::Structure;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use zerocopy::FromBytes;

/// The structure that these bytes are; `None` if there are too few.
pub fn show(structure: Structure, bytes: &[u8]) -> Option<String> {
    Some(match structure {
        Structure::Int => format!("[{}]", load::<i32>(bytes)?),
        Structure::Long => format!("[{:#x}]", load::<u64>(bytes)?),
        Structure::Descriptors => {
            let [first, second] = load::<[i32; 2]>(bytes)?;
            format!("[{first}, {second}]")
        }
        Structure::WaitStatus => format!("[{}]", status::wait_status(load(bytes)?)),
        Structure::SignalSet => signal_set(load(bytes)?),
        Structure::SignalInfo => status::info(bytes)?,
        Structure::SignalAction => action(&load(bytes)?),
        Structure::SignalEvent => event(&load(bytes)?),
        Structure::AlternateStack => {
            let stack: AlternateStack = load(bytes)?;
            let (base, flags, size) = (pointer(stack.base), stack.flags, stack.size);
            format!("{{ss_sp={base}, ss_flags={flags:#x}, ss_size={size}}}")
        }
        _ => {
            let rest = [times::show, native::show, files::show];
            return rest.iter().find_map(|show| show(structure, bytes));
        }
    })
}

fn load<T: FromBytes>(bytes: &[u8]) -> Option<T> {
    Some(T::read_from_prefix(bytes).ok()?.0)
}

/// Signals, or those that are not in it if that is shorter.
fn signal_set(set: u64) -> String {
    let is_inverse = set.count_ones() > u64::BITS / 2;
    let shown = if is_inverse { !set } else { set };
    let names: Vec<String> = (1..=u64::BITS)
        .filter(|number| shown & 1 << (number - 1) != 0)
        .map(|number| String::from(status::signal(number).trim_start_matches("SIG")))
        .collect();
    format!("{}[{}]", if is_inverse { "~" } else { "" }, names.join(" "))
}

fn action(action: &SignalAction) -> String {
    let handler = match action.handler {
        0 => "SIG_DFL".into(),
        1 => "SIG_IGN".into(),
        address => pointer(address),
    };
    const FLAGS: [(u64, &str); 7] = [
        (1, "SA_NOCLDSTOP"),
        (2, "SA_NOCLDWAIT"),
        (4, "SA_SIGINFO"),
        (0x0400_0000, "SA_RESTORER"),
        (0x0800_0000, "SA_ONSTACK"),
        (0x1000_0000, "SA_RESTART"),
        (0x4000_0000, "SA_NODEFER"),
    ];
    let mut flags: Vec<&str> =
        FLAGS.iter().filter(|(bit, _)| action.flags & bit != 0).map(|(_, name)| *name).collect();
    if action.flags & 0x8000_0000 != 0 {
        flags.push("SA_RESETHAND");
    }
    let flags = if flags.is_empty() { "0".into() } else { flags.join("|") };
    format!("{{sa_handler={handler}, sa_mask={}, sa_flags={flags}}}", signal_set(action.mask))
}

fn event(event: &SignalEvent) -> String {
    let (signal, notify) = (status::signal(event.signal as u32), event.notify);
    let notify = match notify {
        0 => "SIGEV_SIGNAL",
        1 => "SIGEV_NONE",
        2 => "SIGEV_THREAD",
        4 => "SIGEV_THREAD_ID",
        _ => "SIGEV_???",
    };
    format!("{{sigev_value={:#x}, sigev_signo={signal}, sigev_notify={notify}}}", event.value)
}
