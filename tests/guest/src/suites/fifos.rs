//! FIFOs (fifo(7)): pipes behind names, where one end waits for the other; and `mknodat`.

use crate::os::{HERE, MILLISECOND, SECOND, call};
use crate::{Checks, frames, os};
use abi::file::{
    OpenFlags, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, SEEK_CUR,
};
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::signal::{ActionFlags, SIG_IGN, Signal};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FIFO: &CStr = c"/tmp/guest-fifo";
const READ: OpenFlags = OpenFlags::empty();
const WRITE: OpenFlags = OpenFlags::WRITE_ONLY;
const NON_BLOCKING: OpenFlags = OpenFlags::NON_BLOCKING;
const GOOD: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));

/// The checks.
pub fn run(checks: &mut Checks) {
    os::ignore(os::unlink(FIFO));
    nodes(checks);
    checks.equal("a FIFO is made", make(FIFO, S_IFIFO | 0o666), Ok(0));
    without_waiting(checks);
    both_ends(checks);
    partners(checks);
    interrupted(checks);
    frames::unchanged(checks, "FIFOs leak nothing", || {
        let mut quiet = Checks::new();
        without_waiting(&mut quiet);
        both_ends(&mut quiet);
    });
    checks.equal("it goes like a file", os::unlink(FIFO), Ok(0));
}

fn make(path: &CStr, mode: u32) -> os::Answer {
    call(Sysno::Mknodat, [HERE, path.as_ptr() as u64, mode.into(), 0])
}

fn open(flags: OpenFlags) -> os::Answer<i32> {
    os::open(FIFO, flags, 0)
}

fn ready(file: i32, events: PollEvents) -> PollEvents {
    let mut files = [PollFd { fd: file, events: events.bits(), revents: 0 }];
    os::ignore(os::poll(&mut files, Some(0)));
    PollEvents::from_bits_truncate(core::hint::black_box(files)[0].revents)
}

fn nodes(checks: &mut Checks) {
    for kind in [S_IFCHR, S_IFBLK, S_IFSOCK, S_IFDIR] {
        checks.equal("not everything is made so", make(FIFO, kind | 0o600), Err(Errno::EPERM));
    }
    checks.equal("nor what is nothing", make(FIFO, S_IFMT), Err(Errno::EINVAL));
    checks.equal("no directory", make(c"/tmp/none/fifo", S_IFIFO), Err(Errno::ENOENT));
    checks.equal("no room for names", make(c"/fifo", S_IFIFO), Err(Errno::EROFS));
    checks.equal("no name", make(c"", S_IFIFO), Err(Errno::ENOENT));
    let mask = call(Sysno::Umask, [0o022]).unwrap_or(0);
    for (mode, kind) in [(0o666, S_IFREG), (S_IFREG | 0o666, S_IFREG), (S_IFIFO | 0o666, S_IFIFO)] {
        checks.equal("a node is made", make(FIFO, mode), Ok(0));
        let found = open(OpenFlags::READ_WRITE).and_then(os::stat_and_close);
        checks.equal("as asked for", found.map(|stat| stat.st_mode), Ok(kind | 0o644));
        checks.equal("and not again", make(FIFO, mode), Err(Errno::EEXIST));
        checks.equal("it goes", os::unlink(FIFO), Ok(0));
    }
    os::ignore(call(Sysno::Umask, [mask]));
}

fn without_waiting(checks: &mut Checks) {
    let mut buffer = [0; 8];
    checks.equal("nobody reads", open(WRITE | NON_BLOCKING), Err(Errno::ENXIO));
    let from = checks.value("a reader", open(READ | NON_BLOCKING));
    checks.equal("no writer: the end", os::read(from, &mut buffer), Ok(0));
    checks.equal("nothing has hung up", ready(from, PollEvents::READABLE), PollEvents::empty());
    let to = checks.value("a writer", open(WRITE | NON_BLOCKING));
    checks.equal("nothing yet", os::read(from, &mut buffer), Err(Errno::EAGAIN));
    checks.equal("there is room", ready(to, PollEvents::WRITABLE), PollEvents::WRITABLE);
    checks.equal("written", os::write(to, b"hello"), Ok(5));
    checks.equal("readable", ready(from, PollEvents::READABLE), PollEvents::READABLE);
    checks.equal("read", (os::read(from, &mut buffer), &buffer[..5]), (Ok(5), &b"hello"[..]));
    checks.equal("no offsets", os::seek(from, 0, SEEK_CUR), Err(Errno::ESPIPE));
    checks.equal("one way only", os::write(from, b"x"), Err(Errno::EBADF));
    os::ignore(os::close(to));
    checks.equal("hung up", ready(from, PollEvents::READABLE), PollEvents::HUP);
    checks.equal("the end", os::read(from, &mut buffer), Ok(0));
    let to = checks.value("a writer again", open(WRITE | NON_BLOCKING));
    checks.equal("nothing again", os::read(from, &mut buffer), Err(Errno::EAGAIN));
    os::ignore(os::close(from));
    let status = os::in_child(|| {
        os::ignore(os::on_signal(Signal::PIPE, SIG_IGN));
        i32::from(os::write(to, b"x") != Err(Errno::EPIPE))
    });
    checks.equal("the reader has gone", status, GOOD);
    os::close_all([to]);
}

fn both_ends(checks: &mut Checks) {
    let mut buffer = [0; 8];
    let both = checks.value("both ends at once", open(OpenFlags::READ_WRITE));
    checks.equal("written", os::write(both, b"ab"), Ok(2));
    let to = checks.value("a writer needs no other reader", open(WRITE));
    checks.equal("written too", os::write(to, b"c"), Ok(1));
    checks.equal(
        "read in order",
        (os::read(both, &mut buffer), &buffer[..3]),
        (Ok(3), &b"abc"[..]),
    );
    checks.equal("left behind", os::write(both, b"lost"), Ok(4));
    os::close_all([both, to]);
    let from = checks.value("a reader", open(READ | NON_BLOCKING));
    checks.equal("what nobody has read is gone", os::read(from, &mut buffer), Ok(0));
    os::close_all([from]);
}

/// One end waits for the other, whichever comes first.
fn partners(checks: &mut Checks) {
    for delays in [[0, 30], [30, 0]] {
        let writer = os::start_child(|| {
            os::ignore(os::sleep(delays[0] * MILLISECOND));
            let written = open(WRITE).and_then(|to| os::write(to, b"news"));
            i32::from(written != Ok(4))
        });
        os::ignore(os::sleep(delays[1] * MILLISECOND));
        let mut buffer = [0; 8];
        let from = checks.value("the reader", open(READ));
        checks.equal("reads", os::read(from, &mut buffer), Ok(4));
        checks.equal("up to the end", os::read(from, &mut buffer), Ok(0));
        os::ignore(os::close(from));
        let ended = writer.and_then(|writer| os::wait_or_kill(writer, 20 * SECOND));
        checks.equal("the writer is content", ended, GOOD);
    }
    // A partner that is gone again before the other end looks has come all the same.
    let writer = os::start_child(|| i32::from(open(WRITE).is_err()));
    let mut rounds = 0;
    let came = os::until(20 * SECOND, || {
        rounds += 1;
        os::ignore(open(READ | NON_BLOCKING).and_then(os::close));
        rounds > 1
            && writer.is_ok_and(|writer| {
                let wait = os::wait_for(writer as i64, abi::process::WNOHANG);
                wait.is_ok_and(|(child, _)| child != 0)
            })
    });
    checks.that("a short visit is enough", came);
}

fn interrupted(checks: &mut Checks) {
    let status = os::in_child(|| {
        os::ignore(os::handle(Signal::ALRM as u32, os::note, ActionFlags::empty(), 0));
        os::ignore(os::set_timer(abi::time::ITIMER_REAL, 30_000, 0));
        let answer = open(WRITE);
        i32::from(answer != Err(Errno::EINTR))
    });
    checks.equal("a signal ends the wait", status, GOOD);
    let nobody = open(WRITE | NON_BLOCKING);
    checks.equal("and nobody is counted", nobody, Err(Errno::ENXIO));
}
