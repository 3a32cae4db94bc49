//! Builtins that go elsewhere: out of loops, functions and the shell, into files and texts.

use super::misuse;
use crate::interpreter::{Run, Shell, Unwind, find_program};
use crate::system::{Follow, Place, System};
use alloc::format;
use alloc::string::String;

const NOT_FOUND: i32 = 127;

/// The number of loops that an argument of `break` or `continue` names.
fn count<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Result<usize, Run> {
    let count = match arguments.get(1) {
        None => Some(1),
        Some(text) => text.parse().ok().filter(|count| *count > 0),
    };
    let Some(count) = count else {
        return Err(misuse(shell, arguments, "the number of loops must be positive"));
    };
    match shell.state.loops {
        0 => Err(Ok(0)),
        loops => Ok(loops.min(count)),
    }
}

pub(super) fn break_loops<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    match count(shell, arguments) {
        Ok(count) => Err(Unwind::Break(count)),
        Err(run) => run,
    }
}

pub(super) fn continue_loops<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    match count(shell, arguments) {
        Ok(count) => Err(Unwind::Continue(count)),
        Err(run) => run,
    }
}

/// The status that an argument of `exit` or `return` names, else the last one.
fn status<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Result<i32, Run> {
    match arguments.get(1) {
        None => Ok(shell.state.variables.last_status),
        Some(text) => match text.parse::<i32>() {
            Ok(status) => Ok(status & 0xFF),
            Err(_) => Err(misuse(shell, arguments, &format!("{text}: not a number"))),
        },
    }
}

pub(super) fn return_<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    match status(shell, arguments) {
        Ok(status) => Err(Unwind::Return(status)),
        Err(run) => run,
    }
}

pub(super) fn exit<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    match status(shell, arguments) {
        Ok(status) => Err(Unwind::Exit(status)),
        Err(run) => run,
    }
}

pub(super) fn eval<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let text = arguments.get(1..).unwrap_or_default().join(" ");
    shell.run_text("eval", &text)
}

pub(super) fn source<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let Some(name) = arguments.get(1) else { return misuse(shell, arguments, "which file?") };
    let path = match name.contains('/') {
        true => name.clone(),
        false => in_path(shell, name).unwrap_or_else(|| name.clone()),
    };
    let text = match shell.system.read_file(&path) {
        Ok(text) => text,
        Err(errno) => {
            shell.complain(&format!(".: {name}: {}", errno.text()));
            return shell.fail(super::MISUSE);
        }
    };
    let loops = core::mem::take(&mut shell.state.loops);
    let run = shell.run_text(name, &text);
    shell.state.loops = loops;
    match run {
        Err(Unwind::Return(status)) => Ok(status),
        run => run,
    }
}

/// A script need not be executable.
fn in_path<S: System>(shell: &mut Shell<S>, name: &str) -> Option<String> {
    let path = shell.search_path();
    let mut directories = path.split(':');
    directories.find_map(|directory| {
        let file = format!("{}/{name}", if directory.is_empty() { "." } else { directory });
        shell.system.file_info(&file, Follow::Target).map(|_| file)
    })
}

pub(super) fn exec<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let command = match arguments.get(1..).unwrap_or_default() {
        // Redirections alone: the shell goes on with them.
        [] => return Ok(0),
        [first, rest @ ..] if first == "--" => rest,
        command => command,
    };
    let Some(name) = command.first() else { return Ok(0) };
    let path = shell.search_path();
    if shell.state.is_interactive && find_program(&mut shell.system, name, &path).is_none() {
        shell.complain(&format!("exec: {name}: no such program"));
        return Ok(NOT_FOUND);
    }
    if shell.state.controls_jobs {
        shell.system.enter(Place::Foreground(0));
    }
    let status = shell.replace(command, &[]);
    if shell.state.controls_jobs {
        shell.system.stay();
        return Ok(status);
    }
    Err(Unwind::Exit(status))
}
