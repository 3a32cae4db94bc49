//! See `fuzz::expansion`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::expansion::run(bytes));
