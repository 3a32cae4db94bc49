//! mmap, munmap, mprotect.

use crate::os::{ANONYMOUS, PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::memory::{MADV_DONTNEED, MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};

const NO_FILE: (i32, u64) = (-1, 0);

/// Whether an access in a child ends it with SIGSEGV.
pub fn faults(access: impl FnOnce()) -> bool {
    let status = os::in_child(|| {
        os::silence();
        access();
        0
    });
    status == Ok(ExitStatus::Signalled(Signal::SEGV as u8))
}

/// The checks.
pub fn run(checks: &mut Checks) {
    zeroed(checks);
    refusals(checks);
    parts(checks);
    protections(checks);
    fixed(checks);
    files(checks);
    reserve(checks);
    frames::unchanged(checks, "mapping and unmapping leak nothing", || {
        for pages in [1, 2, 511, 512, 513, 1500] {
            let memory = os::map(pages * PAGE, ANONYMOUS);
            (0..pages).for_each(|page| touch::store(memory + page * PAGE, 1));
            let _ = os::unmap(memory + PAGE * (pages / 2), PAGE);
            let _ = os::unmap(memory, pages * PAGE);
        }
    });
}

fn zeroed(checks: &mut Checks) {
    let memory = os::map(64 * PAGE, ANONYMOUS);
    checks.equal("a mapping begins on a page", memory % PAGE, 0);
    let zero = (0..64 * PAGE / 8).all(|index| touch::load(memory + index * 8) == 0);
    checks.that("a mapping is zeroed", zero);
    (0..64).for_each(|page| touch::store(memory + page * PAGE, u64::MAX));
    checks.equal("it is unmapped", os::unmap(memory, 64 * PAGE), Ok(0));
    checks.that("what is unmapped is gone", faults(|| touch::probe(memory)));
    let again = os::map(64 * PAGE, ANONYMOUS);
    let zero = (0..64).all(|page| touch::load(again + page * PAGE) == 0);
    checks.that("a frame used again is zeroed", zero);
    (0..64).for_each(|page| touch::store(again + page * PAGE, 5));
    let advice = os::call(Sysno::Madvise, [again, 64 * PAGE, MADV_DONTNEED.into()]);
    checks.equal("madvise answers", advice, Ok(0));
    let zero = (0..64).all(|page| touch::load(again + page * PAGE) == 0);
    checks.that("what is not needed reads as zero", zero);
    let _ = os::unmap(again, 64 * PAGE);
}

fn refusals(checks: &mut Checks) {
    let map = |length, flags| os::map_at(0, length, READ_WRITE, flags, NO_FILE);
    checks.equal("length 0 is EINVAL", map(0, ANONYMOUS), Err(Errno::EINVAL));
    let neither = MapFlags::ANONYMOUS;
    checks.equal("neither shared nor private is EINVAL", map(PAGE, neither), Err(Errno::EINVAL));
    checks.equal("a huge length is ENOMEM", map(u64::MAX - PAGE, ANONYMOUS), Err(Errno::ENOMEM));
    checks.equal("half of everything is ENOMEM", map(1 << 62, ANONYMOUS), Err(Errno::ENOMEM));
    checks.equal("no file is EBADF", map(PAGE, MapFlags::PRIVATE), Err(Errno::EBADF));
    let high =
        os::map_at(0xFFFF_FF80_0000_0000, PAGE, READ_WRITE, ANONYMOUS | MapFlags::FIXED, NO_FILE);
    checks.equal("the kernel's half is ENOMEM", high, Err(Errno::ENOMEM));
    let odd = os::map_at(0x1000_0001, PAGE, READ_WRITE, ANONYMOUS | MapFlags::FIXED, NO_FILE);
    checks.equal("a fixed odd address is EINVAL", odd, Err(Errno::EINVAL));
    checks.equal("unmapping an odd address is EINVAL", os::unmap(1, PAGE), Err(Errno::EINVAL));
    checks.equal("unmapping nothing is EINVAL", os::unmap(PAGE, 0), Err(Errno::EINVAL));
    let kernel = os::unmap(0xFFFF_FF80_0000_0000, PAGE);
    checks.equal("unmapping the kernel is EINVAL", kernel, Err(Errno::EINVAL));
    checks.equal("unmapping a hole succeeds", os::unmap(0x70_0000_0000 & !0xFFF, PAGE), Ok(0));
    let hole = os::protect(0x30_0000_0000, PAGE, Protection::READ);
    checks.equal("protecting a hole is ENOMEM", hole, Err(Errno::ENOMEM));
    let odd = os::protect(1, PAGE, Protection::READ);
    checks.equal("protecting an odd address is EINVAL", odd, Err(Errno::EINVAL));
}

fn parts(checks: &mut Checks) {
    let memory = os::map(9 * PAGE, ANONYMOUS);
    (0..9).for_each(|page| touch::store(memory + page * PAGE, page + 1));
    checks.equal("a middle page is unmapped", os::unmap(memory + 4 * PAGE, 1), Ok(0));
    checks.that("the middle is gone", faults(|| touch::probe(memory + 4 * PAGE)));
    let rest =
        [0, 1, 2, 3, 5, 6, 7, 8].iter().all(|page| touch::load(memory + page * PAGE) == page + 1);
    checks.that("the rest is there", rest);
    let across = os::protect(memory, 9 * PAGE, Protection::READ);
    checks.equal("protecting across a hole is ENOMEM", across, Err(Errno::ENOMEM));
    checks.equal("unmapping across a hole succeeds", os::unmap(memory, 9 * PAGE), Ok(0));
}

fn protections(checks: &mut Checks) {
    let memory = os::map(3 * PAGE, ANONYMOUS);
    (0..3).for_each(|page| touch::store(memory + page * PAGE, 7));
    checks.that("made read-only", os::protect(memory + PAGE, PAGE, Protection::READ).is_ok());
    checks.equal("it can be read", touch::load(memory + PAGE), 7);
    checks.that("it cannot be written", faults(|| touch::store(memory + PAGE, 8)));
    touch::store(memory, 9);
    touch::store(memory + 2 * PAGE, 9);
    checks.that("made writable again", os::protect(memory + PAGE, PAGE, READ_WRITE).is_ok());
    touch::store(memory + PAGE, 10);
    checks.that("made nothing", os::protect(memory, PAGE, Protection::empty()).is_ok());
    checks.that("nothing cannot be read", faults(|| touch::probe(memory)));
    checks.that("made readable", os::protect(memory, PAGE, Protection::READ).is_ok());
    checks.equal("its contents were kept", touch::load(memory), 9);
    checks.that("data cannot be executed", faults(|| touch::jump(memory)));
    let _ = os::unmap(memory, 3 * PAGE);
    let code = os::map(PAGE, ANONYMOUS);
    // `ret`, which comes back to `jump`.
    touch::store(code, 0xD65F_03C0);
    let executable = Protection::READ | Protection::EXECUTE;
    checks.that("made executable", os::protect(code, PAGE, executable).is_ok());
    touch::jump(code);
    checks.that("made code cannot be written", faults(|| touch::store(code, 0)));
    let _ = os::unmap(code, PAGE);
}

fn fixed(checks: &mut Checks) {
    let memory = os::map(4 * PAGE, ANONYMOUS);
    (0..4).for_each(|page| touch::store(memory + page * PAGE, 7));
    let flags = ANONYMOUS | MapFlags::FIXED;
    let placed = os::map_at(memory + PAGE, PAGE, READ_WRITE, flags, NO_FILE);
    checks.equal("a fixed mapping is where it was asked for", placed, Ok(memory + PAGE));
    checks.equal("it replaces what was there", touch::load(memory + PAGE), 0);
    checks.equal("its neighbour is kept", touch::load(memory + 2 * PAGE), 7);
    let flags = ANONYMOUS | MapFlags::FIXED_NO_REPLACE;
    let refused = os::map_at(memory, PAGE, READ_WRITE, flags, NO_FILE);
    checks.equal("where something is, NOREPLACE is EEXIST", refused, Err(Errno::EEXIST));
    let _ = os::unmap(memory + 3 * PAGE, PAGE);
    let placed = os::map_at(memory + 3 * PAGE, PAGE, READ_WRITE, flags, NO_FILE);
    checks.equal("in a hole it succeeds", placed, Ok(memory + 3 * PAGE));
    let _ = os::unmap(memory, 4 * PAGE);
}

fn files(checks: &mut Checks) {
    let file = checks.value("a file", os::create(c"/tmp/mapped", 0o600));
    let _ = os::write(file, b"original");
    let private = checks.value("private", os::map_file(file, PAGE, READ_WRITE, MapFlags::PRIVATE));
    let shared = checks.value("shared", os::map_file(file, PAGE, READ_WRITE, MapFlags::SHARED));
    let original = u64::from_le_bytes(*b"original");
    checks.equal("a file's bytes are mapped", touch::load(private), original);
    touch::store(private, 1);
    checks.equal("a private store stays private", touch::load(shared), original);
    touch::store(shared, u64::from_le_bytes(*b"modified"));
    let mut bytes = [0; 8];
    let read = os::seek(file, 0, 0).and_then(|_| os::read(file, &mut bytes));
    checks.equal("a shared store is in the file", (read, &bytes), (Ok(8), b"modified"));
    checks.equal("behind the end of the file a page is zero", touch::load(shared + 8), 0);
    let odd = os::map_at(0, PAGE, READ_WRITE, MapFlags::SHARED, (file, 1));
    checks.equal("an odd offset is EINVAL", odd, Err(Errno::EINVAL));
    let _ = os::close(file);
    checks.equal("a mapping outlives its descriptor", touch::load(private), 1);
    let reader = checks.value("opened to read", os::open_to_read(c"/tmp/mapped"));
    let refused = os::map_file(reader, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.equal("a reader cannot share to write", refused, Err(Errno::EACCES));
    let allowed = os::map_file(reader, PAGE, READ_WRITE, MapFlags::PRIVATE);
    checks.that("a reader can copy to write", allowed.is_ok_and(|at| os::unmap(at, PAGE).is_ok()));
    let _ = (os::close(reader), os::unlink(c"/tmp/mapped"));
    let _ = (os::unmap(private, PAGE), os::unmap(shared, PAGE));
}

/// Memory costs frames when it is touched, not when it is mapped.
fn reserve(checks: &mut Checks) {
    let before = frames::settled(None);
    let length = 1 << 30;
    let memory = os::map(length, ANONYMOUS);
    checks.that("a gigabyte untouched costs little", before - frames::free() < 16);
    touch::store(memory, 1);
    touch::store(memory + length - 8, 1);
    checks.that("two touched pages cost little", before - frames::free() < 32);
    let _ = os::unmap(memory, length);
}
