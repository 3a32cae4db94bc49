//! Tests of the runtime's calls that run inside Commons: `api SUITE`.
//!
//! Each check prints a line `ok NAME` or `FAILED NAME: why`. `guest` tests the kernel without the
//! runtime; here programs are written as anybody writes them.
#![no_std]
#![no_main]

extern crate alloc;

mod c_programs;
mod channels;
mod check;
mod children;
mod copies;
mod families;
mod mapping_objects;
mod mappings;
mod memory_functions;
mod native;
mod native_family;
mod native_sync;
mod objects;
mod offers;
mod semaphore_errors;
mod semaphores;
mod surfaces;
mod topics;
mod windows;

use check::Checks;
use user::{env, println};

/// A suite's name and its checks.
type Suite = (&'static str, fn(&mut Checks));

const SUITES: &[Suite] = &[
    ("posix-objects", objects::run),
    ("posix-mappings", mappings::run),
    ("posix-semaphores", semaphores::run),
    ("posix-semaphore-errors", semaphore_errors::run),
    ("channels", channels::run),
    ("copies", copies::run),
    ("offers", offers::run),
    ("native", native::run),
    ("mapping-objects", mapping_objects::run),
    ("topics", topics::run),
    ("surfaces", surfaces::run),
    ("families", families::run),
    ("memory-functions", memory_functions::run),
    ("windows", windows::run),
    ("posix-c", c_programs::run),
];

user::entry!(main);

fn main() -> i32 {
    let name = env::args().nth(1).unwrap_or("help");
    let Some((_, suite)) = SUITES.iter().find(|(suite, _)| *suite == name) else {
        println!("usage: api SUITE");
        for (suite, _) in SUITES {
            println!("  {suite}");
        }
        return 2;
    };
    let mut checks = Checks::default();
    suite(&mut checks);
    checks.end(name)
}
