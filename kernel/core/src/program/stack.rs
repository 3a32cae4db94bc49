//! The stack that a program starts with, as Linux lays it out: argument count, pointers to the
//! arguments and to the environment, the auxiliary vector, and the strings.

use crate::process::Identity;
use abi::Errno;
use abi::limits::{ARG_MAX, ARG_STRING_MAX, STACK_BYTES_MAX};
use abi::process as aux;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use core::ops::Range;

/// Strings, one behind the other, each with its NUL.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    bytes: Vec<u8>,
    count: usize,
}

impl Strings {
    /// None.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), count: 0 }
    }

    /// Adds a string, given without its NUL.
    pub fn push(&mut self, string: &[u8]) -> Result<(), Errno> {
        if string.len() >= ARG_STRING_MAX || self.bytes.len() + string.len() >= ARG_MAX {
            return Err(Errno::E2BIG);
        }
        self.bytes.try_reserve(string.len() + 1).map_err(|_| Errno::ENOMEM)?;
        self.bytes.extend_from_slice(string);
        self.bytes.push(0);
        self.count += 1;
        Ok(())
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All but the first.
    pub fn rest(&self) -> impl Iterator<Item = &[u8]> {
        let strings = self.bytes.split_inclusive(|byte| *byte == 0).skip(1);
        strings.map(|string| &string[..string.len() - 1])
    }

    fn offsets(&self) -> impl Iterator<Item = usize> {
        let mut next = 0;
        self.bytes.split_inclusive(|byte| *byte == 0).map(move |string| {
            let offset = next;
            next += string.len();
            offset
        })
    }
}

/// What the start-up code of a C library wants to know.
#[derive(Clone, Copy, Debug)]
pub struct StartFacts {
    /// Address of the program headers; 0 if they are not in memory.
    pub table_address: usize,
    /// Number of program headers.
    pub table_entries: usize,
    /// Where the program starts, though its interpreter may start before it.
    pub entry: usize,
    /// Where the image of the kernel's code for programs is.
    pub kernel_code: usize,
    /// Where the interpreter's addresses begin; 0 without one.
    pub interpreter_base: usize,
    /// User: the real one, and the one that it acts as.
    pub users: [u32; 2],
    /// Group, likewise.
    pub groups: [u32; 2],
    /// Bytes that are hard to guess.
    pub random: [u8; 16],
}

impl StartFacts {
    /// Notes who the program runs as.
    pub const fn set_identity(&mut self, identity: &Identity) {
        self.users = [identity.users.real, identity.users.effective];
        self.groups = [identity.groups.real, identity.groups.effective];
    }

    /// Whether whoever started it is not trusted with what it may do.
    const fn is_secure(&self) -> bool {
        self.users[0] != self.users[1] || self.groups[0] != self.groups[1]
    }
}

/// A stack's contents, and where they go.
#[derive(Debug)]
pub struct Start {
    /// The bytes, which end at the stack's top.
    pub bytes: Vec<u8>,
    /// The stack pointer: the address of the first byte.
    pub pointer: usize,
    /// Where the arguments and the environment are.
    pub strings: [Range<usize>; 2],
}

/// What Cortex-A53 and A72 can do that programs may use: floating point, SIMD, CRC32.
const HARDWARE_CAPABILITIES: u64 = 1 | 1 << 1 | 1 << 7;
/// What a signal's frame takes of a stack: with two words of a chain of calls, and aligned.
const SIGNAL_STACK: u64 = abi::signal::FRAME_BYTES as u64 + 32;
const PLATFORM: &[u8] = b"aarch64\0";

/// Lays a stack out below `top`.
pub fn build(
    top: usize,
    path: &[u8],
    arguments: &Strings,
    environment: &Strings,
    facts: &StartFacts,
) -> Result<Start, Errno> {
    let string_bytes = arguments.bytes.len() + environment.bytes.len();
    if string_bytes > ARG_MAX {
        return Err(Errno::E2BIG);
    }
    let random_at = top - facts.random.len();
    let platform_at = random_at - PLATFORM.len();
    let path_at = platform_at - path.len() - 1;
    let environment_at = path_at - environment.bytes.len();
    let arguments_at = environment_at - arguments.bytes.len();
    let vector = auxiliary_vector(facts, random_at, platform_at, path_at);
    let words = 1 + arguments.count + 1 + environment.count + 1 + 2 * vector.len();
    let pointer = arguments_at.checked_sub(8 * words).ok_or(Errno::E2BIG)? & !15;
    if top - pointer > STACK_BYTES_MAX / 2 {
        return Err(Errno::E2BIG);
    }

    let mut bytes = Vec::new();
    bytes.try_reserve_exact(top - pointer).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(arguments_at - pointer, 0);
    let mut slots = bytes.chunks_exact_mut(8);
    let mut put = |word: u64| {
        if let Some(slot) = slots.next() {
            slot.copy_from_slice(&word.to_le_bytes());
        }
    };
    put(arguments.count as u64);
    arguments.offsets().for_each(|offset| put((arguments_at + offset) as u64));
    put(0);
    environment.offsets().for_each(|offset| put((environment_at + offset) as u64));
    put(0);
    for (key, value) in vector {
        put(key);
        put(value);
    }
    bytes.extend_from_slice(&arguments.bytes);
    bytes.extend_from_slice(&environment.bytes);
    bytes.extend_from_slice(path);
    bytes.push(0);
    bytes.extend_from_slice(PLATFORM);
    bytes.extend_from_slice(&facts.random);
    let strings = [arguments_at..environment_at, environment_at..path_at];
    Ok(Start { bytes, pointer, strings })
}

fn auxiliary_vector(
    facts: &StartFacts,
    random_at: usize,
    platform_at: usize,
    path_at: usize,
) -> [(u64, u64); 20] {
    [
        (aux::AT_SYSINFO_EHDR, facts.kernel_code as u64),
        (aux::AT_MINSIGSTKSZ, SIGNAL_STACK),
        (aux::AT_HWCAP, HARDWARE_CAPABILITIES),
        (aux::AT_PAGESZ, PAGE_SIZE as u64),
        (aux::AT_CLKTCK, 100),
        (aux::AT_PHDR, facts.table_address as u64),
        (aux::AT_PHENT, 56),
        (aux::AT_PHNUM, facts.table_entries as u64),
        (aux::AT_BASE, facts.interpreter_base as u64),
        (aux::AT_FLAGS, 0),
        (aux::AT_ENTRY, facts.entry as u64),
        (aux::AT_UID, facts.users[0].into()),
        (aux::AT_EUID, facts.users[1].into()),
        (aux::AT_GID, facts.groups[0].into()),
        (aux::AT_EGID, facts.groups[1].into()),
        (aux::AT_SECURE, facts.is_secure().into()),
        (aux::AT_RANDOM, random_at as u64),
        (aux::AT_EXECFN, path_at as u64),
        (aux::AT_PLATFORM, platform_at as u64),
        (aux::AT_NULL, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: usize = 0x3FFF_0000;
    const FACTS: StartFacts = StartFacts {
        kernel_code: 0x3FFF_8000,
        table_address: 0x400040,
        table_entries: 3,
        entry: 0x400100,
        interpreter_base: 0x2001_0000,
        users: [7, 7],
        groups: [8, 8],
        random: [0xAB; 16],
    };

    fn strings(list: &[&str]) -> Strings {
        let mut strings = Strings::new();
        for string in list {
            strings.push(string.as_bytes()).expect("short enough");
        }
        strings
    }

    fn word(start: &Start, index: usize) -> usize {
        let bytes = &start.bytes[8 * index..8 * index + 8];
        u64::from_le_bytes(bytes.try_into().expect("eight bytes")) as usize
    }

    fn string(start: &Start, address: usize) -> &[u8] {
        let tail = &start.bytes[address - start.pointer..];
        &tail[..tail.iter().position(|byte| *byte == 0).expect("a NUL")]
    }

    #[test]
    fn the_program_finds_its_arguments_environment_and_facts() {
        let arguments = strings(&["echo", "", "two words"]);
        let environment = strings(&["PATH=/bin"]);
        let start = build(TOP, b"/bin/echo", &arguments, &environment, &FACTS).expect("fits");
        assert!(start.pointer.is_multiple_of(16));
        assert_eq!(start.pointer + start.bytes.len(), TOP);
        assert_eq!(word(&start, 0), 3);
        assert_eq!(string(&start, word(&start, 1)), b"echo");
        assert_eq!(string(&start, word(&start, 2)), b"");
        assert_eq!(string(&start, word(&start, 3)), b"two words");
        assert_eq!(word(&start, 4), 0);
        assert_eq!(string(&start, word(&start, 5)), b"PATH=/bin");
        assert_eq!(word(&start, 6), 0);
        let pairs: std::vec::Vec<_> =
            (7..47).step_by(2).map(|at| (word(&start, at) as u64, word(&start, at + 1))).collect();
        let value = |key| pairs.iter().find(|pair| pair.0 == key).expect("present").1;
        assert_eq!(value(aux::AT_PHDR), 0x400040);
        assert_eq!(value(aux::AT_ENTRY), 0x400100);
        assert_eq!(value(aux::AT_BASE), 0x2001_0000);
        assert_eq!(value(aux::AT_UID), 7);
        assert_eq!(string(&start, value(aux::AT_EXECFN)), b"/bin/echo");
        assert_eq!(start.bytes[value(aux::AT_RANDOM) - start.pointer], 0xAB);
        assert_eq!(pairs.last(), Some(&(aux::AT_NULL, 0)));
    }

    #[test]
    fn a_string_of_the_largest_size_fits_and_one_more_byte_does_not() {
        let mut strings = Strings::new();
        assert_eq!(strings.push(&[b'x'; ARG_STRING_MAX - 1]), Ok(()));
        assert_eq!(strings.push(&[b'x'; ARG_STRING_MAX]), Err(Errno::E2BIG));
    }
}
