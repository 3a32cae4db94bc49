//! Whole copies of a region: nothing half done, whatever happens meanwhile.

use crate::os::region_sync as regions;
use crate::os::{ANONYMOUS, COMMON, MILLISECOND, PAGE, READ_WRITE, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_SET};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;

const NAME: &[u8] = b"/region-copies";
const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
/// Where a copy that may tear begins, and how long it is: three pages, and none of them whole.
const AT: u64 = PAGE - 1000;
const LENGTH: u64 = PAGE + 2000;

/// The checks.
pub fn run(checks: &mut Checks) {
    borders(checks);
    refusals(checks);
    odd_buffers(checks);
    tearing(checks, "a page", 0, PAGE);
    tearing(checks, "three pages", AT, LENGTH);
    tearing(checks, "many pages", 24, 40 * PAGE);
    lengths(checks);
    killed_copies(checks);
}

/// Whether all words from an address on are the same.
fn is_uniform(address: u64, length: u64) -> bool {
    let first = touch::load(address);
    (0..length / 8).all(|word| touch::load(address + word * 8) == first)
}

fn fill(address: u64, length: u64, value: u64) {
    (0..length / 8).for_each(|word| touch::store(address + word * 8, value));
}

fn borders(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 3 * PAGE + 5));
    let buffer = os::map(4 * PAGE, ANONYMOUS);
    fill(buffer, 4 * PAGE, 0x0101_0101_0101_0101);
    let end = 3 * PAGE + 5;
    checks.equal("all of it", regions::write(region, 0, buffer, end), Ok(end));
    checks.equal("the last byte", regions::write(region, end - 1, buffer, 1), Ok(1));
    checks.equal("nothing at the end", regions::write(region, end, buffer, 0), Ok(0));
    fill(buffer, 4 * PAGE, 0);
    checks.equal("fewer at the end", regions::read(region, 100, buffer, 4 * PAGE), Ok(end - 100));
    checks.that("they are there", is_uniform(buffer, 3 * PAGE - 96));
    checks.equal("and no more", touch::load_byte(buffer + end - 100), 0);
    checks.equal("none at the end", regions::read(region, end, buffer, 1), Ok(0));
    checks.equal("none behind it", regions::read(region, u64::MAX, buffer, 1), Ok(0));
    fill(buffer, 4 * PAGE, 0x0202_0202_0202_0202);
    for (offset, length) in [(0, end + 1), (end - 1, 2), (end + 1, 0), (u64::MAX, 2), (0, u64::MAX)]
    {
        let answer = regions::write(region, offset, buffer, length);
        checks.equal("a write past the end is ERANGE", answer, Err(Errno::ERANGE));
    }
    os::ignore(regions::read(region, 0, buffer, end));
    checks.that("which writes nothing", is_uniform(buffer, 3 * PAGE));
    checks.equal("not a byte", touch::load(buffer), 0x0101_0101_0101_0101);
    let _ = os::unmap(buffer, 4 * PAGE);
    regions::remove(region, NAME);
}

fn refusals(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4 * PAGE));
    let reader = checks.value("opened", regions::open(NAME, RegionFlags::READ_ONLY));
    let writer = os::open(c"/dev/shm/region-copies", OpenFlags::WRITE_ONLY, 0).unwrap_or(-1);
    let buffer = os::map(2 * PAGE, ANONYMOUS);
    fill(buffer, 2 * PAGE, 9);
    checks.equal("a reader", regions::write(reader, 0, buffer, 8), Err(Errno::EACCES));
    checks.equal("a writer", regions::read(writer, 0, buffer, 8), Err(Errno::EACCES));
    checks.equal("no descriptor", regions::read(9999, 0, buffer, 8), Err(Errno::EBADF));
    let _ = os::unmap(buffer + PAGE, PAGE);
    // All but the last byte could be copied.
    let answer = regions::write(region, 0, buffer, PAGE + 1);
    checks.equal("half a buffer is EFAULT", answer, Err(Errno::EFAULT));
    let answer = regions::read(region, 0, buffer, PAGE + 1);
    checks.equal("to read into, too", answer, Err(Errno::EFAULT));
    checks.equal("nothing was read", touch::load(buffer), 9);
    for address in [8, u64::MAX - 3, 1 << 47, 1 << 63] {
        let answers = [regions::write(region, 0, address, 8), regions::read(region, 0, address, 8)];
        checks.equal("a bad address is EFAULT", answers, [Err(Errno::EFAULT); 2]);
    }
    os::ignore(regions::read(region, 0, buffer, PAGE));
    checks.that("nothing was written", touch::load(buffer) == 0 && is_uniform(buffer, PAGE));
    checks.equal("no page was made", regions::stat(region).resident_pages, 0);
    checks.equal("and nothing has changed", regions::stat(region).changes, 0);
    let _ = os::unmap(buffer, PAGE);
    os::close_all([reader, writer]);
    regions::remove(region, NAME);
}

/// Buffers in views of the same region, in read-only memory, and shared with a relative.
fn odd_buffers(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4 * PAGE));
    let view = checks.value("mapped", regions::map(region));
    fill(view, PAGE, 5);
    checks.equal("from its own view", regions::write(region, 2 * PAGE, view, PAGE), Ok(PAGE));
    checks.equal("copied", touch::load(view + 3 * PAGE - 8), 5);
    checks.equal("to its own view", regions::read(region, 0, view + PAGE, PAGE), Ok(PAGE));
    checks.equal("copied, too", touch::load(view + PAGE), 5);
    let behind = regions::write(region, 0, view + 4 * PAGE, 8);
    checks.equal("from behind its end", behind, Err(Errno::EFAULT));
    let only = os::map_file(region, PAGE, Protection::READ, MapFlags::SHARED).unwrap_or(0);
    let answer = regions::read(region, 0, only, 8);
    checks.equal("to memory that may only be read", answer, Err(Errno::EFAULT));
    let memory = os::map(PAGE, ANONYMOUS);
    touch::store(memory, 7);
    let child = os::in_child(|| {
        let read = regions::read(region, 0, memory, PAGE);
        i32::from(read != Ok(PAGE) || touch::load(memory) != 5)
    });
    checks.equal("to a child's copy of memory", child, GOOD);
    checks.equal("leaves the parent's alone", touch::load(memory), 7);
    let (_, _, _) = (os::unmap(memory, PAGE), os::unmap(only, PAGE), regions::unmap(view));
    regions::remove(region, NAME);
}

/// Writers, by both calls, and readers: nobody ever sees half a write.
fn tearing(checks: &mut Checks, name: &str, at: u64, length: u64) {
    let region = checks.value("created", regions::create(NAME, at + length));
    let rounds = 6_000_000 / length;
    let begun = os::map(PAGE, COMMON);
    let begin = || {
        // All at once.
        touch::add(begun, 1);
        os::until(20 * SECOND, || touch::load(begun) >= 6);
    };
    let writer = |index: u64| {
        let buffer = os::map(length, ANONYMOUS);
        begin();
        (0..rounds).all(|round| {
            fill(buffer, length, index << 32 | round);
            regions::write(region, at, buffer, length) == Ok(length)
        })
    };
    let file_writer = || {
        let file = os::open(c"/dev/shm/region-copies", OpenFlags::READ_WRITE, 0).unwrap_or(-1);
        let buffer = os::map(length, ANONYMOUS);
        begin();
        (0..rounds).all(|round| {
            fill(buffer, length, 99 << 32 | round);
            let arguments = [os::fd(file), buffer, length];
            os::seek(file, at as i64, SEEK_SET) == Ok(at)
                && os::call(abi::Sysno::Write, arguments) == Ok(length)
        })
    };
    let reader = || {
        let buffer = os::map(length, ANONYMOUS);
        begin();
        (0..rounds).all(|_| {
            regions::read(region, at, buffer, length) == Ok(length) && is_uniform(buffer, length)
        })
    };
    let children = [
        os::start_child(|| i32::from(!writer(1))),
        os::start_child(|| i32::from(!writer(2))),
        os::start_child(|| i32::from(!file_writer())),
        os::start_child(|| i32::from(!reader())),
        os::start_child(|| i32::from(!reader())),
        os::start_child(|| i32::from(!reader())),
    ];
    checks.that(name, children.into_iter().all(|child| child.and_then(os::wait) == GOOD));
    checks.equal("every write is a change", regions::stat(region).changes, 3 * rounds);
    let _ = os::unmap(begun, PAGE);
    regions::remove(region, NAME);
}

/// A region that gets longer and shorter: a read gives one of the lengths, whole.
fn lengths(checks: &mut Checks) {
    const SHORT: u64 = 800;
    const LONG: u64 = 3 * PAGE;
    let region = checks.value("created", regions::create(NAME, SHORT));
    let buffer = os::map(LONG, ANONYMOUS);
    fill(buffer, LONG, 3);
    let changer = os::start_child(|| {
        loop {
            os::ignore(regions::set_length(region, LONG));
            os::ignore(regions::write(region, 0, buffer, LONG));
            os::ignore(regions::set_length(region, SHORT));
        }
    });
    let writer = os::start_child(|| {
        loop {
            match regions::write(region, 0, buffer, LONG) {
                Ok(LONG) | Err(Errno::ERANGE) => {}
                _ => return 1,
            }
        }
    });
    let mine = os::map(LONG, ANONYMOUS);
    let mut went_well = true;
    for _ in 0..1000 {
        fill(mine, LONG, 8);
        let length = regions::read(region, 0, mine, LONG);
        let parts_are_whole = is_uniform(mine, SHORT) && is_uniform(mine + SHORT, LONG - SHORT);
        let behind = touch::load(mine + SHORT);
        went_well &= parts_are_whole
            && match length {
                Ok(SHORT) => behind == 8,
                // One that has just grown is zero behind what it was.
                Ok(LONG) => behind == 0 || behind == 3,
                _ => false,
            };
    }
    checks.that("copies and lengths never mix", went_well);
    for child in [changer, writer] {
        let child = child.unwrap_or(0);
        checks.equal("they go on", os::kill(child as i64, 0), Ok(0));
        os::ignore(os::end(child));
        os::ignore(os::wait(child));
    }
    let (_, _) = (os::unmap(mine, LONG), os::unmap(buffer, LONG));
    regions::remove(region, NAME);
}

/// Copies that are killed at any moment hold nobody up and keep nothing.
fn killed_copies(checks: &mut Checks) {
    let mut random = Random::new(8);
    let mut went_well = true;
    frames::unchanged(checks, "killed copies leak nothing", || {
        let Ok(region) = regions::create(NAME, 64 * PAGE) else { return };
        for _ in 0..5 {
            let children: [u64; 6] = core::array::from_fn(|index| {
                os::start_child(|| {
                    let buffer = os::map_at(0, 64 * PAGE, READ_WRITE, ANONYMOUS, (-1, 0));
                    let buffer = buffer.unwrap_or(0);
                    loop {
                        os::ignore(match index % 2 {
                            0 => regions::write(region, 0, buffer, 64 * PAGE),
                            _ => regions::read(region, 0, buffer, 64 * PAGE),
                        });
                    }
                })
                .unwrap_or(0)
            });
            os::ignore(os::sleep(random.below(10 * MILLISECOND)));
            children.iter().for_each(|child| os::ignore(os::end(*child)));
            os::wait_for_all();
        }
        let mut bytes = [0_u64; 2];
        let answer = regions::read(region, 0, bytes.as_mut_ptr() as u64, 16);
        went_well &= answer == Ok(16) && bytes == [0; 2];
        regions::remove(region, NAME);
    });
    checks.that("the next copy goes on", went_well);
}
