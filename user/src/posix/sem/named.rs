//! Named semaphores: files that appear under their name only when they are complete.
//!
//! A new one is made under a name that nobody knows, and gets its own by a link, which fails if
//! another was faster. So nobody ever opens a semaphore that has no value yet.

use super::object::{SEM_VALUE_MAX, Semaphore};
use super::table::{Identity, Table};
use crate::posix::Outcome;
use abi::Errno;
use abi::file::OpenFlags;
use alloc::ffi::CString;
use core::ffi::CStr;
use core::ptr::NonNull;

/// Where semaphores are kept, and how they are mapped.
pub trait Store {
    /// An open file; dropping it closes it.
    type File;

    /// Opens a file.
    fn open(&self, path: &CStr, flags: OpenFlags, mode: u32) -> Outcome<Self::File>;
    /// What the file is, and its length.
    fn identify(&self, file: &Self::File) -> Outcome<(Identity, u64)>;
    /// Writes a new file's contents.
    fn write(&self, file: &Self::File, bytes: &[u8]) -> Outcome<()>;
    /// Maps a file of a semaphore's length, to be shared.
    fn map(&self, file: &Self::File) -> Outcome<NonNull<Semaphore>>;
    /// Gives a file a further name.
    fn link(&self, old: &CStr, new: &CStr) -> Outcome<()>;
    /// Removes a name.
    fn unlink(&self, path: &CStr) -> Outcome<()>;
    /// A name in the same directory that was never used before.
    fn fresh_path(&self) -> CString;
}

/// Opens the semaphore at a path, as `sem_open` does.
pub fn open<S: Store>(
    store: &S,
    table: &mut Table,
    path: &CStr,
    flags: OpenFlags,
    mode: u32,
    value: u32,
) -> Outcome<NonNull<Semaphore>> {
    let existing = OpenFlags::READ_WRITE | OpenFlags::NO_FOLLOW | OpenFlags::CLOSE_ON_EXEC;
    if !flags.contains(OpenFlags::CREATE) {
        return map(store, table, &store.open(path, existing, 0)?);
    }
    if value > SEM_VALUE_MAX {
        return Err(Errno::EINVAL);
    }
    let exclusive = flags.contains(OpenFlags::EXCLUSIVE);
    loop {
        if !exclusive {
            match store.open(path, existing, 0) {
                Err(Errno::ENOENT) => {}
                outcome => return map(store, table, &outcome?),
            }
        }
        match create(store, path, existing, mode, value) {
            // Another process made it in between: that one is opened.
            Err(Errno::EEXIST) if !exclusive => {}
            outcome => return map(store, table, &outcome?),
        }
    }
}

fn create<S: Store>(
    store: &S,
    path: &CStr,
    flags: OpenFlags,
    mode: u32,
    value: u32,
) -> Outcome<S::File> {
    let flags = flags | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let (fresh, file) = loop {
        let fresh = store.fresh_path();
        match store.open(&fresh, flags, mode) {
            // Left by a process that died right here, and had this one's number.
            Err(Errno::EEXIST) => {}
            outcome => break (fresh, outcome?),
        }
    };
    let written = store.write(&file, &Semaphore::bytes(value));
    let linked = written.and_then(|()| store.link(&fresh, path));
    // The name was a means; the file lives on by the other one, if it has that.
    let _ = store.unlink(&fresh);
    linked.map(|()| file)
}

fn map<S: Store>(store: &S, table: &mut Table, file: &S::File) -> Outcome<NonNull<Semaphore>> {
    let (identity, length) = store.identify(file)?;
    if length < size_of::<Semaphore>() as u64 {
        return Err(Errno::EINVAL);
    }
    if let Some(address) = table.again(identity) {
        return Ok(address);
    }
    let address = store.map(file)?;
    table.add(identity, address);
    Ok(address)
}
