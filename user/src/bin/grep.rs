//! `grep`: the lines that a pattern is in.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::{Context, Result};
use user::fs::File;
use user::options::{self, Argument, Parsed, unknown, usage};
use user::style::{self, Colour, Style};
use user::text::lines::{Lines, content};
use user::text::pattern::{Letters, Pattern, Syntax};
use user::{env, eprintln, io, print, println};

const HELP: &str = "usage: grep [-EFivnclq] PATTERN [FILE]...\n       grep [-EFivnclq] -e PATTERN... [FILE]...\n\
    Prints the lines that a pattern is in. The pattern is a basic regular expression, with -E an\n\
    extended one, with -F plain text. -i capital and small letters are the same; -v the other lines;\n\
    -n with numbers; -c only how many; -l only the names of files; -q nothing. The status is 0 if\n\
    there was a line, 1 if there was none, 2 if something failed.";

const NOT_FOUND: i32 = 1;
const FAILED: i32 = 2;

/// What is told.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Told {
    Lines,
    Count,
    Names,
    Nothing,
}

/// What to look for, and what to say of it.
struct Search {
    pattern: Pattern,
    is_inverted: bool,
    is_numbered: bool,
    is_named: bool,
    told: Told,
    colour: Colour,
}

user::entry!(main);

fn main() -> i32 {
    match run() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("grep: {error}");
            FAILED
        }
    }
}

fn run() -> Result<i32> {
    let (mut syntax, mut letters) = (Syntax::default(), Letters::default());
    let (mut is_inverted, mut is_numbered, mut told) = (false, false, Told::Lines);
    let mut patterns = Vec::new();
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('E') => syntax = Syntax::Extended,
            Argument::Short('F') => syntax = Syntax::Fixed,
            Argument::Short('i') => letters = Letters::Folded,
            Argument::Short('v') => is_inverted = true,
            Argument::Short('n') => is_numbered = true,
            Argument::Short('c') => told = Told::Count,
            Argument::Short('l') => told = Told::Names,
            Argument::Short('q') => told = Told::Nothing,
            Argument::Short('e') => patterns.extend(arguments.value()?.split('\n')),
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(mut paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if patterns.is_empty() {
        if paths.is_empty() {
            return Err(usage("which pattern?"));
        }
        patterns.extend(paths.remove(0).split('\n'));
    }
    if paths.is_empty() {
        paths.push("-");
    }
    let pattern = Pattern::new(&patterns, syntax, letters)?;
    let (is_named, colour) = (paths.len() > 1, style::colour());
    let search = Search { pattern, is_inverted, is_numbered, is_named, told, colour };
    let mut found = 0;
    let failed = user::each(paths, |path| {
        found += search.file(path)?;
        Ok(())
    });
    Ok(match (failed, found) {
        (0, 0) => NOT_FOUND,
        (0, _) => 0,
        _ => FAILED,
    })
}

impl Search {
    /// Searches a file; returns how many lines were found.
    fn file(&self, path: &str) -> Result<u64> {
        let file = File::input(path)?;
        let name = if path == "-" { "(standard input)" } else { path };
        let mut lines = Lines::new(|buffer: &mut [u8]| file.read(buffer));
        let (mut number, mut found) = (0, 0);
        while let Some(line) = lines.next_line()? {
            let line = content(line);
            number += 1;
            if self.pattern.is_in(line) == self.is_inverted {
                continue;
            }
            found += 1;
            match self.told {
                Told::Lines => self.tell(name, number, line)?,
                Told::Count => {}
                // One is enough.
                Told::Names | Told::Nothing => break,
            }
        }
        match self.told {
            Told::Count if self.is_named => println!("{name}:{found}"),
            Told::Count => println!("{found}"),
            Told::Names if found > 0 => println!("{name}"),
            _ => {}
        }
        Ok(found)
    }

    fn tell(&self, name: &str, number: u64, line: &[u8]) -> Result<()> {
        if self.is_named {
            print!("{name}:");
        }
        if self.is_numbered {
            print!("{number}:");
        }
        let mut bytes = self.marked(line);
        bytes.push(b'\n');
        io::write(&bytes).context("standard output")
    }

    /// The line, with what was found in colour where there are colours.
    fn marked(&self, line: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = 0;
        if self.colour == Colour::On && !self.is_inverted {
            // What is found may be empty; nothing would be seen of that, and nothing go on.
            while let Some((from, to)) =
                self.pattern.find(line, rest).filter(|(from, to)| to > from)
            {
                let found = String::from_utf8_lossy(&line[from..to]);
                let found = Style::Red.paint(self.colour, found).to_string();
                bytes.extend_from_slice(&line[rest..from]);
                bytes.extend_from_slice(found.as_bytes());
                rest = to;
            }
        }
        bytes.extend_from_slice(&line[rest..]);
        bytes
    }
}
