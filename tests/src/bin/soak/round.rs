//! One round: everything once.

use super::report::Share;
use tests::console::pattern;
use tests::failure::{Failure, Outcome};
use tests::machine::Machine;
use tests::{ensure, guest, setup};

/// How much longer than a command anything here may take.
const PATIENCE: u32 = 12;

/// Those that end by themselves and need no screen.
const DEMOS: [&str; 12] = [
    "prodcons",
    "semaphore",
    "fork",
    "denied",
    "growth",
    "lifetime",
    "boundary",
    "offer",
    "pointers",
    "robot",
    "runtime",
    "topics",
];

/// Storms, most of whose processes are killed.
const STORMS: [&str; 8] = [
    "killing",
    "offer-kills",
    "offer-storms",
    "region-storm",
    "signal-storm",
    "thread-storms",
    "robust",
    "exhaustion",
];

/// A user who wants everything; what he has is ended at one stroke.
const BOMBS: [&str; 2] = [
    "f() { f | f & }; f",
    "for i in 1 2 3 4; do (x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done) & done; wait",
];

/// A round with the seed of its fuzzer.
pub struct Round<'a> {
    seed: u64,
    share: &'a mut Share,
}

impl<'a> Round<'a> {
    /// The round with this number.
    pub const fn new(seed: u64, share: &'a mut Share) -> Self {
        Self { seed, share }
    }

    /// Runs it; whatever does not succeed is a finding.
    pub fn run(mut self, machine: &mut Machine) -> Outcome {
        for demo in DEMOS {
            self.succeeds(machine, &format!("demo {demo}"))?;
            self.share.demos += 1;
        }
        self.fuzz(machine)?;
        for storm in STORMS {
            guest::run_suite(machine, guest::PROGRAM, storm)?;
            self.share.storms += 1;
        }
        for bomb in BOMBS {
            machine.command(&format!("as 1000 sh -c '{bomb}' 2> /dev/null &"))?;
            for _ in 0..5 {
                self.succeeds(
                    machine,
                    "ls / > /dev/null && region create /soak 64K && region rm /soak",
                )?;
            }
            machine.command("as 1000 kill -9 -1; wait")?;
            self.share.bombs += 1;
        }
        let left = self.succeeds(machine, "region ls | wc -l; topic ls | wc -l; sem ls | wc -l")?;
        ensure!(left.split_whitespace().all(|lines| lines == "1"), "names are left: {left}");
        self.succeeds(machine, "debug check")?;
        Ok(())
    }

    fn succeeds(&self, machine: &mut Machine, line: &str) -> Outcome<String> {
        let output = machine.run_within(line, setup::patience() * PATIENCE)?;
        ensure!(output.status == 0, "`{line}` ended with {}: {}", output.status, output.text);
        Ok(output.text)
    }

    fn fuzz(&mut self, machine: &mut Machine) -> Outcome {
        let line = format!("stress syscalls --seed {} --seconds 60", self.seed);
        let text = self.succeeds(machine, &line)?;
        let sums = pattern(r"seed \d+: (\d+) calls in .*\n(\d+) processes: (\d+) killed");
        let number = |group: usize| sums.captures(&text)?[group].parse::<u64>().ok();
        let (Some(calls), Some(processes), Some(killed)) = (number(1), number(2), number(3)) else {
            return Err(Failure::new(format!("no sum: {text}")));
        };
        self.share.calls += calls;
        self.share.processes += processes;
        self.share.killed += killed;
        Ok(())
    }
}
