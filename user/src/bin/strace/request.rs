//! What is asked for.

use crate::output::Output;
use abi::trace::TRACE_TEXT_MAX;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Arguments, Parsed, unknown, usage};
use user::process::Pid;
use user::time;
use user::trace::filter::Filter;
use user::trace::printer::{Options, Stamp, Whose};
use user::trace::session::Follow;

pub const HELP: &str = "usage: strace [OPTION...] COMMAND [WORD...]\n       strace [OPTION...] -p PID...\n\
    Shows the calls that a command makes, or a running process, with their arguments and results,\n\
    and the signals that it gets. Ctrl-C ends a look at a running process, which goes on.\n\
    -f           follow: processes that it makes are shown, too\n\
    -p PID       the process with this number; may stand several times\n\
    -e CALLS     only these calls: openat,close or region_* (those that begin so) or !brk (all but)\n\
    -o FILE      write to a file, not to standard error\n\
    -s BYTES     show so many bytes of strings and buffers (32); paths are always whole\n\
    -t, -tt      the time of day before each line, -tt with microseconds\n\
    -r           the time since the line before\n\
    -T           the time that each call took behind it\n\
    -c           only count: a table of calls, errors and times at the end\n\
    -C           the same table after the lines";

/// Whose calls.
pub enum Target<'a> {
    /// Those of a command.
    Command(Vec<&'a str>),
    /// Those of processes that run.
    Processes(Vec<Pid>),
}

/// What is asked for.
pub struct Request<'a> {
    pub target: Target<'a>,
    pub follow: Follow,
    pub file: Option<String>,
    pub text_max: u32,
    pub has_summary: bool,
    filter: Filter,
    stamp: Stamp,
    times: bool,
    only_summary: bool,
}

/// Reads the words behind the program's name.
pub fn read<'a>(words: impl Iterator<Item = &'a str>) -> Result<Parsed<Request<'a>>> {
    let mut arguments = Arguments::new(words);
    let mut request = Request {
        target: Target::Command(Vec::new()),
        follow: Follow::No,
        file: None,
        text_max: 32,
        has_summary: false,
        filter: Filter::all(),
        stamp: Stamp::None,
        times: false,
        only_summary: false,
    };
    let (mut pids, mut command) = (Vec::new(), Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Long("help") | Argument::Short('h') => return Ok(Parsed::Help),
            Argument::Short('f') => request.follow = Follow::Yes,
            Argument::Short('p') => pids.push(pid(arguments.value()?)?),
            Argument::Short('e') => request.filter = Filter::parse(arguments.value()?)?,
            Argument::Short('o') => request.file = Some(arguments.value()?.into()),
            Argument::Short('s') => request.text_max = text_max(arguments.value()?)?,
            Argument::Short('t') if request.stamp == Stamp::Seconds => {
                request.stamp = Stamp::Micros;
            }
            Argument::Short('t') => request.stamp = Stamp::Seconds,
            Argument::Short('r') => request.stamp = Stamp::Since,
            Argument::Short('T') => request.times = true,
            Argument::Short('c') => (request.has_summary, request.only_summary) = (true, true),
            Argument::Short('C') => request.has_summary = true,
            Argument::Positional(word) => {
                command.push(word);
                break;
            }
            option => return Err(unknown(option)),
        }
    }
    command.extend(arguments.rest());
    request.target = match (command.is_empty(), pids.is_empty()) {
        (true, true) => return Err(usage("which command, or -p which process?")),
        (false, false) => return Err(usage("a command or processes, not both")),
        (false, true) => Target::Command(command),
        (true, false) => Target::Processes(pids),
    };
    Ok(Parsed::Run(request))
}

fn pid(text: &str) -> Result<Pid> {
    let number = text.parse().ok().filter(|pid| *pid > 0);
    number.map(Pid).ok_or_else(|| usage(format!("{text}: not a process's number")))
}

fn text_max(text: &str) -> Result<u32> {
    let number = text.parse().ok().filter(|bytes| *bytes <= TRACE_TEXT_MAX);
    number.ok_or_else(|| usage(format!("{text}: a number from 0 to {TRACE_TEXT_MAX} is needed")))
}

impl Request<'_> {
    /// How lines look.
    pub fn printing(&self, output: &Output) -> Options {
        let epoch = time::of_day().saturating_sub(time::now());
        Options {
            filter: self.filter.clone(),
            stamp: self.stamp,
            times: self.times,
            only_summary: self.only_summary,
            // A file is read by programs, too, which want one shape.
            whose: if output.is_file() && self.follow == Follow::Yes {
                Whose::Always
            } else {
                Whose::IfSeveral
            },
            colour: output.colour(),
            epoch: u64::try_from(epoch.as_nanos()).unwrap_or(0),
        }
    }
}
