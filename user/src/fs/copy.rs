//! Copying a file's bytes and permissions. A Ctrl-C leaves no half of a file behind.

use super::{File, Kind, Metadata, metadata, unlink};
use crate::error::{Error, Result};
use crate::interrupt::Interrupts;
use crate::progress::Progress;
use alloc::{format, vec};

/// What is read at once.
const PIECE: usize = 64 * 1024;

/// Copies a file, and tells on a terminal how far it is where that takes long.
pub fn copy(path: &str, target: &str) -> Result<()> {
    let from = File::open(path)?;
    let found = from.metadata()?;
    if found.kind() == Kind::Directory {
        return Err(Error::message(format!("{path}: is a directory")).advice("cp -r copies it"));
    }
    if is_same(&found, target) {
        return Err(Error::message(format!("{path} and {target} are the same file")));
    }
    let options = File::options().write().create().truncate().mode(found.permissions() & 0o777);
    let is_new = metadata(target).is_err();
    let to = options.open(target)?;
    let interrupts = Interrupts::noted();
    let mut progress = Progress::new(path, found.length());
    let mut buffer = vec![0; PIECE];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..count])?;
        progress.advance(count as u64);
        if interrupts.have_come() {
            drop(progress);
            if is_new {
                // What stays is told by its length.
                let _ = unlink(target);
            }
            interrupts.end();
        }
    }
}

/// Whether a path leads to this file.
pub fn is_same(file: &Metadata, path: &str) -> bool {
    let identity = |file: &Metadata| (file.stat().st_dev, file.stat().st_ino);
    metadata(path).is_ok_and(|other| identity(&other) == identity(file))
}
