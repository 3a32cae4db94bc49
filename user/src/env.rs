//! The arguments and the environment that the program was started with.

use alloc::string::String;
use core::ffi::{CStr, c_char};
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

static ARGUMENT_COUNT: AtomicUsize = AtomicUsize::new(0);
static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());
static ENVIRONMENT: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());

/// Remembers where the kernel put them.
///
/// # Safety
/// - `stack` is the stack pointer as the kernel set it; what it points to is never changed.
pub(crate) unsafe fn initialise(stack: *const usize) {
    // SAFETY: the first word is argc.
    let count = unsafe { *stack };
    let arguments = stack.wrapping_add(1).cast::<*const c_char>();
    // The strings' NULL follows the last argument.
    let environment = arguments.wrapping_add(count + 1);
    ARGUMENT_COUNT.store(count, Ordering::Relaxed);
    ARGUMENTS.store(arguments.cast_mut(), Ordering::Relaxed);
    ENVIRONMENT.store(environment.cast_mut(), Ordering::Relaxed);
}

/// The arguments, the program's name first.
pub fn args() -> Strings {
    let left = ARGUMENT_COUNT.load(Ordering::Relaxed);
    Strings { next: ARGUMENTS.load(Ordering::Relaxed), left }
}

/// The environment's `NAME=VALUE` words.
pub fn vars() -> impl Iterator<Item = (&'static str, &'static str)> {
    Strings { next: ENVIRONMENT.load(Ordering::Relaxed), left: usize::MAX }
        .filter_map(|word| word.split_once('='))
}

/// The value of an environment variable.
pub fn var(name: &str) -> Option<&'static str> {
    vars().find(|(candidate, _)| *candidate == name).map(|(_, value)| value)
}

/// The value of an entry of the auxiliary vector, which follows the environment.
pub(crate) fn auxiliary(kind: usize) -> Option<usize> {
    let mut next: *const usize = ENVIRONMENT.load(Ordering::Relaxed).cast_const().cast();
    let mut word = || {
        // SAFETY: the environment ends with a zero, and the vector with an entry of kind 0, behind
        // which nothing is read.
        let word = unsafe { *next };
        next = next.wrapping_add(1);
        word
    };
    while word() != 0 {}
    loop {
        match (word(), word()) {
            (0, _) => return None,
            (found, value) if found == kind => return Some(value),
            _ => {}
        }
    }
}

/// The last part of the name that the program was called by.
pub fn program_name() -> &'static str {
    args().next().and_then(|path| path.rsplit('/').next()).unwrap_or("program")
}

/// The strings of a NULL-terminated list on the initial stack.
#[derive(Clone)]
pub struct Strings {
    next: *const *const c_char,
    left: usize,
}

impl Iterator for Strings {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        if self.left == 0 || self.next.is_null() {
            return None;
        }
        // SAFETY: the list ends with NULL, and iteration stops there.
        let word = unsafe { *self.next };
        if word.is_null() {
            self.left = 0;
            return None;
        }
        self.next = self.next.wrapping_add(1);
        self.left -= 1;
        // SAFETY: the kernel NUL-terminates every word, and they stay as they are.
        let bytes = unsafe { CStr::from_ptr(word) }.to_bytes();
        // A word that is no UTF-8 is rare; its readable copy lives as long as the program.
        Some(
            str::from_utf8(bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().leak()),
        )
    }
}
