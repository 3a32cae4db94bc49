//! See `fuzz::shell`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::shell::run(bytes));
