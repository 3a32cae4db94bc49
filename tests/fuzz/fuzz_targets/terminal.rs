//! See `fuzz::terminal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::terminal::run(bytes));
