//! What exec hands over, and how it refuses.

use crate::{Checks, os, start};
use abi::Errno;
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use core::ffi::CStr;

/// The checks.
pub fn run(checks: &mut Checks) {
    hands_over(checks);
    descriptors(checks);
    refuses(checks);
    long_arguments(checks);
    keeps_the_process(checks);
}

/// The output of a program that a child becomes.
fn output_of<'a>(
    buffer: &'a mut [u8],
    path: &CStr,
    words: &[&CStr],
    environment: &[&CStr],
) -> &'a [u8] {
    let Ok([from, to]) = os::pipe(OpenFlags::CLOSE_ON_EXEC) else { return b"no pipe" };
    let child = os::start_child(|| {
        let _ = os::duplicate(to, 1, 0);
        os::execute(path, words, environment) as i32
    });
    let _ = os::close(to);
    let length = os::read_full(from, buffer).unwrap_or(0);
    let _ = os::close(from);
    let status = child.and_then(os::wait);
    if status == Ok(ExitStatus::Exited(0)) { &buffer[..length] } else { b"bad status" }
}

fn hands_over(checks: &mut Checks) {
    let mut buffer = [0; 1024];
    let own = start::own_path();
    let words = output_of(&mut buffer, own, &[c"any", c"words", c"", c"a b", c"\xc3\xbc"], &[]);
    checks.equal("the words arrive", words, "words\n\na b\nü\n".as_bytes());
    let environment =
        output_of(&mut buffer, own, &[c"any", c"environment"], &[c"A=1", c"B=two words", c"C="]);
    checks.equal("the environment arrives", environment, b"A=1\nB=two words\nC=\n");
}

fn descriptors(checks: &mut Checks) {
    let stays = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let goes = checks.value("a pipe", os::pipe(OpenFlags::CLOSE_ON_EXEC));
    let mut buffer = [0; 256];
    let own = start::own_path();
    let open = output_of(&mut buffer, own, &[c"any", c"list-descriptors"], &[]);
    let mut wanted = crate::print::Line::new();
    let [first, second] = stays;
    let _ = core::fmt::write(&mut wanted, format_args!("0\n1\n2\n{first}\n{second}\n"));
    checks.equal("descriptors stay unless they close at exec", open, wanted.bytes());
    for fd in [stays, goes].concat_array() {
        let _ = os::close(fd);
    }
}

/// Joins two pairs.
trait ConcatArray {
    fn concat_array(self) -> [i32; 4];
}

impl ConcatArray for [[i32; 2]; 2] {
    fn concat_array(self) -> [i32; 4] {
        let [[a, b], [c, d]] = self;
        [a, b, c, d]
    }
}

fn refusal(path: &CStr) -> Errno {
    os::execute(path, &[path], &[])
}

fn refuses(checks: &mut Checks) {
    let path = c"/tmp/exec-text";
    let text = checks.value("a file", os::create(path, 0o755));
    let _ = os::write(text, b"echo hello\n");
    let _ = os::close(text);
    checks.equal("a text is ENOEXEC", refusal(path), Errno::ENOEXEC);
    let _ = os::unlink(path);
    checks.equal("a missing file is ENOENT", refusal(c"/tmp/missing"), Errno::ENOENT);
    checks.equal("an empty path is ENOENT", refusal(c""), Errno::ENOENT);
    let plain = checks.value("a file", os::create(path, 0o644));
    let _ = os::close(plain);
    checks.equal("a file without x mode is EACCES", refusal(path), Errno::EACCES);
    let inside = refusal(c"/tmp/exec-text/x");
    checks.equal("a file in a file is ENOTDIR", inside, Errno::ENOTDIR);
    let _ = os::unlink(path);
    checks.equal("a directory is EACCES", refusal(c"/tmp"), Errno::EACCES);
    let own = start::own_path().as_ptr() as u64;
    let kernel = 0xFFFF_FF80_0008_0000;
    for bad in [[1, 0, 0], [own, 1, 0], [own, kernel, 0], [kernel, 0, 0], [own, 0, kernel]] {
        checks.equal("a bad pointer is EFAULT", os::execute_at(bad), Errno::EFAULT);
    }
    let words = [u64::MAX - 15, 0];
    let answer = os::execute_at([own, words.as_ptr() as u64, 0]);
    checks.equal("a bad word is EFAULT", answer, Errno::EFAULT);
}

/// Fills memory with a string of some length, its NUL not counted.
fn long_string(memory: u64, length: u64) {
    let mut at = 0;
    while at < length {
        crate::touch::store(memory + at, u64::from_le_bytes(*b"xxxxxxxx"));
        at += 8;
    }
    crate::touch::store(memory + length, 0);
}

fn long_arguments(checks: &mut Checks) {
    let memory = os::map(256 * 1024, os::ANONYMOUS);
    let own = start::own_path().as_ptr() as u64;
    let attempt = |length: u64| {
        long_string(memory, length);
        let words = [own, c"frames".as_ptr() as u64, memory, 0];
        os::in_child(|| {
            os::silence();
            os::execute_at([own, words.as_ptr() as u64, 0]) as i32
        })
    };
    let (fits, too_long) = (attempt(131_071), attempt(131_072));
    checks.equal("a word of 131071 bytes fits", fits, Ok(ExitStatus::Exited(0)));
    let refused = Ok(ExitStatus::Exited(Errno::E2BIG as u8));
    checks.equal("a word of 131072 bytes is E2BIG", too_long, refused);
    long_string(memory, 100_000);
    let mut many = [memory; 40];
    (many[0], many[39]) = (own, 0);
    let answer = os::execute_at([own, many.as_ptr() as u64, 0]);
    checks.equal("words of 3.8 MB are E2BIG", answer, Errno::E2BIG);
    let vector = os::map(16 * 1024 * 1024, os::ANONYMOUS);
    for index in 0..(1024 * 1024) {
        crate::touch::store(vector + index * 8, own);
    }
    let answer = os::execute_at([own, vector, 0]);
    checks.equal("a million words are E2BIG", answer, Errno::E2BIG);
    let _ = os::unmap(vector, 16 * 1024 * 1024);
    let _ = os::unmap(memory, 256 * 1024);
}

fn keeps_the_process(checks: &mut Checks) {
    crate::frames::unchanged(checks, "a refused exec leaks nothing", || {
        for path in [c"/tmp/missing", c"/tmp", c"/dev/null"] {
            refusal(path);
        }
    });
    let child =
        os::start_child(|| os::execute(start::own_path(), &[c"x", c"fault", c"none"], &[]) as i32);
    let status = child.and_then(|child| os::wait_for(child as i64, 0));
    checks.equal("exec keeps the process number", status.map(|(pid, _)| Ok(pid)), Ok(child));
}
