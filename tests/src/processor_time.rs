//! What a process of the host has cost it: unlike the clock, that tells the same when others run.

use crate::failure::{Failure, Outcome};
use std::process::Command;
use std::time::Duration;

/// Processor time of a process of the host, from `/proc` or else from `ps`.
pub fn processor_time(process: u32) -> Outcome<Duration> {
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
