//! Builtins about jobs.

use super::misuse;
use super::traps::signal_number;
use crate::interpreter::{Run, Shell};
use crate::jobs::JobName;
use crate::system::System;
use abi::signal::Signal;
use alloc::format;
use alloc::string::String;

const UNKNOWN_JOB: i32 = 127;

pub(super) fn list<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    shell.collect();
    let text: String = match arguments.get(1).map(String::as_str) {
        Some("-p") => shell.state.jobs.iter().map(|job| format!("{}\n", job.group())).collect(),
        Some("-l") => shell
            .state
            .jobs
            .iter()
            .map(|job| format!("[{}] {} {}\n", job.number, job.leader(), job.state_and_text()))
            .collect(),
        _ => shell.state.jobs.iter().map(|job| format!("{job}\n")).collect(),
    };
    let status = shell.print(&text);
    shell.state.jobs.take_ended();
    Ok(status)
}

/// The number of the job that an argument names, else of the newest.
fn job_number<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Result<usize, Run> {
    shell.collect();
    let name = arguments.get(1).map_or("%%", String::as_str);
    let found = match shell.state.jobs.parse(name) {
        Some(name) => shell.state.jobs.find(name).map(|job| job.number),
        None => None,
    };
    found.ok_or_else(|| {
        let command = arguments.first().map_or("", String::as_str);
        shell.error_text(&format!("{command}: {name}: no such job of this shell (try: jobs)\n"));
        Ok(1)
    })
}

pub(super) fn foreground<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if !shell.state.controls_jobs {
        shell.error_text("fg: only a shell at a terminal controls jobs\n");
        return Ok(1);
    }
    match job_number(shell, arguments) {
        Ok(number) => shell.continue_in_foreground(number),
        Err(run) => run,
    }
}

pub(super) fn background<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if !shell.state.controls_jobs {
        shell.error_text("bg: only a shell at a terminal controls jobs\n");
        return Ok(1);
    }
    match job_number(shell, arguments) {
        Ok(number) => shell.continue_in_background(number),
        Err(run) => run,
    }
}

pub(super) fn wait<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if arguments.len() <= 1 {
        if let Err(run) = shell.wait_until(|shell| !shell.state.jobs.any_running()) {
            return run;
        }
        // At a terminal the next prompt tells of them.
        if !shell.state.controls_jobs {
            shell.state.jobs.take_ended();
        }
        return Ok(0);
    }
    let mut status = 0;
    for argument in &arguments[1..] {
        let Some(name) = shell.state.jobs.parse(argument) else {
            return misuse(shell, arguments, &format!("{argument}: not a process or job"));
        };
        shell.collect();
        let Some(process) = shell.process_of(name) else {
            shell.error_text(&format!("wait: {argument}: no such job of this shell (try: jobs)\n"));
            status = UNKNOWN_JOB;
            continue;
        };
        let ended = move |shell: &Shell<S>| shell.state.jobs.status_of(process).is_some();
        if let Err(run) = shell.wait_until(ended) {
            return run;
        }
        let ended = shell.state.jobs.status_of(process);
        status = ended.map_or(UNKNOWN_JOB, |ended| ended.shell_status());
        if !shell.state.controls_jobs {
            shell.state.jobs.forget(process);
        }
    }
    Ok(status)
}

pub(super) fn kill<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut words = arguments.get(1..).unwrap_or_default();
    let mut signal = Some(Signal::TERM as u32);
    match words {
        [first, rest @ ..] if first == "-l" => return list_signals(shell, rest),
        [first, ..] if first == "--help" || first == "-h" => {
            let usage = crate::help::find("kill").map_or("", |entry| entry.usage);
            return Ok(shell.print(&format!("usage: {usage}\n       kill -l\n\
                Sends a signal, by name or number (TERM if none is given); a negative PID is a process group.\n")));
        }
        [first, name, rest @ ..] if first == "-s" => {
            signal = signal_number(name);
            words = rest;
        }
        [first, rest @ ..] if first.len() > 1 && first.starts_with('-') && first != "--" => {
            signal = signal_number(&first[1..]);
            words = rest;
        }
        _ => {}
    }
    let Some(signal) = signal else {
        shell.error_text("kill: no such signal (kill -l lists them)\n");
        return Ok(1);
    };
    if words.first().is_some_and(|word| word == "--") {
        words = &words[1..];
    }
    if words.is_empty() {
        return misuse(shell, arguments, "which process?");
    }
    let mut status = 0;
    for word in words {
        if let Err(problem) = send(shell, word, signal) {
            shell.error_text(&format!("kill: {word}: {problem}\n"));
            status = 1;
        }
    }
    Ok(status)
}

fn send<S: System>(shell: &mut Shell<S>, word: &str, signal: u32) -> Result<(), String> {
    let Some(target) = word.strip_prefix('%') else {
        let process: i32 = word.parse().map_err(|_| String::from("not a process number"))?;
        return shell.system.kill(process, signal).map_err(|errno| errno.text().into());
    };
    let name = shell.state.jobs.parse(word);
    let job = name.and_then(|name: JobName| shell.state.jobs.find(name));
    let job = job.ok_or_else(|| format!("no such job {target} of this shell (try: jobs)"))?;
    let targets = job.signal_targets(shell.state.controls_jobs);
    let is_stopped = job.is_stopped();
    let mut outcome = Ok(());
    for target in &targets {
        outcome = shell.system.kill(*target, signal);
        if is_stopped && [Signal::TERM as u32, Signal::HUP as u32].contains(&signal) {
            // It has to go on to end.
            let _ = shell.system.kill(*target, Signal::CONT as u32);
        }
    }
    outcome.map_err(|errno| errno.text().into())
}

fn list_signals<S: System>(shell: &mut Shell<S>, words: &[String]) -> Run {
    let Some(word) = words.first() else {
        let text: String = Signal::ALL
            .iter()
            .map(|signal| format!("{:2} {:5} {}\n", *signal as u32, signal.name(), signal.text()))
            .collect();
        return Ok(shell.print(&text));
    };
    // A status above 128 names the signal that ended the process.
    let number = word.parse::<u32>().ok().map(|number| number.checked_sub(128).unwrap_or(number));
    match number.and_then(Signal::from_number) {
        Some(signal) => Ok(shell.print(&format!("{}\n", signal.name()))),
        None => {
            shell.error_text(&format!("kill: {word}: no such signal (kill -l lists them)\n"));
            Ok(1)
        }
    }
}
