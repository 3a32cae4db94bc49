//! Fork: parent and child see copies, and share what is shared.

use crate::{Checks, frames, os, touch};
use abi::process::ExitStatus;
use core::cell::Cell;

const GOOD: Result<ExitStatus, abi::Errno> = Ok(ExitStatus::Exited(0));
const PAGES: u64 = 1024;

struct Data(Cell<u64>);

// SAFETY: the program has one thread.
unsafe impl Sync for Data {}

static DATA: Data = Data(Cell::new(7));

/// The checks.
pub fn run(checks: &mut Checks) {
    numbers(checks);
    isolation(checks);
    many_pages(checks);
    shared_memory(checks);
    nesting(checks);
    both_write(checks);
    frames::unchanged(checks, "forks of a large process leak nothing", || {
        let memory = os::map(PAGES * os::PAGE, os::ANONYMOUS);
        fill(memory, 1);
        let _ = os::in_child(|| {
            fill(memory, 2);
            0
        });
        let _ = os::unmap(memory, PAGES * os::PAGE);
    });
}

fn fill(memory: u64, salt: u64) {
    (0..PAGES).for_each(|page| touch::store(memory + page * os::PAGE, page * 31 + salt));
}

fn holds(memory: u64, salt: u64) -> bool {
    (0..PAGES).all(|page| touch::load(memory + page * os::PAGE) == page * 31 + salt)
}

fn numbers(checks: &mut Checks) {
    let parent = os::own_id();
    let status = os::in_child(|| i32::from(os::parent_id() != parent || os::own_id() == parent));
    checks.equal("a child has another number and knows its parent", status, GOOD);
}

fn isolation(checks: &mut Checks) {
    let stack = Cell::new(5_u64);
    let memory = os::map(os::PAGE, os::ANONYMOUS);
    touch::store(memory, 11);
    touch::set_thread_pointer(0x1234_5678);
    let status = os::in_child(|| {
        let inherited = (stack.get(), DATA.0.get(), touch::load(memory), touch::thread_pointer());
        stack.set(6);
        DATA.0.set(8);
        touch::store(memory, 12);
        touch::set_thread_pointer(1);
        let changed = (stack.get(), DATA.0.get(), touch::load(memory), touch::thread_pointer());
        i32::from(inherited != (5, 7, 11, 0x1234_5678)) + 2 * i32::from(changed != (6, 8, 12, 1))
    });
    checks.equal("a child begins with its parent's memory", status, GOOD);
    let kept = (stack.get(), DATA.0.get(), touch::load(memory), touch::thread_pointer());
    checks.equal("a child's stores are its own", kept, (5, 7, 11, 0x1234_5678));
    touch::set_thread_pointer(0);
    let _ = os::unmap(memory, os::PAGE);
}

fn many_pages(checks: &mut Checks) {
    let memory = os::map(PAGES * os::PAGE, os::ANONYMOUS);
    fill(memory, 1);
    let status = os::in_child(|| {
        let before = holds(memory, 1);
        fill(memory, 2);
        i32::from(!before || !holds(memory, 2))
    });
    checks.equal("4 MiB are copied where they are written", status, GOOD);
    checks.that("the parent's 4 MiB are untouched", holds(memory, 1));
    fill(memory, 3);
    checks.that("the parent can write after the child ended", holds(memory, 3));
    let _ = os::unmap(memory, PAGES * os::PAGE);
}

fn shared_memory(checks: &mut Checks) {
    let memory = os::map(4 * os::PAGE, os::COMMON);
    touch::store(memory, 1);
    let status = os::in_child(|| {
        touch::store(memory, 2);
        touch::store(memory + 3 * os::PAGE, 3);
        0
    });
    checks.equal("the child ends", status, GOOD);
    let seen = (touch::load(memory), touch::load(memory + 3 * os::PAGE));
    checks.equal("shared memory stays shared, untouched pages too", seen, (2, 3));
    let _ = os::unmap(memory, 4 * os::PAGE);
}

/// Forks down to a depth; each level changes its page and checks it after its child has ended.
fn descend(memory: u64, depth: u64) -> i32 {
    touch::store(memory, depth);
    if depth > 0 && os::in_child(|| descend(memory, depth - 1)) != GOOD {
        return 1;
    }
    i32::from(touch::load(memory) != depth)
}

fn nesting(checks: &mut Checks) {
    let memory = os::map(os::PAGE, os::ANONYMOUS);
    checks.equal("forks nest eight deep", descend(memory, 8), 0);
    let _ = os::unmap(memory, os::PAGE);
}

/// Parent and child write the same pages at the same time.
fn both_write(checks: &mut Checks) {
    let memory = os::map(PAGES * os::PAGE, os::ANONYMOUS);
    let mut good = true;
    for round in 0..20 {
        fill(memory, round);
        let child = os::start_child(|| {
            fill(memory, round + 100);
            i32::from(!holds(memory, round + 100))
        });
        fill(memory, round + 200);
        good &= holds(memory, round + 200);
        good &= child.and_then(os::wait) == GOOD;
    }
    checks.that("parent and child write at the same time", good);
    let _ = os::unmap(memory, PAGES * os::PAGE);
}
