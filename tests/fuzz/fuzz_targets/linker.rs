//! See `fuzz::linker`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::linker::run(bytes));
