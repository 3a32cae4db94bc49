//! Dynamically linked programs: loaded with the dynamic linker that they name, which maps their libraries.
//!
//! The test image has the linkers and libraries where Linux programs look for them, if a compiler and
//! Debian's packages could be had.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{ensure, setup};

/// A program of `tests/c/dynamic`, the library that it opens while it runs, and what it shows.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("dynamic", "late.so", "a_program_that_runs_anywhere_is_linked_with_its_libraries"),
    (
        "dynamic-fixed",
        "late.so",
        "a_program_with_addresses_of_its_own_is_linked_with_its_libraries",
    ),
    ("dynamic-musl", "late-musl.so", "musls_dynamic_linker_links_programs_with_their_libraries"),
];

/// The cases of this subject, for those programs that could be built.
pub fn cases() -> Vec<Case> {
    let programs = PROGRAMS.iter().filter(|(program, ..)| setup::has_c_example(program));
    let mut cases: Vec<Case> = programs
        .map(|(program, library, sentence)| {
            Case::booted(format!("dynamic::{sentence}"), move |machine| {
                checks_hold(machine, &format!("/extra/dynamic/{program} /extra/dynamic/{library}"))
            })
        })
        .collect();
    if setup::has_c_example("dynamic") {
        cases.push(Case::booted(
            "dynamic::the_linker_runs_as_a_program_and_finds_libraries_by_the_environment",
            the_linker_runs_as_a_program,
        ));
    }
    if setup::has_c_example("dash") {
        cases.push(Case::booted("dynamic::debians_programs_run_as_they_are", debians_programs_run));
    }
    cases
}

fn checks_hold(machine: &mut Machine, line: &str) -> Outcome {
    let output = machine.run(line)?;
    ensure!(output.status == 0, "it ended with status {} after:\n{}", output.status, output.text);
    ensure!(output.text.ends_with("\n0 failed\n"), "it printed:\n{}", output.text);
    ensure!(!output.text.contains("FAILED"), "it printed:\n{}", output.text);
    Ok(())
}

fn the_linker_runs_as_a_program(machine: &mut Machine) -> Outcome {
    let linker = "/lib/ld-linux-aarch64.so.1";
    let text = machine.succeed(&format!("{linker} --list /extra/dynamic/dynamic"))?;
    ensure!(text.contains("libtest.so => /extra/dynamic/libtest.so (0x"), "it listed:\n{text}");
    // From a file system whose files can change, too.
    machine.succeed("mkdir /tmp/libraries")?;
    machine.succeed("cat /extra/dynamic/libtest.so > /tmp/libraries/libtest.so")?;
    machine.succeed("export LD_LIBRARY_PATH=/tmp/libraries")?;
    let text = machine.succeed(&format!("{linker} --list /extra/dynamic/dynamic"))?;
    ensure!(text.contains("libtest.so => /tmp/libraries/libtest.so (0x"), "it listed:\n{text}");
    checks_hold(machine, "/extra/dynamic/dynamic /extra/dynamic/late.so")
}

fn debians_programs_run(machine: &mut Machine) -> Outcome {
    let script = "cd /extra/debian; ./seq 300 | ./sort -n -r | ./wc -l; echo $((6 * 7))";
    let text = machine.succeed(&format!("/extra/debian/dash -c '{script}'"))?;
    ensure!(text == "300\n42\n", "it printed {text:?}");
    let text = machine.succeed("/extra/debian/seq 3 1 5")?;
    ensure!(text == "3\n4\n5\n", "it printed {text:?}");
    Ok(())
}
