//! What `/proc` and `/sys` look like where no process runs.

use crate::fs::tests::{System, read};
use abi::Errno;
use abi::file::OpenFlags;

const READ: OpenFlags = OpenFlags::empty();

fn text(system: &System, path: &str) -> String {
    String::from_utf8(read(&system.open(path, READ).unwrap(), 4096).unwrap()).unwrap()
}

#[test]
fn the_texts_have_the_formats_that_programs_parse() {
    let system = System::new();
    let memory = text(&system, "proc/meminfo");
    let first: Vec<&str> = memory.lines().next().unwrap().split_whitespace().collect();
    assert_eq!((first[0], first[2]), ("MemTotal:", "kB"));
    assert!(first[1].parse::<u64>().unwrap() > 0);
    let uptime = text(&system, "proc/uptime");
    assert_eq!(uptime.split_whitespace().filter(|word| word.parse::<f64>().is_ok()).count(), 2);
    assert!(text(&system, "proc/stat").starts_with("cpu  "));
    for line in text(&system, "proc/mounts").lines() {
        assert_eq!(line.split(' ').count(), 6, "{line}");
    }
    assert!(text(&system, "sys/devices/system/cpu/online").starts_with('0'));
    let up = text(&system, "sys/devices/system/cpu/../../../../proc/version");
    assert!(up.contains("version"));
}

#[test]
fn nothing_there_can_be_changed_and_no_process_is_there_that_is_not() {
    let system = System::new();
    assert_eq!(system.error("proc/meminfo", OpenFlags::WRITE_ONLY), Errno::EROFS);
    assert_eq!(system.error("proc/new", OpenFlags::CREATE), Errno::EROFS);
    assert_eq!(system.error("proc/987654321", READ), Errno::ENOENT);
    assert_eq!(system.error("proc/01", READ), Errno::ENOENT);
    assert_eq!(system.unlink("proc/meminfo"), Err(Errno::EROFS));
    let names = system.names("proc");
    assert!(names.iter().any(|name| name == "meminfo"));
    let links = system.names("dev");
    assert!(
        ["fd", "stdin", "stdout", "stderr"].iter().all(|name| links.iter().any(|it| it == name))
    );
}
