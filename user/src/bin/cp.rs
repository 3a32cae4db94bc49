//! `cp`: copies files, and tells how far it is where that takes long.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::{format, vec};
use core::time::Duration;
use user::error::{Error, Result};
use user::fs::{self, File, Kind, Metadata};
use user::options::{Parsed, plain, usage};
use user::units::Size;
use user::{env, eprint, println, terminal, time};

const HELP: &str = "usage: cp FILE TARGET\n       cp FILE... DIRECTORY\n\
    Copies files with their permissions. A copy that takes long tells on a terminal how far it is.";

const STANDARD_ERROR: i32 = 2;
/// What is read at once.
const PIECE: usize = 64 * 1024;
/// A copy that takes longer than this is told about, and as often.
const TELL_EVERY: Duration = Duration::from_millis(500);

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(mut paths) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    let target = paths.pop().ok_or_else(|| usage("which file?"))?;
    let is_directory = fs::metadata(target).is_ok_and(|found| found.kind() == Kind::Directory);
    match paths.as_slice() {
        [] => Err(usage("copied to where?")),
        [_, ..] if is_directory => Ok(user::each(paths, |path| copy(path, &within(target, path)))),
        [path] => copy(path, target).map(|()| 0),
        _ => Err(usage(format!("{target} is no directory, so only one file can be copied there"))),
    }
}

/// What a file is called in a directory.
fn within(directory: &str, path: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    format!("{}/{name}", directory.trim_end_matches('/'))
}

fn copy(path: &str, target: &str) -> Result<()> {
    let from = File::open(path)?;
    let found = from.metadata()?;
    if found.kind() == Kind::Directory {
        return Err(Error::message(format!("{path}: is a directory: name the files in it")));
    }
    let there = fs::metadata(target).ok();
    if there.is_some_and(|there| identity(&there) == identity(&found)) {
        return Err(Error::message(format!("{path} and {target} are the same file")));
    }
    let options = File::options().write().create().truncate().mode(found.permissions() & 0o777);
    let to = options.open(target)?;
    let mut progress = Progress::new(path, found.length());
    let outcome = copy_bytes(&from, &to, &mut progress);
    progress.end();
    outcome
}

/// What tells a file from all others.
const fn identity(file: &Metadata) -> (u64, u64) {
    (file.stat().st_dev, file.stat().st_ino)
}

fn copy_bytes(from: &File, to: &File, progress: &mut Progress<'_>) -> Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..count])?;
        progress.advance(count as u64);
    }
}

/// A line that tells how much is done and how fast, written over and over on a terminal.
struct Progress<'a> {
    path: &'a str,
    /// All there is to copy; 0 where that is not known before.
    total: u64,
    done: u64,
    begin: Duration,
    told: Option<Duration>,
    is_seen: bool,
}

impl<'a> Progress<'a> {
    fn new(path: &'a str, total: u64) -> Self {
        let is_seen = terminal::is_terminal(STANDARD_ERROR);
        Self { path, total, done: 0, begin: time::now(), told: None, is_seen }
    }

    fn advance(&mut self, bytes: u64) {
        self.done += bytes;
        let now = time::now();
        if self.is_seen && now - self.told.unwrap_or(self.begin) >= TELL_EVERY {
            self.told = Some(now);
            self.tell(now);
        }
    }

    fn tell(&self, now: Duration) {
        let elapsed = (now - self.begin).as_millis().max(1) as u64;
        let rate = self.done.saturating_mul(1000) / elapsed;
        eprint!("\r\x1b[K{}: {}", self.path, Size(self.done));
        if let Some(percent) = self.done.saturating_mul(100).checked_div(self.total) {
            let left = self.total.saturating_sub(self.done).checked_div(rate).unwrap_or(0);
            eprint!(" of {} ({percent} %), {left} s to go", Size(self.total));
        }
        eprint!(", {} a second", Size(rate));
    }

    /// Leaves the last state there, if any was shown.
    fn end(&self) {
        if self.told.is_some() {
            self.tell(time::now());
            eprint!("\n");
        }
    }
}
