//! The report of an in-OS test program: lines `ok NAME` and `FAILED NAME: why`, then a sum.

use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{ensure, setup};

/// Where the test image has the test program.
pub const PROGRAM: &str = "/extra/guest";

/// Where the test image has the same program as a static PIE.
pub const PIE_PROGRAM: &str = "/extra/guest-pie";

/// How much longer than a command a whole suite may take.
const SUITE_PATIENCE: u32 = 9;

/// What a suite said.
#[derive(Debug, PartialEq)]
struct Report<'a> {
    passed: usize,
    failed: Vec<&'a str>,
    complete: bool,
}

/// Runs one suite in the machine; every check must hold.
pub fn run_suite(machine: &mut Machine, program: &str, suite: &str) -> Outcome {
    let patience = setup::patience() * SUITE_PATIENCE;
    let output = machine.run_within(&format!("{program} {suite}"), patience)?;
    check_report(&output.text, suite)?;
    ensure!(output.status == 0, "suite {suite} ended with status {}", output.status);
    Ok(())
}

/// Runs one suite and, when it has printed a line, does something from outside; every check must hold.
pub fn run_suite_and(
    machine: &mut Machine,
    suite: &str,
    line: &str,
    meanwhile: impl FnOnce() -> Outcome,
) -> Outcome {
    machine.type_line(&format!("{PROGRAM} {suite}"))?;
    let begin = machine.wait_for_within(line, setup::patience() * SUITE_PATIENCE)?;
    meanwhile()?;
    let rest = machine.wait_for_prompt_within(setup::patience() * SUITE_PATIENCE)?;
    check_report(&format!("{begin}{rest}"), suite)
}

fn check_report(text: &str, suite: &str) -> Outcome {
    let report = read_report(text);
    ensure!(report.failed.is_empty(), "suite {suite}:\n{}", report.failed.join("\n"));
    ensure!(report.complete, "suite {suite} stopped before its end:\n{text}");
    ensure!(report.passed > 0, "suite {suite} checked nothing");
    Ok(())
}

/// What the kernel has to give.
#[derive(Clone, Copy, Debug)]
pub struct Holdings {
    /// Frames that are free, or the kernel's heap.
    frames: u64,
    /// Bytes in use of that heap.
    heap: u64,
}

impl Holdings {
    /// Whether nothing was lost until `later`: what is in the heap may lie in other pages, and be less, or more
    /// by less than one.
    pub fn is_same(self, later: Self) -> bool {
        self.frames == later.frames && later.heap < self.heap + 4096
    }
}

/// What the kernel has to give, as it counts.
pub fn holdings(machine: &mut Machine) -> Outcome<Holdings> {
    let text = machine.succeed(&format!("{PROGRAM} frames"))?;
    read_holdings(&text)
        .ok_or_else(|| Failure::new(format!("`{PROGRAM} frames` printed no count but: {text}")))
}

fn read_holdings(text: &str) -> Option<Holdings> {
    let line = text.lines().find_map(|line| line.strip_prefix("free frames "))?;
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    Some(Holdings { frames: numbers.next()?, heap: numbers.next()? })
}

fn read_report(text: &str) -> Report<'_> {
    let passed = text.lines().filter(|line| line.starts_with("ok ")).count();
    let failed = text.lines().filter(|line| line.starts_with("FAILED ")).collect();
    let complete = text.lines().any(|line| line.starts_with("suite ") && line.contains(" ended: "));
    Report { passed, failed, complete }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holdings_are_the_same_in_other_pages_of_the_heap() {
        let read = |text| read_holdings(text).expect("two numbers");
        let one =
            read("noise\nfree frames 10 besides the heap's, of which 5000 bytes are in use\n");
        assert!(one.is_same(Holdings { frames: 10, heap: 5100 }));
        assert!(!one.is_same(Holdings { frames: 9, heap: 5000 }));
        assert!(!one.is_same(Holdings { frames: 10, heap: 9096 }));
    }

    #[test]
    fn a_report_counts_checks_and_keeps_the_failed_ones() {
        let text = "ok a_b\nnoise\nFAILED c: was 3\nok d\nsuite fork ended: 2 ok, 1 failed\n";
        let report = read_report(text);
        assert_eq!((report.passed, report.complete), (2, true));
        assert_eq!(report.failed, ["FAILED c: was 3"]);
    }

    #[test]
    fn a_suite_that_died_is_not_complete() {
        assert!(!read_report("ok a\n").complete);
    }
}
