//! Copies between a program and the kernel: of all lengths, over pages that are not there yet, and
//! up to those that the program may not use.

use crate::{Checks, os, touch};
use abi::Errno;
use abi::Sysno;
use abi::file::OpenFlags;
use abi::memory::Protection;
use abi::socket::SOCK_STREAM;

/// The family of sockets within the machine.
const UNIX: u64 = 1;
/// Around those at which a copy changes its way.
const LENGTHS: [usize; 22] = [
    1, 2, 3, 7, 8, 15, 31, 33, 64, 100, 159, 160, 161, 191, 255, 287, 1000, 4095, 4096, 4097, 8192,
    10_007,
];

/// The checks.
pub fn run(checks: &mut Checks) {
    for ends in [os::pipe(OpenFlags::NON_BLOCKING), stream()] {
        let [from, to] = checks.value("two ends", ends);
        lengths(checks, from, to);
        fresh_pages(checks, from, to);
        holes(checks, from, to);
        forbidden_pages(checks, from, to);
        registers(checks, from, to);
        os::close_all([from, to]);
    }
}

fn stream() -> os::Answer<[i32; 2]> {
    let mut ends = [-1; 2];
    let at = ends.as_mut_ptr() as u64;
    let kind = u64::from(SOCK_STREAM | OpenFlags::NON_BLOCKING.bits());
    os::call(Sysno::Socketpair, [UNIX, kind, 0, at]).map(|_| core::hint::black_box(ends))
}

fn write_at(to: i32, address: u64, length: u64) -> os::Answer {
    os::call(Sysno::Write, [os::fd(to), address, length])
}

fn read_at(from: i32, address: u64, length: u64) -> os::Answer {
    os::call(Sysno::Read, [os::fd(from), address, length])
}

/// Every length, from and to every alignment to a word, with nothing beside it changed.
fn lengths(checks: &mut Checks, from: i32, to: i32) {
    let source: [u8; 10_100] = core::array::from_fn(|index| (index % 251) as u8);
    let mut wrong = 0;
    for length in LENGTHS {
        for shift in 0..8 {
            let mut target = [0xEE; 10_100];
            let sent = &source[shift..shift + length];
            let (start, end) = (40 - shift, 40 - shift + length);
            let written = os::write(to, sent);
            let read = os::read(from, &mut target[start..end]);
            let is_whole = (written, read) == (Ok(length as u64), Ok(length as u64));
            let is_beside = |byte: &u8| *byte == 0xEE;
            let is_alone =
                target[..start].iter().all(is_beside) && target[end..].iter().all(is_beside);
            wrong += u32::from(!(is_whole && is_alone && target[start..end] == *sent));
        }
    }
    checks.equal("all lengths arrive", wrong, 0);
}

/// Memory that nobody has touched, on both sides.
fn fresh_pages(checks: &mut Checks, from: i32, to: i32) {
    let (source, target) =
        (os::map(5 * os::PAGE, os::ANONYMOUS), os::map(5 * os::PAGE, os::ANONYMOUS));
    let length = 4 * os::PAGE;
    checks.equal("zeroes go", write_at(to, source + 100, length), Ok(length));
    checks.equal("and come", read_at(from, target + 300, length), Ok(length));
    checks.equal("as they were", touch::load(target + 300 + length - 8), 0);
    touch::store(source + 8, 0x0123_4567_89AB_CDEF);
    checks.equal("a word goes", write_at(to, source + 8, 8), Ok(8));
    checks.equal("and comes to a new page", read_at(from, target + 4 * os::PAGE + 800, 8), Ok(8));
    checks.equal("as it was", touch::load(target + 4 * os::PAGE + 800), 0x0123_4567_89AB_CDEF);
    let ends = [os::unmap(source, 5 * os::PAGE), os::unmap(target, 5 * os::PAGE)];
    checks.equal("unmapped", ends, [Ok(0), Ok(0)]);
}

/// A buffer whose end is not mapped: a short write fails whole, a read stops there.
fn holes(checks: &mut Checks, from: i32, to: i32) {
    let memory = os::map(3 * os::PAGE, os::ANONYMOUS);
    checks.equal("a hole", os::unmap(memory + 2 * os::PAGE, os::PAGE), Ok(0));
    let start = memory + os::PAGE;
    let past = write_at(to, start + 1000, os::PAGE);
    checks.equal("a short write beyond it", past, Err(Errno::EFAULT));
    checks.equal("leaves nothing", read_at(from, start, 8), Err(Errno::EAGAIN));
    let bytes: [u8; 5000] = core::array::from_fn(|index| (index / 7) as u8);
    checks.equal("written", os::write(to, &bytes), Ok(5000));
    checks.equal("into the hole", read_at(from, memory + 2 * os::PAGE, 10), Err(Errno::EFAULT));
    checks.equal("up to the hole", read_at(from, start + 1000, 5000), Ok(3096));
    let mut rest = [0; 5000];
    checks.equal("the rest is there", os::read(from, &mut rest), Ok(1904));
    checks.that("and is the rest", rest[..1904] == bytes[3096..]);
    checks.equal("what came before it", touch::load_byte(start + 4095), bytes[3095]);
    checks.equal("unmapped", os::unmap(memory, 2 * os::PAGE), Ok(0));
}

/// What the program may not do, the kernel does not do for it, in copies short and long.
fn forbidden_pages(checks: &mut Checks, from: i32, to: i32) {
    let page = os::map(os::PAGE, os::ANONYMOUS);
    touch::store(page, 1);
    for length in [8, 512, os::PAGE] {
        checks.equal("no rights", os::protect(page, os::PAGE, Protection::empty()), Ok(0));
        checks.equal("no source", write_at(to, page, length), Err(Errno::EFAULT));
        checks.equal("written", os::write(to, &[7; 4096][..length as usize]), Ok(length));
        checks.equal("no target", read_at(from, page, length), Err(Errno::EFAULT));
        checks.equal("read only", os::protect(page, os::PAGE, Protection::READ), Ok(0));
        checks.equal("no target", read_at(from, page, length), Err(Errno::EFAULT));
        checks.equal("unchanged", touch::load(page), 1);
        let mut rest = [0; 4096];
        checks.equal("nothing is lost", os::read(from, &mut rest), Ok(length));
    }
    checks.equal("unmapped", os::unmap(page, os::PAGE), Ok(0));
}

/// The registers that long copies use are the program's again afterwards.
fn registers(checks: &mut Checks, from: i32, to: i32) {
    let memory = os::map(2 * os::PAGE, os::ANONYMOUS);
    checks.equal("a hole", os::unmap(memory + os::PAGE, os::PAGE), Ok(0));
    let [read, write] = [Sysno::Read, Sysno::Write];
    let page = os::PAGE as i64;
    for (call, end, start, answer) in [
        (write, to, memory, page),
        (read, from, memory, page),
        // In the middle of a copy.
        (write, to, memory + 1000, -(Errno::EFAULT as i64)),
    ] {
        let outcome = touch::call_with_simd(call as u64, [os::fd(end), start, os::PAGE]);
        checks.equal("SIMD registers are kept", outcome, (answer, true));
    }
    checks.equal("unmapped", os::unmap(memory, os::PAGE), Ok(0));
}
