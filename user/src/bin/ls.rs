//! `ls`: lists directories.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chrono::DateTime;
use user::error::Result;
use user::fs::{self, Entry, Kind, Metadata};
use user::options::{self, Argument, Parsed, unknown};
use user::style::{self, Style};
use user::table::{Align, Colour};
use user::{env, println};

const HELP: &str = "usage: ls [-al] [PATH]...\n\
    Lists the names in the directories; -l adds permissions, owner, size in bytes and when it was\n\
    changed (UTC; a board whose time nobody has set begins at 1970). Names with a dot are always there,\n\
    so -a changes nothing.";

user::entry!(main);

/// How much to tell of each name.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Format {
    Names,
    Long,
}

fn main() -> Result<i32> {
    let mut format = Format::Names;
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('l') => {
            format = Format::Long;
            Ok(())
        }
        Argument::Short('a') => Ok(()),
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(mut paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        paths.push(".");
    }
    let several = paths.len() > 1;
    Ok(user::each(paths, |path| list(path, format, several)))
}

fn list(path: &str, format: Format, several: bool) -> Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.kind() != Kind::Directory {
        let file = Entry { name: path.into(), kind: metadata.kind() };
        return print("", alloc::vec![file], format);
    }
    if several {
        println!("{path}:");
    }
    let mut entries = fs::read_dir(path)?.collect::<Result<Vec<Entry>>>()?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let prefix = if path.ends_with('/') { path.to_string() } else { format!("{path}/") };
    print(&prefix, entries, format)
}

fn print(prefix: &str, entries: Vec<Entry>, format: Format) -> Result<()> {
    let colour = style::colour();
    if format == Format::Names {
        entries.iter().for_each(|entry| println!("{}", name(entry, colour)));
        return Ok(());
    }
    let columns = [
        ("MODE", Align::Left),
        ("OWNER", Align::Right),
        ("SIZE", Align::Right),
        ("CHANGED", Align::Left),
        ("NAME", Align::Left),
    ];
    let mut table = style::table(&columns);
    for entry in entries {
        let metadata = fs::metadata(&format!("{prefix}{}", entry.name))?;
        let owner = metadata.stat().st_uid.to_string();
        let size = metadata.length().to_string();
        let cells = [permissions(&metadata), owner, size, changed(&metadata)];
        table.row(cells.into_iter().chain([name(&entry, colour)]));
    }
    user::print!("{table}");
    Ok(())
}

/// When a file was changed, to the minute.
fn changed(metadata: &Metadata) -> String {
    let moment = DateTime::from_timestamp(metadata.stat().st_mtime, 0);
    moment.map_or_else(|| "-".into(), |moment| moment.format("%Y-%m-%d %H:%M").to_string())
}

fn name(entry: &Entry, colour: Colour) -> String {
    match entry.kind {
        Kind::Directory => Style::Cyan.paint(colour, &entry.name).to_string(),
        _ => entry.name.clone(),
    }
}

fn permissions(metadata: &Metadata) -> String {
    let bits = metadata.permissions();
    let letters = (0..9).rev().zip("rwxrwxrwx".chars());
    let letters = letters.map(|(bit, letter)| if bits >> bit & 1 == 1 { letter } else { '-' });
    [metadata.kind().letter()].into_iter().chain(letters).collect()
}
