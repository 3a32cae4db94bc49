//! How long names live: with the last user, or until they are taken away.

use crate::os::{MILLISECOND, PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::MapFlags;
use abi::process::ExitStatus;
use abi::region::{RegionFlags, RegionRecord, ViewRecord};
use zerocopy::FromZeros;

const NAME: &[u8] = b"/lifetime-test";
const EPHEMERAL: RegionFlags = RegionFlags::EPHEMERAL;

fn created(flags: RegionFlags) -> i32 {
    let region = os::region_create(NAME, &os::request(4 * PAGE, flags));
    region.expect("a region for the test itself")
}

fn exists() -> bool {
    let region = os::region_open(NAME, RegionFlags::READ_ONLY);
    region.is_ok_and(|region| os::close(region).is_ok())
}

/// The checks.
pub fn run(checks: &mut Checks) {
    descriptors(checks);
    views(checks);
    processes(checks);
    leaving(checks);
    links(checks);
    without_names(checks);
    onlookers(checks);
    frames::unchanged(checks, "a race for an ephemeral name leaks nothing", race);
    checks.that("and nothing is left behind", !exists());
}

fn descriptors(checks: &mut Checks) {
    let region = created(RegionFlags::empty());
    let _ = os::close(region);
    checks.that("a persistent name stays without users", exists());
    checks.equal("until it is taken away", os::region_unlink(NAME), Ok(0));
    let region = created(EPHEMERAL);
    let second = os::duplicate(region, 99, 0);
    let _ = os::close(region);
    checks.that("an ephemeral name stays while a descriptor does", exists());
    let _ = second.and_then(os::close);
    checks.that("and goes with the last one", !exists());
    let region = created(EPHEMERAL);
    checks.equal("it can be unlinked before", os::region_unlink(NAME), Ok(0));
    let other = created(EPHEMERAL);
    let _ = os::close(region);
    checks.that("whose last user takes no other region's name", exists());
    let _ = os::close(other);
    checks.that("which goes with its own", !exists());
}

fn views(checks: &mut Checks) {
    let region = created(EPHEMERAL);
    let mine = checks.value("mapped", os::region_map(region, READ_WRITE));
    touch::store(mine, 1);
    let _ = os::close(region);
    checks.that("a view alone keeps the name", exists());
    let again = checks.value("opened", os::region_open(NAME, RegionFlags::empty()));
    let RegionRecord { descriptors, views, users, opens, .. } = os::region_stat(again);
    checks.equal("its users", (descriptors, views, users, opens), (1, 1, 2, 3));
    let _ = (os::close(again), os::region_unmap(mine));
    checks.that("the last view takes the name along", !exists());
}

fn processes(checks: &mut Checks) {
    let region = created(EPHEMERAL);
    let child = os::start_child(|| {
        let _ = os::sleep(1000 * os::SECOND);
        0
    });
    let child = checks.value("a child", child);
    let _ = os::close(region);
    checks.that("a child's descriptor keeps the name", exists());
    let _ = os::end(child).and_then(|_| os::wait(child));
    checks.that("a kill takes it away", !exists());
}

/// Two processes that list the views and the pages of a third and its children, all the time, keep none of the
/// regions that these leave.
fn onlookers(checks: &mut Checks) {
    const ROUNDS: u64 = 300;
    // A page in common with the process to be looked at; 0 at the end.
    let observed = os::map(PAGE, MapFlags::SHARED | MapFlags::ANONYMOUS);
    touch::store(observed, os::own_id());
    let children: [_; 2] = [(); 2].map(|()| os::start_child(|| look_on(observed)));
    let outcomes = (0..ROUNDS).map(|_| make_and_leave(observed));
    let failed = outcomes.filter(|outcome| outcome.is_err()).count();
    checks.equal("every time the name is free", failed, 0);
    touch::store(observed, 0);
    for child in children {
        let outcome = child.and_then(|child| os::wait_or_kill(child, 10 * os::SECOND));
        checks.equal("an onlooker has seen much", outcome, Ok(ExitStatus::Exited(0)));
    }
    os::ignore(os::unmap(observed, PAGE));
}

fn make_and_leave(observed: u64) -> os::Answer {
    let exclusive = EPHEMERAL | RegionFlags::EXCLUSIVE;
    let region = os::region_create(NAME, &os::request(4 * PAGE, exclusive))?;
    let view = os::region_map(region, READ_WRITE)?;
    os::in_child(|| {
        touch::store(observed, os::own_id());
        touch::store(view, 1);
        0
    })?;
    touch::store(observed, os::own_id());
    os::region_leave(region)
}

fn look_on(observed: u64) -> i32 {
    let mut records = [ViewRecord::new_zeroed(); 8];
    let mut words = [0_u32; 4];
    let (mut views, mut pages) = (0, 0);
    loop {
        let process = touch::load(observed);
        if process == 0 {
            return i32::from(views == 0 || pages == 0);
        }
        // Both may have ended before they are asked about.
        views += os::views(process, &mut records).unwrap_or(0);
        let to = words.as_mut_ptr() as u64;
        pages += os::region_pages(NAME, [0, 1, to, 4]).unwrap_or(0);
    }
}

fn leaving(checks: &mut Checks) {
    let region = created(EPHEMERAL);
    let one = checks.value("mapped", os::region_map(region, READ_WRITE));
    let two = os::region_map_part(region, READ_WRITE, PAGE, PAGE);
    let two = checks.value("mapped in part", two);
    touch::store(one + PAGE, 5);
    checks.equal("the part shows its offset", touch::load(two), 5);
    checks.equal("it leaves", os::region_leave(region), Ok(0));
    checks.that("its views are gone", super::memory::faults(|| touch::probe(one)));
    checks.that("all of them", super::memory::faults(|| touch::probe(two)));
    checks.equal("its descriptor too", os::close(region), Err(Errno::EBADF));
    checks.that("and the name", !exists());
    checks.equal("no descriptor, no leaving", os::region_leave(99), Err(Errno::EBADF));
}

fn links(checks: &mut Checks) {
    let region = created(EPHEMERAL);
    let (old, new) = (c"/dev/shm/lifetime-test", c"/dev/shm/lifetime-two");
    let arguments = [os::HERE, old.as_ptr() as u64, os::HERE, new.as_ptr() as u64, 0];
    let linked = os::call(abi::Sysno::Linkat, arguments);
    checks.equal("an ephemeral region has one name", linked, Err(Errno::EPERM));
    let arguments = [os::HERE, old.as_ptr() as u64, os::HERE, new.as_ptr() as u64];
    checks.equal("it can be renamed", os::call(abi::Sysno::Renameat, arguments), Ok(0));
    checks.equal("and knows", os::region_stat(region).name(), &b"/lifetime-two"[..]);
    let _ = os::close(region);
    checks.equal("the new name goes as well", os::open_to_read(new), Err(Errno::ENOENT));
}

fn without_names(checks: &mut Checks) {
    frames::unchanged(checks, "a region without a name goes with its last user", || {
        let Ok(region) = os::region_create(b"", &os::request(64 * PAGE, EPHEMERAL)) else { return };
        if let Ok(mine) = os::region_map(region, READ_WRITE) {
            (0..64).for_each(|page| touch::store(mine + page * PAGE, 1));
            let _ = (os::close(region), os::region_unmap(mine));
        }
    });
    let region = os::region_create(b"", &os::request(PAGE, RegionFlags::empty()));
    let region = checks.value("created", region);
    checks.equal("its name has no bytes", os::region_stat(region).name_length, 0);
    let mine = checks.value("mapped", os::region_map(region, READ_WRITE));
    let child = os::in_child(|| {
        touch::store(mine, 9);
        0
    });
    checks.equal("a child has it", child, Ok(ExitStatus::Exited(0)));
    checks.equal("and shares it", touch::load(mine), 9);
    let _ = os::region_leave(region);
}

/// Processes create, use and leave one ephemeral name: each has a whole region in every moment.
fn race() {
    let children = [0; 4].map(|_| {
        os::start_child(|| {
            let begin = os::now();
            while os::now() - begin < 50 * MILLISECOND {
                let Ok(region) = os::region_create(NAME, &os::request(4 * PAGE, EPHEMERAL)) else {
                    return 1;
                };
                let found = os::region_stat(region);
                if found.length != 4 * PAGE || (found.name() != NAME && found.name_length != 0) {
                    return 2;
                }
                // A file may find the name just when its last user takes it along.
                let file = os::open(c"/dev/shm/lifetime-test", OpenFlags::READ_WRITE, 0);
                if file.is_err() {
                    return 3;
                }
                let _ = (file.and_then(os::close), os::close(region));
            }
            0
        })
    });
    for child in children {
        let status = child.and_then(os::wait);
        assert!(status == Ok(ExitStatus::Exited(0)), "a name without its region: {status:?}");
    }
}
