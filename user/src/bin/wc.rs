//! `wc`: how many lines, words and bytes files have.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::Result;
use user::fs::File;
use user::options::{self, Argument, Parsed, unknown};
use user::text::count::Count;
use user::{env, println};

const HELP: &str = "usage: wc [-lwcm] [FILE]...\n\
    Counts lines, words and bytes of files, or what is asked for: -l lines, -w words, -c bytes,\n\
    -m characters. - or no file is standard input.";

type Figure = fn(&Count) -> u64;

user::entry!(main);

fn main() -> Result<i32> {
    let (mut lines, mut words, mut bytes, mut characters) = (false, false, false, false);
    let parsed = options::parse(env::args().skip(1), |option, _| {
        match option {
            Argument::Short('l') => lines = true,
            Argument::Short('w') => words = true,
            Argument::Short('c') => bytes = true,
            Argument::Short('m') => characters = true,
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if !(lines || words || bytes || characters) {
        (lines, words, bytes) = (true, true, true);
    }
    let all: [(bool, Figure); 4] = [
        (lines, |count| count.lines),
        (words, |count| count.words),
        (characters, |count| count.characters),
        (bytes, |count| count.bytes),
    ];
    let figures: Vec<Figure> =
        all.into_iter().filter_map(|(wanted, figure)| wanted.then_some(figure)).collect();
    if paths.is_empty() {
        print(&figures, &count("-")?, "");
        return Ok(0);
    }
    let several = paths.len() > 1;
    let mut total = Count::default();
    let status = user::each(paths, |path| {
        let count = count(path)?;
        total.join(&count);
        print(&figures, &count, path);
        Ok(())
    });
    if several {
        print(&figures, &total, "total");
    }
    Ok(status)
}

fn count(path: &str) -> Result<Count> {
    let file = File::input(path)?;
    let mut buffer = alloc::vec![0; 16 * 1024];
    let mut count = Count::default();
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(count),
            bytes => count.add(&buffer[..bytes]),
        }
    }
}

fn print(figures: &[Figure], count: &Count, path: &str) {
    // A figure that stands alone is for programs to read.
    let width = if figures.len() == 1 { 0 } else { 7 };
    let mut words: Vec<String> =
        figures.iter().map(|figure| alloc::format!("{:>width$}", figure(count))).collect();
    if !path.is_empty() {
        words.push(path.to_string());
    }
    println!("{}", words.join(" "));
}
