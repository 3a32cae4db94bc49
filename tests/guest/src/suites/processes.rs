//! What `/proc` tells of processes, and who may look.

use crate::print::Line;
use crate::{Checks, frames, os};
use abi::file::{OpenFlags, S_IFLNK, S_IFMT};
use abi::process::ExitStatus;
use abi::signal::{SIG_DFL, SIG_IGN, SignalAction};
use abi::{Errno, Sysno};
use core::ffi::CStr;
use core::fmt::Write;
use os::{HERE, call};

/// The checks.
pub fn run(checks: &mut Checks) {
    links(checks);
    texts(checks);
    descriptors(checks);
    others(checks);
    frames::unchanged(checks, "looking leaks nothing", || {
        let mut buffer = [0; 512];
        for path in [c"/proc/self/stat", c"/proc/self/maps", c"/proc/meminfo"] {
            let _ = read(path, &mut buffer);
        }
    });
}

fn read<'a>(path: &CStr, buffer: &'a mut [u8]) -> os::Answer<&'a str> {
    let file = os::open_to_read(path)?;
    let length = os::read_full(file, buffer);
    os::close(file)?;
    Ok(core::str::from_utf8(&buffer[..length?]).unwrap_or(""))
}

fn utf8(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("")
}

fn lead(path: &CStr, buffer: &mut [u8]) -> os::Answer<usize> {
    let (at, room) = (buffer.as_mut_ptr() as u64, buffer.len() as u64);
    let length = call(Sysno::Readlinkat, [HERE, path.as_ptr() as u64, at, room]);
    length.map(|length| length as usize)
}

/// A path that has a number in it.
struct Path(Line);

impl Path {
    fn new(before: &str, number: u64, after: &str) -> Self {
        let mut path = Line::new();
        // It fits: the parts are short.
        let _ = write!(path, "{before}{number}{after}\0");
        Self(path)
    }

    fn c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(self.0.bytes()).unwrap_or(c"")
    }
}

fn links(checks: &mut Checks) {
    let mut buffer = [0; 128];
    let length = lead(c"/proc/self", &mut buffer).unwrap_or(0);
    let own = Path::new("", os::own_id(), "");
    checks.equal("self is this process", &buffer[..length], own.c_str().to_bytes());
    let length = lead(c"/proc/self/exe", &mut buffer).unwrap_or(0);
    let name = buffer[..length].rsplit(|byte| *byte == b'/').next();
    checks.that("exe is the program", name.is_some_and(|name| name.starts_with(b"guest")));
    checks
        .that("and can be opened", os::open_to_read(c"/proc/self/exe").and_then(os::close).is_ok());
    let length = lead(c"/proc/self/cwd", &mut buffer).unwrap_or(0);
    let mut here = [0; 128];
    let told = call(Sysno::Getcwd, [here.as_mut_ptr() as u64, 128]).unwrap_or(0) as usize;
    let here = &here[..told.saturating_sub(1)];
    checks.equal("cwd is where it stands", &buffer[..length], here);
}

fn texts(checks: &mut Checks) {
    let mut buffer = [0; 4096];
    let own = os::own_id();
    let stat = read(c"/proc/self/stat", &mut buffer).unwrap_or("");
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    checks.equal("stat has 52 fields", fields.count(), 50);
    let words = stat.rsplit(')').next().unwrap_or("");
    let parent = words.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    checks.equal("the fourth is the parent", parent, Some(os::parent_id()));
    let status = read(c"/proc/self/status", &mut buffer).unwrap_or("");
    let pid = status.lines().find_map(|line| line.strip_prefix("Pid:\t")?.parse().ok());
    checks.equal("status has its number", pid, Some(own));
    let ignore =
        |handler| os::set_action(12, &SignalAction { handler, ..SignalAction::default() }).is_ok();
    let ignored = |buffer: &mut [u8]| {
        let status = read(c"/proc/self/status", buffer).unwrap_or("");
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t"));
        line.and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0) >> 11 & 1
    };
    checks.that("and a signal that is ignored", ignore(SIG_IGN) && ignored(&mut buffer) == 1);
    checks.that("until it is not", ignore(SIG_DFL) && ignored(&mut buffer) == 0);
    let words = read(c"/proc/self/cmdline", &mut buffer).unwrap_or("");
    let last = words.trim_end_matches('\0').rsplit('\0').next();
    checks.equal("cmdline ends with the suite", last, Some("processes"));
    let maps = read(c"/proc/self/maps", &mut buffer).unwrap_or("");
    checks.that("maps has text", maps.lines().any(|line| line.contains(" r-xp ")));
    checks.that("and a stack", maps.lines().any(|line| line.ends_with("[stack]")));
    let memory = read(c"/proc/meminfo", &mut buffer).unwrap_or("");
    checks.that("meminfo begins with all of it", memory.starts_with("MemTotal: "));
    let gone = os::open(c"/proc/self/none", OpenFlags::empty(), 0);
    checks.equal("an unknown name", gone, Err(Errno::ENOENT));
}

fn descriptors(checks: &mut Checks) {
    let file = checks.value("a file", os::create(c"/tmp/guest-proc", 0o600));
    os::ignore(os::write(file, b"hello"));
    let path = Path::new("/proc/self/fd/", file as u64, "");
    let mut buffer = [0; 64];
    let length = lead(path.c_str(), &mut buffer).unwrap_or(0);
    checks.equal("fd leads to it", utf8(&buffer[..length]), "/tmp/guest-proc");
    os::ignore(os::unlink(c"/tmp/guest-proc"));
    let length = lead(path.c_str(), &mut buffer).unwrap_or(0);
    let text = utf8(&buffer[..length]);
    checks.equal("though it is gone", text, "/tmp/guest-proc (deleted)");
    let again = checks.value("opened again", os::open_to_read(path.c_str()));
    let mut contents = [0; 8];
    checks.equal("from its beginning", os::read(again, &mut contents), Ok(5));
    let place = OpenFlags::PATH | OpenFlags::NO_FOLLOW;
    let link = os::open(path.c_str(), place, 0).and_then(os::stat_and_close);
    checks.equal("it is a link", link.map(|stat| stat.st_mode & S_IFMT), Ok(S_IFLNK));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let path = Path::new("/dev/fd/", to as u64, "");
    let writer = checks.value("a writer", os::open(path.c_str(), OpenFlags::WRITE_ONLY, 0));
    checks.equal("writes", os::write(writer, b"x").and(os::read(from, &mut contents)), Ok(1));
    let counter = checks.value("a counter", call(Sysno::Eventfd2, [0, 0])) as i32;
    let path = Path::new("/proc/self/fd/", counter as u64, "");
    let refused = os::open_to_read(path.c_str());
    checks.equal("what has no name is not opened", refused, Err(Errno::ENXIO));
    let region = os::create(c"/dev/shm/guest-proc", 0o600).and_then(os::close);
    checks.equal("a region", region, Ok(0));
    let region = checks.value("to read", os::open_to_read(c"/dev/shm/guest-proc"));
    let path = Path::new("/proc/self/fd/", region as u64, "");
    let more = os::open(path.c_str(), OpenFlags::READ_WRITE, 0);
    checks.equal("a descriptor gives no more than it has", more, Err(Errno::EACCES));
    os::ignore(os::unlink(c"/dev/shm/guest-proc"));
    os::close_all([file, again, from, to, writer, counter, region]);
}

fn others(checks: &mut Checks) {
    let parent = os::own_id();
    let ended = os::in_child(|| {
        let drop = call(Sysno::Setuid, [1000]);
        let mut buffer = [0; 256];
        let stat = read(Path::new("/proc/", parent, "/stat").c_str(), &mut buffer).is_ok();
        let maps = os::open_to_read(Path::new("/proc/", parent, "/maps").c_str());
        let exe = lead(Path::new("/proc/", parent, "/exe").c_str(), &mut buffer);
        let fd = os::open_to_read(Path::new("/proc/", parent, "/fd").c_str());
        let denied = [maps.map(drop_fd), exe.map(|_| ()), fd.map(drop_fd)];
        let all = drop.is_ok() && stat && denied.iter().all(|answer| *answer == Err(Errno::EACCES));
        i32::from(!all)
    });
    checks.equal("others see little", ended, Ok(ExitStatus::Exited(0)));
    let child = os::start_child(|| 0);
    let child = checks.value("a child", child);
    os::ignore(os::wait(child));
    let gone = os::open_to_read(Path::new("/proc/", child, "/stat").c_str());
    checks.equal("a process that has ended", gone, Err(Errno::ENOENT));
}

fn drop_fd(file: i32) {
    os::close_all([file]);
}
