//! Regions as files in `/dev/shm`: sharing, growth, rights, and how long they live.

use super::memory::faults;
use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::ffi::CStr;

const NAME: &CStr = c"/dev/shm/guest-test";
const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));

/// Makes the region with some pages and maps it.
fn made(pages: u64) -> (i32, u64) {
    let region = os::create(NAME, 0o600).expect("a region for the test itself");
    os::set_length(region, pages * PAGE).expect("a length for the test itself");
    (region, view(region, pages))
}

fn view(region: i32, pages: u64) -> u64 {
    let address = os::map_file(region, pages * PAGE, READ_WRITE, MapFlags::SHARED);
    address.expect("a view for the test itself")
}

fn is_gone() -> bool {
    os::open_to_read(NAME) == Err(Errno::ENOENT)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    names(checks);
    sharing(checks);
    unlinked(checks);
    growth(checks);
    shrinking(checks);
    rights(checks);
    copies(checks);
    lifetime(checks);
    killed_holders(checks);
    checks.that("nothing is left behind", is_gone());
}

fn names(checks: &mut Checks) {
    let exclusive = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
    checks.equal("a missing region is ENOENT", os::open_to_read(NAME), Err(Errno::ENOENT));
    let region = checks.value("created", os::open(NAME, exclusive, 0o640));
    checks.equal(
        "a second creation is EEXIST",
        os::open(NAME, exclusive, 0o600),
        Err(Errno::EEXIST),
    );
    let stat =
        checks.value("stat", os::stat(region).map(|stat| (stat.st_mode & 0o7777, stat.st_size)));
    checks.equal("its mode is kept and its length is 0", stat, (0o640, 0));
    checks.that("a length is set", os::set_length(region, 12_345).is_ok());
    let size = os::stat(region).map(|stat| stat.st_size);
    checks.equal("the length is exact", size, Ok(12_345));
    let _ = (os::close(region), os::unlink(NAME));
    checks.equal("unlinked twice is ENOENT", os::unlink(NAME), Err(Errno::ENOENT));
}

fn sharing(checks: &mut Checks) {
    let (region, mine) = made(1200);
    let zero = (0..1200).all(|page| touch::load(mine + page * PAGE) == 0);
    checks.that("a region is zeroed", zero);
    touch::store(mine, 1);
    let child = os::start_child(|| {
        let Ok(again) = os::open(NAME, OpenFlags::READ_WRITE, 0) else { return 1 };
        let theirs = view(again, 1200);
        let seen = touch::load(theirs) == 1;
        (0..1200).for_each(|page| touch::store(theirs + page * PAGE + 8, page + 5));
        i32::from(!seen || theirs == mine)
    });
    let status = child.and_then(os::wait);
    checks.equal("another process opens and sees it", status, GOOD);
    let same = (0..1200).all(|page| touch::load(mine + page * PAGE + 8) == page + 5);
    checks.that("all see the same frames", same);
    let second = view(region, 1200);
    touch::store(second + 700 * PAGE, 99);
    checks.equal("two views in one process agree", touch::load(mine + 700 * PAGE), 99);
    let _ = os::unmap(second, 1200 * PAGE);
    checks.equal("unmapping one leaves the other", touch::load(mine + 700 * PAGE), 99);
    let mut bytes = [0; 8];
    let read = os::seek(region, 8, 0).and_then(|_| os::read(region, &mut bytes));
    checks.equal("read gives the same bytes", (read, u64::from_le_bytes(bytes)), (Ok(8), 5));
    let _ = (os::unmap(mine, 1200 * PAGE), os::close(region), os::unlink(NAME));
}

fn unlinked(checks: &mut Checks) {
    let (region, mine) = made(4);
    touch::store(mine, 42);
    checks.that("unlinked while mapped", os::unlink(NAME).is_ok());
    checks.that("its name is gone", is_gone());
    checks.equal("its view works on", touch::load(mine), 42);
    let (other, theirs) = made(4);
    checks.equal("the name is free for another region", touch::load(theirs), 0);
    touch::store(theirs, 43);
    checks.equal("the two are different", touch::load(mine), 42);
    let third = view(region, 4);
    checks.equal("its descriptor can still be mapped", touch::load(third), 42);
    let _ = (os::unmap(third, 4 * PAGE), os::close(region), os::close(other));
    checks.equal("a view alone keeps it", touch::load(mine), 42);
    let child = os::in_child(|| i32::from(touch::load(mine) != 42));
    checks.equal("fork hands the view on", child, GOOD);
    let _ = (os::unmap(mine, 4 * PAGE), os::unmap(theirs, 4 * PAGE), os::unlink(NAME));
}

fn bus_error(access: impl FnOnce()) -> bool {
    let status = os::in_child(|| {
        os::silence();
        access();
        0
    });
    status == Ok(ExitStatus::Signalled(Signal::BUS as u8))
}

fn growth(checks: &mut Checks) {
    let (region, short) = made(2);
    touch::store(short + PAGE, 2);
    let mine = view(region, 8);
    checks.that("behind its end is SIGBUS", bus_error(|| touch::probe(mine + 2 * PAGE)));
    let child = os::start_child(|| {
        let grown = os::until(10 * os::SECOND, || touch::load(mine) == 1);
        touch::store(mine + 7 * PAGE, 77);
        i32::from(!grown)
    });
    checks.that("it grows", os::set_length(region, 8 * PAGE).is_ok());
    touch::store(mine, 1);
    checks.equal("a view made before sees the growth", child.and_then(os::wait), GOOD);
    checks.equal("at the same address here", touch::load(mine + 7 * PAGE), 77);
    let behind = short + 7 * PAGE;
    checks.that("not behind the end of a shorter view", faults(|| touch::probe(behind)));
    checks.equal(
        "which shows what it did",
        (touch::load(short), touch::load(short + PAGE)),
        (1, 2),
    );
    let _ = (os::unmap(mine, 8 * PAGE), os::unmap(short, 2 * PAGE));
    let _ = (os::close(region), os::unlink(NAME));
}

fn shrinking(checks: &mut Checks) {
    let (region, mine) = made(8);
    (0..8).for_each(|page| touch::store(mine + page * PAGE + 8, 7));
    checks.that("it shrinks", os::set_length(region, PAGE + 8).is_ok());
    checks.that("what is cut off is SIGBUS", bus_error(|| touch::probe(mine + 2 * PAGE)));
    checks.equal("what stays stays", touch::load(mine + 8), 7);
    checks.that("it grows again", os::set_length(region, 8 * PAGE).is_ok());
    checks.equal("the last page's tail was zeroed", touch::load(mine + PAGE + 8), 0);
    checks.equal("what comes back is zero", touch::load(mine + 5 * PAGE + 8), 0);
    let _ = (os::unmap(mine, 8 * PAGE), os::close(region), os::unlink(NAME));
}

fn rights(checks: &mut Checks) {
    let (region, mine) = made(600);
    let reader = checks.value("opened to read", os::open_to_read(NAME));
    let refused = os::map_file(reader, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.equal("a reader cannot map to write", refused, Err(Errno::EACCES));
    let only = os::map_file(reader, 600 * PAGE, Protection::READ, MapFlags::SHARED);
    let only = checks.value("mapped to read", only);
    touch::store(mine + 599 * PAGE, 5);
    checks.equal("a reader sees stores", touch::load(only + 599 * PAGE), 5);
    checks.that("a reader's store is SIGSEGV", faults(|| touch::store(only, 1)));
    let _ = os::close(reader);
    let refused = os::protect(only, PAGE, READ_WRITE);
    checks.equal("a reader's view cannot become writable", refused, Err(Errno::EACCES));
    let nothing = os::protect(only, PAGE, Protection::empty());
    let refused = nothing.and_then(|_| os::protect(only, PAGE, READ_WRITE));
    checks.equal("not by way of nothing either", refused, Err(Errno::EACCES));
    checks.that("a writer's view is not narrowed by that", !faults(|| touch::store(mine, 6)));
    checks.equal("and stores are shared on", touch::load(only + PAGE * 599), 5);
    let _ = (os::unmap(only, 600 * PAGE), os::unmap(mine, 600 * PAGE));
    let _ = (os::close(region), os::unlink(NAME));
}

fn copies(checks: &mut Checks) {
    let (region, mine) = made(2);
    touch::store(mine, 1);
    let copy = os::map_file(region, 2 * PAGE, READ_WRITE, MapFlags::PRIVATE);
    let copy = checks.value("a private view", copy);
    checks.equal("a private view begins as the region", touch::load(copy), 1);
    touch::store(copy, 2);
    checks.equal("its stores are its own", (touch::load(mine), touch::load(copy)), (1, 2));
    let _ = (os::unmap(copy, 2 * PAGE), os::unmap(mine, 2 * PAGE));
    let _ = (os::close(region), os::unlink(NAME));
}

/// Lets go of the region by its name, its descriptor and its view, in some order.
type Release = fn(i32, u64);

/// The frames come back with the last of name, descriptor and view, whichever it is.
fn lifetime(checks: &mut Checks) {
    let pages = 700;
    let release: [(&str, Release); 3] = [
        ("the name goes last", |region, mine| {
            let _ = (os::close(region), os::unmap(mine, 700 * PAGE), os::unlink(NAME));
        }),
        ("the descriptor goes last", |region, mine| {
            let _ = (os::unlink(NAME), os::unmap(mine, 700 * PAGE), os::close(region));
        }),
        ("the view goes last", |region, mine| {
            let _ = (os::close(region), os::unlink(NAME), os::unmap(mine, 700 * PAGE));
        }),
    ];
    for (name, release) in release {
        frames::unchanged(checks, name, || {
            let (region, mine) = made(pages);
            (0..pages).for_each(|page| touch::store(mine + page * PAGE, 1));
            release(region, mine);
        });
    }
}

fn killed_holders(checks: &mut Checks) {
    frames::unchanged(checks, "killed holders leak nothing", || {
        let (region, mine) = made(300);
        let children = [0; 4].map(|_| {
            os::start_child(|| {
                loop {
                    (0..300).for_each(|page| touch::store(mine + page * PAGE, 1));
                    let (again, theirs) = (region, view(region, 300));
                    touch::store(theirs, u64::from(again as u32));
                    let _ = os::unmap(theirs, 300 * PAGE);
                }
            })
        });
        let _ = (os::unlink(NAME), os::unmap(mine, 300 * PAGE), os::close(region));
        let _ = os::sleep(20 * os::MILLISECOND);
        for child in children {
            let _ = child.and_then(os::end);
        }
        os::wait_for_all();
    });
}
