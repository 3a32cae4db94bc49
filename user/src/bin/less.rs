//! `less`: text page by page.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::{Context, Error, Result};
use user::fs::File;
use user::io::{self, STDIN, STDOUT};
use user::options::{Parsed, only, plain};
use user::terminal::{self, RawMode};
use user::text::lines::{Lines, content};
use user::text::pages::{Direction, Pager};
use user::text::pattern::{Letters, Pattern, Syntax};
use user::{env, print, println};

const HELP: &str = "usage: less [FILE]\n\
    Shows a file, or standard input, page by page. Space or PgDn: a page on; b or PgUp: back;\n\
    Enter, j or Down, and k or Up: a line; g or Home, G or End: the beginning, the end; /PATTERN:\n\
    the next line with it, n the next again, N the one before; q ends it. To something that is no\n\
    terminal it copies.";

user::entry!(main);

/// What a key asks for.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Key {
    Letter(u8),
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Gone,
}

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let path = if words.is_empty() { "-" } else { only(&words, "file")? };
    if path == "-" && terminal::is_terminal(STDIN) {
        return Err(Error::message("which file?").advice("or: COMMAND | less"));
    }
    let file = File::input(path)?;
    let mut lines = Vec::new();
    let mut source = Lines::new(|buffer: &mut [u8]| file.read(buffer));
    while let Some(line) = source.next_line()? {
        lines.push(content(line).to_vec());
    }
    if !terminal::is_terminal(STDOUT) {
        for mut line in lines {
            line.push(b'\n');
            io::write(&line).context("standard output")?;
        }
        return Ok(());
    }
    let keyboard = File::open("/dev/tty")?;
    let (width, height) = size();
    let pager = Pager::new(lines, width, height);
    let _raw = RawMode::enter(keyboard.as_raw())?;
    // Another screen, so that what was there comes back.
    print!("\x1b[?1049h");
    let name = if path == "-" { "(standard input)" } else { path };
    let outcome = Viewer { pager, keyboard: &keyboard, name, pattern: None, said: None }.run();
    print!("\x1b[?1049l");
    io::flush().context("standard output")?;
    outcome
}

/// Columns, and rows without the last one, which is for messages.
fn size() -> (usize, usize) {
    let size = terminal::window_size(STDOUT).ok().filter(|size| size.rows > 1 && size.columns > 0);
    size.map_or((80, 23), |size| (size.columns.into(), usize::from(size.rows) - 1))
}

struct Viewer<'a> {
    pager: Pager,
    keyboard: &'a File,
    name: &'a str,
    pattern: Option<Pattern>,
    /// What is said in place of the file's name until the next key.
    said: Option<String>,
}

impl Viewer<'_> {
    fn run(&mut self) -> Result<()> {
        loop {
            let (width, height) = size();
            self.pager.resize(width, height);
            self.draw()?;
            self.said = None;
            let page = self.pager.height();
            match self.key()? {
                Key::Letter(b'q' | b'Q' | 3) | Key::Gone => return Ok(()),
                Key::Letter(b' ' | b'f') | Key::PageDown => self.pager.down(page),
                Key::Letter(b'b') | Key::PageUp => self.pager.up(page),
                Key::Letter(b'j' | b'\r' | b'\n') | Key::Down => self.pager.down(1),
                Key::Letter(b'k') | Key::Up => self.pager.up(1),
                Key::Letter(b'g') | Key::Home => self.pager.to_start(),
                Key::Letter(b'G') | Key::End => self.pager.to_end(),
                Key::Letter(b'/') => self.ask()?,
                Key::Letter(b'n') => self.seek(Direction::Forwards),
                Key::Letter(b'N') => self.seek(Direction::Backwards),
                Key::Letter(_) => self.said = Some("q ends it; space goes on; less --help".into()),
            }
        }
    }

    fn draw(&self) -> Result<()> {
        let mut text = String::from("\x1b[H");
        let rows = self.pager.screen();
        for row in &rows {
            text.push_str(row);
            text.push_str("\x1b[K\r\n");
        }
        for _ in rows.len()..self.pager.height() {
            text.push_str("~\x1b[K\r\n");
        }
        let (line, all) = self.pager.place();
        let end = if self.pager.is_at_end() { " (end)" } else { "" };
        let status = format!("{} {line}/{all}{end}", self.name);
        let status = self.said.as_deref().unwrap_or(&status);
        text.push_str(&format!("\x1b[7m{status}\x1b[0m\x1b[K"));
        io::write(text.as_bytes()).context("standard output")?;
        io::flush().context("standard output")
    }

    fn seek(&mut self, direction: Direction) {
        self.said = match &self.pattern {
            None => Some("first: / and a pattern".into()),
            Some(pattern) => {
                let found = self.pager.seek(direction, |line| pattern.is_in(line));
                (!found).then(|| "not found".into())
            }
        };
    }

    /// Reads a pattern and looks for it.
    fn ask(&mut self) -> Result<()> {
        let mut bytes = Vec::new();
        loop {
            print!("\r\x1b[K/{}", String::from_utf8_lossy(&bytes));
            io::flush().context("standard output")?;
            match self.byte()? {
                None | Some(3 | 27) => return Ok(()),
                Some(b'\r' | b'\n') => break,
                Some(8 | 127) => {
                    // A whole character.
                    while bytes.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {}
                }
                Some(byte) => bytes.push(byte),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if !text.is_empty() {
            match Pattern::new(&[&text], Syntax::Basic, Letters::Exact) {
                Ok(pattern) => self.pattern = Some(pattern),
                Err(error) => {
                    self.said = Some(format!("{error}"));
                    return Ok(());
                }
            }
        }
        self.seek(Direction::Forwards);
        Ok(())
    }

    fn byte(&self) -> Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.keyboard.read(&mut byte)? > 0).then_some(byte[0]))
    }

    /// The next key; those that send several bytes begin with ESC [ or ESC O.
    fn key(&self) -> Result<Key> {
        const ESCAPE: u8 = 0x1B;
        let Some(byte) = self.byte()? else { return Ok(Key::Gone) };
        if byte != ESCAPE {
            return Ok(Key::Letter(byte));
        }
        if !matches!(self.byte()?, Some(b'[' | b'O')) {
            return Ok(Key::Letter(ESCAPE));
        }
        let Some(mut last) = self.byte()? else { return Ok(Key::Gone) };
        let mut number = 0_u32;
        while last.is_ascii_digit() || last == b';' {
            number = number.wrapping_mul(10).wrapping_add(u32::from(last.wrapping_sub(b'0')));
            let Some(next) = self.byte()? else { return Ok(Key::Gone) };
            last = next;
        }
        Ok(match (last, number) {
            (b'A', _) => Key::Up,
            (b'B', _) => Key::Down,
            (b'H', _) | (b'~', 1 | 7) => Key::Home,
            (b'F', _) | (b'~', 4 | 8) => Key::End,
            (b'~', 5) => Key::PageUp,
            (b'~', 6) => Key::PageDown,
            _ => Key::Letter(ESCAPE),
        })
    }
}
