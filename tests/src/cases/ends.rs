//! The system's own end: power-off and panic.

use crate::case::{Case, on_machine};
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::setup::Kernel;
use crate::{booted, ensure, free, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("ends":
        poweroff_ends_the_emulator_with_success,
        poweroff_works_while_all_cores_are_busy,
    );
    cases.extend(free!("ends":
        a_kernel_panic_explains_itself_and_ends_the_emulator_with_failure,
        a_missing_init_is_a_panic_that_names_it,
        a_lock_out_of_order_is_a_panic_in_the_checked_kernel,
    ));
    cases
}

fn poweroff_ends_the_emulator_with_success(machine: &mut Machine) -> Outcome {
    machine.type_line("poweroff")?;
    let status = machine.expect_exit()?;
    ensure!(status.success(), "the emulator ended with {status}");
    Ok(())
}

fn poweroff_works_while_all_cores_are_busy(machine: &mut Machine) -> Outcome {
    for _ in 0..5 {
        machine.start_job(&format!("{} spin &", guest::PROGRAM), "spinning\n")?;
    }
    machine.type_line("poweroff")?;
    let status = machine.expect_exit()?;
    ensure!(status.success(), "the emulator ended with {status}");
    Ok(())
}

fn panics(kernel: Kernel, switches: &[&str], check: impl FnOnce(&str) -> Outcome) -> Outcome {
    let mut machine = Machine::start(kernel, switches)?;
    machine.expect_panic();
    let ended = machine.expect_exit();
    let outcome = ended.and_then(|status| {
        ensure!(!status.success(), "the emulator ended with success");
        check(&machine.transcript())
    });
    outcome.map_err(|failure: Failure| machine.explain(failure))
}

fn a_kernel_panic_explains_itself_and_ends_the_emulator_with_failure() -> Outcome {
    panics(Kernel::Release, &["-append", "panic=test"], |text| {
        ensure!(crate::console::PANIC.is_match(text), "nothing says that it is a panic");
        // Registers by name with a value, and functions by name with an offset or address.
        for (what, wanted) in [
            ("register x0", r"(?i)\bx0+\b\W*(0x)?[0-9a-f]{8,}"),
            ("register x29 or fp", r"(?i)\b(x29|fp)\b\W*(0x)?[0-9a-f]{8,}"),
            ("stack pointer", r"(?i)\bsp\b\W*(0x)?[0-9a-f]{8,}"),
            ("function's name", r"[a-z_0-9]+::[a-z_0-9]+"),
            ("return address", r"(?i)0x(ffff_?)[0-9a-f_]{8,}"),
        ] {
            ensure!(pattern(wanted).is_match(text), "the panic shows no {what} (‘{wanted}’)");
        }
        Ok(())
    })?;
    // Without the word the same image boots.
    on_machine(&["-append", "panic=none"], |_| Ok(()))
}

fn a_missing_init_is_a_panic_that_names_it() -> Outcome {
    panics(Kernel::Release, &["-append", "init=/bin/nothing"], |text| {
        ensure!(text.contains("/bin/nothing"), "the panic does not name the program");
        Ok(())
    })
}

fn a_lock_out_of_order_is_a_panic_in_the_checked_kernel() -> Outcome {
    let switches = ["-append", "panic=lock-order"];
    panics(Kernel::Checked, &switches, |text| {
        ensure!(text.contains("lock order"), "the panic does not say why");
        Ok(())
    })?;
    on_machine(&switches, |_| Ok(()))
}
