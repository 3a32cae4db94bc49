//! What the archive shall contain: names with files, directories and symbolic links, in sorted order.

use crate::MAX_IMAGE_SIZE;
use crate::archive::TRAILER;
use crate::error::Error;
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The hashes of passwords, which only root may read, whatever the mode on the host: a version control
/// system does not keep that.
const SHADOW: &[u8] = b"etc/shadow";
const OWNERS_ALONE: u32 = 0o600;

/// Permission bits of a file or directory, with set-id and sticky bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// What programs and directories have that nobody gave a mode.
    pub const DEFAULT: Self = Self(0o755);

    /// Takes the permission bits of any mode word.
    #[must_use]
    pub const fn new(bits: u32) -> Self {
        Self(bits & 0o7777)
    }

    /// The bits, without a file type.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    fn of(metadata: &Metadata) -> Self {
        Self::new(metadata.permissions().mode())
    }
}

/// A name in the archive: without a leading slash, without empty, `.` and `..` components.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchivePath(Vec<u8>);

impl ArchivePath {
    /// Checks a path as a person writes it, with a leading slash.
    pub fn new(path: &[u8]) -> Result<Self, Error> {
        let bad = |why| Err(Error::BadName(String::from_utf8_lossy(path).into_owned(), why));
        let Some(relative) = path.strip_prefix(b"/") else {
            return bad("it must begin with a slash");
        };
        if relative.contains(&0) {
            return bad("it contains a NUL");
        }
        if relative == TRAILER.as_bytes() {
            return bad("this name ends an archive");
        }
        if relative.split(|&byte| byte == b'/').any(|part| matches!(part, b"" | b"." | b"..")) {
            return bad("a part of it is empty, '.' or '..'");
        }
        Ok(Self(relative.to_vec()))
    }

    /// The name as it stands in the archive.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn parent(&self) -> Option<Self> {
        let slash = self.0.iter().rposition(|&byte| byte == b'/')?;
        Some(Self(self.0[..slash].to_vec()))
    }

    fn display(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

/// One thing with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A directory, which may be empty.
    Directory {
        /// Its permissions.
        mode: Mode,
    },
    /// A regular file.
    File {
        /// Its permissions.
        mode: Mode,
        /// All of its bytes.
        data: Vec<u8>,
    },
    /// A symbolic link.
    SymbolicLink {
        /// The path it stands for, as written.
        target: Vec<u8>,
    },
}

/// Everything that goes into the archive, sorted by name: a directory comes before what it holds.
#[derive(Debug, Default)]
pub struct Contents {
    nodes: BTreeMap<ArchivePath, Node>,
    /// The bytes of all files read so far, to stop before a tree fills the host's memory.
    size: u64,
}

impl Contents {
    /// The names and what they stand for, in the archive's order.
    pub fn iter(&self) -> impl Iterator<Item = (&ArchivePath, &Node)> {
        self.nodes.iter()
    }

    /// Adds one thing, with the directories above it. A directory may be added again.
    pub fn add(&mut self, path: ArchivePath, node: Node) -> Result<(), Error> {
        let mut above = path.parent();
        while let Some(directory) = above {
            above = directory.parent();
            let known = self
                .nodes
                .entry(directory.clone())
                .or_insert(Node::Directory { mode: Mode::DEFAULT });
            if !matches!(known, Node::Directory { .. }) {
                return Err(Error::NotADirectory(directory.display()));
            }
        }
        match (self.nodes.get(&path), &node) {
            (None, _) => {}
            (Some(Node::Directory { .. }), Node::Directory { .. }) => return Ok(()),
            _ => return Err(Error::Duplicate(path.display())),
        }
        self.nodes.insert(path, node);
        Ok(())
    }

    /// Adds what has a name that nothing here has.
    pub fn add_missing(&mut self, others: Self) -> Result<(), Error> {
        for (path, node) in others.nodes {
            if !self.nodes.contains_key(&path) {
                self.add(path, node)?;
            }
        }
        Ok(())
    }

    /// Adds the file `source` as `path`, with the given mode or else its own.
    pub fn add_file(
        &mut self,
        path: ArchivePath,
        source: &Path,
        mode: Option<Mode>,
    ) -> Result<(), Error> {
        let metadata = fs::metadata(source).map_err(Error::io("read", source))?;
        if !metadata.is_file() {
            return Err(Error::UnsupportedKind(source.into()));
        }
        self.size = self.size.saturating_add(metadata.len());
        if self.size > MAX_IMAGE_SIZE as u64 {
            return Err(Error::ImageTooLarge { size: self.size });
        }
        let data = fs::read(source).map_err(Error::io("read", source))?;
        let mut mode = mode.unwrap_or(Mode::of(&metadata));
        if path.bytes() == SHADOW {
            mode = Mode::new(mode.bits() & OWNERS_ALONE);
        }
        self.add(path, Node::File { mode, data })
    }

    /// Adds everything below the directory `source` under `path`, with the modes it has. The path `/`
    /// is the archive's root.
    pub fn add_tree(&mut self, path: &[u8], source: &Path) -> Result<(), Error> {
        let metadata = fs::metadata(source).map_err(Error::io("read", source))?;
        if !metadata.is_dir() {
            return Err(Error::Usage(format!("{} is not a directory", source.display())));
        }
        if path == b"/" {
            return self.add_children(b"", source);
        }
        self.add(ArchivePath::new(path)?, Node::Directory { mode: Mode::of(&metadata) })?;
        self.add_children(path, source)
    }

    fn add_children(&mut self, path: &[u8], source: &Path) -> Result<(), Error> {
        for child in fs::read_dir(source).map_err(Error::io("list", source))? {
            let child = child.map_err(Error::io("list", source))?;
            let child_path = [path, b"/", child.file_name().as_bytes()].concat();
            self.add_child(&child_path, &child.path())?;
        }
        Ok(())
    }

    fn add_child(&mut self, path: &[u8], source: &Path) -> Result<(), Error> {
        let kind = fs::symlink_metadata(source).map_err(Error::io("read", source))?.file_type();
        if kind.is_dir() {
            self.add_tree(path, source)
        } else if kind.is_file() {
            self.add_file(ArchivePath::new(path)?, source, None)
        } else if kind.is_symlink() {
            let target = fs::read_link(source).map_err(Error::io("read", source))?;
            let target = target.as_os_str().as_bytes().to_vec();
            self.add(ArchivePath::new(path)?, Node::SymbolicLink { target })
        } else {
            Err(Error::UnsupportedKind(source.into()))
        }
    }
}

#[cfg(test)]
mod tests;
