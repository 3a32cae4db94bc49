//! An idle machine costs its host nothing: four cores wait, no timer ticks.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::setup::Kernel;
use crate::{ensure, setup};
use std::process::Command;
use std::time::Duration;

/// Host time that two idle seconds may cost; one spinning core would cost all of two seconds.
const ALLOWED: Duration = Duration::from_millis(500);
/// How long a machine that only the host can look at is measured.
const MEASURED: Duration = Duration::from_secs(2);
/// Measurements before the host counts as too busy to tell.
const ATTEMPTS: usize = 3;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    vec![
        Case::booted("idle::two_idle_seconds_cost_the_host_almost_nothing", idles).alone(),
        Case::free("idle::a_machine_that_has_panicked_costs_the_host_nothing", rests).alone(),
    ]
}

/// Without semihosting the emulator stands for a board, which a panic cannot end.
fn rests() -> Outcome {
    let no_end = ["-semihosting-config", "enable=off", "-append", "panic=test"];
    let mut machine = Machine::start(Kernel::Release, &no_end)?;
    machine.expect_panic();
    let outcome = machine.wait_for("the machine has stopped").and_then(|_| {
        let before = processor_time(machine.process_id())?;
        std::thread::sleep(MEASURED);
        let cost = processor_time(machine.process_id())?.saturating_sub(before);
        let allowed = ALLOWED.mul_f64(setup::slowness());
        ensure!(cost <= allowed, "{MEASURED:?} after a panic cost the host {cost:?}");
        Ok(())
    });
    outcome.map_err(|failure| machine.explain(failure))
}

fn idles(machine: &mut Machine) -> Outcome {
    let allowed = ALLOWED.mul_f64(setup::slowness());
    let mut least = Duration::MAX;
    for _ in 0..ATTEMPTS {
        let before = processor_time(machine.process_id())?;
        machine.succeed("sleep 2")?;
        least = least.min(processor_time(machine.process_id())?.saturating_sub(before));
        if least <= allowed {
            return Ok(());
        }
    }
    ensure!(least <= allowed, "`sleep 2` cost the host {least:?}");
    Ok(())
}

/// Processor time of a process of the host, from `/proc` or else from `ps`.
fn processor_time(process: u32) -> Outcome<Duration> {
    let unreadable = || Failure::new("cannot read the emulator's processor time");
    if let Ok(text) = std::fs::read_to_string(format!("/proc/{process}/stat")) {
        return time_in_stat(&text).ok_or_else(unreadable);
    }
    let output =
        Command::new("ps").args(["-o", "cputime=", "-p", &process.to_string()]).output()?;
    time_in_ps(&String::from_utf8_lossy(&output.stdout)).ok_or_else(unreadable)
}

/// Fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second; the name in field 2 may
/// hold anything, but ends with the last parenthesis.
fn time_in_stat(text: &str) -> Option<Duration> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

/// `[HH:]MM:SS[.hh]`.
fn time_in_ps(text: &str) -> Option<Duration> {
    let seconds = text
        .trim()
        .split(':')
        .try_fold(0.0, |sum, part| part.parse::<f64>().ok().map(|value| sum * 60.0 + value))?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_in_stat_is_found_behind_any_name() {
        let text = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 120 30 0 0";
        assert_eq!(time_in_stat(text), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn the_time_of_ps_is_read_with_and_without_hours() {
        assert_eq!(time_in_ps(" 1:02.50\n"), Some(Duration::from_millis(62_500)));
        assert_eq!(time_in_ps("01:00:01"), Some(Duration::from_secs(3601)));
        assert_eq!(time_in_ps("x"), None);
    }
}
