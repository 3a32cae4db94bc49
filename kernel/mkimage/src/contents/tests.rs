//! Trees on the host, and names that must be refused.

use super::*;
use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use tempfile::TempDir;

fn path(text: &str) -> ArchivePath {
    ArchivePath::new(text.as_bytes()).unwrap()
}

fn names(contents: &Contents) -> Vec<String> {
    contents.iter().map(|(path, _)| path.display()).collect()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A directory with a program, a link to it, an empty directory and a note further down.
fn tree() -> TempDir {
    let root = TempDir::new().unwrap();
    fs::create_dir_all(root.path().join("deep/er")).unwrap();
    fs::create_dir(root.path().join("empty")).unwrap();
    fs::write(root.path().join("deep/er/note"), "found").unwrap();
    set_mode(&root.path().join("deep/er/note"), 0o640);
    fs::write(root.path().join("program"), [0xFF, 0x00]).unwrap();
    set_mode(&root.path().join("program"), 0o755);
    set_mode(&root.path().join("empty"), 0o700);
    symlink("program", root.path().join("alias")).unwrap();
    root
}

#[test]
fn a_tree_is_added_whole_with_modes_and_links() {
    let root = tree();
    let mut contents = Contents::default();
    contents.add_tree(b"/extra", root.path()).unwrap();
    assert_eq!(
        names(&contents),
        [
            "extra",
            "extra/alias",
            "extra/deep",
            "extra/deep/er",
            "extra/deep/er/note",
            "extra/empty",
            "extra/program",
        ]
    );
    let node = |name: &str| contents.nodes.get(&path(name)).unwrap();
    assert_eq!(*node("/extra/alias"), Node::SymbolicLink { target: b"program".to_vec() });
    assert_eq!(*node("/extra/empty"), Node::Directory { mode: Mode::new(0o700) });
    let note = Node::File { mode: Mode::new(0o640), data: b"found".to_vec() };
    assert_eq!(*node("/extra/deep/er/note"), note);
}

#[test]
fn a_tree_can_be_the_root_and_trees_can_meet_in_a_directory() {
    let root = tree();
    let mut contents = Contents::default();
    contents.add(path("/deep/program"), Node::Directory { mode: Mode::DEFAULT }).unwrap();
    contents.add_tree(b"/", root.path()).unwrap();
    assert_eq!(
        names(&contents),
        ["alias", "deep", "deep/er", "deep/er/note", "deep/program", "empty", "program"]
    );
}

#[test]
fn what_is_usual_gives_way_to_what_is_given() {
    let file = |data: &[u8]| Node::File { mode: Mode::new(0o644), data: data.to_vec() };
    let mut contents = Contents::default();
    contents.add(path("/etc/passwd"), file(b"given")).unwrap();
    let mut usual = Contents::default();
    usual.add(path("/etc/passwd"), file(b"usual")).unwrap();
    usual.add(path("/etc/group"), file(b"usual")).unwrap();
    contents.add_missing(usual).unwrap();
    assert_eq!(names(&contents), ["etc", "etc/group", "etc/passwd"]);
    assert_eq!(*contents.nodes.get(&path("/etc/passwd")).unwrap(), file(b"given"));
}

#[test]
fn hashes_of_passwords_are_for_root_alone_whatever_the_host_says() {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    for name in ["etc/shadow", "shadow"] {
        fs::write(root.path().join(name), "root:!:").unwrap();
        set_mode(&root.path().join(name), 0o664);
    }
    let mut contents = Contents::default();
    contents.add_tree(b"/", root.path()).unwrap();
    let mode = |name: &str| match contents.nodes.get(&path(name)) {
        Some(Node::File { mode, .. }) => mode.bits(),
        other => panic!("{other:?}"),
    };
    assert_eq!((mode("/etc/shadow"), mode("/shadow")), (0o600, 0o664));
}

#[test]
fn directories_above_a_file_are_made() {
    let mut contents = Contents::default();
    contents.add(path("/a/b/c"), Node::File { mode: Mode::DEFAULT, data: vec![] }).unwrap();
    assert_eq!(names(&contents), ["a", "a/b", "a/b/c"]);
}

#[test]
fn a_name_given_twice_is_refused() {
    let mut contents = Contents::default();
    let file = Node::File { mode: Mode::DEFAULT, data: vec![] };
    contents.add(path("/bin/ls"), file.clone()).unwrap();
    assert!(matches!(contents.add(path("/bin/ls"), file.clone()), Err(Error::Duplicate(_))));
    let directory = Node::Directory { mode: Mode::DEFAULT };
    assert!(matches!(contents.add(path("/bin/ls"), directory), Err(Error::Duplicate(_))));
    assert!(matches!(contents.add(path("/bin"), file.clone()), Err(Error::Duplicate(_))));
    assert!(matches!(contents.add(path("/bin/ls/x"), file), Err(Error::NotADirectory(_))));
}

#[test]
fn names_that_the_format_or_the_kernel_cannot_hold_are_refused() {
    for bad in ["", "bin", "/", "/a//b", "/a/", "/./a", "/a/..", "/nul\0here", "/TRAILER!!!"] {
        assert!(matches!(ArchivePath::new(bad.as_bytes()), Err(Error::BadName(..))), "{bad:?}");
    }
    ArchivePath::new(b"/not utf-8 \xFF").expect("names are bytes");
    ArchivePath::new(b"/extra/TRAILER!!!").expect("only the whole name ends an archive");
}

#[test]
fn other_kinds_of_files_are_refused_by_name() {
    let root = TempDir::new().unwrap();
    let _listener = UnixListener::bind(root.path().join("socket")).unwrap();
    let error = Contents::default().add_tree(b"/extra", root.path()).unwrap_err();
    assert!(matches!(&error, Error::UnsupportedKind(path) if path.ends_with("socket")));
    assert!(error.to_string().contains("socket is neither a file"));
}

#[test]
fn a_file_too_large_for_an_image_is_refused_before_it_is_read() {
    let root = TempDir::new().unwrap();
    let sparse = fs::File::create(root.path().join("huge")).unwrap();
    sparse.set_len(5 << 30).unwrap();
    let error = Contents::default().add_tree(b"/extra", root.path()).unwrap_err();
    assert!(matches!(error, Error::ImageTooLarge { size } if size == 5 << 30));
}

#[test]
fn a_missing_source_is_named() {
    let missing = Path::new(OsStr::new("/nonexistent/program"));
    let error = Contents::default().add_file(path("/bin/x"), missing, None).unwrap_err();
    assert!(error.to_string().starts_with("cannot read /nonexistent/program: "));
}
