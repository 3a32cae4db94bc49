//! Fuzzers of everything that parses what others have written: a module for each parser, whose `run` drives
//! the kernel's, the runtime's or the shell's own code with any bytes, and fails where a property does not hold.
//!
//! `fuzz_targets` gives them to libFuzzer; `tests` replays what is kept in `corpus` and `crashes`.
//! docs/fuzzing.md has the properties.
#![allow(clippy::expect_used, reason = "a property that does not hold ends the run")]

// The files of programs that are driven name it so.
extern crate alloc;

pub mod cpio;
pub mod device_tree;
pub mod elf;
pub mod expansion;
pub mod fat;
pub mod frame;
mod input;
pub mod linker;
mod machine;
pub mod path;
pub mod ring;
pub mod seeds;
pub mod shell;
pub mod strace;
mod system;
pub mod tables;
pub mod terminal;
pub mod topic;
mod volume;

/// A parser and what drives it.
pub struct Target {
    /// Its name: that of the module, of the program for libFuzzer, and of the folders of its files.
    pub name: &'static str,
    /// Drives the parser with these bytes; panics where a property does not hold.
    pub run: fn(&[u8]),
    /// Inputs that are mostly valid, to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 14] = [
    Target { name: "cpio", run: cpio::run, seeds: seeds::cpio },
    Target { name: "device_tree", run: device_tree::run, seeds: seeds::device_tree },
    Target { name: "elf", run: elf::run, seeds: seeds::elf },
    Target { name: "expansion", run: expansion::run, seeds: seeds::expansion },
    Target { name: "fat", run: fat::run, seeds: seeds::fat },
    Target { name: "frame", run: frame::run, seeds: seeds::frame },
    Target { name: "linker", run: linker::run, seeds: seeds::linker },
    Target { name: "path", run: path::run, seeds: seeds::path },
    Target { name: "ring", run: ring::run, seeds: seeds::ring },
    Target { name: "shell", run: shell::run, seeds: seeds::shell },
    Target { name: "strace", run: strace::run, seeds: seeds::strace },
    Target { name: "tables", run: tables::run, seeds: seeds::tables },
    Target { name: "terminal", run: terminal::run, seeds: seeds::terminal },
    Target { name: "topic", run: topic::run, seeds: seeds::topic },
];
