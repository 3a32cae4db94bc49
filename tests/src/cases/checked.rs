//! The storms once more, on the kernel that checks its arithmetic and the order of its locks.

use super::main_job;
use crate::case::Case;
use crate::guest;

/// Suites that make the cores meet at the same locks.
const SUITES: &[&str] = &[
    "fork",
    "wait",
    "signals",
    "handlers",
    "interruptions",
    "stopping",
    "forged-frames",
    "signal-storm",
    "timers",
    "memory",
    "regions",
    "region-storm",
    "region-thousand",
    "native",
    "inheritance",
    "holdings",
    "offers",
    "offer-pages",
    "offer-parties",
    "offer-storms",
    "offer-kills",
    "offer-waits",
    "kernel-log",
    "posix-mmap",
    "exactness",
    "pipes",
    "fifos",
    "poll",
    "topic-pools",
    "topic-queues",
    "topics",
    "descriptors",
    "files",
    "file-calls",
    "file-locks",
    "copy-range",
    "host",
    "day",
    "events",
    "sockets",
    "processes",
    "futex",
    "futex-moves",
    "robust",
    "threads",
    "thread-exec",
    "thread-storms",
    "thread-calls",
    "killing",
    "crowd",
    "exhaustion",
    "hostile-calls",
];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = SUITES
        .iter()
        .map(|suite| {
            Case::booted(format!("checked::{suite}"), |machine| {
                guest::run_suite(machine, guest::PROGRAM, suite)
            })
        })
        .collect();
    cases.push(Case::booted("checked::the_session_of_the_readme", main_job::session));
    cases.into_iter().map(Case::checked).collect()
}
