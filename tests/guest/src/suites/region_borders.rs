//! Where a region ends: apart from heap and stack, at its last byte, and without harm to others.

use super::memory::faults;
use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, os, touch};
use abi::Errno;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::{RegionFlags, ViewRecord};
use abi::signal::Signal;
use zerocopy::FromZeros;

const NAMES: [&[u8]; 3] = [b"/borders-left", b"/borders-test", b"/borders-right"];
const PAGES: u64 = 3;
const LENGTH: u64 = PAGES * PAGE;
/// Further than a view and what is free behind it.
const FAR: u64 = 4096 * PAGE;

/// A region and where it is mapped.
#[derive(Clone, Copy, Default)]
struct Mapped {
    region: i32,
    view: u64,
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let mapped = NAMES.map(|name| {
        let region = os::region_create(name, &os::request(LENGTH, RegionFlags::empty()));
        let region = checks.value("created", region);
        Mapped { region, view: checks.value("mapped", os::region_map(region, READ_WRITE)) }
    });
    mapped.iter().zip(1..).for_each(|(one, salt)| fill(one.view, salt));
    place(checks, mapped[1]);
    the_heaps_calls(checks, mapped[1]);
    inside(checks, mapped[1]);
    across(checks, mapped);
    odd_sizes(checks, mapped[1].region);
    for (one, name) in mapped.into_iter().zip(NAMES) {
        os::ignore(os::region_leave(one.region));
        os::ignore(os::region_unlink(name));
    }
}

fn word(salt: u64, index: u64) -> u64 {
    salt << 32 | index
}

fn fill(view: u64, salt: u64) {
    (0..LENGTH / 8).for_each(|index| touch::store(view + index * 8, word(salt, index)));
}

fn holds(view: u64, salt: u64) -> bool {
    (0..LENGTH / 8).all(|index| touch::load(view + index * 8) == word(salt, index))
}

fn place(checks: &mut Checks, own: Mapped) {
    let mut views: [ViewRecord; 24] = core::array::from_fn(|_| ViewRecord::new_zeroed());
    let count = checks.value("its views", os::views(0, &mut views));
    checks.that("all are told", count as usize <= views.len());
    let named = |name: &[u8]| {
        let mut told = views.iter().take(count as usize);
        told.find(|view| &view.name[..view.name_length as usize] == name)
    };
    let own_end = own.view + LENGTH;
    let apart = |name: &[u8]| {
        named(name).is_none_or(|view| view.start >= own_end || view.start + view.bytes <= own.view)
    };
    checks.that("a view is none of the stack", named(b"[stack]").is_some() && apart(b"[stack]"));
    checks.that("nor of the heap", apart(b"[heap]"));
    checks.that("it is listed by its name", named(NAMES[1]).is_some_and(|v| v.start == own.view));
}

/// What moves the heap moves nothing of a region.
fn the_heaps_calls(checks: &mut Checks, own: Mapped) {
    let start = os::program_break(0);
    for (what, wanted) in [
        ("the break does not go to a view", own.view),
        ("nor into it", own.view + PAGE),
        ("nor beyond it", own.view + LENGTH),
    ] {
        // A break that cannot be moved is told as it was.
        checks.equal(what, os::program_break(wanted), start);
    }
    let heap = os::program_break(start + PAGE);
    let refused = os::region_unmap((heap - 1) & !(PAGE - 1));
    checks.equal("the heap is no view to end", refused, Err(Errno::EINVAL));
    os::program_break(start);
    checks.that("the region is as it was", holds(own.view, 2));
}

fn inside(checks: &mut Checks, own: Mapped) {
    let odd = own.view + PAGE - 3;
    touch::store(odd, 0x1122_3344_5566_7788);
    checks.equal(
        "a store across two of its pages is whole",
        touch::load(odd),
        0x1122_3344_5566_7788,
    );
    let mut copy = 0_u64;
    let read = os::region_sync::read(own.region, PAGE - 3, (&raw mut copy) as u64, 8);
    checks.equal("also for those who copy it", (read, copy), (Ok(8), 0x1122_3344_5566_7788));
    fill(own.view, 2);
}

/// Who writes on until it faults ends alone, after all that it may write.
fn across(checks: &mut Checks, mapped: [Mapped; 3]) {
    let [left, own, right] = mapped;
    let last = own.view + LENGTH - 8;
    checks.that("the last bytes can be written", !faults(|| touch::store(last, 7)));
    checks.that("the first behind them cannot", ends(|| touch::store(last + 8, 7)));
    checks.that("nor some that are half behind them", ends(|| touch::store(last + 4, 7)));
    let runaway =
        ends(|| (PAGE / 8..FAR / 8).for_each(|index| touch::store(own.view + index * 8, 9)));
    checks.that("who writes on and on is ended", runaway);
    let first_page = (0..PAGE / 8).all(|index| touch::load(own.view + index * 8) == word(2, index));
    let rest = (PAGE..LENGTH).step_by(8).all(|offset| touch::load(own.view + offset) == 9);
    checks.that("after all that it could write, and nothing else", first_page && rest);
    let intact = holds(left.view, 1) && holds(right.view, 3);
    checks.that("the regions beside it are as they were", intact);
    let backwards =
        ends(|| (0..=LENGTH / 8).rev().for_each(|i| touch::store(own.view - 8 + i * 8, 1)));
    checks.that("so is one who writes downwards", backwards);
    let intact = holds(left.view, 1) && holds(right.view, 3);
    checks.that("and the regions beside it are as they were", intact);
}

/// Whether a child that does this is ended by the fault of a bad access.
fn ends(work: impl FnOnce()) -> bool {
    let status = os::in_child(|| {
        os::silence();
        work();
        0
    });
    matches!(status, Ok(ExitStatus::Signalled(signal)) if is_bad_access(signal))
}

fn is_bad_access(signal: u8) -> bool {
    [Signal::SEGV as u8, Signal::BUS as u8].contains(&signal)
}

/// A length that is no multiple of a page is good for a mapping, and counts exactly.
fn odd_sizes(checks: &mut Checks, region: i32) {
    let view = os::map_file(region, 100, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("100 bytes are mapped", view);
    touch::store(view + 92, 5);
    let second = os::map_file(region, 100, Protection::READ, MapFlags::SHARED);
    let second = checks.value("and once more", second);
    checks.that("at an address of their own", view.abs_diff(second) >= PAGE);
    checks.equal("their last bytes are shared", touch::load(second + 92), 5);
    checks.equal("they are unmapped", os::unmap(view, 100), Ok(0));
    checks.that("and gone", faults(|| touch::probe(view)));
    checks.equal("which the others do not notice", touch::load(second + 92), 5);
    os::ignore(os::unmap(second, 100));
}
