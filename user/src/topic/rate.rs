//! How often messages come, and how many bytes: what `topic hz` and `topic bw` tell.

use crate::units::Size;
use alloc::collections::VecDeque;
use core::fmt;
use core::time::Duration;

/// Times of the last messages, of which so many are kept.
#[derive(Clone, Debug)]
pub struct Periods {
    window: usize,
    last: Option<u64>,
    /// Nanoseconds between a message and the one before.
    periods: VecDeque<u64>,
}

impl Periods {
    /// No messages yet.
    pub const fn new(window: usize) -> Self {
        Self { window, last: None, periods: VecDeque::new() }
    }

    /// A message was published at this time, in nanoseconds.
    pub fn add(&mut self, time: u64) {
        if let Some(last) = self.last.replace(time) {
            if self.periods.len() >= self.window {
                self.periods.pop_front();
            }
            self.periods.push_back(time.saturating_sub(last));
        }
    }

    /// The rate, once there are two messages.
    pub fn rate(&self) -> Option<Rate> {
        let count = self.periods.len() as u64;
        let sum: u64 = self.periods.iter().sum();
        let mean = sum.checked_div(count)?;
        let squares = self.periods.iter().map(|period| u128::from(period.abs_diff(mean)).pow(2));
        let variance = squares.sum::<u128>() / u128::from(count);
        Some(Rate {
            // Thousandths of a hertz.
            millihertz: (u128::from(count) * 1_000_000_000_000)
                .checked_div(u128::from(sum))
                .map_or(u64::MAX, |rate| rate as u64),
            least: *self.periods.iter().min()?,
            most: *self.periods.iter().max()?,
            deviation: variance.isqrt() as u64,
            window: count + 1,
        })
    }
}

/// A rate, as `ros2 topic hz` shows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    millihertz: u64,
    least: u64,
    most: u64,
    deviation: u64,
    window: u64,
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |nanoseconds: u64| Duration::from_nanos(nanoseconds).as_secs_f64();
        let (whole, thousandths) = (self.millihertz / 1000, self.millihertz % 1000);
        writeln!(formatter, "average rate: {whole}.{thousandths:03}")?;
        write!(
            formatter,
            "        min: {:.6}s max: {:.6}s std dev: {:.6}s window: {}",
            seconds(self.least),
            seconds(self.most),
            seconds(self.deviation),
            self.window
        )
    }
}

/// How many bytes messages have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flow {
    messages: u64,
    bytes: u64,
    least: u64,
    most: u64,
}

impl Flow {
    /// A message of so many bytes has come.
    pub fn add(&mut self, bytes: u64) {
        self.least = if self.messages == 0 { bytes } else { self.least.min(bytes) };
        self.most = self.most.max(bytes);
        self.messages += 1;
        self.bytes += bytes;
    }

    /// The bandwidth, if the messages have come within that time.
    pub fn within(&self, time: Duration) -> Option<Bandwidth> {
        let per_second = u128::from(self.bytes) * 1_000_000_000 / time.as_nanos().max(1);
        let mean = self.bytes.checked_div(self.messages)?;
        Some(Bandwidth { flow: *self, per_second: per_second as u64, mean })
    }
}

/// A bandwidth, as `ros2 topic bw` shows it.
#[derive(Clone, Copy, Debug)]
pub struct Bandwidth {
    flow: Flow,
    per_second: u64,
    mean: u64,
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flow { messages, least, most, .. } = self.flow;
        writeln!(formatter, "{} bytes/s from {messages} messages", Size(self.per_second))?;
        let [mean, least, most] = [self.mean, least, most].map(Size);
        write!(formatter, "        message size mean: {mean} min: {least} max: {most}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    const MILLISECOND: u64 = 1_000_000;

    #[test]
    fn a_steady_rate_has_no_deviation() {
        let mut periods = Periods::new(100);
        (0..11).for_each(|number| periods.add(number * 10 * MILLISECOND));
        assert_eq!(
            periods.rate().unwrap().to_string(),
            "average rate: 100.000\n        \
             min: 0.010000s max: 0.010000s std dev: 0.000000s window: 11"
        );
    }

    #[test]
    fn periods_have_least_most_and_deviation() {
        let mut periods = Periods::new(100);
        // 10 ms and 30 ms in turns: 50 Hz, 10 ms from the mean of 20 ms.
        [0, 10, 40, 50, 80].into_iter().for_each(|time| periods.add(time * MILLISECOND));
        let text = periods.rate().unwrap().to_string();
        assert!(text.starts_with("average rate: 50.000\n"), "{text}");
        assert!(text.ends_with("min: 0.010000s max: 0.030000s std dev: 0.010000s window: 5"));
    }

    #[test]
    fn only_the_window_counts_and_one_message_has_no_rate() {
        let mut periods = Periods::new(2);
        periods.add(0);
        assert_eq!(periods.rate(), None);
        [1000, 1010, 1020].into_iter().for_each(|time| periods.add(time * MILLISECOND));
        assert!(periods.rate().unwrap().to_string().starts_with("average rate: 100.000\n"));
    }

    #[test]
    fn bandwidth_has_mean_least_and_most() {
        let mut flow = Flow::default();
        assert!(flow.within(Duration::from_secs(1)).is_none());
        [1024, 3072].into_iter().for_each(|bytes| flow.add(bytes));
        assert_eq!(
            flow.within(Duration::from_secs(2)).unwrap().to_string(),
            "2K bytes/s from 2 messages\n        message size mean: 2K min: 1K max: 3K"
        );
    }
}
