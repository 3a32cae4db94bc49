//! `user::mmf`: every call of the mapping-object family.

use crate::check::Checks;
use crate::children::{self, GOOD};
use crate::native::errno;
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::sync::atomic::Ordering;
use user::mmf::{
    Access, Decision, Handle, Inheritance, ObjectFlags, Sizes, View, approve_child, create_mapping,
    create_region, create_region_for, file_mapping_dec_ref, grow, mmf_read, mmf_write, notify,
    open_region, set_inheritance, sizes, wait_change, wait_for_name,
};
use user::process::{self, Pid};
use user::region::{self, QuotaScope};
use user::system;
use user::time::{self, Duration};

const NAME: &str = "/api-mmf";
const PAGE: usize = 4096;
const SOON: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(60);
const SEGV: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::SEGV as u8));
const PLAIN: ObjectFlags = ObjectFlags::empty();

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = region::unlink(NAME);
    making(checks);
    mapping(checks);
    copying(checks);
    pieces(checks);
    telling(checks);
    leaving(checks);
    growing(checks);
    inheriting(checks);
    approving(checks);
    charging(checks);
    flags(checks);
}

fn word(view: &View<'_>, offset: usize) -> i64 {
    view.memory().as_atomic_u32(offset).map_or(-1, |word| word.load(Ordering::SeqCst).into())
}

fn set(view: &View<'_>, offset: usize, value: u32) -> bool {
    let word = view.memory().as_atomic_u32(offset);
    word.map(|word| word.store(value, Ordering::SeqCst)).is_some()
}

fn making(checks: &mut Checks) {
    let none = open_region(NAME, Access::Read);
    checks.equal("an object nobody made is ENOENT", errno(none), Some(Errno::ENOENT));
    let empty = create_region(NAME, 0, PLAIN);
    checks.equal("it has at least a byte", errno(empty), Some(Errno::EINVAL));
    checks.equal(
        "a bad name is EINVAL",
        errno(create_region("x/y", 1, PLAIN)),
        Some(Errno::EINVAL),
    );
    let made = create_region(NAME, 5000, ObjectFlags::EXCLUSIVE);
    let Some(made) = checks.value("an object", made) else { return };
    let wanted = Sizes { asked: 5000, granted: 8192, maximum: 2 << 20 };
    checks.equal("what was asked and granted", sizes(&made), Ok(wanted));
    let again = create_region(NAME, 1, ObjectFlags::EXCLUSIVE);
    checks.equal("no second one", errno(again), Some(Errno::EEXIST));
    let found = create_region(NAME, 1, PLAIN).and_then(|found| sizes(&found));
    checks.equal("a later one opens it as it is", found.map(|it| it.asked), Ok(5000));
    let opened = open_region(NAME, Access::ReadWrite);
    let number = |handle: &Handle| handle.record().map(|it| it.id);
    let same = opened.and_then(|opened| number(&opened)) == number(&made);
    checks.that("by name it is the same", same);
    checks.equal("its region", made.region().name(), NAME);
    let closed = || errno(open_region(NAME, Access::Read)) == Some(Errno::EACCES);
    checks.equal("others do not open it", children::run_as(1000, 1000, closed), GOOD);
    file_mapping_dec_ref(made);
    process::set_umask(0);
    let open = create_region_for(NAME, 10, 1 << 20, PLAIN, 0o644);
    let maximum = open.as_ref().map(|it| sizes(it).map(|it| it.maximum));
    checks.equal("its maximum", maximum.ok(), Some(Ok(1 << 20)));
    let reads = || open_region(NAME, Access::Read).is_ok();
    let writes = || open_region(NAME, Access::ReadWrite).is_ok();
    checks.equal("others may read", children::run_as(1000, 1000, || reads() && !writes()), GOOD);
}

fn mapping(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 3 * PAGE as u64, PLAIN)) else {
        return;
    };
    let whole = create_mapping(&made, Access::ReadWrite, 0, 0);
    let part = create_mapping(&made, Access::Read, PAGE as u64, 100);
    let rest = create_mapping(&made, Access::Read, PAGE as u64, 0);
    let (Ok(whole), Ok(part), Ok(rest)) = (whole, part, rest) else {
        return checks.that("views", false);
    };
    let lengths = (whole.memory().len(), part.memory().len(), rest.memory().len());
    checks.equal("all, a part, the rest", lengths, (3 * PAGE, 100, 2 * PAGE));
    checks.that("a store", set(&whole, PAGE, 3));
    checks.equal("is seen by all", (word(&part, 0), word(&rest, 0)), (3, 3));
    checks.equal("the part ends", word(&part, 100), -1);
    checks.equal("a reader's store ends it", children::run(|| set(&part, 0, 1)), SEGV);
    let odd = create_mapping(&made, Access::Read, 7, 10);
    checks.equal("an odd offset is EINVAL", errno(odd), Some(Errno::EINVAL));
    let reader = open_region(NAME, Access::Read);
    let writes = reader.as_ref().map(|it| errno(create_mapping(it, Access::ReadWrite, 0, 0)));
    checks.equal("a reader's handle gives no writer", writes.ok(), Some(Some(Errno::EACCES)));
    let runs = create_mapping(&made, Access::ReadExecute, 0, 0);
    checks.that("code can be shown", runs.is_ok());
}

fn copying(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 10, PLAIN)) else { return };
    let mut bytes = [9; 6];
    checks.equal("bytes go in", mmf_write(&made, 4, b"abcdef"), Ok(()));
    checks.equal("and out", mmf_read(&made, 4, &mut bytes), Ok(6));
    checks.equal("the same", bytes, *b"abcdef");
    checks.equal("fewer at the end", mmf_read(&made, 8, &mut bytes), Ok(2));
    checks.equal("none at it", mmf_read(&made, 10, &mut bytes), Ok(0));
    checks.equal("nor behind it", mmf_read(&made, 1 << 40, &mut bytes), Ok(0));
    checks.equal("across it is ERANGE", errno(mmf_write(&made, 5, b"ABCDEF")), Some(Errno::ERANGE));
    let huge = mmf_write(&made, u64::MAX, b"A");
    checks.equal("far behind it too", errno(huge), Some(Errno::ERANGE));
    let _ = mmf_read(&made, 4, &mut bytes);
    checks.equal("nothing was written", bytes, *b"abcdef");
    let reader = open_region(NAME, Access::Read);
    let refused = reader.map(|it| errno(mmf_write(&it, 0, b"A")));
    checks.equal("a reader's handle is EACCES", refused.ok(), Some(Some(Errno::EACCES)));
}

/// A child writes blocks of one byte each, and every block that is read is of one byte.
fn pieces(checks: &mut Checks) {
    const BYTES: usize = 9000;
    let Some(made) = checks.value("an object", create_region(NAME, BYTES as u64, PLAIN)) else {
        return;
    };
    let child = children::start(|| {
        (0..600_u32).all(|turn| mmf_write(&made, 0, &[turn as u8; BYTES]).is_ok())
    });
    let mut block = [0; BYTES];
    let mut torn = 0;
    let mut reads = 0;
    while made.record().is_ok_and(|it| it.changes < 600) && reads < 100_000 {
        reads += 1;
        let read = mmf_read(&made, 0, &mut block);
        torn += u32::from(read != Ok(BYTES) || block.iter().any(|byte| *byte != block[0]));
    }
    checks.equal("the writer ends well", children::end(child), GOOD);
    checks.equal("no copy is torn", torn, 0);
}

fn telling(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 100, PLAIN)) else { return };
    checks.equal("no change", wait_change(&made, 0, Some(SOON)), Ok(None));
    let child = children::start(|| {
        let Ok(other) = open_region(NAME, Access::ReadWrite) else { return false };
        time::sleep(SOON);
        mmf_write(&other, 8, b"abc").is_ok() && notify(&other, 20, 4) == Ok(2)
    });
    let first = wait_change(&made, 0, Some(LONG)).ok().flatten();
    checks.equal("a write is told", first.map(|it| (it.offset, it.length)), Some((8, 3)));
    checks.equal("by whom", first.map(|it| it.by), child);
    let next = wait_change(&made, 1, None).ok().flatten();
    checks.equal("stores too", next.map(|it| (it.number, it.offset, it.length)), Some((2, 20, 4)));
    checks.equal("the child ends", children::end(child), GOOD);
    drop(made);
    checks.equal("a name that is missing", wait_for_name(NAME, Some(SOON)), Ok(false));
    let child = children::start(|| {
        let made = create_region(NAME, 1, ObjectFlags::PERSISTENT);
        made.is_ok()
    });
    checks.equal("is waited for", wait_for_name(NAME, Some(LONG)), Ok(true));
    checks.equal("it is there", children::end(child), GOOD);
    checks.equal("until it is removed", region::unlink(NAME), Ok(()));
}

fn leaving(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 100, PLAIN)) else { return };
    let Some(second) = checks.value("a user", open_region(NAME, Access::Read)) else { return };
    file_mapping_dec_ref(made);
    checks.equal("others keep it", region::exists(NAME), Ok(true));
    file_mapping_dec_ref(second);
    checks.equal("the last one does not", region::exists(NAME), Ok(false));
    let dies = children::run(|| {
        let made = create_region(NAME, 100, PLAIN).map(core::mem::ManuallyDrop::new);
        made.is_ok_and(|made| create_mapping(&made, Access::ReadWrite, 0, 0).is_ok())
    });
    checks.equal("one that dies", dies, GOOD);
    checks.equal("is a user no more", region::exists(NAME), Ok(false));
}

fn growing(checks: &mut Checks) {
    let made = create_region_for(NAME, 100, 6 << 20, PLAIN, 0o600);
    let Some(made) = checks.value("an object", made) else { return };
    let Ok(mut view) = create_mapping(&made, Access::ReadWrite, 0, 0) else { return };
    let address = view.address();
    let child = children::run(|| {
        let Ok(other) = open_region(NAME, Access::ReadWrite) else { return false };
        let Ok(mut view) = create_mapping(&other, Access::ReadWrite, 0, 0) else { return false };
        let grown = grow(&other, 5 << 20).is_ok() && view.update(&other) == Ok(5 << 20);
        grown && set(&view, (5 << 20) - 4, 8)
    });
    checks.equal("a child grows it", child, GOOD);
    checks.equal("the view reaches as far", view.update(&made), Ok(5 << 20));
    checks.equal("in place", (view.address(), word(&view, (5 << 20) - 4)), (address, 8));
    checks.equal("less is no growth", grow(&made, 10), Ok(()));
    checks.equal("and changes nothing", sizes(&made).map(|it| it.asked), Ok(5 << 20));
    let beyond = grow(&made, (6 << 20) + 1);
    checks.equal("beyond the maximum is EFBIG", errno(beyond), Some(Errno::EFBIG));
}

/// Sets what children get of both, and starts one that waits for the gate.
fn child_behind(
    gate: &Handle,
    handle: &Handle,
    view: &View<'_>,
    inheritance: Inheritance,
    part: impl FnOnce() -> bool,
) -> Option<Pid> {
    let said = (set_inheritance(handle, inheritance), set_inheritance(view, inheritance));
    let child = children::start(|| wait_change(gate, 0, Some(LONG)).is_ok() && part());
    let _ =
        (set_inheritance(handle, Inheritance::Share), set_inheritance(view, Inheritance::Share));
    (said == (Ok(Inheritance::Share), Ok(Inheritance::Share))).then_some(child).flatten()
}

fn inheriting(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 100, PLAIN)) else { return };
    let Ok(view) = create_mapping(&made, Access::ReadWrite, 0, 0) else { return };
    set(&view, 0, 1);
    for (inheritance, status, after) in [
        (Inheritance::Share, GOOD, 2),
        (Inheritance::ShareReadOnly, SEGV, 1),
        (Inheritance::Copy, GOOD, 1),
        (Inheritance::None, SEGV, 1),
        (Inheritance::Ask, SEGV, 1),
    ] {
        set(&view, 0, 1);
        let before = (set_inheritance(&view, inheritance), set_inheritance(&made, inheritance));
        checks.equal("what it was", before, (Ok(Inheritance::Share), Ok(Inheritance::Share)));
        let child = children::run(|| set(&view, 0, 2));
        checks.equal("what a child does", (inheritance, child), (inheritance, status));
        checks.equal("and its parent sees", (inheritance, word(&view, 0)), (inheritance, after));
        let before = (
            set_inheritance(&view, Inheritance::Share),
            set_inheritance(&made, Inheritance::Share),
        );
        checks.equal("what it is", before, (Ok(inheritance), Ok(inheritance)));
    }
}

fn approving(checks: &mut Checks) {
    let Some(made) = checks.value("an object", create_region(NAME, 100, PLAIN)) else { return };
    let Ok(view) = create_mapping(&made, Access::ReadWrite, 0, 0) else { return };
    for (decision, status, after) in [
        (Decision::Allow(Access::ReadWrite), GOOD, 2),
        (Decision::Allow(Access::Read), SEGV, 1),
        (Decision::Deny, SEGV, 1),
    ] {
        set(&view, 0, 1);
        let gate = create_region("/api-mmf-gate", 1, PLAIN);
        let Some(gate) = checks.value("a gate", gate) else { return };
        let child = child_behind(&gate, &made, &view, Inheritance::Ask, || set(&view, 0, 2));
        let decided = approve_child(&made, child.unwrap_or(Pid(0)), decision);
        checks.equal("it is decided", decided, Ok(()));
        let again = approve_child(&made, child.unwrap_or(Pid(0)), decision);
        checks.equal("once", errno(again), Some(Errno::ENOENT));
        let _ = notify(&gate, 0, 0);
        checks.equal("what the child does", (decision, children::end(child)), (decision, status));
        checks.equal("and its parent sees", (decision, word(&view, 0)), (decision, after));
    }
    let reader = open_region(NAME, Access::Read);
    let Some(reader) = checks.value("a reader", reader) else { return };
    let Ok(shown) = create_mapping(&reader, Access::Read, 0, 0) else { return };
    let Some(gate) = checks.value("a gate", create_region("/api-mmf-gate", 1, PLAIN)) else {
        return;
    };
    let child = child_behind(&gate, &reader, &shown, Inheritance::Ask, || word(&shown, 0) == 1);
    let more = approve_child(&reader, child.unwrap_or(Pid(0)), Decision::Allow(Access::ReadWrite));
    checks.equal("no more than one has", errno(more), Some(Errno::EACCES));
    let much = approve_child(&reader, child.unwrap_or(Pid(0)), Decision::Allow(Access::Read));
    checks.equal("but as much", much, Ok(()));
    let _ = notify(&gate, 0, 0);
    checks.equal("which the child uses", children::end(child), GOOD);
}

/// Memory is charged when it is promised: what is left decides, and a touch never fails.
fn charging(checks: &mut Checks) {
    let Some(before) = checks.value("the memory", system::memory()) else { return };
    let left = before.free - before.promised;
    let too_much = create_region(NAME, (left + 1) * PAGE as u64, PLAIN);
    checks.equal("more than is left is ENOMEM", errno(too_much), Some(Errno::ENOMEM));
    checks.equal("and leaves no name", region::exists(NAME), Ok(false));
    let promised = system::memory().map(|it| it.promised);
    checks.equal("nor a promise", promised, Ok(before.promised));
    let bytes = left / 4 * PAGE as u64;
    let made = create_region_for(NAME, bytes, 1 << 35, PLAIN, 0o600);
    let Some(made) = checks.value("a quarter", made) else { return };
    let promised = system::memory().map_or(0, |it| it.promised - before.promised);
    checks.that("is promised at once", promised >= left / 4);
    checks.equal("growth fails then", errno(grow(&made, 4 * bytes)), Some(Errno::ENOMEM));
    checks.equal("and changes nothing", sizes(&made).map(|it| it.asked), Ok(bytes));
    drop(made);
    let promised = system::memory().map(|it| it.promised);
    checks.equal("all is given back", promised, Ok(before.promised));
    checks.that("a limit", region::set_quota(QuotaScope::Region, 0, Some(10)).is_ok());
    let eleven = create_region(NAME, 10 * PAGE as u64 + 1, PLAIN);
    checks.equal("over it is EDQUOT", errno(eleven), Some(Errno::EDQUOT));
    let ten = create_region(NAME, 10 * PAGE as u64, PLAIN);
    checks.equal(
        "growth too",
        ten.map(|it| errno(grow(&it, 10 * PAGE as u64 + 1))),
        Ok(Some(Errno::EDQUOT)),
    );
    checks.that("no limit", region::set_quota(QuotaScope::Region, 0, None).is_ok());
}

fn flags(checks: &mut Checks) {
    let made = create_region(NAME, 100, ObjectFlags::SINGLE_WRITER);
    let second = open_region(NAME, Access::ReadWrite);
    checks.equal("a second writer is EBUSY", errno(second), Some(Errno::EBUSY));
    checks.that("a reader is not", open_region(NAME, Access::Read).is_ok());
    drop(made);
    let made = create_region(NAME, 100, ObjectFlags::VIEWS_READ_ONLY);
    let Some(made) = checks.value("for readers' views", made) else { return };
    let refused = create_mapping(&made, Access::ReadWrite, 0, 0);
    checks.equal("no view writes", errno(refused), Some(Errno::EACCES));
    checks.equal("a copy does", mmf_write(&made, 0, b"x"), Ok(()));
    drop(made);
    let made = create_region(NAME, 100, ObjectFlags::SAME_ADDRESS);
    let Some(made) = checks.value("one at one address", made) else { return };
    let told = made.record().map_or(0, |it| it.address as usize);
    let here = create_mapping(&made, Access::ReadWrite, 0, 0).map(|view| view.address());
    checks.equal("it is told", here, Ok(told));
    let there = || {
        let Ok(other) = open_region(NAME, Access::Read) else { return false };
        create_mapping(&other, Access::Read, 0, 0).map(|view| view.address()) == Ok(told)
    };
    checks.equal("and a child has it there", children::run(there), GOOD);
    drop(made);
    let sparse = create_region_for(NAME, 1 << 35, 1 << 35, ObjectFlags::SPARSE, 0o600);
    checks.that("a sparse one needs no memory", sparse.is_ok());
    let kept = create_region(NAME, 1, ObjectFlags::PERSISTENT);
    drop((sparse, kept));
    checks.equal("it has gone", region::exists(NAME), Ok(false));
    drop(create_region(NAME, 1, ObjectFlags::PERSISTENT));
    checks.equal("a persistent one stays", region::unlink(NAME), Ok(()));
}
