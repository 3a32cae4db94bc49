//! Tests of the name space: what each call says in each case, by POSIX and Linux.

use super::archive::build_archive;
use super::permission::Want;
use super::*;
use crate::process::Credentials;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{SEEK_END, SEEK_SET};

const ROOT: Credentials = Credentials { uid: 0, gid: 0 };
const USER: Credentials = Credentials { uid: 1000, gid: 1000 };
const CREATE: OpenFlags = OpenFlags::CREATE;
const READ: OpenFlags = OpenFlags::empty();

/// A system with a few files, used by one process.
pub struct System {
    pub namespace: Namespace,
    directory: NodeRef,
    pub credentials: Credentials,
}

impl System {
    pub fn new() -> Self {
        Self::with_card(Slot::new())
    }

    /// A system with this in its slot.
    pub fn with_card(slot: Slot) -> Self {
        let slot = Arc::new(slot);
        crate::testing::set_up_memory();
        let archive = build_archive(&[
            ("bin", 0o040755, b""),
            ("bin/tool", 0o100755, b"\x7fELF"),
            ("etc/motd", 0o100644, b"hello"),
            ("etc/secret", 0o100600, b"root's"),
            ("private", 0o040700, b""),
            ("private/x", 0o100644, b""),
            ("tool", 0o120777, b"bin/tool"),
            ("loop", 0o120777, b"/loop"),
            ("below", 0o120777, b"tmp"),
        ]);
        let card = fat::create(slot.clone());
        let namespace = assemble(PhysAddr::new(0x1004), archive.leak(), &slot, card).unwrap();
        let directory = namespace.root().clone();
        Self { namespace, directory, credentials: ROOT }
    }

    pub fn context(&self) -> PathContext<'_> {
        PathContext {
            directory: Some(&self.directory),
            credentials: self.credentials,
            umask: 0o022,
        }
    }

    pub fn open(&self, path: &str, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
        self.namespace.open(&self.context(), path.as_bytes(), flags, 0o666)
    }

    pub fn create(&self, path: &str) -> Arc<OpenFile> {
        self.open(path, CREATE | OpenFlags::READ_WRITE).unwrap()
    }

    pub fn error(&self, path: &str, flags: OpenFlags) -> Errno {
        self.open(path, flags).err().unwrap()
    }

    pub fn make_directory(&self, path: &str) -> Result<(), Errno> {
        self.namespace.make_directory(&self.context(), path.as_bytes(), 0o777)
    }

    pub fn unlink(&self, path: &str) -> Result<(), Errno> {
        self.namespace.unlink(&self.context(), path.as_bytes())
    }

    pub fn remove_directory(&self, path: &str) -> Result<(), Errno> {
        self.namespace.remove_directory(&self.context(), path.as_bytes())
    }

    pub fn rename(&self, old: &str, new: &str) -> Result<(), Errno> {
        self.rename_by(old, new, Rule::Replace)
    }

    pub fn rename_by(&self, old: &str, new: &str, rule: Rule) -> Result<(), Errno> {
        let context = self.context();
        self.namespace.rename((&context, old.as_bytes()), (&context, new.as_bytes()), rule)
    }

    pub fn link(&self, old: &str, new: &str) -> Result<(), Errno> {
        let context = self.context();
        self.namespace.link((&context, old.as_bytes(), Follow::No), (&context, new.as_bytes()))
    }

    pub fn names(&self, path: &str) -> Vec<String> {
        let directory = self.open(path, OpenFlags::DIRECTORY).unwrap();
        let mut names = Vec::new();
        while let [name, ..] = &list(&directory, 40)[..] {
            names.push(name.clone());
        }
        names
    }
}

pub fn write(file: &OpenFile, bytes: &[u8]) -> Result<usize, Errno> {
    file.write(&mut UserData::kernel(bytes))
}

pub fn read(file: &OpenFile, length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; length];
    let count = file.read(&mut UserBuffer::kernel(&mut bytes))?;
    bytes.truncate(count);
    Ok(bytes)
}

/// The names that one call with a buffer of this size gives.
pub fn list(directory: &OpenFile, size: usize) -> Vec<String> {
    let mut buffer = vec![0; size];
    let count = directory.read_directory(&mut UserBuffer::kernel(&mut buffer)).unwrap();
    let (mut names, mut at) = (Vec::new(), 0);
    while at < count {
        let length = u16::from_le_bytes([buffer[at + 16], buffer[at + 17]]) as usize;
        let name = &buffer[at + 19..at + length];
        let end = name.iter().position(|byte| *byte == 0).unwrap();
        names.push(String::from_utf8(name[..end].to_vec()).unwrap());
        at += length;
    }
    names
}

#[test]
fn paths_lead_through_dots_slashes_links_and_mounts() {
    let system = System::new();
    for path in [
        "/etc/motd",
        "etc//motd",
        "./etc/./motd",
        "tmp/../etc/motd",
        "dev/shm/../../etc/motd",
        "/../etc/motd",
    ] {
        assert_eq!(read(&system.open(path, READ).unwrap(), 9).unwrap(), b"hello", "{path}");
    }
    assert_eq!(system.open("tool", READ).unwrap().node().length(), 4);
    assert!(system.open("below/", OpenFlags::DIRECTORY).is_ok());
}

#[test]
fn paths_that_lead_nowhere_say_why() {
    let system = System::new();
    assert_eq!(system.error("", READ), Errno::ENOENT);
    assert_eq!(system.error("nothing", READ), Errno::ENOENT);
    assert_eq!(system.error("nothing/x", READ), Errno::ENOENT);
    assert_eq!(system.error("etc/motd/x", READ), Errno::ENOTDIR);
    assert_eq!(system.error("etc/motd/", READ), Errno::ENOTDIR);
    assert_eq!(system.error("etc/motd/.", READ), Errno::ENOTDIR);
    assert_eq!(system.error("loop", READ), Errno::ELOOP);
    assert_eq!(system.error("tool", OpenFlags::NO_FOLLOW), Errno::ELOOP);
    assert_eq!(system.error(&"x".repeat(256), READ), Errno::ENAMETOOLONG);
    assert_eq!(system.error(&"/".repeat(4096), READ), Errno::ENAMETOOLONG);
    assert!(system.open(&"/".repeat(4095), READ).is_ok());
}

#[test]
fn the_archive_cannot_be_changed() {
    let system = System::new();
    assert_eq!(system.error("etc/motd", OpenFlags::WRITE_ONLY), Errno::EROFS);
    assert_eq!(system.error("etc/motd", OpenFlags::TRUNCATE), Errno::EROFS);
    assert_eq!(system.error("etc/new", CREATE), Errno::EROFS);
    assert_eq!(system.unlink("etc/motd"), Err(Errno::EROFS));
    assert_eq!(system.make_directory("new"), Err(Errno::EROFS));
    assert_eq!(system.make_directory("etc"), Err(Errno::EEXIST));
    assert_eq!(system.rename("etc/motd", "etc/m"), Err(Errno::EROFS));
    assert_eq!(system.remove_directory("tmp"), Err(Errno::EBUSY));
    assert_eq!(system.open("etc/motd", READ).unwrap().set_mode(0, ROOT), Err(Errno::EROFS));
}

#[test]
fn opening_checks_kinds_and_flags() {
    let system = System::new();
    assert_eq!(system.error("etc", OpenFlags::WRITE_ONLY), Errno::EISDIR);
    assert_eq!(system.error("etc", CREATE), Errno::EISDIR);
    assert_eq!(system.error(".", CREATE), Errno::EISDIR);
    assert_eq!(system.error("tmp/new/", CREATE), Errno::EISDIR);
    assert_eq!(system.error("etc/motd", OpenFlags::DIRECTORY), Errno::ENOTDIR);
    assert_eq!(system.error("etc", CREATE | OpenFlags::EXCLUSIVE), Errno::EEXIST);
    assert_eq!(system.error("loop", CREATE | OpenFlags::EXCLUSIVE), Errno::EEXIST);
    assert_eq!(system.error("etc", OpenFlags::from_bits_retain(3)), Errno::EINVAL);
    assert_eq!(read(&system.open("etc", READ).unwrap(), 1), Err(Errno::EISDIR));
}

#[test]
fn permissions_are_those_of_the_whole_path() {
    let mut system = System::new();
    system.credentials = USER;
    assert_eq!(system.error("etc/secret", READ), Errno::EACCES);
    assert_eq!(system.error("private/x", READ), Errno::EACCES);
    assert_eq!(system.error("dev/console", READ), Errno::EACCES);
    let access = |path: &str, want| {
        let node = system.namespace.find(&system.context(), path.as_bytes(), Follow::Yes).unwrap();
        check_access(&node, system.credentials, want)
    };
    assert_eq!(access("bin/tool", Want::EXECUTE), Ok(()));
    assert_eq!(access("etc/motd", Want::EXECUTE), Err(Errno::EACCES));
    assert_eq!(access("etc/motd", Want::WRITE), Err(Errno::EROFS));
    assert_eq!(access("etc/motd", Want::empty()), Ok(()));
}

#[test]
fn in_tmp_one_user_does_not_remove_anothers_file() {
    let mut system = System::new();
    system.create("tmp/roots");
    system.credentials = USER;
    assert_eq!(system.unlink("tmp/roots"), Err(Errno::EPERM));
    assert_eq!(system.rename("tmp/roots", "tmp/mine"), Err(Errno::EPERM));
    assert_eq!(system.error("tmp/roots", OpenFlags::WRITE_ONLY), Errno::EACCES);
    system.create("tmp/mine");
    assert_eq!(system.unlink("tmp/mine"), Ok(()));
}

#[test]
fn a_path_is_found_again_from_its_directory() {
    let system = System::new();
    system.make_directory("tmp/a").unwrap();
    system.make_directory("tmp/a/b").unwrap();
    let path = |path: &str| {
        let directory = system.namespace.directory(&system.context(), path.as_bytes())?;
        system.namespace.path_of(&directory)
    };
    assert_eq!(path("/").unwrap(), b"/");
    assert_eq!(path("below/a/../a/b").unwrap(), b"/tmp/a/b");
    assert_eq!(path("dev/shm").unwrap(), b"/dev/shm");
    assert_eq!(path("tmp").unwrap(), b"/tmp");
    assert_eq!(path("etc/motd"), Err(Errno::ENOTDIR));
    let gone = system.namespace.directory(&system.context(), b"tmp/a/b").unwrap();
    system.remove_directory("tmp/a/b").unwrap();
    assert_eq!(system.namespace.path_of(&gone), Err(Errno::ENOENT));
}

#[test]
fn only_a_file_with_an_execute_bit_is_run_and_it_is_not_written_meanwhile() {
    let system = System::new();
    let run = |path: &str| system.namespace.executable(&system.context(), path.as_bytes());
    assert_eq!(run("etc/motd").err(), Some(Errno::EACCES));
    assert_eq!(run("bin").err(), Some(Errno::EACCES));
    assert_eq!(run("tool").unwrap().region.length(), 4);
    let file = system.create("tmp/program");
    file.set_mode(0o755, ROOT).unwrap();
    assert_eq!(run("tmp/program").err(), Some(Errno::ETXTBSY));
    drop(file);
    let running = run("tmp/program").unwrap();
    assert_eq!(system.error("tmp/program", OpenFlags::WRITE_ONLY), Errno::ETXTBSY);
    drop(running);
    assert!(system.open("tmp/program", OpenFlags::WRITE_ONLY).is_ok());
}

#[test]
fn regions_are_the_files_of_dev_shm() {
    let system = System::new();
    let file = system.create("/dev/shm/fs-test");
    assert_eq!(write(&file, b"shared"), Ok(6));
    let region = crate::region::names::open(b"/fs-test").unwrap();
    assert_eq!((region.length(), region.id()), (6, file.region().unwrap().id()));
    assert_eq!(system.error("/dev/shm/fs-test", CREATE | OpenFlags::EXCLUSIVE), Errno::EEXIST);
    system.link("/dev/shm/fs-test", "/dev/shm/fs-test-2").unwrap();
    assert_eq!(file.stat().st_nlink, 2);
    assert!(system.names("/dev/shm").contains(&String::from("fs-test-2")));
    system.rename("/dev/shm/fs-test-2", "/dev/shm/fs-test-3").unwrap();
    system.unlink("/dev/shm/fs-test").unwrap();
    assert_eq!(system.error("/dev/shm/fs-test", READ), Errno::ENOENT);
    assert_eq!(read(&system.open("/dev/shm/fs-test-3", READ).unwrap(), 9).unwrap(), b"shared");
    system.unlink("/dev/shm/fs-test-3").unwrap();
    assert_eq!(file.seek(0, SEEK_END), Ok(6));
    assert_eq!(system.make_directory("/dev/shm/d"), Err(Errno::EPERM));
    assert_eq!(system.link("/tmp", "/dev/shm/x"), Err(Errno::EXDEV));
}

#[test]
fn a_name_that_others_rename_over_is_there_throughout() {
    for directory in ["tmp", "dev/shm"] {
        let system = System::new();
        let target = format!("{directory}/target");
        system.create(&target);
        std::thread::scope(|scope| {
            let rename_over = |source: String| {
                let (system, target) = (&system, &target);
                scope.spawn(move || {
                    for _ in 0..1000 {
                        system.create(&source);
                        assert_eq!(system.rename(&source, target), Ok(()));
                    }
                })
            };
            let renamers =
                [rename_over(format!("{directory}/one")), rename_over(format!("{directory}/two"))];
            while !renamers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                assert!(system.open(&target, READ).is_ok(), "{target} was gone for a moment");
            }
        });
        system.unlink(&target).unwrap();
    }
}

#[test]
fn a_listing_of_regions_gives_every_name_once() {
    let system = System::new();
    let made: Vec<String> = (0..40).map(|number| format!("listed{number:02}")).collect();
    for name in &made {
        system.create(&format!("/dev/shm/{name}"));
    }
    // Other tests make regions at the same time.
    let mut names = system.names("/dev/shm");
    names.retain(|name| name.starts_with("listed"));
    names.sort();
    assert_eq!(names, made);
    for name in &made {
        system.unlink(&format!("/dev/shm/{name}")).unwrap();
    }
}

#[test]
fn a_listing_gives_every_name_once() {
    let system = System::new();
    let names = system.names("/dev");
    assert_eq!(
        names,
        [
            ".", "..", "console", "fb0", "fd", "full", "mmcblk0", "null", "ptmx", "pts", "random",
            "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero",
        ],
    );
    let root = system.open("/", READ).unwrap();
    assert_eq!(list(&root, 4096).len(), 2 + 11);
    assert_eq!(root.seek(0, SEEK_SET), Ok(0));
    assert_eq!(list(&root, 4096).len(), 2 + 11);
    let tiny = root.read_directory(&mut UserBuffer::kernel(&mut [0; 8]));
    assert_eq!(tiny, Ok(0), "at the end even a tiny buffer is large enough");
    root.seek(0, SEEK_SET).unwrap();
    let tiny = root.read_directory(&mut UserBuffer::kernel(&mut [0; 8]));
    assert_eq!(tiny, Err(Errno::EINVAL));
}
