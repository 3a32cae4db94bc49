//! The file system of a card: a base volume of each kind, with damage done to it, and then calls on its files.
//!
//! Whatever the damage, a call ends, nothing is written beyond the card, a volume that could be mounted before it
//! was written to can be mounted after it, and no memory is left behind. Without damage the files hold what was
//! written to them, before and after the next mount, and the checker finds nothing.

use crate::input::Input;
use crate::machine::without_leak;
use crate::system::{System, archive, read_at, write};
use crate::volume::{Base, Disk};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_SET};
use kcore::board::BLOCK_BYTES;
use kcore::fs::{OpenFile, Rule};
use kcore::user_memory::UserData;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Damage that one input does at most.
const PATCHES: u8 = 24;
/// Calls of one input at most.
const CALLS: usize = 48;
/// No file is made larger.
const FILE_BYTES: u32 = 200_000;
/// Files that the calls are about.
const NAMES: [&str; 8] =
    ["a", "LONG name with spaces.text", "B.TXT", "d/x", "d/y.longer", "d/e/z", "é", "n.o"];
const DIRECTORIES: [&str; 4] = ["d", "d/e", "new", "d/new"];

/// Drives it.
pub fn run(bytes: &[u8]) {
    without_leak(|| use_card(bytes));
}

fn use_card(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (disk, is_damaged) = card(&mut input);
    let mut files = BTreeMap::new();
    let first = system(&disk);
    let was_sound = first.card.mount().is_ok();
    use_files(&first, &mut input, &mut files, is_damaged);
    drop(first);
    let second = system(&disk);
    assert!(!was_sound || second.card.mount().is_ok(), "the volume cannot be mounted any more");
    if !is_damaged {
        compare(&second, &files);
        drop(second);
        assert_eq!(disk.findings(), [""; 0]);
    }
}

fn system(disk: &Disk) -> System {
    System::new(&archive(&[]), disk).expect("an archive of nothing")
}

/// A card with some files on it, which are no part of the model, and the blocks that hold something.
fn filled(base: Base) -> &'static (Disk, Vec<u64>) {
    static FILLED: [OnceLock<(Disk, Vec<u64>)>; Base::ALL.len()] =
        [const { OnceLock::new() }; Base::ALL.len()];
    let fill = || {
        let disk = Disk::formatted(base);
        let system = system(&disk);
        for directory in &DIRECTORIES[..2] {
            system.make_directory(format!("/sd/{directory}").as_bytes()).expect("there is room");
        }
        for number in 0..20 {
            let path = format!("/sd/d/a file with a long name {number}");
            let file = system.open(path.as_bytes(), OpenFlags::CREATE | OpenFlags::READ_WRITE);
            let file = file.expect("there is room");
            write(&file, &vec![number; 300 * usize::from(number)]).expect("there is room");
        }
        let root = system.open(b"/sd", OpenFlags::DIRECTORY).expect("it is mounted");
        root.node().synchronise().expect("it can be written");
        drop((root, system));
        assert_eq!(disk.findings(), [""; 0]);
        let used = disk.used();
        (disk, used)
    };
    FILLED[base as usize].get_or_init(fill)
}

/// The card of an input, and whether it is damaged.
fn card(input: &mut Input<'_>) -> (Disk, bool) {
    // The large one is slow to check.
    let base = match input.u8() {
        240.. => Base::LargeFat32,
        kind => Base::ALL[usize::from(kind) % 3],
    };
    let (disk, used) = filled(base);
    let disk = disk.copy();
    let patches = input.u8() % (PATCHES + 1);
    for _ in 0..patches {
        // Blocks that hold something, and those right behind the boot sector.
        let place = input.u16();
        let number = match place & 0x8000 {
            0 => used[usize::from(place) % used.len()],
            _ => disk.start() + u64::from(place & 0x3F),
        };
        let (at, length) =
            (usize::from(input.u16()) % BLOCK_BYTES, 1 + usize::from(input.u8() % 8));
        let mut block = disk.block(number);
        for (to, from) in block[at..].iter_mut().zip(input.bytes(length)) {
            *to = *from;
        }
        disk.set_block(number, block);
    }
    (disk, patches > 0)
}

/// What files hold that were written here.
type Model = BTreeMap<&'static str, Vec<u8>>;

struct User<'a> {
    system: &'a System,
    files: &'a mut Model,
    /// Of a damaged card nothing is expected.
    is_damaged: bool,
    open: Option<(&'static str, Arc<OpenFile>)>,
}

fn use_files(system: &System, input: &mut Input<'_>, files: &mut Model, is_damaged: bool) {
    let mut user = User { system, files, is_damaged, open: None };
    for _ in 0..CALLS {
        if input.is_empty() {
            break;
        }
        user.call(input);
    }
    user.open = None;
    if !is_damaged {
        compare(system, user.files);
    }
    if let Ok(root) = system.open(b"/sd", OpenFlags::DIRECTORY) {
        let _ = root.node().synchronise();
    }
}

fn path(name: &str) -> Vec<u8> {
    [b"/sd/", name.as_bytes()].concat()
}

impl User<'_> {
    fn call(&mut self, input: &mut Input<'_>) {
        match input.u8() % 12 {
            0 => self.open(input.choose(&NAMES)),
            1 => self.write(input),
            2 => self.set_length(input.u32() % FILE_BYTES),
            3 => self.remove(input.choose(&NAMES)),
            4 => self.rename(input),
            5 => drop(self.system.make_directory(&path(input.choose(&DIRECTORIES)))),
            6 => self.remove_directory(input.choose(&DIRECTORIES)),
            7 => self.list(input.choose(&DIRECTORIES)),
            8 => self.look(input),
            9 => self.any_name(input.counted()),
            10 => drop(self.open.as_ref().map(|(_, file)| file.node().synchronise())),
            _ => self.open = None,
        }
    }

    fn open(&mut self, name: &'static str) {
        self.open = None;
        let made = self.system.open(&path(name), OpenFlags::CREATE | OpenFlags::READ_WRITE);
        if let Ok(file) = made {
            self.files.entry(name).or_default();
            self.open = Some((name, file));
        }
    }

    fn write(&mut self, input: &mut Input<'_>) {
        let (at, length, byte) = (input.u32() % FILE_BYTES, usize::from(input.u16()), input.u8());
        let Some((name, file)) = &self.open else { return };
        let bytes = vec![byte; length];
        let written = file.write_at(at.into(), &mut UserData::kernel(&bytes));
        if let (Ok(count), Some(held)) = (written, self.files.get_mut(name))
            && count > 0
        {
            let end = at as usize + count;
            held.resize(held.len().max(end), 0);
            held[at as usize..end].copy_from_slice(&bytes[..count]);
        }
    }

    fn set_length(&mut self, length: u32) {
        let Some((name, file)) = &self.open else { return };
        if file.set_length(length.into()).is_ok()
            && let Some(held) = self.files.get_mut(name)
        {
            held.resize(length as usize, 0);
        }
    }

    fn remove(&mut self, name: &'static str) {
        if self.system.unlink(&path(name)).is_ok() {
            let was_there = self.files.remove(name).is_some();
            assert!(was_there || self.is_damaged, "{name} was there");
            // What is open lives on, without a name.
            if self.open.as_ref().is_some_and(|(open, _)| *open == name) {
                self.open = None;
            }
        }
    }

    fn rename(&mut self, input: &mut Input<'_>) {
        let (old, new) = (input.choose(&NAMES), input.choose(&NAMES));
        self.open = None;
        let renamed = self.system.rename(&path(old), &path(new), Rule::Replace);
        if renamed.is_ok()
            && let Some(held) = self.files.remove(old)
        {
            self.files.insert(new, held);
        }
    }

    fn remove_directory(&mut self, name: &'static str) {
        if self.system.remove_directory(&path(name)).is_ok() && !self.is_damaged {
            let below = format!("{name}/");
            assert!(
                !self.files.keys().any(|file| file.starts_with(&below)),
                "{name} was not empty"
            );
        }
    }

    fn list(&self, name: &str) {
        for name in self.system.names(&[&path(name)[..], b"/"].concat()).iter().take(40) {
            assert!(!name.contains(&b'/') && !name.is_empty(), "{name:?}");
        }
    }

    fn look(&self, input: &mut Input<'_>) {
        let (name, at) = (input.choose(&NAMES), u64::from(input.u32() % FILE_BYTES));
        let Ok(file) = self.system.open(&path(name), OpenFlags::empty()) else { return };
        file.stat();
        let read = read_at(&file, at, 5000);
        if let (false, Some(held)) = (self.is_damaged, self.files.get(name)) {
            let rest = held.get(at as usize..).unwrap_or_default();
            assert_eq!(read.as_deref(), Ok(&rest[..rest.len().min(5000)]), "{name} at {at}");
        }
        // As a view of it is read: through pages.
        if let Ok(region) = file.mapping() {
            let mut bytes = vec![0; 100];
            let _ = region.read(at, &mut kcore::user_memory::UserBuffer::kernel(&mut bytes));
        }
        let _ = file.seek(0, SEEK_SET);
    }

    /// A file of any name, for a moment.
    fn any_name(&self, name: &[u8]) {
        let path = [b"/sd/", name].concat();
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
        let Ok(file) = self.system.open(&path, flags) else { return };
        let _ = write(&file, b"x");
        drop(file);
        let found = self.system.open(&path, OpenFlags::empty()).map(drop);
        let removed = self.system.unlink(&path);
        if !self.is_damaged {
            assert_eq!((found, removed), (Ok(()), Ok(())), "{name:?}");
        }
    }
}

fn compare(system: &System, files: &Model) {
    for name in NAMES {
        let found = system.open(&path(name), OpenFlags::empty());
        // One byte more than there should be.
        let length = files.get(name).map_or(0, Vec::len) + 1;
        let found = found.and_then(|file| read_at(&file, 0, length));
        match files.get(name) {
            Some(held) => assert!(found.as_ref() == Ok(held), "{name} holds something else"),
            None => {
                assert!(matches!(found, Err(Errno::ENOENT | Errno::ENOTDIR)), "{name} is there")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Base, filled, run};

    #[test]
    fn a_large_card_has_files_in_clusters_whose_numbers_need_more_than_16_bits() {
        // Makes it.
        run(&[255, 0]);
        let (disk, used) = filled(Base::LargeFat32);
        let tables = 32 + 2 * 544;
        let first = disk.start() + tables + 0x1_0000;
        assert!(used.iter().filter(|block| **block >= first).count() > 100, "{used:?}");
    }
}
