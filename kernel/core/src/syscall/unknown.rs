//! Calls that Commons does not have: one line in the kernel's log for each program and number.

use crate::sched;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::COMMAND_MAX;
use heapless::Vec;

/// Pairs that are remembered; when there are more, none is told any more.
const PAIRS: usize = 128;

type Command = [u8; COMMAND_MAX];

static TOLD: Lock<Vec<(Command, u64), PAIRS>> = Lock::new(Rank::UnknownCalls, Vec::new());

/// Refuses the call, and says so if it is the first of its kind.
pub fn refuse(number: u64) -> Result<u64, Errno> {
    let process = sched::current_process();
    let command = process.command();
    if is_new(&mut TOLD.lock(), command, number) {
        let name = command.split(|byte| *byte == 0).next().unwrap_or_default();
        let name = core::str::from_utf8(name).unwrap_or("?");
        log::debug!("process {} ({name}): call {number} does not exist", process.pid);
    }
    Err(Errno::ENOSYS)
}

fn is_new<const N: usize>(
    told: &mut Vec<(Command, u64), N>,
    command: Command,
    number: u64,
) -> bool {
    let pair = (command, number);
    !told.contains(&pair) && told.push(pair).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_and_number_is_told_once_until_there_are_too_many() {
        let mut told = Vec::<_, 3>::new();
        let [one, other] = [[1; COMMAND_MAX], [2; COMMAND_MAX]];
        assert!(is_new(&mut told, one, 5));
        assert!(!is_new(&mut told, one, 5));
        assert!(is_new(&mut told, other, 5));
        assert!(is_new(&mut told, one, 6));
        assert!(!is_new(&mut told, one, 7), "there is no room to remember it");
    }
}
