//! Work on the card until the power is cut, told line by line: what is about to be done, and what has been promised.
//!
//! `power-work SEED` never ends. Each line is on the host's side before the work goes on. `power-check FILE GENERATION
//! LENGTH` looks at a promise afterwards; the host knows the rule for the bytes, too.

use crate::random::Random;
use crate::{os, print, say, start};
use abi::Sysno;
use abi::file::{OpenFlags, RENAME_EXCHANGE};
use abi::terminal::TCSBRK;
use core::ffi::CStr;
use core::fmt::Write;

const FILES: u64 = 6;
const LENGTH_MAX: u64 = 40_000;
const PART: usize = 4096;

/// What a file has in it: which writing made it, and how long it is.
#[derive(Clone, Copy)]
struct Content {
    generation: u64,
    length: u64,
}

type Files = [Option<Content>; FILES as usize];

/// A path in memory, with its end.
struct Path(print::Line);

impl Path {
    fn of(file: u64) -> Self {
        let mut line = print::Line::new();
        // It fits.
        let _ = write!(line, "/sd/power/file {file} with a long name\0");
        Self(line)
    }

    fn text(&self) -> &CStr {
        CStr::from_bytes_until_nul(self.0.bytes()).unwrap_or(c"")
    }
}

fn byte_at(generation: u64, at: u64) -> u8 {
    (at.wrapping_mul(31) ^ at >> 8 ^ generation.wrapping_mul(97)) as u8
}

/// Waits until the terminal has sent all lines.
fn drain() {
    os::ignore(os::call(Sysno::Ioctl, [1, TCSBRK.into(), 1]));
}

/// `power-work SEED`.
pub fn work() -> i32 {
    let mut random = Random::new(start::number(2).unwrap_or(0));
    os::ignore(os::make_directory(c"/sd/power"));
    let mut files: Files = [None; FILES as usize];
    for generation in 1.. {
        let file = random.below(FILES);
        let other = (file + 1 + random.below(FILES - 1)) % FILES;
        let done = match (random.below(8), files[file as usize], files[other as usize]) {
            (0..2, Some(content), _) => {
                write_more(&mut random, &mut files, file, content.generation, content.length)
            }
            (2, Some(_), _) => remove(&mut files, file),
            (3, Some(_), Some(_)) => exchange(&mut files, file, other),
            (4, Some(_), _) => rename(&mut files, file, other),
            _ => write_more(&mut random, &mut files, file, generation, 0),
        };
        if let Err(error) = done {
            say!("failed {error:?}");
            return 1;
        }
        drain();
    }
    0
}

/// Writes the file anew from 0 on, or from its end on.
fn write_more(
    random: &mut Random,
    files: &mut Files,
    file: u64,
    generation: u64,
    from: u64,
) -> os::Answer<()> {
    let length = from + 1 + random.below(LENGTH_MAX);
    say!("begin write {file} {generation} {from}");
    drain();
    let anew = if from == 0 { OpenFlags::TRUNCATE } else { OpenFlags::empty() };
    let flags = OpenFlags::CREATE | OpenFlags::READ_WRITE | anew;
    let descriptor = os::open(Path::of(file).text(), flags, 0o644)?;
    os::seek(descriptor, from as i64, abi::file::SEEK_SET)?;
    let mut at = from;
    while at < length {
        let count = (1 + random.below(PART as u64)).min(length - at);
        let bytes: [u8; PART] =
            core::array::from_fn(|index| byte_at(generation, at + index as u64));
        at += os::write(descriptor, &bytes[..count as usize])?;
    }
    os::call(Sysno::Fsync, [os::fd(descriptor)])?;
    os::close(descriptor)?;
    files[file as usize] = Some(Content { generation, length });
    say!("kept {file} {generation} {length}");
    Ok(())
}

fn remove(files: &mut Files, file: u64) -> os::Answer<()> {
    say!("begin remove {file}");
    drain();
    os::unlink(Path::of(file).text())?;
    os::call(Sysno::Sync, [])?;
    files[file as usize] = None;
    say!("removed {file}");
    Ok(())
}

fn rename(files: &mut Files, from: u64, to: u64) -> os::Answer<()> {
    say!("begin rename {from} {to}");
    drain();
    call_rename(from, to, 0)?;
    files[to as usize] = files[from as usize].take();
    say!("renamed {from} {to}");
    Ok(())
}

fn exchange(files: &mut Files, one: u64, other: u64) -> os::Answer<()> {
    say!("begin exchange {one} {other}");
    drain();
    call_rename(one, other, RENAME_EXCHANGE)?;
    files.swap(one as usize, other as usize);
    say!("exchanged {one} {other}");
    Ok(())
}

fn call_rename(from: u64, to: u64, flags: u32) -> os::Answer<()> {
    let (from, to) = (Path::of(from), Path::of(to));
    let [from, to] = [&from, &to].map(|path| path.text().as_ptr() as u64);
    os::call(Sysno::Renameat2, [os::HERE, from, os::HERE, to, flags.into()])?;
    os::call(Sysno::Sync, []).map(drop)
}

/// `power-check FILE GENERATION LENGTH`: succeeds when the file begins with these bytes.
pub fn check() -> i32 {
    let (Some(path), Some(generation), Some(length)) =
        (start::argument(2), start::number(3), start::number(4))
    else {
        return 2;
    };
    let Ok(file) = os::open_to_read(path) else {
        say!("it cannot be opened");
        return 1;
    };
    let mut buffer = [0; PART];
    let mut at = 0;
    while at < length {
        let room = (length - at).min(PART as u64) as usize;
        let Ok(count @ 1..) = os::read_full(file, &mut buffer[..room]) else {
            say!("it ends after {at} bytes");
            return 1;
        };
        let wrong =
            (0..count).find(|index| buffer[*index] != byte_at(generation, at + *index as u64));
        if let Some(index) = wrong {
            say!("byte {} is another one", at + index as u64);
            return 1;
        }
        at += count as u64;
    }
    0
}
