//! The test program as an ordinary static executable.
#![no_std]
#![no_main]

guest::program!();
