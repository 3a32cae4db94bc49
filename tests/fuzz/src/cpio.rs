//! The archive that boot takes its files from: any bytes.
//!
//! Entries lie within the archive, names come out as they went in, every file can be reached by its path and
//! holds the bytes of its entry, every directory knows its own path, and no memory is left behind.

use crate::machine::without_leak;
use crate::system::{System, read_at};
use crate::volume::Disk;
use abi::file::{OpenFlags, S_IFDIR, S_IFLNK, S_IFMT};
use kcore::fs::Follow;
use kcore::fs::testing::{Entries, Entry};

/// Drives it.
pub fn run(bytes: &[u8]) {
    let entries: Result<Vec<_>, _> =
        Entries::new(bytes).inspect(|entry| check(entry, bytes)).collect();
    without_leak(|| build(bytes, entries.as_deref()));
}

fn build<E>(bytes: &[u8], entries: Result<&[Entry<'_>], &E>) {
    let system = System::new(bytes, &Disk::empty());
    if let (Ok(entries), Ok(system)) = (entries, &system) {
        // Of larger ones the rest adds nothing.
        entries.iter().take(64).for_each(|entry| find(system, entry));
        walk(system);
    }
}

fn check<E>(entry: &Result<Entry<'_>, E>, archive: &[u8]) {
    let Ok(entry) = entry else { return };
    let range = archive.as_ptr_range();
    let lies_within = |part: &[u8]| {
        let part = part.as_ptr_range();
        range.start <= part.start && part.end <= range.end
    };
    assert!(lies_within(entry.name) && lies_within(entry.data));
    assert_eq!(&archive[entry.data_offset..][..entry.data.len()], entry.data);
    assert!(!entry.name.contains(&0));
}

/// What an entry says is what the tree has.
fn find(system: &System, entry: &Entry<'_>) {
    let is_covered = [&b"dev"[..], b"proc", b"sys", b"sd", b"tmp"].iter().any(|point| {
        let path = entry.name.strip_prefix(b"./").unwrap_or(entry.name);
        path.strip_prefix(*point).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    });
    if is_covered || entry.name.len() > 4000 || entry.name.is_empty() {
        return;
    }
    let node = system.find(entry.name, Follow::No).expect("an entry is found by its name");
    assert_eq!(node.permissions().mode, entry.mode);
    match entry.mode & S_IFMT {
        S_IFDIR => assert!(node.directory().is_some()),
        S_IFLNK => assert_eq!(node.link_target(), Some(entry.data)),
        _ => {
            let file = system.open(entry.name, OpenFlags::empty()).expect("root may read");
            let read = read_at(&file, 0, entry.data.len() + 1).expect("it is in memory");
            assert_eq!(read, entry.data);
        }
    }
}

/// Looks at all files, by the names in their directories.
fn walk(system: &System) {
    let mut paths = vec![Vec::from(b"/")];
    let mut left = 500;
    while let Some(path) = paths.pop() {
        for name in system.names(&path) {
            let below = [&path[..], &name, b"/"].concat();
            left -= 1;
            if left == 0
                || below.len() > 4000
                || [&b"/dev/"[..], b"/proc/", b"/sys/", b"/sd/", b"/tmp/"].contains(&&below[..])
            {
                continue;
            }
            let node = system.find(&below[..below.len() - 1], Follow::No).expect("it was listed");
            if node.directory().is_some() {
                let told = system.namespace.path_of(&node).expect("it is in the tree");
                assert_eq!(told, below[..below.len() - 1]);
                paths.push(below);
            }
        }
        if left == 0 {
            return;
        }
    }
}
