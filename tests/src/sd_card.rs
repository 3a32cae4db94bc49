//! Cards for the slot, made by `mkcard`, and looked at with another FAT library and with `fsck.fat`.

use crate::case::on_machine;
use crate::ensure;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use fatfs::{FileSystem, FsOptions};
use fscommon::StreamSlice;
use mkcard::contents::Contents;
use mkcard::size::CardSize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Where `mkcard` puts the partition.
pub const START: u64 = 8192 * 512;

/// A card in a folder that goes with it.
pub struct Card {
    folder: TempDir,
}

impl Card {
    /// A card with these files on it.
    pub fn new(size: &str, files: &[(&str, &[u8])]) -> Outcome<Self> {
        let folder = tempfile::tempdir().map_err(failed("make a folder"))?;
        let mut contents = Contents::default();
        for (index, (name, bytes)) in files.iter().enumerate() {
            let source = folder.path().join(index.to_string());
            fs::write(&source, bytes).map_err(failed("write a file"))?;
            contents.add_file(name, &source).map_err(failed("take a name"))?;
        }
        let card = Self { folder };
        let size = CardSize::parse(size).map_err(failed("take a size"))?;
        mkcard::build_at(&card.path(), size, &contents).map_err(failed("make a card"))?;
        Ok(card)
    }

    /// The image.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("card.img")
    }

    /// Boots with the card in the slot.
    pub fn boot(&self, check: impl FnOnce(&mut Machine) -> Outcome) -> Outcome {
        on_machine(&["-drive", &self.drive()], check)
    }

    /// The emulator's switch for it.
    pub fn drive(&self) -> String {
        format!("if=sd,format=raw,file={}", self.path().display())
    }

    /// The bytes of a file on the card.
    pub fn read(&self, name: &str) -> Outcome<Vec<u8>> {
        let mut card = File::open(self.path()).map_err(failed("open the card"))?;
        let length = card.seek(SeekFrom::End(0)).map_err(failed("measure the card"))?;
        let part = StreamSlice::new(card, START, length).map_err(failed("find the partition"))?;
        let system = FileSystem::new(part, FsOptions::new()).map_err(failed("read the card"))?;
        let mut bytes = Vec::new();
        let file = system.root_dir().open_file(name);
        file.and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed(name))?;
        Ok(bytes)
    }

    /// Has the card checked; fails with what is wrong.
    pub fn check(&self) -> Outcome {
        let part = self.copy()?;
        let output = fsck("-n", &part)?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "fsck.fat says of the card:\n{text}");
        Ok(())
    }

    /// Has a copy of the card repaired, and returns the files that are in one of its directories then, if it is there;
    /// the root without a name.
    pub fn repaired(&self, directory: &str) -> Outcome<BTreeMap<String, Vec<u8>>> {
        let part = self.copy()?;
        let output = fsck("-a", &part)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // 1: something was wrong, and is repaired.
        ensure!(matches!(output.status.code(), Some(0 | 1)), "fsck.fat cannot repair:\n{text}");
        let again = fsck("-n", &part)?;
        ensure!(again.status.success(), "fsck.fat has not repaired all:\n{text}");
        let image = File::open(&part).map_err(failed("open the copy"))?;
        let system = FileSystem::new(image, FsOptions::new()).map_err(failed("read the copy"))?;
        let mut files = BTreeMap::new();
        let root = system.root_dir();
        let found = if directory.is_empty() { Ok(root) } else { root.open_dir(directory) };
        let directory = match found {
            // Nobody has come as far as to make it.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(files),
            opened => opened.map_err(failed(directory))?,
        };
        for entry in directory.iter() {
            let entry = entry.map_err(failed("list the copy"))?;
            if entry.is_file() {
                let mut bytes = Vec::new();
                let name = entry.file_name();
                entry.to_file().read_to_end(&mut bytes).map_err(failed(&name))?;
                files.insert(name, bytes);
            }
        }
        Ok(files)
    }

    /// A copy of the partition.
    fn copy(&self) -> Outcome<PathBuf> {
        let part = self.folder.path().join("part.img");
        copy_partition(&self.path(), &part).map_err(failed("copy the partition"))?;
        Ok(part)
    }
}

fn fsck(how: &str, part: &Path) -> Outcome<Output> {
    let run = |program| Command::new(program).arg(how).arg(part).output();
    let output = run("fsck.fat").or_else(|_| run("/usr/sbin/fsck.fat"));
    output.map_err(failed("run fsck.fat (package dosfstools)"))
}

/// Copies what is written, so that holes stay holes.
fn copy_partition(card: &Path, to: &Path) -> std::io::Result<()> {
    const STEP: usize = 1 << 20;
    let (card, mut part) = (File::open(card)?, File::create(to)?);
    let length = card.metadata()?.len();
    part.set_len(length - START)?;
    let mut bytes = vec![0; STEP];
    for at in (START..length).step_by(STEP) {
        card.read_exact_at(&mut bytes, at)?;
        if bytes.iter().any(|byte| *byte != 0) {
            part.seek(SeekFrom::Start(at - START))?;
            part.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// Says what could not be done.
pub fn failed<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> Failure {
    move |error| Failure::new(format!("cannot {what}: {error}"))
}
