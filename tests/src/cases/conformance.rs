//! The POSIX conformance set (`tests/posix`) on Commons, with each C library that could be had.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{ensure, setup};

/// The programs in the test image, without `/extra/c-`.
const LIBRARIES: [&str; 2] = ["conform-glibc", "conform-musl"];

/// What is run in one boot: a subject, and the files of the set that belong to it.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("memory", &["mmap", "munmap", "mprotect", "mremap", "memory_sync", "shm_open"]),
    ("processes", &["processes"]),
    ("terminals", &["terminals"]),
    ("signals", &["signals"]),
    ("clocks", &["clocks"]),
    ("files", &["files", "waiting", "linux"]),
    ("semaphores", &["semaphores"]),
    ("queues", &["message_queues", "sysv_msg"]),
    ("system_v", &["sysv_shm", "sysv_sem"]),
    ("linux", &["linux_files", "linux_processes", "identities"]),
    ("threads", &["threads", "pthread_sync"]),
];

/// How much longer than a command the cases of a file may take.
const PATIENCE: u32 = 9;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let built = LIBRARIES.iter().filter(|library| setup::has_c_example(library));
    let of_library = |library: &'static str| {
        SUBJECTS.iter().map(move |subject| case(library, *subject, "conformance::"))
    };
    built.flat_map(|library| of_library(library)).collect()
}

/// Some of the subjects, with the first library, as cases whose names begin so.
pub fn cases_of(subjects: &[&str], prefix: &str) -> Vec<Case> {
    let library = LIBRARIES[0];
    if !setup::has_c_example(library) {
        return Vec::new();
    }
    let wanted = SUBJECTS.iter().filter(|(subject, _)| subjects.contains(subject));
    wanted.map(|subject| case(library, *subject, prefix)).collect()
}

fn case(library: &'static str, (subject, files): (&str, &'static [&str]), prefix: &str) -> Case {
    let with = library.trim_start_matches("conform-");
    Case::booted(format!("{prefix}{subject}_is_as_posix_says_with_{with}"), move |machine| {
        files.iter().try_for_each(|file| run(machine, library, file))
    })
}

fn run(machine: &mut Machine, library: &str, file: &str) -> Outcome {
    let command = format!("/extra/c-{library} run {file}/");
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
    fn every_file_of_the_set_belongs_to_one_subject() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("posix");
        let mut found = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\nCASE(") {
                found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
            }
        }
        let listed = || SUBJECTS.iter().flat_map(|(_, files)| *files);
        let set: BTreeSet<String> = listed().map(|file| (*file).to_owned()).collect();
        assert_eq!(set.len(), listed().count(), "a file is there twice");
        assert_eq!(found, set);
    }
}
