//! Pages of a long file on the SD card: they come in when they are touched, also by the kernel, and a
//! file that is longer than the memory that is left can be walked along.
//!
//! The host has put the file there: each page begins with its number.

use crate::os::{PAGE, READ_WRITE, SECOND, call};
use crate::{Checks, frames, os, touch};
use abi::file::{OpenFlags, SEEK_SET};
use abi::memory::{MapFlags, Protection};
use abi::offer::OfferFlags;
use abi::region::{Inheritance, RegionFlags};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FILE: &CStr = c"/sd/long";
const NAME: &CStr = c"/dev/shm/long";
const COPY: &CStr = c"/tmp/copy";
const PAGES: u64 = 10_000;
const BYTES: u64 = PAGES * PAGE;
/// Memory that is left for a walk: far less than the file.
const LEFT: u64 = 12 << 20;
/// Pages that somebody else wants: more than the kernel keeps free in any case.
const WANTED: u64 = 1024;
const OBJECT: &CStr = c"/dev/shm/room";
/// Files of so many pages.
const HELD: &CStr = c"/sd/held";
const FREE: &CStr = c"/sd/free";
const KEPT: usize = 64;
/// For `mlockall`: what is mapped later.
const MCL_FUTURE: u64 = 2;
/// A store in every so many pages.
const STRIDE: u64 = 50;

/// The checks.
pub fn run(checks: &mut Checks) {
    let file = checks.value("opened", os::open(FILE, OpenFlags::READ_WRITE, 0));
    let view = os::map_file(file, BYTES, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    touched(checks, view);
    by_the_kernel(checks, file, view);
    named(checks, view);
    private(checks, file);
    walk(checks, file, view);
    checks.equal("fsync", call(Sysno::Fsync, [os::fd(file), 0, 0, 0]), Ok(0));
    os::ignore(os::unmap(view, BYTES));
    os::ignore(os::close(file));
}

/// How many of the pages from one on are in memory.
fn resident(view: u64, first: u64, count: usize) -> usize {
    let mut pages = [0_u8; 512];
    let at = pages.as_mut_ptr() as u64;
    let place = view + first * PAGE;
    if call(Sysno::Mincore, [place, count as u64 * PAGE, at, 0]).is_err() {
        return usize::MAX;
    }
    core::hint::black_box(&pages)[..count].iter().filter(|page| **page != 0).count()
}

fn touched(checks: &mut Checks, view: u64) {
    checks.equal("nothing is there at first", resident(view, 0, 512), 0);
    checks.equal("a page in the middle", touch::load(view + 203 * PAGE), 203);
    checks.equal("came with those around it", resident(view, 0, 512), 8);
    let none = os::protect(view + 300 * PAGE, PAGE, Protection::empty());
    checks.equal("a page that may not be touched", none, Ok(0));
    checks.equal("may again", os::protect(view + 300 * PAGE, PAGE, READ_WRITE), Ok(0));
    checks.equal("and comes in", touch::load(view + 300 * PAGE), 300);
}

/// The buffer of a call is pages that are not there.
fn by_the_kernel(checks: &mut Checks, file: i32, view: u64) {
    let copy = checks.value("a copy", os::create(COPY, 0o644));
    let written = call(Sysno::Write, [os::fd(copy), view + 1000 * PAGE, 20 * PAGE, 0]);
    checks.equal("pages that are not there are written", written, Ok(20 * PAGE));
    let mut word = [0; 8];
    os::ignore(os::seek(copy, (19 * PAGE) as i64, SEEK_SET));
    checks.equal("read back", os::read(copy, &mut word), Ok(8));
    checks.equal("as they are in the file", u64::from_le_bytes(word), 1019);
    os::ignore(os::close(copy));
    os::ignore(os::unlink(COPY));
    // A file's pages as the buffer of its own read and write.
    os::ignore(os::seek(file, (2000 * PAGE) as i64, SEEK_SET));
    let own = call(Sysno::Read, [os::fd(file), view + 2100 * PAGE, 30 * PAGE, 0]);
    checks.equal("read into its own view", own, Ok(30 * PAGE));
    checks.equal("with what was there", touch::load(view + 2129 * PAGE), 2029);
    os::ignore(os::seek(file, (2200 * PAGE) as i64, SEEK_SET));
    let own = call(Sysno::Write, [os::fd(file), view + 2300 * PAGE, 30 * PAGE, 0]);
    checks.equal("written from its own view", own, Ok(30 * PAGE));
    checks.equal("with what is there", touch::load(view + 2229 * PAGE), 2329);
    let child = os::in_child(|| i32::from(touch::load(view + 3000 * PAGE) != 3000));
    checks.equal("a child brings pages in", child.map(|it| it.shell_status()), Ok(0));
    checks.equal("that its parent has, too", resident(view, 3000, 8), 8);
}

/// The file as a region with a name.
fn named(checks: &mut Checks, view: u64) {
    let linked = call(Sysno::Linkat, [AT_CWD, address(FILE), AT_CWD, address(NAME), 0]);
    checks.equal("linked", linked, Ok(0));
    let region =
        checks.value("opened by its name", os::region_open(b"/long", RegionFlags::empty()));
    let mut bytes = [0_u8; 8];
    let to = bytes.as_mut_ptr() as u64;
    let read = call(Sysno::RegionRead, [os::fd(region), 4000 * PAGE, to, 8]);
    checks.equal("a whole copy of a page that is not there", read, Ok(8));
    checks.equal("is of the file", u64::from_le_bytes(core::hint::black_box(bytes)), 4000);
    let before = os::region_stat(region).resident_pages;
    let from = view + 5000 * PAGE;
    let written = call(Sysno::RegionWrite, [os::fd(region), 6000 * PAGE, from, 3 * PAGE]);
    checks.equal("a whole copy within it", written, Ok(3 * PAGE));
    checks.equal("is seen", touch::load(view + 6002 * PAGE), 5002);
    checks.that("and its pages came in", os::region_stat(region).resident_pages > before);
    let copied = os::inherit_view(view, Inheritance::Copy);
    checks.equal("children get no copy of it", copied, Err(Errno::EOPNOTSUPP));
    os::ignore(os::close(region));
    checks.equal("the name goes", os::unlink(NAME), Ok(0));
}

const AT_CWD: u64 = -100_i64 as u64;

fn address(path: &CStr) -> u64 {
    path.as_ptr() as u64
}

/// A private view is handed over with pages that were never touched.
fn private(checks: &mut Checks, file: i32) {
    let length = 40 * PAGE;
    let own = os::map_file(file, length, READ_WRITE, MapFlags::PRIVATE);
    let own = checks.value("a private view", own);
    touch::store(own + 8, 77);
    let parent = os::own_id();
    let child = os::start_child(|| {
        let Ok((at, _)) = os::take_offer(60 * SECOND) else { return 1 };
        let seen = (touch::load(at + 8), touch::load(at + 39 * PAGE));
        i32::from(seen != (77, 39)) * 2 + i32::from(parent == 0)
    });
    let child = checks.value("a child", child);
    let all = OfferFlags::GRANTALL.bits().into();
    checks.equal("offered", os::offer(child, own, length, all), Ok(0));
    let status = os::wait(child).map(|status| status.shell_status());
    checks.equal("the child has what was stored and what was not there", status, Ok(0));
    os::ignore(os::unmap(own, length));
}

/// Walks along the file while there is memory for a fraction of it.
fn walk(checks: &mut Checks, file: i32, view: u64) {
    let (held, free) = (kept(checks, HELD, MCL_FUTURE), kept(checks, FREE, 0));
    let taken = set_aside(checks);
    let wrong = (8000..PAGES).filter(|page| touch::load(view + page * PAGE) != *page).count();
    checks.equal("a part of the file", wrong, 0);
    for page in (8000..PAGES).step_by(STRIDE as usize) {
        touch::store(view + page * PAGE + 8, page + 1);
    }
    let wrong = (0..2000).filter(|page| touch::load(view + page * PAGE) != *page).count();
    checks.equal("another part", wrong, 0);
    let pieces = (0..PAGES).step_by(500);
    let there: usize = pieces.map(|first| resident(view, first, 500)).sum();
    checks.that("no more is there than there was room for", there <= (LEFT / PAGE) as usize);
    checks.that("but what was read last", resident(view, 1900, 100) == 100);
    let stored = (8000..PAGES).step_by(STRIDE as usize);
    let wrong = stored.filter(|page| touch::load(view + page * PAGE + 8) != page + 1).count();
    checks.equal("what was stored there is not lost", wrong, 0);
    // Into the file from its own view, which is not in memory.
    os::ignore(os::seek(file, (4000 * PAGE) as i64, SEEK_SET));
    let own = call(Sysno::Write, [os::fd(file), view + 5000 * PAGE, 900 * PAGE, 0]);
    checks.equal("much is written from its own view", own, Ok(900 * PAGE));
    checks.equal("as it is there", touch::load(view + 4899 * PAGE), 5899);
    let anonymous = os::map(4 << 20, os::ANONYMOUS);
    for page in 0..(4 << 20) / PAGE {
        touch::store(anonymous + page * PAGE, page);
    }
    checks.equal("others find memory", touch::load(anonymous + 9 * PAGE), 9);
    os::ignore(os::unmap(anonymous, 4 << 20));
    give_way(checks, view);
    checks.equal("what was locked stays", resident(held, 0, KEPT), KEPT);
    checks.that("what was not has gone", resident(free, 0, KEPT) < KEPT);
    os::ignore(os::close(taken));
    for (view, name) in [(held, HELD), (free, FREE)] {
        os::ignore(os::unmap(view, KEPT as u64 * PAGE));
        os::ignore(os::unlink(name));
    }
}

/// A file on the card whose pages are in memory, and are locked if flags of `mlockall` say so.
fn kept(checks: &mut Checks, name: &CStr, flags: u64) -> u64 {
    let bytes = KEPT as u64 * PAGE;
    let file = checks.value("a short file", os::create(name, 0o644));
    checks.that("with pages", os::set_length(file, bytes).is_ok());
    if flags != 0 {
        checks.equal("new views are locked", call(Sysno::Mlockall, [flags, 0, 0, 0]), Ok(0));
    }
    let view = os::map_file(file, bytes, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("is mapped", view);
    checks.equal("and no more", call(Sysno::Munlockall, [0; 4]), Ok(0));
    (0..KEPT as u64).for_each(|page| touch::probe(view + page * PAGE));
    checks.equal("is all there", resident(view, 0, KEPT), KEPT);
    os::ignore(os::close(file));
    view
}

/// Takes all memory for pages of the file, from one on that is told.
fn fill(view: u64, next: &mut u64) {
    let is_free =
        || os::memory_info().is_ok_and(|memory| memory.free - memory.promised > WANTED / 2);
    for _ in 0..PAGES {
        if !is_free() {
            return;
        }
        touch::load(view + *next * PAGE);
        *next = (*next + 1) % PAGES;
    }
}

/// Whoever wants memory has pages of the file go.
fn give_way(checks: &mut Checks, view: u64) {
    let wanted = WANTED * PAGE;
    let mut next = 0;
    let mut fill = || fill(view, &mut next);
    fill();
    let object = checks.value("a shared memory object", os::create(OBJECT, 0o600));
    checks.equal("becomes longer", os::set_length(object, wanted), Ok(0));
    close_and_unlink(object, OBJECT);
    fill();
    let object = checks.value("another", os::create(OBJECT, 0o600));
    checks.equal("is written", write_all(object, wanted), Ok(wanted));
    close_and_unlink(object, OBJECT);
    fill();
    let name = c"room".as_ptr() as u64;
    let memory = call(Sysno::MemfdCreate, [name, 0, 0, 0]).map(|fd| fd as i32);
    let memory = checks.value("memory with a descriptor", memory);
    checks.equal("is written, too", write_all(memory, wanted), Ok(wanted));
    os::ignore(os::close(memory));
    fill();
    let file = checks.value("a file in memory", os::create(COPY, 0o600));
    checks.equal("and that is", write_all(file, wanted), Ok(wanted));
    close_and_unlink(file, COPY);
    fill();
    let status = os::spawn(&[c"/bin/true"]).and_then(os::wait).map(|it| it.shell_status());
    checks.equal("a program starts", status, Ok(0));
}

fn write_all(descriptor: i32, bytes: u64) -> os::Answer {
    let piece = 16 * PAGE;
    let from = os::map(piece, os::ANONYMOUS);
    let mut written = 0;
    while written < bytes {
        written += call(Sysno::Write, [os::fd(descriptor), from, piece, 0])?;
    }
    os::unmap(from, piece)?;
    Ok(written)
}

fn close_and_unlink(descriptor: i32, path: &CStr) {
    os::ignore(os::close(descriptor));
    os::ignore(os::unlink(path));
}

/// Has most memory set aside for a region that nobody touches.
fn set_aside(checks: &mut Checks) -> i32 {
    let request = os::request(frames::all_but(LEFT), RegionFlags::empty());
    checks.value("most of it is set aside", os::region_create(b"", &request))
}
