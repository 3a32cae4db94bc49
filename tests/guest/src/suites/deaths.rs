//! A process that is killed at each of its calls in turn, whatever it holds: those who are left go on.
//!
//! The death is in place of a call, so that there is one between any two; deaths within calls are the subject
//! of the suites of kills. After each the kernel has to find nothing wrong with its books.

use super::file_locks;
use super::sockets::send_files;
use crate::os::{ANONYMOUS, COMMON, PAGE, SECOND, region_sync};
use crate::{Checks, frames, os, touch};
use abi::file::{F_UNLCK, F_WRLCK, OpenFlags};
use abi::futex::FUTEX_OWNER_DIED;
use abi::memory::{MapFlags, Protection};
use abi::offer::{OfferFlags, OfferRecord};
use abi::process::ExitStatus;
use abi::region::{LockFlags, RegionFlags};
use abi::signal::Signal;
use abi::topic::{SubscribeFlags, TakeFlags, TopicPolicy};
use abi::{Errno, Sysno};
use core::ffi::CStr;

/// More calls than anything here makes.
const MOST: u32 = 60;
/// Of a child that did all that it had to.
const DONE: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const KILLED: Result<ExitStatus, Errno> = Ok(ExitStatus::Signalled(Signal::KILL as u8));

const FILE: &CStr = c"/tmp/deaths-file";
const OTHER: &CStr = c"/tmp/deaths-other";
const REGION: &[u8] = b"/deaths";
const TOPIC: &[u8] = b"/deaths-topic";

/// The checks.
pub fn run(checks: &mut Checks) {
    sweep(checks, "a pipe's writer", || os::pipe(OpenFlags::empty()), write_pipe, pipe_ends);
    sweep(checks, "a file's writer", || Ok(()), |()| write_file(), |()| file_is_whole());
    sweep(checks, "a lock's holder", file, hold_file_lock, file_is_free);
    sweep(checks, "a region's maker", || Ok(()), |()| make_region(), |()| no_region_is_left());
    sweep(checks, "a region's holder", region, hold_region, region_is_free);
    sweep(checks, "a mutex's holder", || Ok(os::map(PAGE, COMMON)), hold_mutex, mutex_is_given_up);
    sweep(checks, "a semaphore's holder", semaphore, hold_semaphore, semaphore_is_whole);
    sweep(checks, "an offerer", || Ok(()), |()| offer(), |()| no_offer_is_left());
    sweep(checks, "a sender of descriptors", mail, send_mail, mail_is_gone);
    sweep(checks, "a subscriber", publisher, read_message, publisher_goes_on);
    sweep(checks, "a publisher", || Ok(()), |()| publish(), |()| no_topic_is_left());
    sweep(checks, "a parent", || Ok(()), |()| have_children(), |()| true);
}

/// Has a child `act` on what `begin` makes, killed at its first call, then at the second, until it comes to
/// its end; `after` says each time whether those who are left find what they should.
fn sweep<T: Copy>(
    checks: &mut Checks,
    name: &str,
    begin: impl Fn() -> os::Answer<T>,
    act: impl Fn(T) -> os::Answer,
    after: impl Fn(T) -> bool,
) {
    let mut deaths = 0;
    frames::unchanged(checks, name, || {
        for number in 1..=MOST {
            let Ok(world) = begin() else { return };
            let status = os::in_child(|| {
                os::die_at_call(number);
                i32::from(act(world).is_err())
            });
            let is_well = after(world) && books_are_right();
            if !is_well || (status != DONE && status != KILLED) {
                crate::say!("{name}: killed at call {number}: {status:?}, and then {is_well}");
                return;
            }
            if status == DONE {
                deaths = number;
                return;
            }
        }
    });
    // The last is in place of its exit.
    checks.that(name, deaths > 2);
}

/// Whether the kernel finds nothing wrong with its books.
fn books_are_right() -> bool {
    let mut text = [0; 2048];
    let Ok(file) = os::open_to_read(c"/proc/check") else { return false };
    let length = os::read_full(file, &mut text).unwrap_or(0);
    os::close_all([file]);
    text[..length].ends_with(b"\nfindings: 0\n")
}

fn write_pipe([read, write]: [i32; 2]) -> os::Answer {
    os::close(read)?;
    for _ in 0..3 {
        os::write(write, &[7; 1000])?;
    }
    os::close(write)
}

/// What was written is there, and then the end.
fn pipe_ends([read, write]: [i32; 2]) -> bool {
    os::close_all([write]);
    let mut bytes = [0; 4000];
    let length = os::read_full(read, &mut bytes).unwrap_or(1);
    os::close_all([read]);
    length.is_multiple_of(1000) && bytes[..length].iter().all(|byte| *byte == 7)
}

fn write_file() -> os::Answer {
    let file = os::create(FILE, 0o600)?;
    for _ in 0..3 {
        os::write(file, &[7; 5000])?;
    }
    os::set_length(file, 10_000)?;
    os::map_file(file, 2 * PAGE, Protection::READ, MapFlags::SHARED)?;
    let (from, to) = (FILE.as_ptr() as u64, OTHER.as_ptr() as u64);
    os::call(Sysno::Renameat2, [u64::MAX - 99, from, u64::MAX - 99, to, 0])?;
    os::unlink(OTHER)
}

/// It has one name or none, and as many bytes as were written before.
fn file_is_whole() -> bool {
    let length = |path: &CStr| {
        let file = os::open_to_read(path).ok()?;
        Some(os::stat_and_close(file).map_or(1, |stat| stat.st_size))
    };
    let lengths = [FILE, OTHER].map(length);
    os::ignore(os::unlink(FILE));
    os::ignore(os::unlink(OTHER));
    let is_right = |length: &i64| [0, 5000, 10_000, 15_000].contains(length);
    lengths.iter().flatten().count() <= 1 && lengths.iter().flatten().all(is_right)
}

fn file() -> os::Answer<i32> {
    os::create(FILE, 0o600)
}

fn hold_file_lock(file: i32) -> os::Answer {
    file_locks::set(file, F_WRLCK, 0, 10)?;
    file_locks::set(file, F_WRLCK, 20, 10)?;
    file_locks::set(file, F_UNLCK, 5, 20)
}

fn file_is_free(file: i32) -> bool {
    let locked = file_locks::set(file, F_WRLCK, 0, 0);
    os::close_all([file]);
    locked.and(os::unlink(FILE)).is_ok()
}

fn make_region() -> os::Answer {
    let region = os::region_create(REGION, &os::request(8 * PAGE, RegionFlags::empty()))?;
    let start = os::region_map(region, os::READ_WRITE)?;
    touch::store(start, 1);
    os::region_set_length(region, 64 * PAGE)?;
    os::region_set_length(region, PAGE)?;
    os::region_unmap(start)?;
    os::region_unlink(REGION)?;
    os::close(region)
}

fn no_region_is_left() -> bool {
    matches!(os::region_unlink(REGION), Ok(_) | Err(Errno::ENOENT))
}

fn region() -> os::Answer<i32> {
    region_sync::create(REGION, 4 * PAGE)
}

fn hold_region(region: i32) -> os::Answer {
    let start = fill(ANONYMOUS);
    region_sync::lock(region, None)?;
    region_sync::write(region, 10, start, 2 * PAGE)?;
    region_sync::unlock(region, LockFlags::empty())?;
    region_sync::lock(region, None)?;
    region_sync::read(region, 10, start, 2 * PAGE)?;
    region_sync::notify(region, 0, 10)?;
    region_sync::unlock(region, LockFlags::empty())
}

/// The next has the lock, and is told if the last one had it when it died; copies find nobody in the way.
fn region_is_free(region: i32) -> bool {
    let locked = matches!(region_sync::lock(region, Some(SECOND)), Ok(_) | Err(Errno::EOWNERDEAD));
    let start = fill(ANONYMOUS);
    let copied = region_sync::write(region, 0, start, PAGE);
    let given = region_sync::unlock(region, LockFlags::empty());
    os::ignore(os::unmap(start, 2 * PAGE));
    region_sync::remove(region, REGION);
    locked && copied.and(given).is_ok()
}

fn fill(flags: MapFlags) -> u64 {
    let start = os::map(2 * PAGE, flags);
    touch::store(start, 7);
    touch::store(start + PAGE, 7);
    start
}

/// Where in the page the list of robust locks, its one entry, and the lock's word are.
const ENTRY: u64 = 64;
const WORD: u64 = 96;

fn hold_mutex(page: u64) -> os::Answer {
    touch::store(page, page + ENTRY);
    touch::store(page + 8, WORD - ENTRY);
    touch::store(page + ENTRY, page);
    let own = os::own_tid();
    os::call(Sysno::SetRobustList, [page, 24])?;
    touch::store_word(page + WORD, own as u32);
    os::yield_core();
    os::futex_wake(page + WORD, 1)?;
    os::yield_core();
    touch::store_word(page + WORD, 0);
    os::futex_wake(page + WORD, 1)
}

/// Nobody has it, or it is said that its holder has died.
fn mutex_is_given_up(page: u64) -> bool {
    let word = touch::load_word(page + WORD);
    os::ignore(os::unmap(page, PAGE));
    word == 0 || word == FUTEX_OWNER_DIED
}

const SET_VALUE: u64 = 16;
const GET_VALUE: u64 = 12;
const REMOVE: u64 = 0;

fn semaphore() -> os::Answer<u64> {
    let set = os::call(Sysno::Semget, [0, 1, 0o1600])?;
    os::call(Sysno::Semctl, [set, 0, SET_VALUE, 3])?;
    Ok(set)
}

fn hold_semaphore(set: u64) -> os::Answer {
    for change in [-2_i16, 1, -2, 3] {
        // A number, the change, and that it is taken back at the end.
        let operation = [0, change as u16, abi::ipc::SEM_UNDO as u16];
        let at = core::hint::black_box(&operation).as_ptr() as u64;
        os::call(Sysno::Semop, [set, at, 1])?;
    }
    Ok(0)
}

fn semaphore_is_whole(set: u64) -> bool {
    let value = os::call(Sysno::Semctl, [set, 0, GET_VALUE]);
    os::call(Sysno::Semctl, [set, 0, REMOVE]).is_ok() && value == Ok(3)
}

fn offer() -> os::Answer {
    let parent = os::parent_id();
    let (kept, given) = (fill(COMMON), fill(ANONYMOUS));
    let all = u64::from(OfferFlags::GRANTALL.bits());
    os::offer(parent, kept, 2 * PAGE, all)?;
    os::offer(parent, given, 2 * PAGE, all | u64::from(OfferFlags::DISOWN.bits()))?;
    os::unmap(given, PAGE)
}

fn no_offer_is_left() -> bool {
    let mut records = [OfferRecord::default(); 4];
    os::list_offers(&mut records) == (Ok(0), 0)
}

/// Two sockets that are connected, and a pipe.
fn mail() -> os::Answer<[i32; 4]> {
    let mut ends = [-1; 2];
    let at = ends.as_mut_ptr() as u64;
    let (family, kind) = (abi::socket::AF_UNIX.into(), abi::socket::SOCK_DGRAM.into());
    os::call(Sysno::Socketpair, [family, kind, 0, at])?;
    let [one, other] = core::hint::black_box(ends);
    let [read, write] = os::pipe(OpenFlags::empty())?;
    Ok([one, other, read, write])
}

fn send_mail([one, other, read, write]: [i32; 4]) -> os::Answer {
    os::close(other)?;
    send_files(one, &[write, one])?;
    os::close(write)?;
    os::write(one, &[7; 1000])?;
    os::close(read)?;
    send_files(one, &[one])
}

/// What nobody receives is closed with the last socket: the pipe comes to its end.
fn mail_is_gone([one, other, read, write]: [i32; 4]) -> bool {
    os::close_all([one, other, write]);
    let end = os::read(read, &mut [0]);
    os::close_all([read]);
    end == Ok(0)
}

/// A publisher with one message, in a queue for one.
fn publisher() -> os::Answer<(i32, os::Pool)> {
    let pool = os::pool(4 * PAGE)?;
    let topic = os::advertise(TOPIC, 1, TopicPolicy::Overwrite, pool)?;
    os::publish(topic, pool.address, 8, None)?;
    Ok((topic, pool))
}

fn read_message((topic, pool): (i32, os::Pool)) -> os::Answer {
    os::close_all([topic, pool.region]);
    let subscriber = os::subscribe(TOPIC, 2, SubscribeFlags::TRANSIENT_LOCAL)?;
    let message = os::take(subscriber, TakeFlags::NO_WAIT, None)?;
    touch::load(message.address);
    os::release(subscriber, message.entry)?;
    os::close(subscriber)
}

/// Nobody holds a message any more: two new ones free the first.
fn publisher_goes_on((topic, pool): (i32, os::Pool)) -> bool {
    let freed = |offset| {
        let published = os::publish(topic, pool.address + offset, 8, Some(SECOND));
        published.map_or(99, |(_, freed)| freed.count)
    };
    let freed = [freed(64), freed(128)];
    os::close_all([topic, pool.region]);
    let unmapped = os::region_unmap(pool.address);
    freed == [1, 1] && unmapped.is_ok()
}

fn publish() -> os::Answer {
    let (topic, pool) = publisher()?;
    let subscriber = os::subscribe(TOPIC, 2, SubscribeFlags::empty())?;
    os::publish(topic, pool.address + 64, 8, None)?;
    os::take(subscriber, TakeFlags::NO_WAIT, None)?;
    os::close(topic)?;
    os::close(subscriber)
}

fn no_topic_is_left() -> bool {
    os::topics() == Ok(0)
}

/// Children of its own: one that was waited for, and one that was not.
fn have_children() -> os::Answer {
    let first = os::start_child(|| {
        os::die_at_call(0);
        0
    })?;
    os::wait(first)?;
    let second = os::start_child(|| {
        os::die_at_call(0);
        0
    })?;
    os::wait_for(second as i64, abi::process::WNOHANG).map(|_| 0)
}
