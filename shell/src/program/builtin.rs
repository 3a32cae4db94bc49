//! The commands that the shell does itself, since they change or show the shell.

use super::run::{Control, Shell};
use super::{guide, launch, programs, wait};
use alloc::string::String;
use shell::expand::Variables;
use shell::jobs::JobName;
use shell::lexer::{is_variable_name, quote};
use user::{eprintln, fs, println, process};

/// A builtin: takes its name and arguments, gives a status.
pub type Builtin = fn(&mut Shell, &[String]) -> i32;

const MISUSE: i32 = 2;
const UNKNOWN_JOB: i32 = 127;

/// The builtin with this name; each has its line in [`shell::help::BUILTINS`].
pub fn find(name: &str) -> Option<Builtin> {
    Some(match name {
        "cd" => change_directory,
        "exec" => exec,
        "exit" => exit,
        "export" => export,
        "help" => guide::help,
        "history" => history,
        "jobs" => jobs,
        "pwd" => print_directory,
        "wait" => wait,
        _ => return None,
    })
}

/// Whether a builtin's redirections stay when it is done.
pub fn keeps_redirections(name: &str) -> bool {
    name == "exec"
}

/// A command without words: its assignments and redirections are all of it.
pub fn nothing(_: &mut Shell, _: &[String]) -> i32 {
    0
}

fn change_directory(shell: &mut Shell, arguments: &[String]) -> i32 {
    let target = match arguments {
        [_] => shell.variables.value("HOME").unwrap_or_else(|| String::from("/")),
        [_, directory] => directory.clone(),
        _ => return misuse("cd: too many arguments (usage: cd [DIRECTORY])"),
    };
    match fs::set_current_dir(&target) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("cd: {error}");
            1
        }
    }
}

fn print_directory(_: &mut Shell, _: &[String]) -> i32 {
    match fs::current_dir() {
        Ok(directory) => {
            println!("{directory}");
            0
        }
        Err(error) => {
            eprintln!("pwd: {error}");
            1
        }
    }
}

fn exec(shell: &mut Shell, arguments: &[String]) -> i32 {
    match arguments {
        // Redirections alone: the shell goes on with them.
        [] | [_] => 0,
        [_, command @ ..] => {
            if let Control::On(terminal) = shell.control {
                launch::set_terminal_signals(process::default_signal);
                terminal.read_lines();
            }
            let status = programs::replace(shell, &[], command);
            match shell.control {
                Control::On(_) => launch::set_terminal_signals(process::ignore_signal),
                // A script means to end here in any case.
                Control::Off => shell.exit = Some(status),
            }
            status
        }
    }
}

fn exit(shell: &mut Shell, arguments: &[String]) -> i32 {
    let status = match arguments.get(1) {
        None => shell.variables.last_status,
        Some(text) => match text.parse::<i32>() {
            Ok(status) => status & 0xFF,
            Err(_) => {
                let message = alloc::format!("exit: {text}: not a number (usage: exit [STATUS])");
                return misuse(&message);
            }
        },
    };
    shell.exit = Some(status);
    status
}

fn export(shell: &mut Shell, arguments: &[String]) -> i32 {
    let mut status = 0;
    for argument in arguments.iter().skip(1) {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        if !is_variable_name(name) {
            status = misuse(&alloc::format!(
                "export: {name}: a name has letters, digits and _, and no digit first"
            ));
            continue;
        }
        if let Some(value) = value {
            shell.variables.set(name, value);
        }
        shell.variables.export(name);
    }
    if arguments.len() == 1 {
        for (name, value) in shell.variables.exported() {
            println!("export {name}={}", quote(value));
        }
    }
    status
}

fn history(shell: &mut Shell, _: &[String]) -> i32 {
    for (number, line) in shell.history.entries() {
        println!("{number:5}  {line}");
    }
    0
}

fn jobs(shell: &mut Shell, _: &[String]) -> i32 {
    wait::collect(shell);
    for job in shell.jobs.iter() {
        println!("{job}");
    }
    shell.jobs.take_ended();
    0
}

fn wait(shell: &mut Shell, arguments: &[String]) -> i32 {
    if arguments.len() <= 1 {
        return match wait::until(shell, |shell| !shell.jobs.any_running()) {
            Ok(()) => {
                // At a terminal the next prompt tells of them.
                if shell.control == Control::Off {
                    shell.jobs.take_ended();
                }
                0
            }
            Err(status) => interrupted(shell, status),
        };
    }
    let mut status = 0;
    for argument in &arguments[1..] {
        let Some(name) = JobName::parse(argument) else {
            return misuse(&alloc::format!(
                "wait: {argument}: not a process or job (usage: wait [PID | %JOB]…)"
            ));
        };
        let Some(process) = wait::process_of(shell, name) else {
            eprintln!("wait: {argument}: no such job of this shell (try: jobs)");
            status = UNKNOWN_JOB;
            continue;
        };
        let ended = move |shell: &Shell| shell.jobs.status_of(process).is_some();
        if let Err(status) = wait::until(shell, ended) {
            return interrupted(shell, status);
        }
        status = shell.jobs.status_of(process).map_or(UNKNOWN_JOB, |ended| ended.shell_status());
        if shell.control == Control::Off {
            shell.jobs.forget(process);
        }
    }
    status
}

fn interrupted(shell: &mut Shell, status: i32) -> i32 {
    shell.interrupted = true;
    status
}

fn misuse(message: &str) -> i32 {
    eprintln!("{message}");
    MISUSE
}
