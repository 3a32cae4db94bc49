//! The SD card as a file of bytes. What it leaves on the card, the host looks for in the card's image.

use crate::{Checks, os};
use abi::file::{OpenFlags, SEEK_END, SEEK_SET};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const CARD: &CStr = c"/dev/mmcblk0";
/// Bytes that are written at each place: some blocks, and not whole ones.
const LENGTH: usize = 1500;
const WRITERS: u64 = 4;
/// What each of several writers writes: more than goes to the card at a time.
const LONG: usize = 40_000;

/// The checks.
pub fn run(checks: &mut Checks) {
    let card = checks.value("opened", os::open(CARD, OpenFlags::READ_WRITE, 0));
    let size = checks.value("its end", os::seek(card, 0, SEEK_END));
    checks.that("a card of megabytes", size >= 64 << 20 && size.is_power_of_two());
    for at in places(size) {
        checks.equal("written", write_at(card, at, &bytes_at(at)), Ok(LENGTH as u64));
    }
    for at in places(size) {
        let mut read = [0; LENGTH];
        checks.equal("read", read_at(card, at, &mut read), Ok(LENGTH as u64));
        checks.that("what was written", read == bytes_at(at));
    }
    end(checks, card, size);
    company(checks, card);
    let _ = os::close(card);
}

/// The beginning, both sides of the middle (where a byte's address no longer fits 31 bits, on a large card), the end.
fn places(size: u64) -> [u64; 5] {
    [3, 5 << 20, size / 2 - 700, size / 2 + (1 << 20), size - LENGTH as u64]
}

/// Bytes that differ from place to place: the host's case has the same rule.
fn byte_at(at: u64) -> u8 {
    (at ^ at >> 9 ^ at >> 20) as u8
}

fn bytes_at(at: u64) -> [u8; LENGTH] {
    core::array::from_fn(|index| byte_at(at + index as u64))
}

fn write_at(card: i32, at: u64, bytes: &[u8]) -> os::Answer {
    os::seek(card, at as i64, SEEK_SET)?;
    os::write(card, bytes)
}

fn read_at(card: i32, at: u64, bytes: &mut [u8]) -> os::Answer {
    os::seek(card, at as i64, SEEK_SET)?;
    os::read(card, bytes)
}

fn end(checks: &mut Checks, card: i32, size: u64) {
    let mut read = [0; 100];
    checks.equal("short at the end", read_at(card, size - 10, &mut read), Ok(10));
    checks.equal("nothing behind it", read_at(card, size, &mut read), Ok(0));
    let last: [u8; 100] = core::array::from_fn(|index| byte_at(size - 10 + index as u64));
    checks.equal("what fits is written", write_at(card, size - 10, &last), Ok(10));
    checks.equal("then it is full", write_at(card, size, &[1]), Err(Errno::ENOSPC));
    let write = [os::fd(card), 0xFFFF_0000_0000_0000, 512, 0];
    checks.equal("a bad pointer", os::call(Sysno::Pwrite64, write), Err(Errno::EFAULT));
}

/// Several processes, each with a stretch of its own, at the same time.
fn company(checks: &mut Checks, card: i32) {
    for writer in 0..WRITERS {
        let started = os::start_child(|| i32::from(!writes_and_reads(writer)));
        checks.that("a writer", started.is_ok());
    }
    for _ in 0..WRITERS {
        let ended = os::wait_for(-1, 0).map(|(_, status)| status.shell_status());
        checks.equal("found its bytes", ended, Ok(0));
    }
    let mut first = [0; 2];
    let _ = read_at(card, stretch(1), &mut first);
    checks.equal("and they stay", first, [byte_at(stretch(1)), byte_at(stretch(1) + 1)]);
}

/// Where a writer's stretch begins: neighbours share a block.
fn stretch(writer: u64) -> u64 {
    (8 << 20) + writer * LONG as u64
}

fn writes_and_reads(writer: u64) -> bool {
    let Ok(card) = os::open(CARD, OpenFlags::READ_WRITE, 0) else { return false };
    let start = stretch(writer);
    let bytes: [u8; LONG] = core::array::from_fn(|index| byte_at(start + index as u64));
    let written = write_at(card, start, &bytes) == Ok(LONG as u64);
    let mut read = [0; LONG];
    written && read_at(card, start, &mut read) == Ok(LONG as u64) && read == bytes
}
