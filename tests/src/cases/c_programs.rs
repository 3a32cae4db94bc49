//! The C programs of `user/c`: what they print on Commons is what they print on Linux.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{ensure, setup};
use std::path::Path;

/// Programs and what they show, as sentences.
const PROGRAMS: &[(&str, &str)] = &[
    ("shm", "a_table_in_shared_memory_is_read_by_another_process"),
    ("semaphore", "semaphores_keep_a_buffer_between_producers_and_consumers"),
    ("mutex", "a_mutex_in_shared_memory_outlives_its_killed_owner"),
    ("barrier", "processes_and_threads_meet_at_a_barrier"),
    ("robot", "a_robots_processes_share_blocks_under_semaphores"),
];

/// The cases of this subject, for those that could be built.
pub fn cases() -> Vec<Case> {
    let built = PROGRAMS.iter().filter(|(program, _)| setup::has_c_example(program));
    built
        .map(|(program, sentence)| {
            Case::booted(format!("c_programs::{sentence}"), |machine| prints(machine, program))
        })
        .collect()
}

fn prints(machine: &mut Machine, program: &str) -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../user/c/{program}.expected"));
    let expected = std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let text = machine.succeed(&format!("/extra/c-{program}"))?;
    ensure!(text == expected, "it printed {text:?}");
    Ok(())
}
