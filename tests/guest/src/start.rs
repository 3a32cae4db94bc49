//! How the program starts: the stack as the kernel laid it out, and self-relocation of the PIE.

use crate::{os, print};
use core::cell::Cell;
use core::ffi::CStr;

/// Emits the entry point of a program.
///
/// At `_start`, sp points to argc and x0 is zero. A PIE finds its relocations through `_DYNAMIC`,
/// which is absent (zero) in the other kind of program, and adds its base to each address that the
/// linker left (R_AARCH64_RELATIVE, 1027), before any code may use one.
#[macro_export]
macro_rules! program {
    () => {
        core::arch::global_asm!(
            ".globl _start",
            ".weak _DYNAMIC",
            ".hidden _DYNAMIC",
            "_start:",
            "mov x19, x0",
            "mov x20, sp",
            "adrp x1, _DYNAMIC",
            "add x1, x1, :lo12:_DYNAMIC",
            "cbz x1, 4f",
            "adrp x2, __ehdr_start",
            "add x2, x2, :lo12:__ehdr_start",
            "mov x3, xzr",
            "mov x4, xzr",
            "1: ldp x5, x6, [x1], #16",
            "cbz x5, 2f",
            "cmp x5, #7",
            "csel x3, x6, x3, eq",
            "cmp x5, #8",
            "csel x4, x6, x4, eq",
            "b 1b",
            "2: add x3, x3, x2",
            "add x4, x4, x3",
            "3: cmp x3, x4",
            "b.hs 4f",
            "ldp x5, x6, [x3], #16",
            "ldr x7, [x3], #8",
            "cmp x6, #1027",
            "b.ne 3b",
            "add x7, x7, x2",
            "str x7, [x5, x2]",
            "b 3b",
            "4: mov x0, x20",
            "mov x1, x19",
            "adrp x2, __ehdr_start",
            "add x2, x2, :lo12:__ehdr_start",
            "adrp x3, _start",
            "add x3, x3, :lo12:_start",
            "mov x29, xzr",
            "mov x30, xzr",
            "bl {begin}",
            "brk #1",
            begin = sym $crate::start::begin,
        );
    };
}

/// What was true when the first instruction ran.
#[derive(Clone, Copy)]
pub struct Start {
    /// The stack pointer.
    pub stack: u64,
    /// x0.
    pub x0: u64,
    /// Where the program's file header is.
    pub base: u64,
    /// Where `_start` is.
    pub entry: u64,
}

struct Shared(Cell<Start>);

// SAFETY: the program has one thread, which writes it once before anything reads it.
unsafe impl Sync for Shared {}

static START: Shared = Shared(Cell::new(Start { stack: 0, x0: 0, base: 0, entry: 0 }));

/// Called by `_start`.
pub extern "C" fn begin(stack: u64, x0: u64, base: u64, entry: u64) -> ! {
    START.0.set(Start { stack, x0, base, entry });
    os::exit(crate::main())
}

/// What was true when the first instruction ran.
pub fn start() -> Start {
    START.0.get()
}

/// A 64-bit word of the initial stack.
pub fn stack_word(index: u64) -> u64 {
    crate::touch::load(start().stack + index * 8)
}

/// The number of arguments, the program's name included.
pub fn argument_count() -> u64 {
    stack_word(0)
}

/// An argument; number 0 is the program's name.
pub fn argument(index: u64) -> Option<&'static CStr> {
    (index < argument_count()).then(|| string_at(stack_word(1 + index)))
}

/// An argument as a number.
pub fn number(index: u64) -> Option<u64> {
    print::text(argument(index)?).parse().ok()
}

/// The index of the first environment word on the stack.
pub fn environment_index() -> u64 {
    argument_count() + 2
}

/// An environment string.
pub fn environment(index: u64) -> Option<&'static CStr> {
    let word = stack_word(environment_index() + index);
    (word != 0).then(|| string_at(word))
}

/// The index of the first auxiliary entry on the stack.
pub fn auxiliary_index() -> u64 {
    let mut index = environment_index();
    while stack_word(index) != 0 {
        index += 1;
    }
    index + 1
}

/// The value of an auxiliary entry.
pub fn auxiliary(kind: u64) -> Option<u64> {
    let mut index = auxiliary_index();
    while stack_word(index) != abi::process::AT_NULL {
        if stack_word(index) == kind {
            return Some(stack_word(index + 1));
        }
        index += 2;
    }
    None
}

/// The path by which the program was started.
pub fn own_path() -> &'static CStr {
    auxiliary(abi::process::AT_EXECFN).map_or(c"/extra/guest", string_at)
}

/// A string that the kernel put on the stack.
pub fn string_at(address: u64) -> &'static CStr {
    // SAFETY: the kernel laid a NUL-terminated string there, which nothing changes.
    unsafe { CStr::from_ptr(address as *const _) }
}

#[panic_handler]
fn panic(information: &core::panic::PanicInfo<'_>) -> ! {
    crate::say!("FAILED guest: {information}");
    os::exit(101)
}
