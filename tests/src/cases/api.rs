//! The suites of `api`, which uses the runtime as any program does, and the C examples.

use crate::case::Case;
use crate::failure::Outcome;
use crate::guest;
use crate::machine::Machine;
use crate::{ensure, setup};

/// Where the test image has the program.
const PROGRAM: &str = "/extra/api";

/// Suites and what they show, as sentences.
const SUITES: &[(&str, &str)] = &[
    ("posix-objects", "shared_memory_objects_are_posixs"),
    ("posix-mappings", "mappings_of_objects_are_posixs"),
    ("posix-semaphores", "semaphores_keep_processes_apart"),
    ("channels", "offers_carry_messages_of_any_size"),
    ("copies", "copies_fills_and_the_clock_need_no_call_and_are_right"),
    ("offers", "offers_and_the_kernels_log_are_waited_for_with_the_runtime"),
    ("posix-semaphore-errors", "semaphores_fail_as_posix_says"),
    ("native", "every_native_call_keeps_its_word"),
    ("mapping-objects", "every_call_on_mapping_objects_keeps_its_word"),
    ("families", "every_family_reaches_what_each_has_made"),
    ("memory-functions", "the_runtime_copies_fills_compares_and_tells_the_time"),
    ("windows", "a_line_is_drawn_anew_when_its_window_changes"),
    ("topics", "typed_messages_are_lent_published_and_read"),
];

/// C programs that need the headers only.
const PLAIN_C: &[(&str, &str)] = &[
    ("mapping", "api::a_c_program_uses_mapping_objects"),
    ("offers", "api::a_c_program_offers_claims_lists_and_cancels"),
    ("topics", "api::a_c_program_publishes_and_another_reads"),
];

/// The cases of this subject; those of C programs where they could be built.
pub fn cases() -> Vec<Case> {
    let suite = |(suite, sentence): (&'static str, &'static str)| {
        Case::booted(format!("api::{sentence}"), move |machine| {
            guest::run_suite(machine, PROGRAM, suite)
        })
    };
    let mut cases: Vec<Case> = SUITES.iter().copied().map(suite).collect();
    if setup::has_c_example("posix") {
        cases.push(suite(("posix-c", "c_programs_share_semaphores_with_ours")));
        cases.push(Case::booted("api::a_c_program_uses_posix", a_c_program_uses_posix));
    }
    if setup::has_c_example("signals") {
        cases.push(Case::booted("api::a_c_program_handles_signals", a_c_program_handles_signals));
    }
    if setup::has_c_example("threads") {
        let name = "api::a_c_program_uses_threads";
        cases.push(Case::booted(name, a_c_program_uses_threads));
        let name = "checked::a_c_program_uses_threads";
        cases.push(Case::booted(name, a_c_program_uses_threads).checked());
    }
    for (program, name) in PLAIN_C {
        if setup::has_c_example(program) {
            let check = move |machine: &mut Machine| a_c_program_ends_well(machine, program);
            cases.push(Case::booted(*name, check));
        }
    }
    cases
}

fn a_c_program_uses_posix(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("/extra/c-posix")?;
    ensure!(text == "posix: ok\n", "it printed {text:?}");
    Ok(())
}

fn a_c_program_handles_signals(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("/extra/c-signals")?;
    ensure!(text == "signals: ok\n", "it printed {text:?}");
    Ok(())
}

/// Its first thread ends before its last one, whose status is the program's.
fn a_c_program_uses_threads(machine: &mut Machine) -> Outcome {
    let output = machine.run_within("/extra/c-threads", setup::patience() * 4)?;
    ensure!(output.text == "threads: ok\n", "it printed {:?}", output.text);
    ensure!(output.status == 9, "its status is {}", output.status);
    Ok(())
}

fn a_c_program_ends_well(machine: &mut Machine, program: &str) -> Outcome {
    let text = machine.succeed(&format!("/extra/c-{program}"))?;
    // A process that shall fault has the kernel tell so first.
    ensure!(text.ends_with(&format!("{program}: ok\n")), "it printed {text:?}");
    ensure!(!text.contains("FAILED"), "it printed {text:?}");
    Ok(())
}
