//! Booting: to a prompt, with four cores, whatever the emulator's switches.

use crate::case::{Case, on_machine};
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::processor_time::processor_time;
use crate::setup::{self, Board};
use crate::{booted, ensure, free, guest};
use std::time::{Duration, Instant};

/// The time from the emulator's start to the prompt that is promised for a quiet host.
const PROMISED_BOOT: Duration = Duration::from_millis(500);
/// Boots to try before the host counts as quiet enough: one that keeps the promise is enough.
const BOOT_ATTEMPTS: usize = 12;
/// Sleeps to measure until the host is quiet enough for a fair one.
const SLEEP_ATTEMPTS: usize = 5;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("boot": a_banner_stands_before_the_first_prompt, four_cores_run);
    cases.extend(free!("boot":
        a_kernel_command_line_does_not_disturb,
        the_counter_may_run_at_the_boards_frequency,
        instruction_counting_boots_too,
        ten_boots_in_a_row_reach_the_prompt,
    ));
    cases.push(Case::free("boot::the_prompt_is_there_within_half_a_second", is_quick).alone());
    cases
}

fn a_banner_stands_before_the_first_prompt(machine: &mut Machine) -> Outcome {
    let transcript = machine.transcript();
    let banner = transcript.split("commons:/# ").next().unwrap_or_default();
    ensure!(banner.contains("Commons"), "nothing before the prompt names the system: {banner}");
    Ok(())
}

pub(super) fn four_cores_run(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PROGRAM, "cores")
}

fn a_kernel_command_line_does_not_disturb() -> Outcome {
    on_machine(&["-append", "nonsense key=value init=/bin/init"], still_works)
}

fn the_counter_may_run_at_the_boards_frequency() -> Outcome {
    // Taking 19.2 MHz or 54 MHz for 62.5 MHz would make a second last 3.3 s or 1.16 s; a busy host
    // can only lengthen a sleep, so the shortest of some is judged.
    let board = Board::usual()?;
    let longest = board.of(Duration::from_millis(2000), Duration::from_millis(1150));
    on_machine(&["-global", board.counter_of_the_real_one()], |machine| {
        still_works(machine)?;
        let mut shortest = Duration::MAX;
        for _ in 0..SLEEP_ATTEMPTS {
            let start = Instant::now();
            machine.succeed("sleep 1")?;
            shortest = shortest.min(start.elapsed());
            if shortest < longest {
                break;
            }
        }
        let fair = Duration::from_millis(950)..longest;
        ensure!(fair.contains(&shortest), "`sleep 1` took {shortest:?} at the board's rate");
        Ok(())
    })
}

fn instruction_counting_boots_too() -> Outcome {
    on_machine(&["-icount", "shift=0,sleep=off"], still_works)
}

fn ten_boots_in_a_row_reach_the_prompt() -> Outcome {
    (0..10).try_for_each(|_| on_machine(&[], |_| Ok(())))
}

fn is_quick() -> Outcome {
    let limit = PROMISED_BOOT.mul_f64(setup::slowness());
    let mut fastest = Duration::MAX;
    for _ in 0..BOOT_ATTEMPTS {
        let start = Instant::now();
        on_machine(&[], |machine| {
            // On a busy host the clock also counts what others did meanwhile.
            let cost = processor_time(machine.process_id())?;
            fastest = fastest.min(start.elapsed()).min(cost);
            Ok(())
        })?;
        if fastest <= limit {
            return Ok(());
        }
    }
    ensure!(fastest <= limit, "the fastest of {BOOT_ATTEMPTS} boots took {fastest:?}");
    Ok(())
}

fn still_works(machine: &mut Machine) -> Outcome {
    let answer = machine.succeed("echo alive | cat")?;
    ensure!(answer == "alive\n", "a pipe printed {answer:?}");
    Ok(())
}
