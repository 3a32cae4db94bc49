//! Files whose contents are written when they are read.
//!
//! A read from the beginning writes the text anew, and those that follow read on in it, so that a
//! program that reads in small parts sees one state. Of a very long text only a stretch is kept.

use crate::fs::node::{Identity, Node, Waiting};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::sync::{Lock, Rank};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::Stat;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// The most of a text that is kept.
const KEPT: usize = 65_536;

/// A text that is being written: a stretch of it is kept.
pub struct Text {
    skip: usize,
    bytes: Vec<u8>,
}

impl Text {
    const fn from(offset: usize) -> Self {
        Self { skip: offset, bytes: Vec::new() }
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        let room = KEPT - self.bytes.len();
        let kept = &bytes[skipped..];
        self.bytes.extend_from_slice(&kept[..kept.len().min(room)]);
    }

    /// Whether no more of it is kept: the rest need not be written.
    pub const fn is_full(&self) -> bool {
        self.bytes.len() == KEPT
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// What writes a text.
pub type Writer = Box<dyn Fn(&mut Text) -> Result<(), Errno> + Send + Sync>;

/// A stretch of the text that was written.
struct Stretch {
    start: usize,
    bytes: Arc<[u8]>,
}

/// A file whose contents are written when they are read.
pub struct TextFile {
    identity: Identity,
    permissions: Permissions,
    writer: Writer,
    stretch: Lock<Option<Stretch>>,
}

impl TextFile {
    /// A file with this text.
    pub fn new(identity: Identity, permissions: Permissions, writer: Writer) -> Self {
        let stretch = Lock::new(Rank::FileAttributes, None);
        Self { identity, permissions, writer, stretch }
    }

    fn kept(&self, offset: usize) -> Option<Arc<[u8]>> {
        let stretch = self.stretch.lock();
        let Stretch { start, bytes } = stretch.as_ref()?;
        let at = offset.checked_sub(*start)?;
        // At the end of a stretch that is not full the text ends.
        let is_end = at == bytes.len() && bytes.len() < KEPT;
        (at < bytes.len() || is_end).then(|| Arc::from(&bytes[at..]))
    }

    fn write_from(&self, offset: usize) -> Result<Arc<[u8]>, Errno> {
        let mut text = Text::from(offset);
        (self.writer)(&mut text)?;
        let bytes: Arc<[u8]> = text.bytes.into();
        let old = self.stretch.lock().replace(Stretch { start: offset, bytes: bytes.clone() });
        drop(old);
        Ok(bytes)
    }
}

impl Node for TextFile {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn permissions(&self) -> Permissions {
        self.permissions
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn is_read_only(&self) -> bool {
        true
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        let offset = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let kept = if offset == 0 { None } else { self.kept(offset) };
        let bytes = kept.map_or_else(|| self.write_from(offset), Ok)?;
        if bytes.is_empty() { Ok(0) } else { to.put(&bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::node::FileSystem;
    use core::fmt::Write;
    use core::sync::atomic::{AtomicU32, Ordering};

    fn file(writer: Writer) -> TextFile {
        let identity = Identity { file_system: FileSystem::Processes, inode: 1 };
        TextFile::new(identity, Permissions { mode: 0o444, uid: 0, gid: 0 }, writer)
    }

    fn read(file: &TextFile, offset: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut to = UserBuffer::kernel(&mut bytes);
        let count = file.read(offset, &mut to, Waiting::Allowed).unwrap();
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn small_reads_see_one_state_and_a_new_beginning_a_new_one() {
        let count = AtomicU32::new(0);
        let file = file(Box::new(move |text| {
            let _ = write!(text, "state {}", count.fetch_add(1, Ordering::Relaxed));
            Ok(())
        }));
        assert_eq!(read(&file, 0, 3), b"sta");
        assert_eq!(read(&file, 3, 9), b"te 0");
        assert_eq!(read(&file, 7, 9), b"");
        assert_eq!(read(&file, 0, 9), b"state 1");
        assert_eq!(read(&file, 100, 9), b"");
    }

    #[test]
    fn a_long_text_is_read_whole_though_little_of_it_is_kept() {
        let file = file(Box::new(|text| {
            for line in 0..20_000 {
                let _ = writeln!(text, "line {line}");
            }
            Ok(())
        }));
        let mut all = Vec::new();
        loop {
            let part = read(&file, all.len() as u64, 4000);
            if part.is_empty() {
                break;
            }
            all.extend(part);
        }
        assert_eq!(all.iter().filter(|byte| **byte == b'\n').count(), 20_000);
        assert!(all.ends_with(b"line 19999\n"));
    }
}
