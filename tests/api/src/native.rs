//! `user::region`: making, opening, describing, mapping, growing, sealing and leaving regions.

use crate::check::Checks;
use crate::children::{self, GOOD};
use crate::native_family;
use crate::native_sync;
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::sync::atomic::Ordering;
use user::region::{self, Protection, Region, RegionFlags, Seals, View};
use user::{Result, process};

const NAME: &str = "/api-native";
const PAGE: usize = 4096;
pub const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);
const SEGV: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::SEGV as u8));
const BUS: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::BUS as u8));

/// What a call failed with.
pub fn errno<T>(outcome: Result<T>) -> Option<Errno> {
    outcome.err().and_then(|error| error.errno())
}

/// The word at an offset of a view; -1 where the view does not reach.
pub fn word(view: &View, offset: usize) -> i64 {
    view.as_atomic_u32(offset).map_or(-1, |word| word.load(Ordering::SeqCst).into())
}

/// Stores a word at an offset of a view.
pub fn set(view: &View, offset: usize, value: u32) -> bool {
    view.as_atomic_u32(offset).map(|word| word.store(value, Ordering::SeqCst)).is_some()
}

/// Loads what is `bytes` behind a view's beginning, which is to end the process.
fn touch(view: &View, bytes: usize) -> bool {
    let address = (view.address() + bytes) as *const u32;
    // SAFETY: the addresses are the view's, and nobody stores there.
    unsafe { address.read_volatile() == 0 }
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = region::unlink(NAME);
    process::set_umask(0);
    opening(checks);
    records(checks);
    views(checks);
    growth(checks);
    copies(checks);
    seals(checks);
    flags(checks);
    leaving(checks);
    native_sync::run(checks);
    native_family::run(checks);
}

fn opening(checks: &mut Checks) {
    checks.equal("a missing region is ENOENT", errno(Region::open(NAME)), Some(Errno::ENOENT));
    checks.equal(
        "an empty name is EINVAL",
        errno(Region::options().create("")),
        Some(Errno::EINVAL),
    );
    let made = Region::options().bytes(5000).mode(0o640).exclusive().create(NAME);
    let Some(made) = checks.value("a region", made) else { return };
    checks.equal("its name", made.name(), NAME);
    let again = Region::options().bytes(1).exclusive().create(NAME);
    checks.equal("an exclusive second one is EEXIST", errno(again), Some(Errno::EEXIST));
    let found = Region::options().bytes(1).create(NAME);
    let length = found.and_then(|region| region.length());
    checks.equal("without that it is opened as it is", length.ok(), Some(5000));
    let reader = Region::open_read_only(NAME);
    let Some(reader) = checks.value("a reader", reader) else { return };
    checks.equal("it does not map to write", errno(reader.map(READ_WRITE)), Some(Errno::EACCES));
    checks.that("it does not write", reader.write(0, b"x").is_err());
    checks.that("it does not grow", reader.set_length(9000).is_err());
    let other = Region::open_with(NAME, RegionFlags::READ_ONLY | RegionFlags::CLOSE_ON_EXEC);
    checks.that("with flags", other.is_ok_and(|other| other.as_raw() != reader.as_raw()));
    let again = Region::from_fd(reader.into_fd());
    checks.equal("from its descriptor", again.ok().map(|region| region.name() == NAME), Some(true));
    let nameless = Region::options().bytes(10).anonymous();
    let fd = nameless.map(Region::into_fd).and_then(Region::from_fd);
    checks.that("one without a name", fd.is_ok_and(|region| region.length() == Ok(10)));
    checks.that(
        "it is listed",
        region::list().is_ok_and(|all| all.iter().any(|record| record.name() == NAME.as_bytes())),
    );
    checks.equal("its name goes", region::unlink(NAME), Ok(()));
    checks.equal("once", errno(region::unlink(NAME)), Some(Errno::ENOENT));
    checks.equal("it exists no more", region::exists(NAME), Ok(false));
    checks.equal("but lives on", made.length(), Ok(5000));
}

fn records(checks: &mut Checks) {
    let made = Region::options().bytes(4097).maximum(1 << 20).mode(0o600).create(NAME);
    let Some(made) = checks.value("a region", made) else { return };
    let view = checks.value("a view", made.map(READ_WRITE));
    let Some(record) = checks.value("its record", made.stat()) else { return };
    checks.equal("exact sizes", (record.length, record.maximum), (4097, 1 << 20));
    let counts = (record.descriptors, record.views, record.users, record.writers);
    checks.equal("who uses it", counts, (1, 1, 2, 1));
    checks.equal(
        "its mode",
        made.set_mode(0o644).and_then(|()| made.stat()).map(|it| it.mode & 0o777),
        Ok(0o644),
    );
    let other = || errno(Region::open(NAME)) == Some(Errno::EACCES);
    let reads = || Region::open_read_only(NAME).is_ok();
    checks.equal("others may read", children::run_as(1000, 1000, || reads() && other()), GOOD);
    checks.equal("its owner", made.set_owner(1000, 1000), Ok(()));
    checks.equal("may write", children::run_as(1000, 1000, || Region::open(NAME).is_ok()), GOOD);
    let owner = made.stat().map(|record| (record.uid, record.gid, record.charged_uid));
    checks.equal("who pays stays", owner, Ok((1000, 1000, 0)));
    drop(view);
    checks.equal("the view has ended", made.stat().map(|record| record.views), Ok(0));
    let _ = region::unlink(NAME);
}

fn views(checks: &mut Checks) {
    let Ok(made) = Region::options().bytes(3 * PAGE as u64).anonymous() else { return };
    let (whole, part) = (made.map(READ_WRITE), made.map_part(Protection::READ, PAGE as u64, PAGE));
    let (Some(whole), Some(part)) = (checks.value("all", whole), checks.value("a part", part))
    else {
        return;
    };
    checks.equal("lengths", (whole.len(), part.len(), part.is_empty()), (3 * PAGE, PAGE, false));
    checks.equal("offsets", (whole.offset(), part.offset()), (0, PAGE as u64));
    checks.equal("of one region", whole.region(), part.region());
    checks.that("a store", set(&whole, PAGE + 8, 77));
    checks.equal("is seen in the part", word(&part, 8), 77);
    checks.equal("bytes are written", whole.write(PAGE + 10, b"abc"), Some(()));
    let mut bytes = [0; 3];
    checks.equal("and read", part.read(10, &mut bytes).map(|()| bytes), Some(*b"abc"));
    checks.equal("not behind its end", part.read(PAGE - 2, &mut bytes), None);
    checks.equal("nor written", whole.write(3 * PAGE - 2, &bytes), None);
    checks.equal("its memory is as long", part.memory().len(), PAGE);
    let empty = made.map_part(Protection::READ, 0, 0);
    checks.equal("a part has bytes", errno(empty), Some(Errno::EINVAL));
    let odd = made.map_part(Protection::READ, 1, PAGE);
    checks.equal("and begins with a page", errno(odd), Some(Errno::EINVAL));
    let guard = children::run(|| touch(&part, PAGE));
    checks.equal("behind a view is a guard", guard, SEGV);
    checks.equal("behind the region is none", children::run(|| touch(&whole, 3 * PAGE)), BUS);
    let kept = part.leak();
    let mut bytes = [0; 3];
    checks.equal("a leaked view stays", kept.read(10, &mut bytes).map(|()| bytes), Some(*b"abc"));
}

fn growth(checks: &mut Checks) {
    let options = Region::options().bytes(100).maximum(8 << 20).exclusive();
    let Some(made) = checks.value("a region", options.create(NAME)) else { return };
    let Some(mut view) = checks.value("its view", made.map(READ_WRITE)) else { return };
    let address = view.address();
    let child = children::start(|| {
        let Ok(other) = Region::open(NAME) else { return false };
        let Ok(view) = other.map(READ_WRITE) else { return false };
        let grown = other.set_length(5 << 20).is_ok();
        let mut view = view;
        grown && view.update(&other) == Ok(5 << 20) && set(&view, (5 << 20) - 4, 99)
    });
    checks.equal("a child grows it", children::end(child), GOOD);
    checks.equal("the view reaches what it did", view.len(), 100);
    checks.equal("and then all", view.update(&made), Ok(5 << 20));
    checks.equal("at the same address", view.address(), address);
    checks.equal("where the child's word is", word(&view, (5 << 20) - 4), 99);
    let beyond = made.set_length((8 << 20) + 1);
    checks.equal("beyond the maximum is EFBIG", errno(beyond), Some(Errno::EFBIG));
    checks.equal("it shrinks", made.set_length(10), Ok(()));
    checks.equal("the view too", view.update(&made), Ok(10));
    checks.equal("what is cut off is SIGBUS", children::run(|| touch(&view, PAGE)), BUS);
    checks.equal("it grows again", made.set_length(8 << 20), Ok(()));
    checks.equal("with the view", view.update(&made), Ok(8 << 20));
    checks.equal("what is new is zero", word(&view, (5 << 20) - 4), 0);
    let other = Region::options().bytes(1).anonymous();
    let foreign = other.and_then(|other| view.update(&other));
    checks.equal("only with its own region", errno(foreign), Some(Errno::EINVAL));
    let _ = region::unlink(NAME);
}

fn copies(checks: &mut Checks) {
    let Ok(made) = Region::options().bytes(10).anonymous() else { return };
    let mut bytes = [7; 8];
    checks.equal("bytes are copied in", made.write(6, b"four"), Ok(()));
    checks.equal("fewer are there at the end", made.read(6, &mut bytes), Ok(4));
    checks.equal("what is there", bytes, *b"four\x07\x07\x07\x07");
    checks.equal("none behind it", made.read(10, &mut bytes), Ok(0));
    checks.equal("across it is ERANGE", errno(made.write(7, b"FOUR")), Some(Errno::ERANGE));
    checks.equal("with nothing written", made.read(6, &mut bytes).map(|_| bytes[1]), Ok(b'o'));
}

fn seals(checks: &mut Checks) {
    let Ok(made) = Region::options().bytes(100).never_shrinks().anonymous() else { return };
    checks.equal("it is sealed from the beginning", made.seals(), Ok(Seals::SHRINK));
    checks.equal("shrinking is EPERM", errno(made.set_length(99)), Some(Errno::EPERM));
    let both = Seals::SHRINK | Seals::GROW;
    checks.equal("another seal", made.seal(Seals::GROW), Ok(both));
    checks.equal("growing is EPERM", errno(made.set_length(101)), Some(Errno::EPERM));
    let view = made.map(READ_WRITE);
    checks.equal("a writer is in the way", errno(made.seal(Seals::WRITE)), Some(Errno::EBUSY));
    drop(view);
    checks.equal("then it is not", made.seal(Seals::WRITE), Ok(both | Seals::WRITE));
    checks.equal("no copy in", errno(made.write(0, b"x")), Some(Errno::EPERM));
    checks.that("no view to write", made.map(READ_WRITE).is_err());
    checks.that("one to read", made.map(Protection::READ).is_ok());
    checks.that("no more seals", made.seal(Seals::SEAL).is_ok());
    checks.equal("at all", errno(made.seal(Seals::FUTURE_WRITE)), Some(Errno::EPERM));
}

fn flags(checks: &mut Checks) {
    let single = Region::options().bytes(100).single_writer().create(NAME);
    let Some(single) = checks.value("a single writer", single) else { return };
    checks.equal("a second is EBUSY", errno(Region::open(NAME)), Some(Errno::EBUSY));
    let found = Region::options().bytes(100).create(NAME);
    checks.equal("creation too", errno(found), Some(Errno::EBUSY));
    checks.that("readers are free", Region::open_read_only(NAME).is_ok());
    let child =
        children::run(|| single.map(READ_WRITE).is_err() && single.map(Protection::READ).is_ok());
    checks.equal("a child reads", child, GOOD);
    drop(single);
    checks.that("the next writer", Region::open(NAME).is_ok());
    let _ = region::unlink(NAME);

    let Ok(read) = Region::options().bytes(100).views_read_only().anonymous() else { return };
    checks.equal("no view writes", errno(read.map(READ_WRITE)), Some(Errno::EACCES));
    let view = read.map(Protection::READ);
    checks.equal("a copy does", read.write(0, &[5, 0, 0, 0]), Ok(()));
    checks.equal("and is seen", view.map(|view| word(&view, 0)), Ok(5));

    let Ok(same) = Region::options().bytes(100).same_address().create(NAME) else { return };
    let address = same.map(READ_WRITE).map(View::leak).map_or(0, |it| it.base().as_ptr() as usize);
    let told = same.stat().map(|record| record.address as usize);
    checks.equal("its address is told", told, Ok(address));
    checks.equal("a second view there is EEXIST", errno(same.map(READ_WRITE)), Some(Errno::EEXIST));
    let _ = region::unlink(NAME);

    let huge = Region::options().bytes(1 << 35).maximum(1 << 35).sparse().anonymous();
    checks.that("sparse ones cost nothing", huge.is_ok());
    let huge = Region::options().bytes(1 << 35).maximum(1 << 35).anonymous();
    checks.equal("others need memory", errno(huge), Some(Errno::ENOMEM));
}

fn leaving(checks: &mut Checks) {
    let options = Region::options().bytes(100).ephemeral();
    let Some(made) = checks.value("an ephemeral one", options.create(NAME)) else { return };
    let view = made.map(READ_WRITE).map(View::leak);
    let second = Region::open(NAME);
    // SAFETY: the view was leaked and is not used any more.
    let left = unsafe { made.leave() };
    checks.that("there was a view", view.is_ok());
    checks.equal("it is left", left, Ok(()));
    checks.equal("another user keeps it", region::exists(NAME), Ok(true));
    let views = second.as_ref().map(|region| region.stat().map(|record| record.views));
    checks.equal("which has no view", views.ok(), Some(Ok(0)));
    drop(second);
    checks.equal("and the last one takes it along", region::exists(NAME), Ok(false));
}
