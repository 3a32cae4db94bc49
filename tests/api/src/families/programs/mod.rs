//! The same two programs in each family: one makes pictures, the other one adds up their bytes.
//!
//! Each is written as short as its family lets it be written with the same care: nobody polls, no
//! picture is lost or torn, and nothing is left. docs/families.md compares how long they are.

mod mapping_objects;
mod offers;
mod posix;
mod topics;

use crate::check::Checks;
use crate::children::{self, GOOD};
use alloc::format;
use user::error::Result;
use user::process::Pid;
use user::time::Duration;
use user::{posix as names, region};

/// Bytes of a picture.
const BYTES: usize = 64 * 1024;
/// How many are made.
const PICTURES: u64 = 20;
/// What they are, all together.
const SUM: u64 = (PICTURES * (PICTURES + 1) / 2) * (BYTES / 8) as u64;
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// A family, its programs, and their source.
type Program = (&'static str, fn(Pid) -> Result<()>, fn() -> Result<u64>, &'static str);

const PROGRAMS: [Program; 4] = [
    (
        "mapping objects",
        mapping_objects::produce,
        mapping_objects::consume,
        include_str!("mapping_objects.rs"),
    ),
    ("offers", offers::produce, offers::consume, include_str!("offers.rs")),
    ("POSIX", posix::produce, posix::consume, include_str!("posix.rs")),
    ("topics", topics::produce, topics::consume, include_str!("topics.rs")),
];

const DOCUMENT: &str = include_str!("../../../../../docs/families.md");

/// The checks.
pub fn run(checks: &mut Checks) {
    for (family, produce, consume, source) in PROGRAMS {
        let consumer = children::start(|| consume().is_ok_and(|sum| sum == SUM));
        let producer = children::start(|| consumer.is_some_and(|pid| produce(pid).is_ok()));
        let ends = (children::end(producer), children::end(consumer));
        checks.equal(&format!("{family}: every picture is seen"), ends, (GOOD, GOOD));
        let row = format!("| {family} | {} | {} |", lines(source), removals(source));
        checks.that(&format!("the document has {row}"), DOCUMENT.contains(&row));
    }
    checks.equal("no region is left", region::list().map(|all| all.len()), Ok(0));
    checks.equal("no semaphore is left", names::sem_list().map(|all| all.len()), Ok(0));
}

/// Lines that are neither empty nor comments.
fn lines(source: &str) -> usize {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    source.lines().filter(is_code).count()
}

/// Calls that do nothing but remove or unmap something.
fn removals(source: &str) -> usize {
    let removes = |line: &&str| line.contains("unlink(") || line.contains("munmap(");
    source.lines().filter(removes).count()
}
