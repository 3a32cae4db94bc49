//! Files and directories.

use crate::{Checks, frames, os, touch};
use abi::file::{OpenFlags, S_IFDIR, S_IFMT, S_IFREG, SEEK_END};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FILE: &CStr = c"/tmp/guest-file";
const DIRECTORY: &CStr = c"/tmp/guest-directory";

/// The checks.
pub fn run(checks: &mut Checks) {
    contents(checks);
    refusals(checks);
    directories(checks);
    listing(checks);
    unlinked(checks);
    frames::unchanged(checks, "files leak nothing", || {
        if let Ok(file) = os::create(FILE, 0o600) {
            (0..100).for_each(|_| os::ignore(os::write(file, &[1; 4096])));
            let _ = (os::close(file), os::unlink(FILE));
        }
    });
}

fn contents(checks: &mut Checks) {
    let file = checks.value("created", os::create(FILE, 0o640));
    checks.equal("written", os::write(file, b"hello"), Ok(5));
    checks.equal("behind the end", os::seek(file, 10_000, 0), Ok(10_000));
    checks.equal("written there", os::write(file, b"far"), Ok(3));
    let stat = os::stat(file).map(|stat| (stat.st_size, stat.st_mode & (S_IFMT | 0o777)));
    checks.equal("its size and mode", stat, Ok((10_003, S_IFREG | 0o640)));
    let mut buffer = [9; 64];
    let _ = os::seek(file, 4, 0);
    checks.equal("a hole is read", os::read(file, &mut buffer), Ok(64));
    checks.that("as zeroes", buffer[0] == b'o' && buffer[1..].iter().all(|byte| *byte == 0));
    checks.equal("from the end", os::seek(file, -3, SEEK_END), Ok(10_000));
    checks.equal("short at the end", os::read(file, &mut buffer), Ok(3));
    checks.equal("then nothing", os::read(file, &mut buffer), Ok(0));
    checks.equal("a negative offset is EINVAL", os::seek(file, -1, 0), Err(Errno::EINVAL));
    let _ = os::close(file);
    let append = OpenFlags::APPEND | OpenFlags::WRITE_ONLY;
    let file = checks.value("opened to append", os::open(FILE, append, 0));
    let _ = os::seek(file, 0, 0);
    let _ = os::write(file, b"!");
    checks.equal("it appends", os::stat(file).map(|stat| stat.st_size), Ok(10_004));
    checks.equal("it cannot read", os::read(file, &mut buffer), Err(Errno::EBADF));
    let _ = os::close(file);
    let cut = OpenFlags::TRUNCATE | OpenFlags::READ_WRITE;
    let file = checks.value("opened to cut", os::open(FILE, cut, 0));
    checks.equal("it is cut", os::stat(file).map(|stat| stat.st_size), Ok(0));
    let _ = (os::close(file), os::unlink(FILE));
}

fn refusals(checks: &mut Checks) {
    let open = |path, flags| os::open(path, flags, 0o600);
    let (read, write) = (OpenFlags::empty(), OpenFlags::READ_WRITE);
    let create = write | OpenFlags::CREATE;
    checks.equal("missing", open(c"/tmp/none", read), Err(Errno::ENOENT));
    checks.equal("below missing", open(c"/tmp/none/x", create), Err(Errno::ENOENT));
    checks.equal("below a file", open(c"/dev/null/x", read), Err(Errno::ENOTDIR));
    checks.equal("a directory to write", open(c"/tmp", write), Err(Errno::EISDIR));
    checks.equal("empty", open(c"", read), Err(Errno::ENOENT));
    let directory = open(c"/dev/null", OpenFlags::DIRECTORY);
    checks.equal("a file as directory", directory, Err(Errno::ENOTDIR));
    let refused = open(c"/bin/consume", write);
    checks.that("the archive to write", matches!(refused, Err(Errno::EROFS | Errno::EACCES)));
    let refused = os::unlink(c"/bin/consume");
    checks.that("the archive to remove", matches!(refused, Err(Errno::EROFS | Errno::EACCES)));
    let bad = os::call(Sysno::Openat, [os::HERE, 8, 0, 0]);
    checks.equal("a bad pointer", bad, Err(Errno::EFAULT));
    long_names(checks);
}

fn long_names(checks: &mut Checks) {
    let name = |bytes: &[u8]| {
        let path = bytes.as_ptr() as u64;
        os::call(Sysno::Openat, [os::HERE, path, 0o102, 0o600])
    };
    let mut long = [b'n'; 300];
    long[..5].copy_from_slice(b"/tmp/");
    long[5 + 256] = 0;
    checks.equal("a name of 256", name(&long), Err(Errno::ENAMETOOLONG));
    long[5 + 255] = 0;
    let fits = name(&long).and_then(|fd| os::close(fd as i32));
    checks.equal("a name of 255 fits", fits, Ok(0));
    let path = CStr::from_bytes_until_nul(&long).unwrap_or(c"");
    checks.equal("and is removed", os::unlink(path), Ok(0));
    let endless = os::map(8192, os::ANONYMOUS);
    let dots = u64::from_le_bytes(*b"/./././.");
    (0..1024).for_each(|at| touch::store(endless + at * 8, dots));
    let answer = os::call(Sysno::Openat, [os::HERE, endless, 0, 0]);
    checks.equal("an endless path", answer, Err(Errno::ENAMETOOLONG));
    let _ = os::unmap(endless, 8192);
}

fn directories(checks: &mut Checks) {
    checks.equal("made", os::make_directory(DIRECTORY), Ok(0));
    checks.equal("made twice", os::make_directory(DIRECTORY), Err(Errno::EEXIST));
    let inside = checks.value("a file in it", os::create(c"/tmp/guest-directory/file", 0o600));
    let _ = os::close(inside);
    checks.equal("not empty", os::remove_directory(DIRECTORY), Err(Errno::ENOTEMPTY));
    let refused = os::unlink(DIRECTORY);
    checks.that("not a file", matches!(refused, Err(Errno::EISDIR | Errno::EPERM)));
    let here = os::call(Sysno::Chdir, [DIRECTORY.as_ptr() as u64]);
    checks.equal("entered", here, Ok(0));
    let mut buffer = [0; 64];
    let length = os::call(Sysno::Getcwd, [buffer.as_mut_ptr() as u64, 64]);
    checks.equal("getcwd's length", length, Ok(21));
    checks.equal("getcwd's path", &buffer[..21], DIRECTORY.to_bytes_with_nul());
    let small = os::call(Sysno::Getcwd, [buffer.as_mut_ptr() as u64, 20]);
    checks.equal("getcwd without room", small, Err(Errno::ERANGE));
    checks.equal("a name from here", os::unlink(c"file"), Ok(0));
    let file = os::open_to_read(c"..").and_then(os::stat_and_close);
    checks.equal("the parent is a directory", file.map(|stat| stat.st_mode & S_IFMT), Ok(S_IFDIR));
    let _ = os::call(Sysno::Chdir, [c"/".as_ptr() as u64]);
    checks.equal("removed", os::remove_directory(DIRECTORY), Ok(0));
    checks.equal("gone", os::remove_directory(DIRECTORY), Err(Errno::ENOENT));
}

/// Lists with a buffer that holds one or two entries, removing names on the way.
fn listing(checks: &mut Checks) {
    let _ = os::make_directory(DIRECTORY);
    let _ = os::call(Sysno::Chdir, [DIRECTORY.as_ptr() as u64]);
    for letter in b'a'..=b'z' {
        let name = [letter, 0];
        let path = CStr::from_bytes_until_nul(&name).unwrap_or(c"");
        let _ = os::create(path, 0o600).and_then(os::close);
    }
    let directory = checks.value("opened", os::open(c".", OpenFlags::DIRECTORY, 0));
    let mut seen = [0_u32; 256];
    let mut buffer = [0; 64];
    let mut calls = 0;
    loop {
        let arguments = [os::fd(directory), buffer.as_mut_ptr() as u64, 64];
        let length = os::call(Sysno::Getdents64, arguments).unwrap_or(0) as usize;
        let mut at = 0;
        while at + 20 <= length {
            seen[usize::from(buffer[at + 19])] += 1;
            at += usize::from(u16::from_le_bytes([buffer[at + 16], buffer[at + 17]])).max(1);
        }
        if calls == 2 {
            let _ = (os::unlink(c"a"), os::unlink(c"z"));
        }
        calls += 1;
        if length == 0 || calls > 100 {
            break;
        }
    }
    let once = (b'b'..=b'y').all(|letter| seen[usize::from(letter)] == 1);
    checks.that("each name that stays is listed once", once);
    let tiny = os::call(Sysno::Getdents64, [os::fd(directory), buffer.as_mut_ptr() as u64, 8]);
    checks.that("no room is an error or the end", matches!(tiny, Err(Errno::EINVAL) | Ok(0)));
    let _ = os::close(directory);
    for letter in b'a'..=b'z' {
        let name = [letter, 0];
        let _ = os::unlink(CStr::from_bytes_until_nul(&name).unwrap_or(c""));
    }
    let _ = os::call(Sysno::Chdir, [c"/".as_ptr() as u64]);
    checks.equal("emptied and removed", os::remove_directory(DIRECTORY), Ok(0));
}

fn unlinked(checks: &mut Checks) {
    let file = checks.value("created", os::create(FILE, 0o600));
    let _ = os::write(file, b"still");
    checks.equal("unlinked while open", os::unlink(FILE), Ok(0));
    checks.equal("its name is gone", os::open_to_read(FILE), Err(Errno::ENOENT));
    let mut buffer = [0; 8];
    let read = os::seek(file, 0, 0).and_then(|_| os::read(file, &mut buffer));
    checks.equal("its contents are there", (read, &buffer[..5]), (Ok(5), &b"still"[..]));
    let _ = os::close(file);
}
