//! Pipes: order, atomic writes, ends.

use crate::{Checks, frames, os};
use abi::file::OpenFlags;
use abi::limits::{PIPE_BUF, PIPE_CAPACITY};
use abi::process::ExitStatus;
use abi::signal::{SIG_IGN, Signal};
use abi::{Errno, Sysno};

const WRITERS: u8 = 4;
const RECORDS: usize = 64;

/// The checks.
pub fn run(checks: &mut Checks) {
    ends(checks);
    atomic_writes(checks);
    large_transfer(checks);
    full_pipe(checks);
    bad_buffers(checks);
    frames::unchanged(checks, "pipes leak nothing", || {
        for _ in 0..20 {
            if let Ok(ends) = os::pipe(OpenFlags::empty()) {
                let _ = os::write(ends[1], &[1; 4096]);
                os::close_all(ends);
            }
        }
    });
}

fn ends(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let mut buffer = [0; 16];
    checks.equal("written", os::write(to, b"abc"), Ok(3));
    checks.equal("a read takes what is there", os::read(from, &mut buffer), Ok(3));
    checks.equal("as it was written", &buffer[..3], &b"abc"[..]);
    let _ = os::write(to, b"rest");
    let _ = os::close(to);
    checks.equal("what is left can be read", os::read(from, &mut buffer), Ok(4));
    checks.equal("then comes the end", os::read(from, &mut buffer), Ok(0));
    checks.equal("and stays", os::read(from, &mut buffer), Ok(0));
    let _ = os::close(from);
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("the writing end cannot be read", os::read(to, &mut buffer), Err(Errno::EBADF));
    checks.equal("the reading end cannot be written", os::write(from, b"x"), Err(Errno::EBADF));
    checks.equal("a pipe has no offset", os::seek(from, 0, 0), Err(Errno::ESPIPE));
    let _ = os::close(from);
    let ended = os::in_child(|| os::write(to, b"x").map_or(1, |_| 2));
    checks.equal("without a reader, SIGPIPE", ended, Ok(ExitStatus::Signalled(Signal::PIPE as u8)));
    let refused = os::in_child(|| {
        let _ = os::on_signal(Signal::PIPE, SIG_IGN);
        os::write(to, b"x").err().map_or(0, |error| error as i32)
    });
    checks.equal(
        "or EPIPE where it is ignored",
        refused,
        Ok(ExitStatus::Exited(Errno::EPIPE as u8)),
    );
    let _ = os::close(to);
}

/// Records of PIPE_BUF bytes from several writers arrive unmixed.
fn atomic_writes(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    for writer in 1..=WRITERS {
        let _ = os::start_child(|| {
            let _ = os::close(from);
            let record = [writer; PIPE_BUF];
            let whole = (0..RECORDS).all(|_| os::write(to, &record) == Ok(PIPE_BUF as u64));
            i32::from(!whole)
        });
    }
    let _ = os::close(to);
    let mut counts = [0; WRITERS as usize + 1];
    let mut mixed = 0;
    let mut record = [0; PIPE_BUF];
    while os::read_full(from, &mut record) == Ok(PIPE_BUF) {
        let writer = record[0];
        mixed += u32::from(!record.iter().all(|byte| *byte == writer));
        counts[usize::from(writer.min(WRITERS))] += 1;
    }
    checks.equal("no record is mixed", mixed, 0);
    checks.equal("every record arrives", counts, [0, RECORDS, RECORDS, RECORDS, RECORDS]);
    checks.equal("every writer wrote whole records", all_children_succeed(), WRITERS.into());
    let _ = os::close(from);
}

fn all_children_succeed() -> u32 {
    let mut good = 0;
    while let Ok((_, status)) = os::wait_for(-1, 0) {
        good += u32::from(status == ExitStatus::Exited(0));
    }
    good
}

fn large_transfer(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let child = os::start_child(|| {
        let _ = os::close(from);
        let chunk: [u8; 10_007] = core::array::from_fn(|index| index as u8);
        let whole = (0..30).all(|_| os::write(to, &chunk) == Ok(10_007));
        i32::from(!whole)
    });
    let _ = os::close(to);
    let (mut total, mut wrong) = (0_usize, 0);
    let mut buffer = [0; 3001];
    while let Ok(length @ 1..) = os::read(from, &mut buffer) {
        for byte in &buffer[..length as usize] {
            wrong += u32::from(*byte != (total % 10_007) as u8);
            total += 1;
        }
    }
    checks.equal("300 KB arrive", (total, wrong), (300_210, 0));
    checks.equal(
        "the writer was never cut short",
        child.and_then(os::wait),
        Ok(ExitStatus::Exited(0)),
    );
    let _ = os::close(from);
}

fn full_pipe(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::NON_BLOCKING));
    let mut buffer = [0; 1];
    checks.equal("an empty pipe is EAGAIN", os::read(from, &mut buffer), Err(Errno::EAGAIN));
    let mut total = 0;
    while let Ok(length) = os::write(to, &[7; 4096]) {
        total += length as usize;
    }
    checks.equal("a pipe holds its capacity", total, PIPE_CAPACITY);
    checks.equal("a full pipe is EAGAIN", os::write(to, b"x"), Err(Errno::EAGAIN));
    checks.equal("a read makes room", os::read(from, &mut [0; 4096]), Ok(4096));
    checks.equal("which can be used", os::write(to, &[7; 4096]), Ok(4096));
    let _ = (os::close(from), os::close(to));
}

fn bad_buffers(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let _ = os::write(to, b"kept");
    let bad = os::call(Sysno::Read, [os::fd(from), 8, 4]);
    checks.equal("a bad buffer is EFAULT", bad, Err(Errno::EFAULT));
    let mut buffer = [0; 8];
    checks.equal("and takes nothing", os::read(from, &mut buffer), Ok(4));
    let bad = os::call(Sysno::Write, [os::fd(to), 8, 4]);
    checks.equal("a bad source is EFAULT", bad, Err(Errno::EFAULT));
    let bad = os::call(Sysno::Pipe2, [8, 0]);
    checks.equal("a bad place for the ends is EFAULT", bad, Err(Errno::EFAULT));
    let bad = os::call(Sysno::Pipe2, [buffer.as_mut_ptr() as u64, 0x4000_0000]);
    checks.equal("unknown flags are EINVAL", bad, Err(Errno::EINVAL));
    let next = os::pipe(OpenFlags::empty());
    checks.equal("a failed pipe leaves no descriptor", next, Ok([to + 1, to + 2]));
    os::close_all(from..to + 3);
}
