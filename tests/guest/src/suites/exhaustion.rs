//! Running out of something is an error to whoever asks, and everything comes back.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::limits::PROCESS_MAX;

use abi::process::ExitStatus;
use abi::signal::Signal;
use core::ffi::CStr;

/// The checks.
pub fn run(checks: &mut Checks) {
    memory(checks);
    regions(checks);
    processes(checks);
}

/// A child touches more memory than there is; it is refused or ended, and nobody else is.
fn memory(checks: &mut Checks) {
    let mut ended = Ok(ExitStatus::Exited(0));
    frames::unchanged(checks, "memory comes back from one who took it all", || {
        ended = os::in_child(|| {
            os::silence();
            let length = 64 << 20;
            loop {
                let memory = os::map_at(0, length, READ_WRITE, os::ANONYMOUS, (-1, 0));
                match memory {
                    Ok(memory) => {
                        (0..length / PAGE).for_each(|page| touch::store(memory + page * PAGE, 1))
                    }
                    Err(error) => return error as i32,
                }
            }
        });
    });
    let killed = [Signal::KILL, Signal::SEGV, Signal::BUS]
        .map(|signal| Ok(ExitStatus::Signalled(signal as u8)));
    let refused = Ok(ExitStatus::Exited(Errno::ENOMEM as u8));
    checks.that("it is refused or ended", killed.contains(&ended) || ended == refused);
}

/// Writing a region larger than memory ends in an error.
fn regions(checks: &mut Checks) {
    let name: &CStr = c"/dev/shm/exhaustion";
    let mut answer = Ok(0);
    frames::unchanged(checks, "memory comes back from a region that took it all", || {
        let Ok(region) = os::create(name, 0o600) else { return };
        let chunk = os::map(1 << 20, os::ANONYMOUS);
        let mut written = 0_u64;
        answer = loop {
            match os::call(abi::Sysno::Write, [os::fd(region), chunk, 1 << 20]) {
                Ok(0) => break Err(Errno::ENOSPC),
                Ok(length) => written += length,
                Err(error) => break Err(error),
            }
            if written > 4 << 30 {
                break Ok(written);
            }
        };
        let _ = (os::unmap(chunk, 1 << 20), os::close(region), os::unlink(name));
    });
    checks.that("it is an error", matches!(answer, Err(Errno::ENOSPC | Errno::ENOMEM)));
}

/// Forks until it is refused.
fn processes(checks: &mut Checks) {
    let (mut refusal, mut count) = (None, 0);
    frames::unchanged(checks, "frames come back from all processes there can be", || {
        let Ok([from, to]) = os::pipe(OpenFlags::empty()) else { return };
        (refusal, count) = (None, 0);
        while count <= PROCESS_MAX {
            let child = os::start_child(|| {
                let _ = os::close(to);
                os::read(from, &mut [0]).map_or(1, |_| 0)
            });
            match child {
                Ok(_) => count += 1,
                Err(error) => {
                    refusal = Some(error);
                    break;
                }
            }
        }
        let _ = (os::close(to), os::close(from));
        os::wait_for_all();
    });
    checks.equal("one process too many is EAGAIN", refusal, Some(Errno::EAGAIN));
    checks.that("there can be thousands", count > PROCESS_MAX / 2);
}
