//! Paths, in a name space of an archive and `/tmp`: calls with any of them, by root or by somebody else.
//!
//! A directory that is found is found again by the path that it tells; what was made is listed and can be removed;
//! who is not root comes to nothing that only root may read; and no memory is left behind.

use crate::input::Input;
use crate::machine::without_leak;
use crate::system::{ROOT, System, USER, archive, read_at, write};
use crate::volume::Disk;
use abi::Errno;
use abi::file::OpenFlags;
use kcore::fs::{Follow, Rule};

/// Calls of one input at most.
const CALLS: usize = 64;

/// Drives it.
pub fn run(bytes: &[u8]) {
    without_leak(|| calls(bytes));
}

fn calls(bytes: &[u8]) {
    let mut system = System::new(&files(), &Disk::empty()).expect("a sound archive");
    let mut input = Input::new(bytes);
    for _ in 0..CALLS {
        if input.is_empty() {
            break;
        }
        call(&mut system, &mut input);
    }
}

fn files() -> Vec<u8> {
    archive(&[
        ("etc", 0o040755, b""),
        ("etc/motd", 0o100644, b"hello"),
        ("etc/secret", 0o100600, b"root's"),
        ("private", 0o040700, b""),
        ("private/x", 0o100644, b"root's"),
        ("link", 0o120777, b"etc/motd"),
        ("loop", 0o120777, b"/loop"),
        ("below", 0o120777, b"tmp"),
        ("in", 0o120777, b"private/x"),
    ])
}

fn call(system: &mut System, input: &mut Input<'_>) {
    let operation = input.u8();
    system.credentials = if operation & 0x80 == 0 { ROOT } else { USER };
    let path = text(input);
    match operation % 12 {
        0 | 1 => find(system, path),
        2 => open(system, path, OpenFlags::empty()),
        3 => open(system, path, OpenFlags::CREATE | OpenFlags::READ_WRITE),
        4 => open(system, path, OpenFlags::from_bits_retain(input.u32() & !0o20_0000)),
        5 => make(system, path, system.make_directory(path)),
        6 => make(system, path, system.make_link(path, text(input))),
        7 => drop(system.unlink(path)),
        8 => drop(system.remove_directory(path)),
        9 => drop(system.rename(path, text(input), Rule::Replace)),
        10 => drop(system.rename(path, text(input), Rule::Exchange)),
        _ => drop(system.link(path, text(input))),
    }
}

/// A path ends before its NUL.
fn text<'a>(input: &mut Input<'a>) -> &'a [u8] {
    input.counted().split(|byte| *byte == 0).next().unwrap_or_default()
}

fn find(system: &System, path: &[u8]) {
    for follow in [Follow::Yes, Follow::No] {
        let Ok(node) = system.find(path, follow) else { continue };
        if let Ok(link) = system.namespace.read_link(&system.context(), path) {
            assert!(follow == Follow::No || !link.is_empty() || node.directory().is_none());
        }
        if node.directory().is_none() {
            continue;
        }
        match system.namespace.path_of(&node) {
            Ok(told) => {
                let (before, asked) = (node.identity(), System::find(system, &told, Follow::No));
                // Who may not walk there by its whole path came by a link, or not at all.
                let again = asked.map(|node| node.identity());
                assert!(again == Ok(before) || system.credentials.uid != 0, "{told:?}");
            }
            Err(error) => assert_eq!(error, Errno::ENAMETOOLONG),
        }
    }
}

fn open(system: &System, path: &[u8], flags: OpenFlags) {
    let Ok(file) = system.open(path, flags) else { return };
    let is_directory = file.node().directory().is_some();
    // Devices and the kernel's tables are no matter of paths.
    let of =
        |name: &[u8]| system.find(name, Follow::No).map(|node| node.identity().file_system).ok();
    let here = Some(file.node().identity().file_system);
    let is_plain = [&b"/etc"[..], b"/tmp"].iter().any(|name| of(name) == here);
    if is_directory || !is_plain {
        return;
    }
    let _ = write(&file, b"text");
    let read = read_at(&file, 0, 100).unwrap_or_default();
    assert!(system.credentials.uid == 0 || read != b"root's", "{path:?} is root's");
}

/// What was made is there, and its name is listed in the directory above.
fn make(system: &System, path: &[u8], outcome: Result<(), Errno>) {
    if outcome.is_err() {
        return;
    }
    let trimmed = path.trim_ascii_end();
    let end = trimmed.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    if end == 0 || trimmed.len() != path.len() {
        return;
    }
    let cut = path[..end].iter().rposition(|byte| *byte == b'/').map_or(0, |cut| cut + 1);
    let (above, name) = path[..end].split_at(cut);
    if matches!(name, b"." | b"..") {
        return;
    }
    let directory = if above.is_empty() { b"." } else { above };
    assert!(system.find(&path[..end], Follow::No).is_ok(), "{path:?} was made");
    let listed = system.names(directory).iter().any(|other| other == name);
    assert!(listed || system.credentials.uid != 0, "{path:?} is not listed");
}
