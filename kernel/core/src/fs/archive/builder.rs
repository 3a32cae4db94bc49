//! Making the tree of an archive's entries.

use super::node::{ArchiveNode, Contents, Image};
use super::reader::{ArchiveError, Entries, Entry};
use crate::fs::node::{Node, NodeRef};
use crate::fs::permission::Permissions;
use crate::sync::{Lock, Rank};
use abi::file::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG};
use abi::limits::NAME_MAX;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::addr::PhysAddr;
use spin::Once;

/// A file of the tree while it is made.
struct Draft {
    entry: Entry<'static>,
    children: BTreeMap<&'static [u8], usize>,
}

impl Draft {
    /// A directory that no entry describes.
    const fn directory(offset: usize) -> Self {
        let entry = Entry {
            offset,
            name: b"",
            mode: S_IFDIR | 0o755,
            uid: 0,
            gid: 0,
            modified: 0,
            data_offset: 0,
            data: b"",
        };
        Self { entry, children: BTreeMap::new() }
    }

    const fn is_directory(&self) -> bool {
        self.entry.mode & S_IFMT == S_IFDIR
    }
}

/// The root directory of an archive that begins at `start`, with the directories in `points`
/// added for other file systems to be mounted on.
pub fn build(
    archive: &'static [u8],
    start: PhysAddr,
    points: &[&'static str],
) -> Result<NodeRef, ArchiveError> {
    let mut drafts = Vec::from([Draft::directory(0)]);
    for entry in Entries::new(archive) {
        add(&mut drafts, entry?)?;
    }
    for point in points {
        reach(&mut drafts, point.as_bytes(), archive.len())?;
    }
    Ok(finish(&drafts, start))
}

fn add(drafts: &mut Vec<Draft>, entry: Entry<'static>) -> Result<(), ArchiveError> {
    let at = entry.offset;
    if ![S_IFDIR, S_IFLNK, S_IFREG].contains(&(entry.mode & S_IFMT)) {
        return Err(ArchiveError::BadKind(at));
    }
    if entry.name.starts_with(b"/") {
        return Err(ArchiveError::BadName(at));
    }
    let path = entry.name.strip_prefix(b"./").unwrap_or(entry.name);
    let is_root = path == b"." || path.is_empty() && !entry.name.is_empty();
    let index = if is_root {
        0
    } else {
        let cut = path.iter().rposition(|byte| *byte == b'/');
        let (above, name) = cut.map_or((&b""[..], path), |cut| (&path[..cut], &path[cut + 1..]));
        let directory = reach(drafts, above, at)?;
        child(drafts, directory, name, at)?
    };
    let draft = &mut drafts[index];
    // A directory may have been made for what is in it before its own entry came.
    let is_new = draft.entry.name.is_empty();
    let agrees = draft.children.is_empty() || entry.mode & S_IFMT == S_IFDIR;
    if !is_new || !agrees {
        return Err(ArchiveError::Duplicate(at));
    }
    if is_root && entry.mode & S_IFMT != S_IFDIR {
        return Err(ArchiveError::BadKind(at));
    }
    draft.entry = entry;
    Ok(())
}

/// The directory with this path, made with those above it where they are missing.
fn reach(drafts: &mut Vec<Draft>, path: &'static [u8], at: usize) -> Result<usize, ArchiveError> {
    if path.is_empty() {
        return Ok(0);
    }
    let mut parts = path.split(|byte| *byte == b'/');
    let directory = parts.try_fold(0, |directory, name| child(drafts, directory, name, at))?;
    if drafts[directory].is_directory() {
        Ok(directory)
    } else {
        Err(ArchiveError::NotInDirectory(at))
    }
}

/// The file of this name in a directory; a new one is a directory for the time being.
fn child(
    drafts: &mut Vec<Draft>,
    directory: usize,
    name: &'static [u8],
    at: usize,
) -> Result<usize, ArchiveError> {
    if matches!(name, b"" | b"." | b"..") || name.len() > NAME_MAX {
        return Err(ArchiveError::BadName(at));
    }
    if !drafts[directory].is_directory() {
        return Err(ArchiveError::NotInDirectory(at));
    }
    let next = drafts.len();
    match drafts[directory].children.entry(name) {
        btree_map::Entry::Occupied(known) => Ok(*known.get()),
        btree_map::Entry::Vacant(place) => {
            place.insert(next);
            drafts.push(Draft::directory(at));
            Ok(next)
        }
    }
}

/// Makes the nodes: a directory comes before its files in `drafts`, and so does its node.
fn finish(drafts: &[Draft], start: PhysAddr) -> NodeRef {
    let mut parents = alloc::vec![0; drafts.len()];
    for (index, draft) in drafts.iter().enumerate() {
        for child in draft.children.values() {
            parents[*child] = index;
        }
    }
    let mut nodes: Vec<Arc<ArchiveNode>> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let parent = nodes.get(parents[index]).map_or_else(Weak::new, Arc::downgrade);
        nodes.push(Arc::new(node(index, &draft.entry, parent, start)));
    }
    for (node, draft) in nodes.iter().zip(drafts) {
        if let Contents::Directory(children) = &node.contents {
            let named = draft.children.iter().map(|(name, index)| (*name, nodes[*index].clone()));
            children.call_once(|| named.collect());
        }
        // Programs become regions now, so that the first run of one holds no more memory after
        // its end than before. Where that fails the run itself tells why.
        if draft.entry.mode & S_IFMT == S_IFREG && draft.entry.mode & 0o111 != 0 {
            drop(node.clone().region());
        }
    }
    nodes[0].clone()
}

fn node(
    index: usize,
    entry: &Entry<'static>,
    parent: Weak<ArchiveNode>,
    start: PhysAddr,
) -> ArchiveNode {
    let contents = match entry.mode & S_IFMT {
        S_IFDIR => Contents::Directory(Once::new()),
        S_IFLNK => Contents::Link(entry.data),
        _ => Contents::File(
            entry.data,
            start.add(entry.data_offset as u64),
            Lock::new(Rank::FileAttributes, Image::None),
        ),
    };
    ArchiveNode {
        inode: index as u64 + 1,
        permissions: Permissions { mode: entry.mode, uid: entry.uid, gid: entry.gid },
        modified: entry.modified,
        parent,
        contents,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::tests::archive;
    use super::*;
    use abi::Errno;

    fn tree(files: &[(&str, u32, &[u8])]) -> Result<NodeRef, ArchiveError> {
        build(archive(files).leak(), PhysAddr::new(0x1000), &["dev", "tmp"])
    }

    fn look_up(root: &NodeRef, path: &str) -> Result<NodeRef, Errno> {
        path.split('/').try_fold(root.clone(), |node, name| {
            node.directory().ok_or(Errno::ENOTDIR)?.lookup(name.as_bytes())
        })
    }

    #[test]
    fn files_are_found_where_their_paths_say() {
        crate::testing::set_up_memory();
        let root = tree(&[
            (".", 0o040700, b""),
            ("./bin/a", 0o100755, b"hello"),
            ("bin", 0o040711, b""),
            ("l", 0o120777, b"bin/a"),
        ])
        .unwrap();
        assert_eq!(root.permissions().mode, 0o040700);
        assert_eq!(look_up(&root, "bin").unwrap().permissions().mode, 0o040711);
        assert_eq!(look_up(&root, "bin/a").unwrap().length(), 5);
        assert_eq!(look_up(&root, "l").unwrap().link_target(), Some(&b"bin/a"[..]));
        assert!(look_up(&root, "dev").unwrap().directory().is_some());
        assert_eq!(look_up(&root, "x").err(), Some(Errno::ENOENT));
    }

    #[test]
    fn a_directory_knows_what_is_above_it() {
        let root = tree(&[("a/b/c", 0o100644, b"")]).unwrap();
        let inner = look_up(&root, "a/b").unwrap();
        let above = inner.directory().unwrap().parent().unwrap();
        assert_eq!(above.identity(), look_up(&root, "a").unwrap().identity());
        assert!(root.directory().unwrap().parent().is_none());
    }

    #[test]
    fn archives_that_contradict_themselves_are_refused() {
        let twice = tree(&[("a", 0o100644, b""), ("a", 0o100644, b"")]);
        assert!(matches!(twice, Err(ArchiveError::Duplicate(_))));
        let inside = tree(&[("a", 0o100644, b""), ("a/b", 0o100644, b"")]);
        assert!(matches!(inside, Err(ArchiveError::NotInDirectory(_))));
        let covered = tree(&[("a/b", 0o100644, b""), ("a", 0o100644, b"")]);
        assert!(matches!(covered, Err(ArchiveError::Duplicate(_))));
        for name in ["../a", "a//b", "/a", "a/./b", ""] {
            assert!(matches!(tree(&[(name, 0o100644, b"")]), Err(ArchiveError::BadName(_))));
        }
        assert!(matches!(tree(&[("a", 0o060644, b"")]), Err(ArchiveError::BadKind(_))));
        assert!(matches!(tree(&[("tmp", 0o100644, b"")]), Err(ArchiveError::NotInDirectory(_))));
    }
}
