//! See `fuzz::ring`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::ring::run(bytes));
