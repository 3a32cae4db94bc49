//! What the activity LED shows: how far the boot has come, that the system lives, and that it has panicked.
//!
//! While it boots nothing can blink: the light changes with each stage, and stays as it is if one does not end.

use crate::board::board;
use core::sync::atomic::{AtomicU8, Ordering};
use core::time::Duration;

/// The activity LED.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Light {
    /// Dark.
    Off,
    /// Lit.
    On,
}

/// How far the boot has come: what is being done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Stage {
    /// The devices are there, and the memory is taken.
    Devices = 1,
    /// The other cores are started.
    Cores = 2,
    /// The files and the first program are made.
    FirstProgram = 3,
    /// Programs run.
    Running = 4,
}

static STAGE: AtomicU8 = AtomicU8::new(0);

/// How the light beats while the kernel lives.
pub const HEARTBEAT: [(Light, Duration); 2] =
    [(Light::On, Duration::from_millis(100)), (Light::Off, Duration::from_millis(1900))];

/// Quick flashes at the beginning of a panic's pattern.
const FLICKERS: u8 = 8;
const FLICKER: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(1000);

impl Stage {
    /// What is steadily shown meanwhile.
    pub const fn light(self) -> Light {
        match self {
            Self::Devices | Self::FirstProgram => Light::On,
            Self::Cores | Self::Running => Light::Off,
        }
    }
}

/// The boot has come to this stage.
pub fn reach(stage: Stage) {
    STAGE.store(stage as u8, Ordering::Relaxed);
    board().show(stage.light());
}

/// The number of the stage that was reached last; 0 for none.
pub fn stage() -> u8 {
    STAGE.load(Ordering::Relaxed)
}

/// What a panic in the stage of this number shows, again and again: flickering, and a long flash for each stage.
pub fn panic_pattern(stage: u8) -> impl Iterator<Item = (Light, Duration)> + Clone {
    let flashes = |count: u8, time| {
        (0..2 * count).map(move |at| (if at % 2 == 0 { Light::On } else { Light::Off }, time))
    };
    let pause = core::iter::once((Light::Off, PAUSE));
    flashes(FLICKERS, FLICKER).chain(pause.clone()).chain(flashes(stage, LONG)).chain(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times for which the light is on, between those for which it is off, each in one piece.
    fn spans(pattern: impl Iterator<Item = (Light, Duration)>) -> Vec<(Light, Duration)> {
        let mut spans: Vec<(Light, Duration)> = Vec::new();
        for (light, time) in pattern {
            match spans.last_mut() {
                Some(last) if last.0 == light => last.1 += time,
                _ => spans.push((light, time)),
            }
        }
        spans
    }

    fn flashes(stage: u8, longer: Duration) -> usize {
        let spans = spans(panic_pattern(stage));
        spans.iter().filter(|(light, time)| *light == Light::On && *time >= longer).count()
    }

    #[test]
    fn each_stage_shows_another_light_than_the_one_before() {
        let stages = [Stage::Devices, Stage::Cores, Stage::FirstProgram, Stage::Running];
        let lights = stages.map(Stage::light);
        assert_eq!(lights, [Light::On, Light::Off, Light::On, Light::Off]);
        assert_eq!(stages.map(|stage| stage as u8), [1, 2, 3, 4]);
    }

    #[test]
    fn a_panic_tells_its_stage_by_long_flashes_that_can_be_counted() {
        for stage in 0..=4 {
            assert_eq!(flashes(stage, LONG), usize::from(stage), "stage {stage}");
            assert_eq!(flashes(stage, Duration::ZERO), usize::from(stage + FLICKERS));
            let spans = spans(panic_pattern(stage).cycle().take(200));
            let shortest = spans.iter().map(|span| span.1).min();
            assert!(shortest >= Some(Duration::from_millis(50)), "an eye sees it");
        }
    }

    #[test]
    fn the_heartbeat_is_a_short_flash_every_other_second() {
        let whole: Duration = HEARTBEAT.iter().map(|part| part.1).sum();
        assert_eq!(whole, Duration::from_secs(2));
        assert_eq!(HEARTBEAT.map(|part| part.0), [Light::On, Light::Off]);
    }
}
