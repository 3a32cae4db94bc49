//! A name space of an archive and a card, as one process uses it.

use crate::volume::{Card, Disk};
use abi::Errno;
use abi::file::OpenFlags;
use kcore::fs::testing::{self, name_space};
use kcore::fs::{Follow, MountError, Namespace, NodeRef, OpenFile, PathContext, Rule};
use kcore::process::Credentials;
use kcore::user_memory::{UserBuffer, UserData};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

/// Who may all.
pub const ROOT: Credentials = Credentials { uid: 0, gid: 0 };
/// Who may what everybody may.
pub const USER: Credentials = Credentials { uid: 1000, gid: 1000 };

/// A system, and the archive that its files lie in.
pub struct System {
    /// All names.
    pub namespace: ManuallyDrop<Namespace>,
    /// The file system at `/sd`.
    pub card: ManuallyDrop<testing::Card>,
    root: ManuallyDrop<NodeRef>,
    archive: NonNull<[u8]>,
    /// Who asks.
    pub credentials: Credentials,
}

impl System {
    /// A system with this archive and this card.
    pub fn new(archive: &[u8], card: &Disk) -> Result<Self, MountError> {
        let archive = NonNull::from(Box::leak(Box::<[u8]>::from(archive)));
        // SAFETY: it was leaked just now, and is freed when nothing of the name space is left.
        let bytes: &'static [u8] = unsafe { archive.as_ref() };
        let made = name_space(bytes, Box::new(Card(card.clone())));
        let (namespace, card) = made.inspect_err(|_| {
            // SAFETY: it was leaked above, and nothing was made of it.
            drop(unsafe { Box::from_raw(archive.as_ptr()) });
        })?;
        let root = ManuallyDrop::new(namespace.root().clone());
        Ok(Self {
            namespace: ManuallyDrop::new(namespace),
            card: ManuallyDrop::new(card),
            root,
            archive,
            credentials: ROOT,
        })
    }

    /// What paths mean to the process.
    pub fn context(&self) -> PathContext<'_> {
        PathContext { directory: Some(&self.root), credentials: self.credentials, umask: 0o022 }
    }

    /// Opens a file.
    pub fn open(&self, path: &[u8], flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
        self.namespace.open(&self.context(), path, flags, 0o666)
    }

    /// The file at the end of a path.
    pub fn find(&self, path: &[u8], follow: Follow) -> Result<NodeRef, Errno> {
        self.namespace.find(&self.context(), path, follow)
    }

    /// Makes a directory.
    pub fn make_directory(&self, path: &[u8]) -> Result<(), Errno> {
        self.namespace.make_directory(&self.context(), path, 0o777)
    }

    /// Removes a file's name.
    pub fn unlink(&self, path: &[u8]) -> Result<(), Errno> {
        self.namespace.unlink(&self.context(), path)
    }

    /// Removes an empty directory.
    pub fn remove_directory(&self, path: &[u8]) -> Result<(), Errno> {
        self.namespace.remove_directory(&self.context(), path)
    }

    /// Gives a file another name.
    pub fn rename(&self, old: &[u8], new: &[u8], rule: Rule) -> Result<(), Errno> {
        let context = self.context();
        self.namespace.rename((&context, old), (&context, new), rule)
    }

    /// Gives a file one more name.
    pub fn link(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        let context = self.context();
        self.namespace.link((&context, old, Follow::No), (&context, new))
    }

    /// Makes a symbolic link.
    pub fn make_link(&self, path: &[u8], target: &[u8]) -> Result<(), Errno> {
        self.namespace.make_link(&self.context(), path, target)
    }

    /// The names in a directory, without `.` and `..`, as far as it can be read.
    pub fn names(&self, path: &[u8]) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        let Ok(directory) = self.open(path, OpenFlags::DIRECTORY) else { return names };
        let mut buffer = [0; 1024];
        while let Ok(count) = directory.read_directory(&mut UserBuffer::kernel(&mut buffer))
            && count > 0
        {
            let mut records = &buffer[..count];
            while !records.is_empty() {
                let length = usize::from(u16::from_le_bytes([records[16], records[17]]));
                let (record, rest) = records.split_at(length);
                let name = record[19..].split(|byte| *byte == 0).next().unwrap_or_default();
                if !matches!(name, b"." | b"..") {
                    names.push(name.to_vec());
                }
                records = rest;
            }
        }
        names
    }
}

impl System {
    /// Removes all that is below a directory: its nodes have each other.
    fn remove_below(&self, directory: &[u8]) {
        for name in self.names(directory) {
            let path = [directory, b"/", &name].concat();
            if self.unlink(&path).is_err() {
                self.remove_below(&path);
                let _ = self.remove_directory(&path);
            }
        }
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.credentials = ROOT;
        self.remove_below(b"/tmp");
        self.card.forget();
        // SAFETY: none of these is used any more.
        unsafe { ManuallyDrop::drop(&mut self.card) };
        // SAFETY: as above.
        unsafe { ManuallyDrop::drop(&mut self.root) };
        // SAFETY: as above.
        unsafe { ManuallyDrop::drop(&mut self.namespace) };
        // SAFETY: it was leaked in `new`; files of the archive do not outlive the system, which is the
        // rule of all that use one.
        drop(unsafe { Box::from_raw(self.archive.as_ptr()) });
    }
}

/// Writes at a file's position.
pub fn write(file: &OpenFile, bytes: &[u8]) -> Result<usize, Errno> {
    file.write(&mut UserData::kernel(bytes))
}

/// Reads at most so many bytes from a place in a file.
pub fn read_at(file: &OpenFile, offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; length];
    let count = file.read_at(offset, &mut UserBuffer::kernel(&mut bytes))?;
    bytes.truncate(count);
    Ok(bytes)
}

/// An archive of these files, with its trailer.
pub fn archive(files: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, mode, data) in files.iter().chain(&[("TRAILER!!!", 0, &b""[..])]) {
        let (length, name_length) = (data.len() as u32, name.len() as u32 + 1);
        let fields = [1, *mode, 0, 0, 1, 77, length, 0, 0, 0, 0, name_length, 0];
        archive.extend_from_slice(b"070701");
        for field in fields {
            archive.extend_from_slice(format!("{field:08X}").as_bytes());
        }
        archive.extend_from_slice(name.as_bytes());
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(data);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive
}
