//! Paths and names of every length, good and bad.

use super::kind::{Names, Paths};
use super::random::Random;
use abi::limits::{NAME_MAX, PATH_MAX};

/// The longest text, with what follows it.
pub const TEXT_MAX: usize = PATH_MAX + 8;

/// Names in the process's own directory. None leads out of it, whatever the calls made of them.
const OWN: &[&str] = &[
    "stress-f0",
    "stress-f1",
    "stress-f2",
    "stress-d0",
    "stress-d1",
    "stress-d0/stress-f3",
    "stress-d0/stress-d2",
    "stress-l0",
    "stress-l1",
    "stress-p0",
    "stress-s0",
    ".",
    "./stress-f0",
    "stress-d0/",
    "stress-f0/",
    "stress-d1/./stress-f4",
    "stress-d0//stress-f3",
];
/// Paths to look at.
const OTHERS: &[&str] = &[
    "/",
    "..",
    "/tmp",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/dev/shm",
    "/dev/mqueue",
    "/bin/true",
    "/bin",
    "/proc",
    "/proc/self/maps",
    "/proc/self/status",
    "/proc/self/fd",
    "/proc/self/fd/3",
    "/proc/self/exe",
    "/proc/self/cwd",
    "/proc/self/task",
    "/proc/self/stat",
    "/proc/self/cmdline",
    "/proc/1/maps",
    "/proc/meminfo",
    "/proc/mounts",
    "/proc/stat",
    "/etc/motd",
    "/dev/shm/stress-0",
    "/no/such/file",
    "/dev/null/below",
    "../../../../..",
];
const PROGRAMS: &[&str] =
    &["/bin/true", "/bin/false", "/bin/echo", "stress-f0", "/bin", "/dev/null", "/no-such"];
const PLAIN: &[&str] = &["stress-0", "stress-1", "stress-2", "stress-3"];
const SLASH: &[&str] = &["/stress-0", "/stress-1", "/stress-2", "/stress-3"];
/// Names with something wrong.
const BAD: &[&[u8]] = &[
    b"",
    b"/",
    b".",
    b"..",
    b"/..",
    b"//",
    b"stress/a",
    b"/stress/a",
    b"/stress-\xFF\xFE",
    b"/stress\0-nul",
    b"stress-\n",
    b"/stress-\x1B[2J",
    b"/stress-0/",
];

/// Writes a text and gives its length; a NUL follows it.
fn put(room: &mut [u8; TEXT_MAX], text: &[u8]) -> usize {
    let length = text.len().min(room.len() - 1);
    room[..length].copy_from_slice(&text[..length]);
    room[length] = 0;
    length
}

/// A text of one length, so that only the length may be wrong with it.
fn long(room: &mut [u8; TEXT_MAX], begin: &[u8], length: usize, every: usize) -> usize {
    let length = length.min(room.len() - 1);
    for (index, byte) in room[..length].iter_mut().enumerate() {
        *byte = match begin.get(index) {
            Some(given) => *given,
            None if every != 0 && index % every == 0 => b'/',
            None => b'x',
        };
    }
    room[length] = 0;
    length
}

/// A path; it gives the length.
pub fn path(
    room: &mut [u8; TEXT_MAX],
    paths: Paths,
    is_wrong: bool,
    is_root: bool,
    random: &mut Random,
) -> usize {
    if is_wrong {
        let length = match random.below(5) {
            0 => return put(room, b""),
            1 => NAME_MAX + random.below(3) as usize - 1,
            2 => PATH_MAX - 2 + random.below(4) as usize,
            3 => return put(room, b"stress-\xFF\x80\xFE"),
            _ => 1 + random.below(NAME_MAX as u64) as usize,
        };
        let every = if random.once_in(2) { 0 } else { 2 + random.below(200) as usize };
        return long(room, b"stress-", length, every);
    }
    let text = match paths {
        Paths::Own => random.pick(OWN),
        Paths::Any if random.once_in(2) => random.pick(OWN),
        Paths::Any => match random.pick(OTHERS) {
            // What root changes by mistake must be its own.
            file if is_root && !file.starts_with("/proc") => random.pick(OWN),
            other => other,
        },
        Paths::Program => random.pick(PROGRAMS),
    };
    put(room, text.as_bytes())
}

/// A name; it gives the length.
pub fn name(room: &mut [u8; TEXT_MAX], names: Names, is_wrong: bool, random: &mut Random) -> usize {
    if is_wrong {
        if random.once_in(2) {
            return put(room, random.pick(BAD));
        }
        let length = NAME_MAX + random.below(4) as usize - 1;
        return long(room, b"/stress-", length, 0);
    }
    let text = match names {
        Names::Slash => random.pick(SLASH),
        Names::Plain => random.pick(PLAIN),
    };
    put(room, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_changed_lies_in_the_own_directory() {
        for path in OWN {
            assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."), "{path}");
        }
    }

    #[test]
    fn every_text_ends_with_a_nul_and_fits() {
        let mut random = Random::new(3);
        let mut room = [1; TEXT_MAX];
        let mut lengths = [false; 300];
        for _ in 0..20_000 {
            let length = match random.below(2) {
                0 => path(&mut room, Paths::Any, true, false, &mut random),
                _ => name(&mut room, Names::Slash, true, &mut random),
            };
            assert_eq!(room[length], 0);
            lengths[length.min(299)] = true;
        }
        assert!([0, 1, 255, 256, 257].iter().all(|length| lengths[*length]));
    }
}
