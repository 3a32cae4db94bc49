//! What was run, how much, and what it found.

use std::fmt;
use std::time::Duration;
use tests::setup::Kernel;

/// What one machine did.
pub struct Share {
    kernel: Kernel,
    /// How long it ran.
    pub time: Duration,
    /// Rounds that it has finished.
    pub rounds: u64,
    /// Random calls.
    pub calls: u64,
    /// Processes that made them.
    pub processes: u64,
    /// Of these, how many were killed at random.
    pub killed: u64,
    /// Demos that were told to their end.
    pub demos: u64,
    /// Suites of storms.
    pub storms: u64,
    /// Users who wanted everything.
    pub bombs: u64,
    /// What was wrong, which ended it.
    pub finding: Option<String>,
}

impl Share {
    /// Nothing so far.
    pub const fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            time: Duration::ZERO,
            rounds: 0,
            calls: 0,
            processes: 0,
            killed: 0,
            demos: 0,
            storms: 0,
            bombs: 0,
            finding: None,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, rounds, calls, processes, killed, demos, storms, bombs, .. } = self;
        let (kernel, minutes) = (format!("{:?}", self.kernel), time.as_secs_f64() / 60.0);
        write!(
            formatter,
            "{kernel:<7}  {minutes:6.1} min  {rounds} rounds, {calls} calls by {processes} processes ({killed} killed), \
             {demos} demos, {storms} storms, {bombs} bombs: {}",
            if self.finding.is_some() { "A FINDING" } else { "sound" }
        )
    }
}

/// All that was run.
pub struct Report {
    seed: u64,
    shares: Vec<Share>,
}

impl Report {
    /// Of a run that begins with this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, shares: Vec::new() }
    }

    /// Adds what a machine did.
    pub fn add(&mut self, share: Share) {
        self.shares.push(share);
    }

    /// How many machines ended with a finding.
    pub fn findings(&self) -> usize {
        self.shares.iter().filter(|share| share.finding.is_some()).count()
    }

    fn row(&self, kernel: Kernel) -> String {
        let shares = || self.shares.iter().filter(|share| share.kernel == kernel);
        let sum = |of: fn(&Share) -> u64| shares().map(of).sum::<u64>();
        let minutes = shares().map(|share| share.time).sum::<Duration>().as_secs_f64() / 60.0;
        let findings = shares().filter(|share| share.finding.is_some()).count();
        format!(
            "| {kernel:?} | {} | {minutes:.0} min | {} | {} | {} | {} | {} | {} | {} | {findings} |",
            shares().count(),
            sum(|it| it.rounds),
            sum(|it| it.calls),
            sum(|it| it.processes),
            sum(|it| it.killed),
            sum(|it| it.demos),
            sum(|it| it.storms),
            sum(|it| it.bombs),
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "# Soak, seed {}\n", self.seed)?;
        writeln!(
            formatter,
            "| kernel | machines | time | rounds | random calls | their processes | killed | demos | storms | bombs | findings |"
        )?;
        writeln!(formatter, "|---|---|---|---|---|---|---|---|---|---|---|")?;
        for kernel in [Kernel::Release, Kernel::Checked] {
            writeln!(formatter, "{}", self.row(kernel))?;
        }
        for finding in self.shares.iter().filter_map(|share| share.finding.as_ref()) {
            writeln!(formatter, "\n```\n{finding}\n```")?;
        }
        Ok(())
    }
}
