//! The native calls of regions.

use super::memory::faults;
use crate::os::PAGE;
use crate::{Checks, frames, os, touch};
use abi::memory::Protection;
use abi::process::ExitStatus;
use abi::region::{DEPARTURE_WITHDRAW, RegionFlags, RegionRecord, RegionRequest};
use abi::{Errno, Sysno};
use zerocopy::{FromZeros, IntoBytes};

const NAME: &[u8] = b"/native-test";

fn create(name: &[u8], bytes: u64, flags: RegionFlags) -> os::Answer<i32> {
    let (at, length) = (name.as_ptr() as u64, name.len() as u64);
    let request =
        RegionRequest { bytes, flags: flags.bits(), mode: 0o640, ..RegionRequest::default() };
    let arguments = [at, length, request.as_bytes().as_ptr() as u64, size_of_val(&request) as u64];
    os::call(Sysno::RegionCreate, arguments).map(|fd| fd as i32)
}

fn open(name: &[u8], flags: RegionFlags) -> os::Answer<i32> {
    let arguments = [name.as_ptr() as u64, name.len() as u64, flags.bits().into()];
    os::call(Sysno::RegionOpen, arguments).map(|fd| fd as i32)
}

fn unlink(name: &[u8]) -> os::Answer {
    os::call(Sysno::RegionUnlink, [name.as_ptr() as u64, name.len() as u64])
}

fn map(region: i32, rights: Protection) -> os::Answer {
    os::call(Sysno::RegionMap, [os::fd(region), rights.bits().into(), 0, 0])
}

fn unmap(address: u64) -> os::Answer {
    os::call(Sysno::RegionUnmap, [address])
}

fn stat(region: i32) -> os::Answer<RegionRecord> {
    let mut record = RegionRecord::empty();
    let address = record.as_mut_bytes().as_mut_ptr() as u64;
    os::call(Sysno::RegionStat, [os::fd(region), address]).map(|_| record)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    names(checks);
    views(checks);
    records(checks);
    departure(checks);
    frames::unchanged(checks, "native regions leak nothing", || {
        if let Ok(region) = create(NAME, 700 * PAGE, RegionFlags::empty()) {
            if let Ok(address) = map(region, os::READ_WRITE) {
                (0..700).for_each(|page| touch::store(address + page * PAGE, 1));
                let _ = unmap(address);
            }
            let _ = (os::close(region), unlink(NAME));
        }
    });
}

fn names(checks: &mut Checks) {
    let plain = RegionFlags::empty();
    checks.equal("a missing region is ENOENT", open(NAME, plain), Err(Errno::ENOENT));
    let region = checks.value("created", create(NAME, 8192, plain));
    let again = create(NAME, 4096, RegionFlags::EXCLUSIVE);
    checks.equal("an exclusive second creation is EEXIST", again, Err(Errno::EEXIST));
    let opened = create(NAME, 8192, plain);
    checks.that("a plain second creation opens it", opened.is_ok_and(|fd| os::close(fd).is_ok()));
    let as_file = os::open_to_read(c"/dev/shm/native-test");
    checks.that("it is a file in /dev/shm", as_file.is_ok_and(|fd| os::close(fd).is_ok()));
    for bad in [&b"/"[..], b"plain", b"/a/b", b"/a\0b", b"/..", b"/."] {
        let refused = create(bad, 4096, plain);
        checks.equal("a bad name is EINVAL", refused, Err(Errno::EINVAL));
    }
    let long = [b'/'; 1].iter().chain(&[b'a'; 256]).copied();
    let mut name = [0; 257];
    name.iter_mut().zip(long).for_each(|(to, from)| *to = from);
    checks.equal("a long name is ENAMETOOLONG", create(&name, 1, plain), Err(Errno::ENAMETOOLONG));
    let fits = create(&name[..256], 4096, plain);
    checks.that("255 characters fit", fits.is_ok_and(|fd| os::close(fd).is_ok()));
    checks.equal("and can be unlinked", unlink(&name[..256]), Ok(0));
    let huge = create(b"/huge", u64::MAX, plain);
    checks.that("a huge region is refused", matches!(huge, Err(Errno::EINVAL | Errno::EFBIG)));
    let request = RegionRequest { bytes: 4096, mode: 0o600, ..RegionRequest::default() };
    let request = [request.as_bytes().as_ptr() as u64, size_of_val(&request) as u64];
    let bad = os::call(Sysno::RegionCreate, [8, 5, request[0], request[1]]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
    let _ = (os::close(region), unlink(NAME));
    checks.equal("unlinked twice is ENOENT", unlink(NAME), Err(Errno::ENOENT));
}

fn views(checks: &mut Checks) {
    let region = checks.value("created", create(NAME, 2 * PAGE, RegionFlags::empty()));
    let mine = checks.value("mapped", map(region, os::READ_WRITE));
    checks.equal("a new region is zero", touch::load(mine + PAGE), 0);
    let reader = checks.value("opened", open(NAME, RegionFlags::READ_ONLY));
    checks.equal("a reader cannot map to write", map(reader, os::READ_WRITE), Err(Errno::EACCES));
    let only = checks.value("mapped", map(reader, Protection::READ));
    touch::store(mine, 5);
    checks.equal("a reader sees the same frames", touch::load(only), 5);
    checks.that("a reader's store is SIGSEGV", faults(|| touch::store(only, 1)));
    let grown = os::call(Sysno::RegionSetLength, [os::fd(region), 500 * PAGE]);
    checks.equal("it grows", grown, Ok(0));
    touch::store(mine + 499 * PAGE, 6);
    checks.equal("every view grows with it", touch::load(only + 499 * PAGE), 6);
    let child = os::in_child(|| {
        touch::store(mine + 8, 7);
        0
    });
    checks.equal("a child shares the view", child, Ok(ExitStatus::Exited(0)));
    checks.equal("its store is seen", touch::load(only + 8), 7);
    checks.equal("a view is ended", unmap(only), Ok(0));
    checks.equal("twice is EINVAL", unmap(only), Err(Errno::EINVAL));
    checks.equal("inside a view is EINVAL", unmap(mine + PAGE), Err(Errno::EINVAL));
    let _ = (unmap(mine), os::close(reader), os::close(region), unlink(NAME));
    checks.equal("a closed descriptor is EBADF", map(region, Protection::READ), Err(Errno::EBADF));
}

fn records(checks: &mut Checks) {
    let region = checks.value("created", create(NAME, 5 * PAGE + 1, RegionFlags::empty()));
    let record = checks.value("stat", stat(region).map(Some));
    let record = record.unwrap_or(RegionRecord::empty());
    let found = (record.length, record.resident_pages, record.descriptors, record.views);
    checks.equal("a new region's record", found, (5 * PAGE + 1, 0, 1, 0));
    checks.equal("its name", record.name(), NAME);
    checks.equal("its mode and owner", (record.mode & 0o777, record.uid), (0o640, 0));
    let mine = checks.value("mapped", map(region, os::READ_WRITE));
    touch::store(mine, 1);
    touch::store(mine + 3 * PAGE, 1);
    let record = stat(region).unwrap_or(RegionRecord::empty());
    let found = (record.resident_pages, record.descriptors, record.views, record.users);
    checks.equal("after a view and two touches", found, (2, 1, 1, 2));
    let child = os::in_child(|| {
        let record = stat(region).unwrap_or(RegionRecord::empty());
        i32::from((record.descriptors, record.views, record.users) != (2, 2, 4))
    });
    checks.equal("a child counts", child, Ok(ExitStatus::Exited(0)));
    let mut list = [RegionRecord::new_zeroed(), RegionRecord::new_zeroed()];
    let count = os::call(Sysno::RegionList, [list.as_mut_bytes().as_mut_ptr() as u64, 2]);
    checks.that("the list counts", count.is_ok_and(|count| count >= 1));
    checks.that("the list names it", list.iter().any(|record| record.name() == NAME));
    let bad = os::call(Sysno::RegionList, [8, 2]);
    checks.equal("a bad place for the list is EFAULT", bad, Err(Errno::EFAULT));
    let _ = (unmap(mine), os::close(region), unlink(NAME));
}

fn departure(checks: &mut Checks) {
    let region = checks.value("created", create(NAME, PAGE, RegionFlags::empty()));
    let mine = checks.value("mapped", map(region, os::READ_WRITE));
    for (name, ending) in [("an exit", 0), ("a kill", 1)] {
        let before = touch::load_word(mine);
        let child = checks.value(
            "a child",
            os::start_child(|| {
                let set = os::call(Sysno::RegionDepartureWord, [mine]);
                touch::store_word(mine + 64, 1);
                if ending == 1 {
                    let _ = os::sleep(1000 * os::SECOND);
                }
                i32::from(set.is_err())
            }),
        );
        os::until(5 * os::SECOND, || touch::load_word(mine + 64) == 1);
        touch::store_word(mine + 64, 0);
        if ending == 1 {
            let _ = os::end(child);
        }
        let _ = os::futex_wait(mine, before, Some(5 * os::SECOND));
        checks.equal(name, touch::load_word(mine), before + 1);
        let _ = os::wait(child);
    }
    withdrawing(checks, mine);
    let own = os::map(PAGE, os::ANONYMOUS);
    let refused = os::call(Sysno::RegionDepartureWord, [own]);
    checks.equal("private memory is EINVAL", refused, Err(Errno::EINVAL));
    let refused = os::call(Sysno::RegionDepartureWord, [8]);
    checks.that("a bad pointer is refused", refused.is_err());
    let _ = os::unmap(own, PAGE);
    let _ = (unmap(mine), os::close(region), unlink(NAME));
}

/// Words come and go any number of times, and one that has gone is left alone.
fn withdrawing(checks: &mut Checks, word: u64) {
    let before = touch::load_word(word);
    let withdraw = |word| os::call(Sysno::RegionDepartureWord, [word, DEPARTURE_WITHDRAW.into()]);
    let child = os::start_child(|| {
        let each = |_| os::call(Sysno::RegionDepartureWord, [word]).and_then(|_| withdraw(word));
        i32::from((0..1000).any(|round| each(round).is_err()))
    });
    let child = checks.value("a child that announces and withdraws", child);
    let ending = os::wait(child);
    checks.equal("it could, a thousand times", ending, Ok(ExitStatus::Exited(0)));
    checks.equal("what it withdrew is as it was", touch::load_word(word), before);
    checks.equal("one that is not announced is ENOENT", withdraw(word), Err(Errno::ENOENT));
    let odd = os::call(Sysno::RegionDepartureWord, [word, 2]);
    checks.equal("another flag is EINVAL", odd, Err(Errno::EINVAL));
}
