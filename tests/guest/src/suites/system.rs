//! The kernel's records about itself.

use crate::{Checks, os};
use abi::system::SystemName;
use abi::{Errno, Sysno};
use zerocopy::{FromZeros, IntoBytes};

/// The checks.
pub fn run(checks: &mut Checks) {
    let memory = checks.value("memory_info answers", os::memory_info());
    checks.that("there is memory", memory.total > 0 && memory.free > 0);
    checks.that("not all of it is free", memory.free < memory.total);
    let used = memory.user + memory.tables + memory.stacks + memory.heap;
    checks.that("the uses are within the total", used + memory.free <= memory.total);
    checks.that("this program uses memory", memory.user > 0 && memory.tables > 0);
    checks.that("this program has a kernel stack", memory.stacks > 0);
    checks.that("heap bytes fit the heap's pages", memory.heap_bytes <= memory.heap * os::PAGE);
    match os::system_info() {
        Ok(system) => {
            checks.equal("four cores run", system.cores, 4);
            checks.that("init, the shell and this program are processes", system.processes >= 3);
            checks.that("the system has been up", system.uptime > 0);
            checks.that("calls are counted", system.calls > 0 && system.switches > 0);
            checks.that("the board has a name", system.board[0] != 0);
        }
        Err(error) => checks.equal("system_info answers", Err(error), Ok(())),
    }
    own_record(checks);
    names(checks);
    unknown_calls(checks);
}

fn own_record(checks: &mut Checks) {
    let mut found = (0, 0, 0);
    let mut init = 0;
    os::for_each_process(|process| {
        if u64::from(process.pid) == os::own_id() {
            found = (u64::from(process.parent), process.threads, process.state);
        }
        init += u32::from(process.pid == 1 && process.command() == b"init");
    });
    checks.equal("this program is listed", found, (os::parent_id(), 1, 0));
    checks.equal("init is process 1", init, 1);
    let none = os::processes(&mut []);
    checks.that("a list without room still gives the number", none.is_ok_and(|count| count >= 3));
}

fn names(checks: &mut Checks) {
    let mut name = SystemName::new_zeroed();
    let answer = os::call(Sysno::Uname, [name.as_mut_bytes().as_mut_ptr() as u64]);
    checks.that("uname answers", answer.is_ok());
    checks.that("the system has a name", name.system.starts_with(b"Commons"));
    checks.that("the machine is an aarch64", name.machine.starts_with(b"aarch64\0"));
}

fn unknown_calls(checks: &mut Checks) {
    let numbers = [0, 999, 0x0FFF, 0x1FFF, 0x10000, u64::MAX, 1 << 63, 0x1_0000_0000 | 172];
    let all = numbers.iter().all(|number| os::raw(*number, [0; 6]) == Err(Errno::ENOSYS));
    checks.that("an unknown call is ENOSYS", all);
}
