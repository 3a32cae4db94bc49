//! Faults of a program end that program, with a line that says which, where and why.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{ensure, guest};

/// A fault: its name in the test program, the signal, and what the line must say (one of these).
struct Fault {
    name: &'static str,
    sentence: &'static str,
    signal: i32,
    why: &'static str,
}

const SEGV: i32 = 11;
const ILL: i32 = 4;
const BUS: i32 = 7;
const TRAP: i32 = 5;

const FAULTS: &[Fault] = &[
    fault("null-read", "a_load_from_a_null_pointer", SEGV, "null|not mapped|unmapped|nothing"),
    fault("null-write", "a_store_to_a_null_pointer", SEGV, "null|not mapped|unmapped|nothing"),
    fault("null-call", "a_call_of_a_null_pointer", SEGV, "null|not mapped|unmapped|nothing"),
    fault("undefined", "an_undefined_instruction", ILL, "undefined|illegal"),
    fault("privileged", "a_privileged_instruction", ILL, "undefined|illegal|privileged|register"),
    fault("stack-alignment", "a_misaligned_stack_pointer", BUS, "stack pointer is misaligned"),
    fault(
        "stack-alignment-touch",
        "a_first_touch_by_a_misaligned_stack_pointer",
        BUS,
        "stack pointer is misaligned",
    ),
    fault("jump-alignment", "a_jump_to_a_misaligned_address", BUS, "align"),
    fault("breakpoint", "a_breakpoint", TRAP, "break|trap"),
    fault("kernel-read", "a_load_from_a_kernel_address", SEGV, ""),
    fault("kernel-write", "a_store_to_a_kernel_address", SEGV, ""),
    fault("kernel-call", "a_jump_to_a_kernel_address", SEGV, ""),
    fault("execute-data", "an_instruction_in_the_data", SEGV, "execut|fetch|permission|protect"),
    fault("execute-stack", "an_instruction_on_the_stack", SEGV, "execut|fetch|permission|protect"),
    fault("write-text", "a_store_into_the_text", SEGV, "writ|store|permission|protect|read-only"),
    fault("stack-overflow", "endless_recursion", SEGV, "stack|not mapped|unmapped|nothing"),
    fault("wild", "a_load_beyond_the_address_space", SEGV, ""),
];

const fn fault(
    name: &'static str,
    sentence: &'static str,
    signal: i32,
    why: &'static str,
) -> Fault {
    Fault { name, sentence, signal, why }
}

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = FAULTS
        .iter()
        .map(|fault| {
            let name = format!("faults::{}_ends_only_that_program", fault.sentence);
            Case::booted(name, |machine| ends_only_that_program(machine, fault))
        })
        .collect();
    cases.push(Case::booted("faults::a_hundred_faults_leak_nothing", |machine| {
        guest::run_suite(machine, guest::PROGRAM, "faults")
    }));
    cases
}

fn ends_only_that_program(machine: &mut Machine, fault: &Fault) -> Outcome {
    let output = machine.run(&format!("{} fault {}", guest::PROGRAM, fault.name))?;
    ensure!(
        output.status == 128 + fault.signal,
        "its status is {} and not {}: {}",
        output.status,
        128 + fault.signal,
        output.text
    );
    let line = pattern(r"(?im)^.*\bguest\b.*0x[0-9a-f]+.*$");
    let lines: Vec<&str> = line.find_iter(&output.text).map(|found| found.as_str()).collect();
    ensure!(lines.len() == 1, "not one line tells which and where: {}", output.text);
    ensure!(pattern(r"\b\d+\b").is_match(lines[0]), "no process number in: {}", lines[0]);
    let why = pattern(&format!("(?i){}", fault.why));
    ensure!(why.is_match(lines[0]), "the line does not say why ({}): {}", fault.why, lines[0]);
    let answer = machine.succeed("echo on | cat")?;
    ensure!(answer == "on\n", "the system does not go on: {answer:?}");
    Ok(())
}
