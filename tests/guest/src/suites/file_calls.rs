//! Calls on files that Linux programs make: offsets, vectors, copies, links, times, records.

use crate::{Checks, frames, os};
use abi::file::{
    AT_EMPTY_PATH, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW, FD_CLOEXEC, IoVector, OpenFlags,
    RENAME_EXCHANGE, RENAME_NOREPLACE, S_IFLNK, S_IFMT, Stat, UTIME_NOW, UTIME_OMIT,
};
use abi::file_system::{StatFs, Statx};
use abi::process::ExitStatus;
use abi::time::TimeSpec;
use abi::{Errno, Sysno};
use core::ffi::CStr;
use os::{HERE, call, fd};
use zerocopy::IntoBytes;

const FILE: &CStr = c"/tmp/guest-calls";
const OTHER: &CStr = c"/tmp/guest-calls-2";
const BAD: u64 = 8;

/// The checks.
pub fn run(checks: &mut Checks) {
    offsets(checks);
    vectors(checks);
    copies(checks);
    links(checks);
    renames(checks);
    times(checks);
    records(checks);
    lengths(checks);
    descriptors(checks);
    places(checks);
    modes(checks);
    frames::unchanged(checks, "calls on files leak nothing", || {
        let mut quiet = Checks::new();
        offsets(&mut quiet);
        copies(&mut quiet);
        links(&mut quiet);
        renames(&mut quiet);
    });
}

fn text(path: &CStr) -> u64 {
    path.as_ptr() as u64
}

fn fresh(checks: &mut Checks, contents: &[u8]) -> i32 {
    let file = checks.value("a file", os::create(FILE, 0o644));
    checks.equal("is filled", os::write(file, contents), Ok(contents.len() as u64));
    file
}

fn offsets(checks: &mut Checks) {
    let file = fresh(checks, b"0123456789");
    let mut buffer = [0; 4];
    let at = buffer.as_mut_ptr() as u64;
    let read = |offset: i64| call(Sysno::Pread64, [fd(file), at, 4, offset as u64]);
    checks.equal("read at an offset", (read(2), &buffer), (Ok(4), b"2345"));
    checks.equal("short at the end", read(8), Ok(2));
    checks.equal("nothing behind it", read(100), Ok(0));
    checks.equal("a negative offset is EINVAL", read(-1), Err(Errno::EINVAL));
    let written = call(Sysno::Pwrite64, [fd(file), text(c"ab"), 2, 12]);
    checks.equal("written behind the end", written, Ok(2));
    checks.equal("the file's own offset stays", os::seek(file, 0, 1), Ok(10));
    checks.equal("the file grew", os::stat(file).map(|stat| stat.st_size), Ok(14));
    let bad = call(Sysno::Pread64, [fd(file), BAD, 4, 0]);
    checks.equal("a bad buffer", bad, Err(Errno::EFAULT));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let refused = call(Sysno::Pread64, [fd(from), at, 4, 0]);
    checks.equal("a pipe has no offsets", refused, Err(Errno::ESPIPE));
    os::close_all([from, to, file]);
    os::ignore(os::unlink(FILE));
}

fn part(bytes: &[u8]) -> IoVector {
    IoVector { base: bytes.as_ptr() as u64, length: bytes.len() as u64 }
}

fn vectors(checks: &mut Checks) {
    let file = fresh(checks, b"");
    let parts = [part(b"one "), part(b""), part(b"two")];
    let at = parts.as_ptr() as u64;
    checks.equal("parts are written", call(Sysno::Writev, [fd(file), at, 3]), Ok(7));
    checks.equal("and at an offset", call(Sysno::Pwritev, [fd(file), at, 3, 10]), Ok(7));
    let (mut one, mut other) = ([0; 3], [0; 9]);
    let places = [part(&one), part(&other)];
    let read = call(Sysno::Preadv, [fd(file), places.as_ptr() as u64, 2, 10]);
    // The kernel has stored into them behind the compiler's back.
    let (one, other) = (core::hint::black_box(&mut one), core::hint::black_box(&mut other));
    checks.equal("parts are read", (read, &*one, &other[..4]), (Ok(7), b"one", &b" two"[..]));
    let torn = [part(b"good"), IoVector { base: BAD, length: 4 }];
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::NON_BLOCKING));
    let written = call(Sysno::Writev, [fd(to), torn.as_ptr() as u64, 2]);
    checks.that("a bad part ends it", matches!(written, Ok(4) | Err(Errno::EFAULT)));
    let mut buffer = [0; 16];
    let expected = written.or(Err(Errno::EAGAIN));
    checks.equal("what was told is there", os::read(from, &mut buffer), expected);
    let long = call(Sysno::Writev, [fd(to), at, 1025]);
    checks.equal("too many parts", long, Err(Errno::EINVAL));
    let negative = [IoVector { base: at, length: u64::MAX }];
    let refused = call(Sysno::Readv, [fd(file), negative.as_ptr() as u64, 1]);
    checks.equal("a negative length", refused, Err(Errno::EINVAL));
    os::close_all([from, to, file]);
    os::ignore(os::unlink(FILE));
}

fn copies(checks: &mut Checks) {
    let file = fresh(checks, &[b'x'; 5000]);
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let mut offset = 4000_u64;
    let at = (&raw mut offset) as u64;
    let sent = call(Sysno::Sendfile, [fd(to), fd(file), at, 9000]);
    checks.equal("sent from an offset", (sent, offset), (Ok(1000), 5000));
    checks.equal("the file's own stays", os::seek(file, 0, 1), Ok(5000));
    let _ = os::seek(file, 4990, 0);
    let sent = call(Sysno::Sendfile, [fd(to), fd(file), 0, 4]);
    checks.equal("sent from its own", (sent, os::seek(file, 0, 1)), (Ok(4), Ok(4994)));
    let mut buffer = [0; 2000];
    checks.equal("it is all there", os::read(from, &mut buffer), Ok(1004));
    let refused = call(Sysno::Sendfile, [fd(file), fd(from), 0, 4]);
    checks.equal("not from a pipe", refused, Err(Errno::EINVAL));
    let refused = call(Sysno::Sendfile, [fd(from), fd(file), 0, 4]);
    checks.equal("nor to what cannot be written", refused, Err(Errno::EBADF));
    os::close_all([from, to, file]);
    os::ignore(os::unlink(FILE));
}

fn links(checks: &mut Checks) {
    let file = fresh(checks, b"");
    os::ignore(os::unlink(OTHER));
    let make = |target, path| call(Sysno::Symlinkat, [text(target), HERE, text(path)]);
    checks.equal("a link", make(c"guest-calls", OTHER), Ok(0));
    checks.equal("twice", make(c"guest-calls", OTHER), Err(Errno::EEXIST));
    checks.equal("to nothing", make(c"", c"/tmp/guest-calls-3"), Err(Errno::ENOENT));
    let mut buffer = [0; 32];
    let at = buffer.as_mut_ptr() as u64;
    let length = call(Sysno::Readlinkat, [HERE, text(OTHER), at, 32]);
    checks.equal("where it leads", (length, &buffer[..11]), (Ok(11), &b"guest-calls"[..]));
    let length = call(Sysno::Readlinkat, [HERE, text(OTHER), at, 3]);
    checks.equal("cut to the buffer", length, Ok(3));
    let refused = call(Sysno::Readlinkat, [HERE, text(FILE), at, 32]);
    checks.equal("a file is no link", refused, Err(Errno::EINVAL));
    let kind = |flags| stat_at(OTHER, flags).map(|stat| stat.st_mode & S_IFMT == S_IFLNK);
    checks.equal("it is followed", kind(0), Ok(false));
    checks.equal("or not", kind(AT_SYMLINK_NOFOLLOW), Ok(true));
    let refused = os::open(OTHER, OpenFlags::NO_FOLLOW, 0);
    checks.equal("O_NOFOLLOW is ELOOP", refused, Err(Errno::ELOOP));
    let hard = |flags: u32| {
        let answer = call(
            Sysno::Linkat,
            [HERE, text(OTHER), HERE, text(c"/tmp/guest-calls-3"), flags.into()],
        );
        let stat =
            stat_at(c"/tmp/guest-calls-3", AT_SYMLINK_NOFOLLOW).map(|stat| stat.st_mode & S_IFMT);
        os::ignore(os::unlink(c"/tmp/guest-calls-3"));
        answer.and(stat).map(|kind| kind == S_IFLNK)
    };
    checks.equal("a second name of the link", hard(0), Ok(true));
    checks.equal("or of the file", hard(AT_SYMLINK_FOLLOW), Ok(false));
    let access = call(Sysno::Faccessat2, [HERE, text(OTHER), 4, AT_SYMLINK_NOFOLLOW.into()]);
    checks.equal("asked about", access, Ok(0));
    let bad = call(Sysno::Faccessat2, [HERE, text(OTHER), 4, 1]);
    checks.equal("with unknown flags", bad, Err(Errno::EINVAL));
    os::ignore(os::close(file));
    let _ = (os::unlink(FILE), os::unlink(OTHER));
}

fn renames(checks: &mut Checks) {
    let file = fresh(checks, b"one");
    let other = os::create(OTHER, 0o644).and_then(|file| os::write(file, b"other").and(Ok(file)));
    let other = checks.value("another", other);
    let rename =
        |flags: u32| call(Sysno::Renameat2, [HERE, text(FILE), HERE, text(OTHER), flags.into()]);
    checks.equal("a name that is taken", rename(RENAME_NOREPLACE), Err(Errno::EEXIST));
    checks.equal("both at once", rename(3), Err(Errno::EINVAL));
    checks.equal("exchanged", rename(RENAME_EXCHANGE), Ok(0));
    checks.equal("they are", stat_at(FILE, 0).map(|stat| stat.st_size), Ok(5));
    checks.equal("replaced", rename(0), Ok(0));
    checks.equal("one is left", stat_at(FILE, 0).map(drop), Err(Errno::ENOENT));
    checks.equal("the other", stat_at(OTHER, 0).map(|stat| stat.st_size), Ok(5));
    checks.equal("exchange with nothing", rename(RENAME_EXCHANGE), Err(Errno::ENOENT));
    os::close_all([file, other]);
    os::ignore(os::unlink(OTHER));
}

fn stat_at(path: &CStr, flags: u32) -> os::Answer<Stat> {
    let mut stat = Stat::default();
    let at = stat.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::Newfstatat, [HERE, text(path), at, flags.into()]).map(|_| stat)
}

fn times(checks: &mut Checks) {
    let file = fresh(checks, b"");
    let set = |times: [(i64, i64); 2]| {
        let times = times.map(|(seconds, nanoseconds)| TimeSpec { seconds, nanoseconds });
        call(Sysno::Utimensat, [HERE, text(FILE), times.as_bytes().as_ptr() as u64, 0])
    };
    let told = || stat_at(FILE, 0).map(|stat| (stat.st_atime, stat.st_mtime, stat.st_mtime_nsec));
    checks.equal("set", set([(100, 0), (200, 300)]), Ok(0));
    checks.equal("told", told(), Ok((100, 200, 300)));
    checks.equal("left", set([(1, UTIME_OMIT), (5, 6)]).and(told()), Ok((100, 5, 6)));
    checks.equal("out of range", set([(0, 1_000_000_000), (0, 0)]), Err(Errno::EINVAL));
    checks.equal("now", set([(0, UTIME_NOW), (0, UTIME_OMIT)]), Ok(0));
    checks.that("is later or boot", told().is_ok_and(|(accessed, ..)| accessed != 100));
    let by_descriptor = call(Sysno::Utimensat, [fd(file), 0, 0, 0]);
    checks.equal("by descriptor", by_descriptor, Ok(0));
    let bad = call(Sysno::Utimensat, [HERE, text(FILE), BAD, 0]);
    checks.equal("bad times", bad, Err(Errno::EFAULT));
    let none = call(Sysno::Utimensat, [HERE, text(c"/tmp/none"), 0, 0]);
    checks.equal("no file", none, Err(Errno::ENOENT));
    os::ignore(os::close(file));
    os::ignore(os::unlink(FILE));
}

fn records(checks: &mut Checks) {
    let file = fresh(checks, &[1; 100]);
    let mut record = Statx::default();
    let at = record.as_mut_bytes().as_mut_ptr() as u64;
    let answer = call(Sysno::Statx, [HERE, text(FILE), 0, 0x7FF, at]);
    checks.equal("statx", (answer, record.size, record.mode & 0o777), (Ok(0), 100, 0o644));
    let empty = text(c"");
    let answer = call(Sysno::Statx, [fd(file), empty, AT_EMPTY_PATH.into(), 0x7FF, at]);
    checks.equal("of a descriptor", answer, Ok(0));
    let refused = call(Sysno::Statx, [HERE, text(FILE), 0, 1 << 31, at]);
    checks.equal("the reserved bit", refused, Err(Errno::EINVAL));
    let mut system = StatFs::default();
    let at = system.as_mut_bytes().as_mut_ptr() as u64;
    checks.equal("fstatfs", call(Sysno::Fstatfs, [fd(file), at]), Ok(0));
    checks.that("its figures", system.name_max == 255 && system.blocks >= system.free);
    checks.equal("statfs", call(Sysno::Statfs, [text(c"/dev/shm"), at]), Ok(0));
    checks.equal("shared memory is a tmpfs", system.kind, 0x0102_1994);
    let missing = call(Sysno::Statfs, [text(c"/tmp/none"), at]);
    checks.equal("of nothing", missing, Err(Errno::ENOENT));
    checks.equal("fsync", call(Sysno::Fsync, [fd(file)]), Ok(0));
    checks.equal("fdatasync", call(Sysno::Fdatasync, [fd(file)]), Ok(0));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("not of a pipe", call(Sysno::Fsync, [fd(to)]), Err(Errno::EINVAL));
    checks.equal("nor of nothing", call(Sysno::Fsync, [99]), Err(Errno::EBADF));
    os::close_all([from, to, file]);
    os::ignore(os::unlink(FILE));
}

fn lengths(checks: &mut Checks) {
    let file = fresh(checks, &[1; 100]);
    let size = || os::stat(file).map(|stat| stat.st_size);
    let cut = |path: &CStr, length: i64| call(Sysno::Truncate, [text(path), length as u64]);
    checks.equal("cut by its path", cut(FILE, 10).and(size()), Ok(10));
    checks.equal("to a negative length", cut(FILE, -1), Err(Errno::EINVAL));
    checks.equal("a directory", cut(c"/tmp", 1), Err(Errno::EISDIR));
    checks.equal("no file", cut(c"/tmp/none", 1), Err(Errno::ENOENT));
    let allocate = |mode, offset: i64, length: i64| {
        call(Sysno::Fallocate, [fd(file), mode, offset as u64, length as u64])
    };
    checks.equal("allocated", allocate(0, 5, 100).and(size()), Ok(105));
    checks.equal("never shorter", allocate(0, 0, 5).and(size()), Ok(105));
    checks.equal("of no length", allocate(0, 0, 0), Err(Errno::EINVAL));
    checks.equal("behind all", allocate(0, i64::MAX, 1), Err(Errno::EFBIG));
    let append = OpenFlags::APPEND | OpenFlags::WRITE_ONLY;
    let end = checks.value("opened to append", os::open(FILE, append, 0));
    let written = call(Sysno::Pwrite64, [fd(end), text(c"!"), 1, 0]).and(size());
    checks.equal("an offset does not matter then", written, Ok(106));
    let tmp = OpenFlags::TEMPORARY | OpenFlags::DIRECTORY;
    let refused = os::open(c"/tmp", tmp, 0o600);
    checks.equal("a nameless file to read only", refused, Err(Errno::EINVAL));
    os::close_all([end, file]);
    os::ignore(os::unlink(FILE));
}

fn descriptors(checks: &mut Checks) {
    let file = fresh(checks, b"12345");
    let status = || os::control(file, 3, 0).map(|flags| flags & 0o6003);
    checks.equal("its access mode", status(), Ok(2));
    let all = OpenFlags::APPEND | OpenFlags::NON_BLOCKING | OpenFlags::TRUNCATE;
    checks.equal("flags are set", os::control(file, 4, all.bits().into()), Ok(0));
    checks.equal("those that can", status(), Ok(0o6002));
    let mut on = 0_u32;
    let at = (&raw mut on) as u64;
    checks.equal("FIONBIO", call(Sysno::Ioctl, [fd(file), 0x5421, at]), Ok(0));
    checks.equal("waits again", status(), Ok(0o2002));
    checks.equal("FIOCLEX", call(Sysno::Ioctl, [fd(file), 0x5451, 0]), Ok(0));
    checks.equal("is seen", os::control(file, 1, 0), Ok(FD_CLOEXEC.into()));
    let _ = os::seek(file, 1, 0);
    checks.equal("FIONREAD", call(Sysno::Ioctl, [fd(file), 0x541B, at]), Ok(0));
    checks.equal("counts what is left", core::hint::black_box(on), 4);
    checks.equal("no terminal", call(Sysno::Ioctl, [fd(file), 0x5401, at]), Err(Errno::ENOTTY));
    let copies = [50, 51, 52, 60].map(|number| os::duplicate(file, number, 0).unwrap_or(-1));
    checks.equal("copies", copies, [50, 51, 52, 60]);
    checks.equal("marked", call(Sysno::CloseRange, [52, 100, 4]), Ok(0));
    checks.equal("it is", os::control(60, 1, 0), Ok(FD_CLOEXEC.into()));
    checks.equal("closed", call(Sysno::CloseRange, [50, u32::MAX.into(), 0]), Ok(0));
    checks.equal("they are", os::stat(51).map(drop), Err(Errno::EBADF));
    checks.equal("this one is not", os::stat(file).map(drop), Ok(()));
    let refused = call(Sysno::CloseRange, [5, 4, 0]);
    checks.equal("an empty range", refused, Err(Errno::EINVAL));
    os::ignore(os::close(file));
    os::ignore(os::unlink(FILE));
}

fn places(checks: &mut Checks) {
    let place = checks.value("a place", os::open(c"/tmp", OpenFlags::PATH, 0));
    checks.equal("is no file to read", os::read(place, &mut [0; 4]), Err(Errno::EBADF));
    checks.equal("nor to change", call(Sysno::Fchmod, [fd(place), 0]), Err(Errno::EBADF));
    checks.that("it is looked at", os::stat(place).is_ok());
    let file = call(Sysno::Openat, [fd(place), text(c"guest-calls"), 0o102, 0o600]);
    checks.that("paths begin there", file.is_ok());
    checks.equal("and work", call(Sysno::Fchdir, [fd(place)]), Ok(0));
    checks.equal("from there", os::unlink(c"guest-calls"), Ok(0));
    let file = checks.value("a file", file) as i32;
    checks.equal("a file is none", call(Sysno::Fchdir, [fd(file)]), Err(Errno::ENOTDIR));
    checks.equal("back", call(Sysno::Chdir, [text(c"/")]), Ok(0));
    os::close_all([place, file]);
}

/// A program that another user has written to is not run as its owner.
fn modes(checks: &mut Checks) {
    let file = fresh(checks, b"program");
    let mode = || os::stat(file).map(|stat| stat.st_mode & 0o7777);
    checks.equal("set", call(Sysno::Fchmod, [fd(file), 0o6777]).and(mode()), Ok(0o6777));
    checks.equal("root may write", os::write(file, b"!").and(mode()), Ok(0o6777));
    let ended = os::in_child(|| {
        let other = call(Sysno::Setuid, [1000]);
        i32::from(other.and(os::write(file, b"?")).is_err())
    });
    checks.equal("another writes", ended, Ok(ExitStatus::Exited(0)));
    checks.equal("and the bits are gone", mode(), Ok(0o777));
    os::ignore(os::close(file));
    os::ignore(os::unlink(FILE));
}
