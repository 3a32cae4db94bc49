//! Finds the program that a name stands for and becomes it, or says why not.

use super::run::Shell;
use abi::Errno;
use alloc::string::String;
use alloc::vec::Vec;
use shell::expand::Variables;
use shell::help::BUILTINS;
use shell::suggest;
use user::fs::{self, File};
use user::{eprintln, process};

/// Where programs are looked for without `$PATH`.
const DEFAULT_PATH: &str = "/bin";
/// The status for a name that stands for nothing.
const NOT_FOUND: i32 = 127;
/// The status for a file that cannot be run.
const NOT_EXECUTABLE: i32 = 126;

/// Becomes the program that `arguments` name; returns only a status, after a message, if it cannot.
pub fn replace(shell: &Shell, assignments: &[(String, String)], arguments: &[String]) -> i32 {
    let Some(name) = arguments.first() else { return 0 };
    let mut variables: Vec<(&str, &str)> = shell.variables.exported().collect();
    for (name, value) in assignments {
        variables.retain(|(before, _)| before != name);
        variables.push((name, value));
    }
    let environment: Vec<String> =
        variables.iter().map(|(name, value)| alloc::format!("{name}={value}")).collect();
    let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();

    let path = search_path(shell);
    let is_absent = |errno: &Errno| matches!(errno, Errno::ENOENT | Errno::ENOTDIR);
    let failure = candidates(name, &path)
        .iter()
        .map(|file| execute(file, &arguments, &environment))
        .find(|errno| !is_absent(errno));
    explain(name, failure, &path)
}

/// The directories in which programs are looked for, separated by colons.
pub fn search_path(shell: &Shell) -> String {
    shell.variables.value("PATH").unwrap_or_else(|| String::from(DEFAULT_PATH))
}

fn execute(file: &str, arguments: &[&str], environment: &[&str]) -> Errno {
    let errno = process::exec(file, arguments, environment);
    if errno != Errno::ENOEXEC || !is_text(file) {
        return errno;
    }
    // A text with mode x is a script, as in every shell.
    let script = [&["shell", file], arguments.get(1..).unwrap_or_default()].concat();
    process::exec("/bin/shell", &script, environment);
    errno
}

/// Whether a file does not look like a program for another system.
fn is_text(file: &str) -> bool {
    let mut start = [0; 128];
    File::open(file)
        .and_then(|file| file.read(&mut start))
        .is_ok_and(|length| !start[..length].contains(&0))
}

fn candidates(name: &str, path: &str) -> Vec<String> {
    if name.contains('/') {
        return [String::from(name)].to_vec();
    }
    if name.is_empty() {
        return Vec::new();
    }
    path.split(':')
        .map(|directory| if directory.is_empty() { "." } else { directory })
        .map(|directory| alloc::format!("{}/{name}", directory.trim_end_matches('/')))
        .collect()
}

fn explain(name: &str, failure: Option<Errno>, path: &str) -> i32 {
    if let Some(errno) = failure {
        let hint = if errno == Errno::EACCES { " (is it a program, with mode x?)" } else { "" };
        eprintln!("shell: {name}: {}{hint}", errno.text());
        return NOT_EXECUTABLE;
    }
    if name.contains('/') {
        eprintln!("shell: {name}: no such file");
        return NOT_FOUND;
    }
    let builtins = BUILTINS.iter().map(|entry| String::from(entry.name));
    let names: Vec<String> = builtins.chain(path.split(':').flat_map(program_names)).collect();
    match suggest::nearest(name, names.iter().map(String::as_str)) {
        Some(near) => eprintln!("shell: {name}: no such command (did you mean: {near}?)"),
        None => eprintln!("shell: {name}: no such command (try: help)"),
    }
    NOT_FOUND
}

/// The names of the files in a directory, none if it cannot be read.
pub fn program_names(directory: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries.flatten().map(|entry| entry.name).collect()
}
