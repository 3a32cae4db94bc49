//! Shells in windows: one whose size changes while a line is edited, and several at once that keep one history. They
//! are pseudo-terminals, with this program for the person at each.

use crate::check::Checks;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::{Error, Result};
use user::fs;
use user::poll::{self, PollEvents};
use user::process::{self, Command, WaitFor, WaitOptions};
use user::terminal::{Master, WindowSize};

/// What is drawn again begins so.
const ANEW: &str = "\r\x1b[J";
const PROMPT: &str = "commons:/# ";
/// Within it the shell has answered, however busy the host is.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the size changes right behind a key.
const ROUNDS: usize = 60;
/// How many shells are told lines at once, and how many each is.
const SHELLS: usize = 4;
const LINES: usize = 6;

/// The terminal, and all that was printed there.
struct Window {
    master: Master,
    printed: String,
}

pub fn run(checks: &mut Checks) {
    if let Some(mut window) = checks.value("a shell in a window", Window::open("HISTFILE=")) {
        let edited = window.edit(checks);
        checks.equal("the shell answers to the end", told(edited), None);
    }
    let kept = many_at_once();
    checks.equal("shells at once lose none of each other's lines", told(kept), None);
}

fn told(outcome: Result<()>) -> Option<String> {
    outcome.err().map(|error| format!("{error}"))
}

fn line(shell: usize, number: usize) -> String {
    format!(": line {number} of shell {shell}")
}

/// Has shells at once be told lines; all of them have to be in the file, and no other.
fn many_at_once() -> Result<()> {
    const FILE: &str = "/tmp/history-of-many";
    let mut windows = Vec::new();
    for _ in 0..SHELLS {
        windows.push(Window::open(&format!("HISTFILE={FILE}"))?);
    }
    for window in &mut windows {
        window.wait_until("no prompt", |text| text.ends_with(PROMPT))?;
    }
    for number in 0..LINES {
        for (shell, window) in windows.iter().enumerate() {
            window.master.write_all(format!("{}\r", line(shell, number)).as_bytes())?;
        }
    }
    for window in &mut windows {
        window.wait_until("no prompt", |text| text.matches(PROMPT).count() > LINES)?;
        window.leave()?;
    }
    let text = fs::read_to_string(FILE)?;
    let mut found: Vec<&str> = text.lines().filter(|line| *line != "exit").collect();
    let mut wanted: Vec<String> =
        (0..SHELLS).flat_map(|shell| (0..LINES).map(move |number| line(shell, number))).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    if found == wanted { Ok(()) } else { Err(Error::message(format!("the file has {text:?}"))) }
}

impl Window {
    fn open(history: &str) -> Result<Self> {
        let window = Self { master: Master::open()?, printed: String::new() };
        window.resize(90)?;
        let environment = ["TERM=vt100", "PATH=/bin", "HOME=/tmp", history];
        let shell = Command::new("/bin/shell").environment(&environment);
        shell.on_terminal(&window.master.path()?).spawn()?;
        Ok(window)
    }

    fn resize(&self, columns: u16) -> Result<()> {
        self.master.set_window_size(&WindowSize { rows: 24, columns, ..WindowSize::default() })
    }

    /// Reads until that is so.
    fn wait_until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> Result<()> {
        let mut bytes = [0; 512];
        while !is_so(&self.printed) {
            let [events] =
                poll::wait([(self.master.as_raw(), PollEvents::READABLE)], Some(PATIENCE))?;
            let count = if events.is_empty() { None } else { self.master.read(&mut bytes)? };
            let Some(count) = count else {
                return Err(Error::message(format!("{what}: {:?}", self.printed)));
            };
            self.printed.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        Ok(())
    }

    fn edit(&mut self, checks: &mut Checks) -> Result<()> {
        self.wait_until("no prompt", |text| text.ends_with(PROMPT))?;
        let mut typed = "a".repeat(60);
        self.master.write_all(typed.as_bytes())?;
        self.wait_until("the line is not shown", |text| text.ends_with(&typed))?;
        for columns in [40, 20, 100, 30] {
            self.printed.clear();
            self.resize(columns)?;
            self.wait_until("it is not drawn anew", |text| {
                shown(text) == Some(format!("{PROMPT}{typed}"))
            })?;
        }
        checks.that("a line is drawn anew without a key", true);
        // 71 characters on rows of 30.
        self.master.write_all(b"\x01")?;
        self.wait_until("the cursor is not two rows up", |text| text.contains("\x1b[2A"))?;
        checks.that("for the width that the window has", true);
        self.master.write_all(b"\x05")?;
        for round in 0..ROUNDS {
            self.printed.clear();
            typed.push('b');
            self.master.write_all(b"b")?;
            self.resize(40 + (round % 2) as u16)?;
            self.wait_until("it is not drawn anew", |text| {
                shown(text) == Some(format!("{PROMPT}{typed}"))
            })?;
        }
        checks.that("also when the size changes right behind a key", true);
        self.master.write_all(b"\x03")?;
        self.leave()
    }

    fn leave(&self) -> Result<()> {
        self.master.write_all(b"exit\r")?;
        process::wait(WaitFor::Any, WaitOptions::Block).map(drop)
    }
}

/// What stands there since it was drawn anew, without what moves the cursor; nothing if it was not.
fn shown(printed: &str) -> Option<String> {
    let (_, drawn) = printed.rsplit_once(ANEW)?;
    let pieces: Vec<&str> = drawn.split("\x1b[").collect();
    let (first, rest) = pieces.split_first()?;
    let behind = |piece: &&str| {
        let end = piece.find(|character: char| character.is_ascii_alphabetic());
        String::from(end.and_then(|end| piece.get(end + 1..)).unwrap_or_default())
    };
    let text: String =
        core::iter::once(String::from(*first)).chain(rest.iter().map(behind)).collect();
    Some(text.chars().filter(|character| !character.is_control()).collect())
}
