//! The same test program as a static position-independent executable.
#![no_std]
#![no_main]

guest::program!();
