//! `/tmp` and `/sd` behave alike: the same calls give the same answers.

use super::card::{Shared, is_mark};
use super::{READ, names, system};
use crate::fs::tests::{System, read, write};
use crate::fs::{OpenFile, Rule};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_SET};
use proptest::prelude::*;
use std::sync::Arc;

const NAMES: [&str; 6] = ["a", "b.txt", "a much longer name.text", "d", "d/a", "d/e"];
const RULES: [Rule; 3] = [Rule::Replace, Rule::KeepNew, Rule::Exchange];
const FILES: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Open(usize, &'static str, OpenFlags),
    Close(usize),
    Write(usize, u64, usize, u8),
    Append(usize, usize, u8),
    Read(usize, u64, usize),
    SetLength(usize, u64),
    Unlink(&'static str),
    MakeDirectory(&'static str),
    RemoveDirectory(&'static str),
    Rename(&'static str, &'static str, Rule),
    List(&'static str),
    Length(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(&NAMES[..]);
    let file = 0..FILES;
    let flags = prop_oneof![
        Just(READ),
        Just(OpenFlags::READ_WRITE),
        Just(OpenFlags::READ_WRITE | OpenFlags::CREATE),
        Just(OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE),
        Just(OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE),
        Just(OpenFlags::DIRECTORY),
    ];
    let (at, length) = (0..20_000_u64, 0..9000_usize);
    prop_oneof![
        4 => (file.clone(), name(), flags).prop_map(|(file, name, flags)| Step::Open(file, name, flags)),
        1 => file.clone().prop_map(Step::Close),
        3 => (file.clone(), at.clone(), length.clone(), any::<u8>())
            .prop_map(|(file, at, length, byte)| Step::Write(file, at, length, byte)),
        1 => (file.clone(), length.clone(), any::<u8>())
            .prop_map(|(file, length, byte)| Step::Append(file, length, byte)),
        3 => (file.clone(), at.clone(), length).prop_map(|(file, at, length)| Step::Read(file, at, length)),
        1 => (file, at).prop_map(|(file, length)| Step::SetLength(file, length)),
        2 => name().prop_map(Step::Unlink),
        1 => name().prop_map(Step::MakeDirectory),
        1 => name().prop_map(Step::RemoveDirectory),
        3 => (name(), name(), prop::sample::select(&RULES[..]))
            .prop_map(|(old, new, rule)| Step::Rename(old, new, rule)),
        1 => name().prop_map(Step::List),
        1 => name().prop_map(Step::Length),
    ]
}

/// One of the two file systems, with the files that are open there.
struct Side<'a> {
    system: &'a System,
    root: &'static str,
    files: [Option<Arc<OpenFile>>; FILES],
}

impl Side<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.root)
    }

    /// What the step answers, as far as both sides have to agree.
    fn take(&mut self, step: &Step) -> Result<Vec<u8>, Errno> {
        let nothing = |()| Vec::new();
        match *step {
            Step::Open(file, name, flags) => {
                self.files[file] = None;
                self.files[file] = Some(self.system.open(&self.path(name), flags)?);
                Ok(Vec::new())
            }
            Step::Close(file) => {
                self.files[file] = None;
                Ok(Vec::new())
            }
            Step::Write(file, at, length, byte) => self.with(file, |file| {
                file.seek(at as i64, SEEK_SET)?;
                write(file, &vec![byte; length]).map(|count| count.to_le_bytes().to_vec())
            }),
            Step::Append(file, length, byte) => self.with(file, |file| {
                file.set_status_flags(OpenFlags::APPEND);
                let count = write(file, &vec![byte; length]);
                file.set_status_flags(READ);
                Ok([count? as u64, file.offset()?].map(u64::to_le_bytes).concat())
            }),
            Step::Read(file, at, length) => self.with(file, |file| {
                file.seek(at as i64, SEEK_SET)?;
                read(file, length)
            }),
            Step::SetLength(file, length) => {
                self.with(file, |file| file.set_length(length).map(nothing))
            }
            Step::Unlink(name) => self.system.unlink(&self.path(name)).map(nothing),
            Step::MakeDirectory(name) => self.system.make_directory(&self.path(name)).map(nothing),
            Step::RemoveDirectory(name) => {
                self.system.remove_directory(&self.path(name)).map(nothing)
            }
            Step::Rename(old, new, rule) => {
                self.system.rename_by(&self.path(old), &self.path(new), rule).map(nothing)
            }
            Step::List(name) => {
                self.system.open(&self.path(name), OpenFlags::DIRECTORY)?;
                Ok(names(self.system, &self.path(name)).join("/").into_bytes())
            }
            Step::Length(name) => {
                let stat = self.system.open(&self.path(name), READ)?.stat();
                Ok(format!("{} {:o}", stat.st_size, stat.st_mode & 0o170000).into_bytes())
            }
        }
    }

    fn with(
        &self,
        file: usize,
        operation: impl FnOnce(&OpenFile) -> Result<Vec<u8>, Errno>,
    ) -> Result<Vec<u8>, Errno> {
        self.files[file].as_ref().map_or(Ok(Vec::new()), |file| {
            if file.node().directory().is_some() { Ok(Vec::new()) } else { operation(file) }
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_same_calls_give_the_same_answers(steps in prop::collection::vec(step(), 1..80)) {
        let card = Shared::formatted(64 << 20);
        let system = system(&card);
        let side = |root| Side { system: &system, root, files: [const { None }; FILES] };
        let (mut memory, mut disk) = (side("tmp"), side("sd"));
        for (index, step) in steps.iter().enumerate() {
            prop_assert_eq!(disk.take(step), memory.take(step), "step {}: {:?}", index, step);
        }
        disk.files = Default::default();
        system.open("sd", READ).unwrap().node().synchronise().unwrap();
        let wrong = card.findings();
        prop_assert!(wrong.iter().all(|text| is_mark(text)), "{:?}", wrong);
    }
}
