//! The initial stack and registers, and relocation of a PIE.

use crate::start::{self, auxiliary, stack_word, start};
use crate::{Checks, os, touch};
use abi::process::{
    AT_EGID, AT_ENTRY, AT_EUID, AT_EXECFN, AT_GID, AT_HWCAP, AT_PAGESZ, AT_PHDR, AT_PHENT,
    AT_PHNUM, AT_RANDOM, AT_SECURE, AT_UID,
};

/// Addresses that the linker leaves in data; right only when the program was relocated.
static FUNCTIONS: [fn() -> u32; 3] = [one, two, three];
static WORDS: [&str; 3] = ["alpha", "beta", "gamma"];

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn three() -> u32 {
    3
}

/// The checks.
pub fn run(checks: &mut Checks) {
    layout(checks);
    auxiliary_vector(checks);
    program_headers(checks);
    relocation(checks);
    state(checks);
}

fn layout(checks: &mut Checks) {
    checks.equal("the stack pointer is a multiple of 16", start().stack % 16, 0);
    checks.equal("x0 is zero", start().x0, 0);
    checks.equal("argc counts the words", start::argument_count(), 2);
    checks.equal("the second word is the suite", start::argument(1), Some(c"startup"));
    checks.equal("a null follows the words", stack_word(1 + start::argument_count()), 0);
    let strings = stack_word(1);
    checks.that("the strings lie above the vectors", strings > start().stack);
    let path = start::own_path().to_bytes();
    checks.that(
        "AT_EXECFN is the path",
        path.starts_with(b"/") && path.windows(5).any(|w| w == b"guest"),
    );
}

fn auxiliary_vector(checks: &mut Checks) {
    checks.equal("AT_PAGESZ", auxiliary(AT_PAGESZ), Some(4096));
    checks.equal("AT_PHENT", auxiliary(AT_PHENT), Some(56));
    checks.equal("AT_ENTRY", auxiliary(AT_ENTRY), Some(start().entry));
    checks.equal("AT_SECURE", auxiliary(AT_SECURE), Some(0));
    for (name, kind) in
        [("AT_UID", AT_UID), ("AT_EUID", AT_EUID), ("AT_GID", AT_GID), ("AT_EGID", AT_EGID)]
    {
        checks.equal(name, auxiliary(kind), Some(0));
    }
    let capabilities = auxiliary(AT_HWCAP).unwrap_or(0);
    checks.equal("AT_HWCAP has floating point and vectors", capabilities & 3, 3);
    checks.equal("AT_HWCAP denies that ID registers can be read", capabilities & (1 << 11), 0);
    checks.equal("AT_HWCAP denies atomics that the board lacks", capabilities & (1 << 8), 0);
    let random = auxiliary(AT_RANDOM).unwrap_or(0);
    checks.that("AT_RANDOM is given", random != 0);
    if random != 0 {
        let bytes = (touch::load(random), touch::load(random + 8));
        checks.that("the random bytes are not all zero", bytes != (0, 0));
    }
    checks.that("AT_EXECFN is given", auxiliary(AT_EXECFN).is_some());
}

fn program_headers(checks: &mut Checks) {
    let headers = auxiliary(AT_PHDR).unwrap_or(0);
    let in_file = touch::load(start().base + 32);
    checks.equal("AT_PHDR is the file's table in memory", headers, start().base + in_file);
    let count = touch::load(start().base + 56) & 0xFFFF;
    checks.equal("AT_PHNUM", auxiliary(AT_PHNUM), Some(count));
    let loads = (0..count).filter(|index| touch::load(headers + index * 56) as u32 == 1).count();
    checks.that("the table has segments to load", loads >= 2);
}

fn relocation(checks: &mut Checks) {
    checks.equal("the program lies on a page", start().base % 4096, 0);
    let functions = core::hint::black_box(&FUNCTIONS);
    let sum: u32 = functions.iter().map(|function| function()).sum();
    checks.equal("addresses of functions in data are right", sum, 6);
    let words = core::hint::black_box(&WORDS);
    checks.equal("addresses of strings in data are right", words.concat_length(), 14);
}

/// A sum that needs every string's address to be good.
trait ConcatLength {
    fn concat_length(&self) -> usize;
}

impl ConcatLength for [&str; 3] {
    fn concat_length(&self) -> usize {
        self.iter().map(|word| word.bytes().filter(u8::is_ascii_lowercase).count()).sum()
    }
}

fn state(checks: &mut Checks) {
    checks.equal("the thread pointer is zero", touch::thread_pointer(), 0);
    let open = (3..16).filter(|fd| os::stat(*fd).is_ok()).count();
    checks.equal("only three descriptors are open", open, 0);
    let zero = core::hint::black_box(&ZERO)
        .iter()
        .all(|word| word.load(core::sync::atomic::Ordering::Relaxed) == 0);
    checks.that("the data without contents is zero", zero);
}

static ZERO: [core::sync::atomic::AtomicU64; 2048] =
    [const { core::sync::atomic::AtomicU64::new(0) }; 2048];
