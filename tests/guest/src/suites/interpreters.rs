//! Programs and scripts that name another program to be loaded with them or in their place.

use crate::print::Line;
use crate::{Checks, frames, os, start};
use abi::Errno;
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use core::ffi::CStr;

const PROGRAM: &CStr = c"/tmp/dynamic";
const OTHER: &CStr = c"/tmp/interpreter";
/// Where the program's file has the path: behind the file header and three program headers.
const PATH_AT: usize = 64 + 3 * 56;
const FILE: usize = 512;

/// The checks.
pub fn run(checks: &mut Checks) {
    paths(checks);
    files(checks);
    scripts(checks);
    frames::unchanged(checks, "a refused interpreter leaks nothing", || {
        for path in [c"/tmp/missing", c"/tmp", PROGRAM] {
            refusal(path);
        }
    });
    for path in [PROGRAM, OTHER] {
        let _ = os::unlink(path);
    }
}

fn put(file: &mut [u8; FILE], at: usize, words: &[u64]) {
    for (index, word) in words.iter().enumerate() {
        file[at + 8 * index..at + 8 * index + 8].copy_from_slice(&word.to_le_bytes());
    }
}

/// A program header: its type, the offset and the length in the file.
fn segment(file: &mut [u8; FILE], index: usize, kind: u64, offset: u64, bytes: u64) {
    let readable_and_executable = 5 << 32;
    let address = 0x40_0000 + offset;
    let words = [kind | readable_and_executable, offset, address, address, bytes, bytes, 0x1000];
    put(file, 64 + 56 * index, &words);
}

/// A dynamic program whose interpreter's path has this many bytes at this offset, given more than once
/// if `times` says so.
fn write_program(path: &CStr, interpreter: &[u8], place: (u64, u64), times: usize) {
    let mut file = [0; FILE];
    file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    // A program with addresses of its own, for AArch64; its entry; where the headers are.
    put(&mut file, 16, &[2 | 183 << 16 | 1 << 32, 0x40_0180, 64, 0]);
    file[52..58].copy_from_slice(&[64, 0, 56, 0, 3, 0]);
    segment(&mut file, 0, 3, place.0, place.1);
    segment(&mut file, 1, if times > 1 { 3 } else { 4 }, place.0, place.1);
    segment(&mut file, 2, 1, 0, FILE as u64);
    file[PATH_AT..PATH_AT + interpreter.len()].copy_from_slice(interpreter);
    write_file(path, &file, 0o755);
}

fn write_file(path: &CStr, bytes: &[u8], mode: u32) {
    let _ = os::unlink(path);
    let file = os::create(path, mode).unwrap_or(-1);
    let _ = (os::write(file, bytes), os::close(file));
}

/// How a program with this interpreter is refused.
fn refusal(interpreter: &CStr) -> Errno {
    let path = interpreter.to_bytes_with_nul();
    write_program(PROGRAM, path, (PATH_AT as u64, path.len() as u64), 1);
    os::execute(PROGRAM, &[PROGRAM], &[])
}

fn paths(checks: &mut Checks) {
    checks.equal("a missing interpreter is ENOENT", refusal(c"/tmp/missing"), Errno::ENOENT);
    let at = PATH_AT as u64;
    let cases: [(&str, (u64, u64), usize, Errno); 7] = [
        ("a path without a NUL is ENOEXEC", (at, 5), 1, Errno::ENOEXEC),
        ("a path without bytes is ENOEXEC", (at, 0), 1, Errno::ENOEXEC),
        ("a path of a NUL only is ENOEXEC", (at + 12, 1), 1, Errno::ENOEXEC),
        ("a path behind the file is ENOEXEC", (FILE as u64 - 4, 8), 1, Errno::ENOEXEC),
        ("a path far behind the file is ENOEXEC", (!0xFFF, 0x1000), 1, Errno::ENOEXEC),
        ("a path that is too long is ENOEXEC", (0, 4097), 1, Errno::ENOEXEC),
        ("two interpreters are EINVAL", (at, 13), 2, Errno::EINVAL),
    ];
    for (name, place, times, wanted) in cases {
        write_program(PROGRAM, b"/tmp/missing\0", place, times);
        checks.equal(name, os::execute(PROGRAM, &[PROGRAM], &[]), wanted);
    }
}

fn files(checks: &mut Checks) {
    checks.equal("a directory as interpreter is EACCES", refusal(c"/tmp"), Errno::EACCES);
    write_file(OTHER, b"words", 0o644);
    checks.equal("an interpreter without x mode is EACCES", refusal(OTHER), Errno::EACCES);
    write_file(OTHER, b"words", 0o755);
    checks.equal("an interpreter that is a text is ELIBBAD", refusal(OTHER), Errno::ELIBBAD);
    write_program(OTHER, b"/tmp/x\0", (PATH_AT as u64, 7), 1);
    checks.equal("an interpreter that needs one is ELIBBAD", refusal(OTHER), Errno::ELIBBAD);
    checks.equal("a program as its own is ELIBBAD", refusal(PROGRAM), Errno::ELIBBAD);
    let writer = os::open(OTHER, OpenFlags::READ_WRITE, 0).unwrap_or(-1);
    checks.equal("an interpreter being written is ETXTBSY", refusal(OTHER), Errno::ETXTBSY);
    let _ = os::close(writer);
    let own = os::open(OTHER, OpenFlags::READ_WRITE, 0);
    checks.that("a refused interpreter can be written again", own.is_ok());
    let _ = os::close(own.unwrap_or(-1));
}

/// How a script with this text is refused.
fn script(text: &[u8]) -> Errno {
    write_file(OTHER, text, 0o755);
    os::execute(OTHER, &[OTHER], &[])
}

fn scripts(checks: &mut Checks) {
    checks.equal("a script for nobody is ENOENT", script(b"#!/tmp/missing -x\n"), Errno::ENOENT);
    checks.equal("a script for a directory is EACCES", script(b"#! /tmp\n"), Errno::EACCES);
    checks.equal("a script for no path is ENOEXEC", script(b"#! \n/bin/true\n"), Errno::ENOEXEC);
    checks.equal("a script for itself is ELOOP", script(b"#!/tmp/interpreter\n"), Errno::ELOOP);
    let mut text = Line::new();
    let own = start::own_path().to_str().unwrap_or("");
    let _ = core::fmt::write(&mut text, format_args!("#! {own} \twords \nnoise"));
    write_file(OTHER, text.bytes(), 0o755);
    // And one more script before it.
    write_file(PROGRAM, b"#!/tmp/interpreter", 0o755);
    for (name, path, wanted) in [
        ("a script's words", OTHER, &b"/tmp/interpreter\na b\n"[..]),
        ("a script's script's words", PROGRAM, b"/tmp/interpreter\n/tmp/dynamic\na b\n"),
    ] {
        let mut buffer = [0; 256];
        let output = output_of(&mut buffer, path);
        // The program prints what follows its command.
        checks.that(name, output.strip_prefix(b"words\n").unwrap_or(output) == wanted);
    }
}

/// What a program prints that is run with one word.
fn output_of<'a>(buffer: &'a mut [u8], path: &CStr) -> &'a [u8] {
    let Ok([from, to]) = os::pipe(OpenFlags::CLOSE_ON_EXEC) else { return b"no pipe" };
    let child = os::start_child(|| {
        let _ = os::duplicate(to, 1, 0);
        os::execute(path, &[c"any", c"a b"], &[]) as i32
    });
    let _ = os::close(to);
    let length = os::read_full(from, buffer).unwrap_or(0);
    let _ = os::close(from);
    let status = child.and_then(os::wait);
    if status == Ok(ExitStatus::Exited(0)) { &buffer[..length] } else { b"bad status" }
}
