//! The POSIX conformance set (`tests/posix`) on Commons, with each C library that could be had.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{ensure, setup};

/// The programs in the test image, without `/extra/c-`.
const LIBRARIES: [&str; 2] = ["conform-glibc", "conform-musl"];

/// What is run in one boot: a subject, and the interfaces of the standard that belong to it.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("memory", &["mmap", "munmap", "mprotect", "msync", "mlock", "mlockall", "ftruncate"]),
    ("shared_memory", &["shm_open", "shm_unlink"]),
    (
        "semaphores",
        &[
            "sem_open",
            "sem_close",
            "sem_unlink",
            "sem_init",
            "sem_wait",
            "sem_trywait",
            "sem_timedwait",
            "sem_post",
        ],
    ),
    (
        "processes",
        &[
            "fork",
            "_exit",
            "wait",
            "waitpid",
            "waitid",
            "execve",
            "setpgid",
            "setsid",
            "getpgid",
            "getpriority",
            "times",
            "getrusage",
            "setrlimit",
        ],
    ),
    (
        "threads",
        &[
            "pthread_create",
            "pthread_exit",
            "pthread_detach",
            "pthread_once",
            "pthread_cancel",
            "pthread_kill",
            "pthread_sigmask",
            "pthread_atfork",
        ],
    ),
    (
        "locks",
        &[
            "pthread_mutex_lock",
            "pthread_mutex_trylock",
            "pthread_mutex_timedlock",
            "pthread_mutex_unlock",
            "pthread_mutex_consistent",
            "pthread_mutexattr_settype",
            "pthread_cond_wait",
            "pthread_cond_broadcast",
            "pthread_cond_signal",
            "pthread_cond_timedwait",
            "pthread_condattr_setclock",
            "pthread_barrier_wait",
            "pthread_barrier_init",
            "pthread_spin_lock",
            "pthread_spin_trylock",
            "pthread_rwlock_wrlock",
            "pthread_rwlock_rdlock",
            "pthread_rwlock_trywrlock",
            "pthread_rwlock_timedwrlock",
            "pthread_rwlock_tryrdlock",
        ],
    ),
];

/// How much longer than a command the cases of an interface may take.
const PATIENCE: u32 = 9;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let built = LIBRARIES.iter().filter(|library| setup::has_c_example(library));
    built.flat_map(|library| SUBJECTS.iter().map(|subject| case(library, *subject))).collect()
}

fn case(library: &'static str, (subject, interfaces): (&str, &'static [&str])) -> Case {
    let with = library.trim_start_matches("conform-");
    Case::booted(format!("conformance::{subject}_is_as_posix_says_with_{with}"), move |machine| {
        interfaces.iter().try_for_each(|interface| run(machine, library, interface))
    })
}

fn run(machine: &mut Machine, library: &str, interface: &str) -> Outcome {
    let command = format!("/extra/c-{library} run {interface}:");
    let output = machine.run_within(&command, setup::patience() * PATIENCE)?;
    ensure!(
        output.status == 0,
        "`{command}` ended with {}:\n{}",
        output.status,
        failures(&output.text)
    );
    Ok(())
}

/// The lines that do not tell of success.
fn failures(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("ok ")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_interface_with_cases_belongs_to_one_subject() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("posix");
        let mut found = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let cases = text.lines().filter_map(|line| line.strip_prefix("CASE("));
            found.extend(cases.filter_map(|line| Some(line.split_once(',')?.0.to_owned())));
        }
        let listed: Vec<&str> = SUBJECTS.iter().flat_map(|(_, names)| *names).copied().collect();
        let set: BTreeSet<String> = listed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(set.len(), listed.len(), "an interface is there twice");
        assert_eq!(found, set);
    }
}
