//! See `fuzz::strace`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::strace::run(bytes));
