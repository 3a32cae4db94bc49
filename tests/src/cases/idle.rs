//! An idle machine costs its host nothing: four cores wait, no timer ticks.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::processor_time::processor_time;
use crate::setup::Kernel;
use crate::{ensure, setup};
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
