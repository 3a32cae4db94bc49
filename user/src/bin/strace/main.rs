//! `strace`: the calls of a command or of processes, with their arguments, errors and times.
#![no_std]
#![no_main]

extern crate alloc;

mod command;
mod output;
mod request;

use abi::signal::signal_bit;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use command::Command;
use core::time::Duration;
use output::Output;
use request::{Request, Target};
use user::error::Result;
use user::options::Parsed;
use user::process::{self, Pid, Signal};
use user::trace::printer::Printer;
use user::trace::record::Record;
use user::trace::session::{Step, Trace};
use user::{env, eprintln, println};

user::entry!(main);

/// How soon most calls are over.
const SOON: Duration = Duration::from_millis(20);

/// The signals that end a look at processes that run anyway.
const ENDS: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

fn main() -> Result<i32> {
    let request = match request::read(env::args().skip(1))? {
        Parsed::Help => {
            println!("{}", request::HELP);
            return Ok(0);
        }
        Parsed::Run(request) => request,
    };
    let output = Output::new(request.file.as_deref())?;
    let printer = Printer::new(request.printing(&output));
    match &request.target {
        Target::Command(words) => trace_command(&request, words, output, printer),
        Target::Processes(pids) => trace_processes(&request, pids, output, printer),
    }
}

/// Runs a command and tells of it until it and whatever is traced with it has ended; returns its
/// status.
fn trace_command(
    request: &Request,
    words: &[&str],
    output: Output,
    printer: Printer,
) -> Result<i32> {
    let command = Command::prepare(words)?;
    let child = command.pid();
    let trace = Trace::new(request.text_max)?;
    trace.attach(child, request.follow)?;
    // Ctrl-C is for the command: what becomes of that is to be told.
    process::catch_signal(Signal::INT as u32)?;
    command.start();
    let mut teller = Teller { output, printer, skips: Some(child), beginning: String::new() };
    teller.tell_all(trace, 0)?;
    teller.end(request)?;
    Ok(process::wait_for(child)?.shell_status())
}

/// Tells of processes until they have ended, or somebody does not want to know any more.
fn trace_processes(
    request: &Request,
    pids: &[Pid],
    output: Output,
    printer: Printer,
) -> Result<i32> {
    let mut signals = 0;
    for signal in ENDS {
        process::catch_signal(signal as u32)?;
        signals |= signal_bit(signal as u32);
    }
    let trace = Trace::new(request.text_max)?;
    for pid in pids {
        trace.attach(*pid, request.follow)?;
        eprintln!("strace: Process {pid} attached");
    }
    let mut teller = Teller { output, printer, skips: None, beginning: String::new() };
    let is_over = teller.tell_all(trace, signals)?;
    if !is_over {
        for pid in pids.iter().filter(|pid| process::is_alive(**pid)) {
            teller.printer.say(&format!("strace: Process {pid} detached"));
        }
    }
    teller.end(request)?;
    let caught = process::take_caught_of(signals);
    let signal = ENDS.iter().find(|signal| caught & signal_bit(**signal as u32) != 0);
    Ok(signal.map_or(0, |signal| 128 + *signal as i32))
}

/// Tells what happens.
struct Teller {
    output: Output,
    printer: Printer,
    /// The process that is not told of before it runs the command.
    skips: Option<Pid>,
    /// The beginning of a line, whose end may come at once.
    beginning: String,
}

impl Teller {
    /// Tells everything until nobody is left, which it returns, or one of the signals comes.
    fn tell_all(&mut self, mut trace: Trace, signals: u64) -> Result<bool> {
        loop {
            match trace.wait(signals)? {
                Step::Records(records) => {
                    self.tell(records);
                    self.write(&trace)?;
                }
                Step::Interrupted => return Ok(false),
                Step::Over => return Ok(true),
            }
        }
    }

    /// Writes the lines that are whole. The beginning of a call is shown if its end does not come soon: what the
    /// program prints in between would stand in the middle of its line.
    fn write(&mut self, trace: &Trace) -> Result<()> {
        self.beginning += &self.printer.take_text();
        let end = self.beginning.rfind('\n').map_or(0, |last| last + 1);
        let rest = self.beginning.split_off(end);
        self.output.write(&core::mem::replace(&mut self.beginning, rest))?;
        if !self.beginning.is_empty() && trace.is_quiet_for(SOON) {
            self.output.write(&core::mem::take(&mut self.beginning))?;
        }
        Ok(())
    }

    fn tell(&mut self, records: Vec<Record>) {
        for record in records {
            if !self.is_skipped(&record) {
                self.printer.add(record);
            }
        }
    }

    /// What a process does on its way to the command is not the command's.
    fn is_skipped(&mut self, record: &Record) -> bool {
        if self.skips == Some(Pid(record.head.pid)) && command::is_its_first(record) {
            self.skips = None;
        }
        self.skips == Some(Pid(record.head.pid))
    }

    fn end(&mut self, request: &Request) -> Result<()> {
        self.printer.finish();
        let mut text = core::mem::take(&mut self.beginning) + &self.printer.take_text();
        if request.has_summary {
            text += &self.printer.summary();
        }
        self.output.write(&text)
    }
}
