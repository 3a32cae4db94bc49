//! Tests of symbolic links, exchanges and paths without a file behind them.

use super::tests::{System, read, write};
use super::*;
use abi::file::{S_IFLNK, S_IFMT};

const READ: OpenFlags = OpenFlags::empty();
const CREATE: OpenFlags = OpenFlags::CREATE;
const PATH: OpenFlags = OpenFlags::PATH;

fn make_link(system: &System, target: &str, path: &str) -> Result<(), Errno> {
    system.namespace.make_link(&system.context(), path.as_bytes(), target.as_bytes())
}

#[test]
fn a_link_leads_where_it_says_and_is_a_file_of_its_own() {
    let system = System::new();
    write(&system.create("tmp/file"), b"hello").unwrap();
    make_link(&system, "file", "tmp/link").unwrap();
    assert_eq!(read(&system.open("tmp/link", READ).unwrap(), 9).unwrap(), b"hello");
    let text = system.namespace.read_link(&system.context(), b"tmp/link");
    assert_eq!(text.as_deref(), Ok(&b"file"[..]));
    let link = system.open("tmp/link", PATH | OpenFlags::NO_FOLLOW).unwrap().stat();
    assert_eq!((link.st_mode & S_IFMT, link.st_mode & 0o777, link.st_size), (S_IFLNK, 0o777, 4));
    assert_eq!(system.error("tmp/link", OpenFlags::NO_FOLLOW), Errno::ELOOP);
    let directory = OpenFlags::NO_FOLLOW | OpenFlags::DIRECTORY;
    assert_eq!(system.error("tmp/link", directory), Errno::ENOTDIR);
    assert_eq!(make_link(&system, "other", "tmp/link"), Err(Errno::EEXIST));
    assert_eq!(make_link(&system, "other", "tmp/new/"), Err(Errno::ENOENT));
    assert_eq!(make_link(&system, "other", "bin/new"), Err(Errno::EROFS));
    assert_eq!(make_link(&system, "other", "dev/shm/new"), Err(Errno::EPERM));
    system.unlink("tmp/link").unwrap();
    assert!(system.open("tmp/file", READ).is_ok());
}

#[test]
fn a_link_to_nothing_is_filled_in_by_a_creation_but_not_by_an_exclusive_one() {
    let system = System::new();
    make_link(&system, "made", "tmp/link").unwrap();
    assert_eq!(system.error("tmp/link", READ), Errno::ENOENT);
    assert_eq!(system.error("tmp/link", CREATE | OpenFlags::EXCLUSIVE), Errno::EEXIST);
    system.create("tmp/link");
    assert_eq!(system.names("tmp"), [".", "..", "link", "made"]);
    make_link(&system, "circle", "tmp/circle").unwrap();
    assert_eq!(system.error("tmp/circle", READ), Errno::ELOOP);
    assert_eq!(system.error("tmp/circle/below", READ), Errno::ELOOP);
}

#[test]
fn a_place_in_the_tree_needs_no_permission_and_reads_nothing() {
    let mut system = System::new();
    system.credentials = crate::process::Credentials { uid: 1000, gid: 1000 };
    let file = system.open("etc/secret", PATH | OpenFlags::READ_WRITE).unwrap();
    assert_eq!(file.stat().st_size, 6);
    assert_eq!(read(&file, 1), Err(Errno::EBADF));
    assert_eq!(write(&file, b"x"), Err(Errno::EBADF));
    assert_eq!(system.error("private/x", PATH), Errno::EACCES);
    assert_eq!(system.error("etc/motd", PATH | OpenFlags::DIRECTORY), Errno::ENOTDIR);
}

#[test]
fn two_names_change_places_or_a_new_one_is_kept() {
    let system = System::new();
    write(&system.create("tmp/one"), b"1").unwrap();
    system.make_directory("tmp/two").unwrap();
    system.create("tmp/two/inside");
    let rename = |old, new, rule| system.rename_by(old, new, rule);
    assert_eq!(rename("tmp/one", "tmp/two", Rule::KeepNew), Err(Errno::EEXIST));
    assert_eq!(rename("tmp/one", "tmp/none", Rule::Exchange), Err(Errno::ENOENT));
    assert_eq!(rename("tmp/one", "tmp/two", Rule::Replace), Err(Errno::EISDIR));
    rename("tmp/one", "tmp/two", Rule::Exchange).unwrap();
    assert_eq!(read(&system.open("tmp/two", READ).unwrap(), 9).unwrap(), b"1");
    assert_eq!(system.names("tmp/one"), [".", "..", "inside"]);
    system.make_directory("tmp/one/deep").unwrap();
    assert_eq!(rename("tmp/one", "tmp/one/deep", Rule::Exchange), Err(Errno::EINVAL));
    rename("tmp/two", "tmp/one/deep", Rule::Exchange).unwrap();
    assert_eq!(system.remove_directory("tmp/two"), Ok(()));
    assert_eq!(rename("tmp/one/deep", "tmp/new", Rule::KeepNew), Ok(()));
}

#[test]
fn a_file_without_a_name_gets_none_again() {
    let system = System::new();
    let file = system.create("tmp/file");
    system.unlink("tmp/file").unwrap();
    let context = system.context();
    let linked = system.namespace.link_node(file.node(), (&context, b"tmp/again"));
    assert_eq!(linked, Err(Errno::ENOENT));
}

#[test]
fn the_path_of_an_open_file_is_told_as_it_is_now() {
    let system = System::new();
    let file = system.create("tmp/file");
    let text = || String::from_utf8(system.namespace.text_of(&file.place()).unwrap()).unwrap();
    assert_eq!(text(), "/tmp/file");
    system.rename("tmp/file", "tmp/other").unwrap();
    assert_eq!(text(), "/tmp/other");
    system.unlink("tmp/other").unwrap();
    assert_eq!(text(), "/tmp/file (deleted)");
}
