//! The activity LED and the watchdog. The LED of the emulator's Raspberry Pi 4B is looked at from outside, in the
//! level of its pin; its 3B has none that the firmware would set.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::monitor::{Monitor, with_monitor};
use crate::setup::{self, Board, Kernel};
use crate::{ensure, free};
use std::time::{Duration, Instant};

/// The levels of GPIO 32 and above, and the LED's among them.
const LEVELS: &str = "xp /1wx 0xfe200038";
const LED: u32 = 1 << (42 - 32);
/// Without semihosting the emulator stands for a board, which a panic cannot end.
const AS_A_BOARD: [&str; 2] = ["-semihosting-config", "enable=off"];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("light":
        the_light_beats_when_it_is_asked_to,
        the_light_is_dark_when_nobody_asks,
        a_panic_shows_on_the_light,
        a_panic_restarts_the_machine_after_the_seconds_it_was_told,
        an_armed_watchdog_takes_the_emulator_for_wedged,
    )
}

/// The light, as the emulator's monitor shows it.
struct Light(Monitor);

impl Light {
    /// Whether the LED is lit.
    fn is_lit(&mut self) -> Outcome<bool> {
        let question = format!(
            r#"{{"execute":"human-monitor-command","arguments":{{"command-line":"{LEVELS}"}}}}"#
        );
        let answer = self.0.ask(&question)?;
        let value = answer.rsplit_once("0x").map(|(_, value)| value.chars().take(8).collect());
        let value = value.and_then(|value: String| u32::from_str_radix(&value, 16).ok());
        let value = value.ok_or_else(|| Failure::new(format!("no level in {answer}")))?;
        Ok(value & LED != 0)
    }

    /// Waits until the LED is lit, or dark.
    fn wait_for(&mut self, lit: bool) -> Outcome {
        let deadline = Instant::now() + setup::patience();
        while self.is_lit()? != lit {
            ensure!(Instant::now() < deadline, "the light never becomes lit={lit}");
        }
        Ok(())
    }
}

/// Starts a Raspberry Pi 4B whose light can be looked at.
fn with_light(
    switches: &[&str],
    check: impl FnOnce(&mut Machine, &mut dyn FnMut() -> Outcome<Light>) -> Outcome,
) -> Outcome {
    with_monitor(Board::Raspi4b, switches, |machine, connect| {
        check(machine, &mut || connect().map(Light))
    })
}

fn the_light_beats_when_it_is_asked_to() -> Outcome {
    with_light(&["-append", "led=heartbeat"], |machine, light| {
        machine.wait_for_prompt()?;
        let mut light = light()?;
        for _ in 0..2 {
            light.wait_for(true)?;
            light.wait_for(false)?;
        }
        machine.succeed("echo alive").map(drop)
    })
}

fn the_light_is_dark_when_nobody_asks() -> Outcome {
    with_light(&[], |machine, light| {
        machine.wait_for_prompt()?;
        let mut light = light()?;
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            ensure!(!light.is_lit()?, "the light is lit");
        }
        Ok(())
    })
}

fn a_panic_shows_on_the_light() -> Outcome {
    let switches = [&AS_A_BOARD[..], &["-append", "panic=test"]].concat();
    with_light(&switches, |machine, light| {
        machine.expect_panic();
        machine.wait_for("the machine has stopped")?;
        let mut light = light()?;
        // More often than a heartbeat would be in this time.
        let start = Instant::now();
        for _ in 0..8 {
            light.wait_for(true)?;
            light.wait_for(false)?;
        }
        let most = Duration::from_secs(8).mul_f64(setup::slowness());
        ensure!(start.elapsed() < most, "eight flashes took {:?}", start.elapsed());
        Ok(())
    })
}

fn a_panic_restarts_the_machine_after_the_seconds_it_was_told() -> Outcome {
    for board in [Board::Raspi3b, Board::Raspi4b] {
        let switches = [&AS_A_BOARD[..], &["-append", "panic=test panic=2"]].concat();
        let mut machine = Machine::start_on(board, Kernel::Release, &switches)?;
        machine.expect_panic();
        let ended = machine.wait_for("the machine restarts in 2 s").and_then(|_| {
            let start = Instant::now();
            // The emulator ends where the board would restart.
            machine.expect_exit()?;
            let after = start.elapsed();
            ensure!(after > Duration::from_millis(1800), "it restarted after {after:?}");
            Ok(())
        });
        ended.map_err(|failure| machine.explain(failure))?;
    }
    Ok(())
}

fn an_armed_watchdog_takes_the_emulator_for_wedged() -> Outcome {
    let mut machine = Machine::start(Kernel::Release, &["-append", "watchdog=15"])?;
    let ended = machine.wait_for("after 15 s without a sign of life");
    let ended = ended.and_then(|_| machine.expect_exit());
    ended.map_err(|failure| machine.explain(failure)).map(drop)
}
