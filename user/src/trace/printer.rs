//! Lines of a trace: what happens in several threads, one after the other.
//!
//! A call is begun when its thread makes it, so that one which waits is seen to. If something else
//! happens before it is over, its line ends with `<unfinished ...>` and another one resumes it.

use super::call::{self, Returned};
use super::filter::Filter;
use super::ink::Ink;
use super::record::Record;
use super::status;
use super::summary::Summary;
use crate::table::Colour;
use abi::trace::{Copied, TraceEvent};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;

/// Where the equals signs of short lines stand.
const RESULT_COLUMN: usize = 40;
const NANOSECONDS: u64 = 1_000_000_000;
const DAY: u64 = 24 * 60 * 60;

/// What stands before each line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Stamp {
    /// Nothing.
    #[default]
    None,
    /// The time of day.
    Seconds,
    /// The same, with microseconds.
    Micros,
    /// The time since the line before.
    Since,
}

/// Before lines, whose they are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Whose {
    /// `[pid    7] `, as long as there are several.
    #[default]
    IfSeveral,
    /// `7     `, always.
    Always,
}

/// How lines look.
#[derive(Clone, Debug)]
pub struct Options {
    /// The calls that are shown.
    pub filter: Filter,
    /// What stands before each line.
    pub stamp: Stamp,
    /// Whether the time that a call took is told.
    pub times: bool,
    /// Whether only the table at the end is wanted.
    pub only_summary: bool,
    /// Whether lines say whose they are.
    pub whose: Whose,
    /// Whether there are colours.
    pub colour: Colour,
    /// What is to be added to times since boot for the time of day, in nanoseconds.
    pub epoch: u64,
}

/// A call that is not over.
struct Pending {
    enter: Record,
    /// Arguments that were shown.
    shown: usize,
    /// Columns of its line so far, the stamp not counted.
    column: usize,
    /// Whether its line has ended before the call did.
    is_unfinished: bool,
}

/// Makes lines of records.
pub struct Printer {
    options: Options,
    pending: BTreeMap<u32, Pending>,
    /// The thread whose line is not ended.
    open: Option<u32>,
    /// Threads that live.
    threads: BTreeSet<u32>,
    last: Option<u64>,
    summary: Summary,
    text: String,
}

impl Printer {
    /// One that has printed nothing.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            pending: BTreeMap::new(),
            open: None,
            threads: BTreeSet::new(),
            last: None,
            summary: Summary::default(),
            text: String::new(),
        }
    }

    /// What was printed since the last time.
    pub fn take_text(&mut self) -> String {
        core::mem::take(&mut self.text)
    }

    /// The table of all calls.
    pub fn summary(&self) -> String {
        self.summary.table()
    }

    /// Prints a record.
    pub fn add(&mut self, record: Record) {
        self.threads.insert(record.head.tid);
        match record.event {
            TraceEvent::Enter => self.enter(record),
            TraceEvent::Leave => self.leave(&record),
            TraceEvent::Signal => {
                let name = status::signal(record.head.number as u32);
                let whole = record.capture(0, 0).filter(|it| it.copied == Copied::Whole);
                let info = whole.and_then(|it| status::info(&it.bytes));
                let info = info.map(|info| format!(" {info}")).unwrap_or_default();
                self.remark(&record, Ink::Signal, &format!("--- {name}{info} ---"));
            }
            TraceEvent::ThreadEnd | TraceEvent::End => {
                let end = status::end(record.head.number as u32);
                self.remark(&record, Ink::Remark, &format!("+++ {end} +++"));
                self.forget(&record);
            }
            TraceEvent::Lost => {
                let text = "+++ runs with other rights, and is not traced any more +++";
                self.remark(&record, Ink::Remark, text);
                self.forget(&record);
            }
        }
    }

    /// A line of the program's own.
    pub fn say(&mut self, text: &str) {
        self.end_open_line();
        self.text += text;
        self.text.push('\n');
    }

    /// Nothing follows: lines that are open end.
    pub fn finish(&mut self) {
        self.end_open_line();
    }

    fn forget(&mut self, record: &Record) {
        self.threads.remove(&record.head.tid);
        self.pending.remove(&record.head.tid);
    }

    fn enter(&mut self, record: Record) {
        let (number, tid) = (record.head.number, record.head.tid);
        if !self.options.filter.shows(number) {
            return;
        }
        let mut pending = Pending { enter: record, shown: 0, column: 0, is_unfinished: false };
        if call::is_last(number) {
            self.summary.add(number, 0, false);
        }
        if !self.options.only_summary {
            self.end_open_line();
            self.begin_line(&pending.enter);
            let name = call::name(number);
            let ink = if call::is_native(number) { Ink::Native } else { Ink::Call };
            self.text += &ink.paint(self.options.colour, &name);
            let (arguments, shown) = call::arguments(&pending.enter, None, 0);
            self.text.push('(');
            self.text += &arguments;
            pending.column = name.chars().count() + 1 + arguments.chars().count();
            pending.shown = shown;
            if call::is_last(number) {
                self.end_call(pending.column, "?", None);
                return;
            }
            self.open = Some(tid);
        }
        self.pending.insert(tid, pending);
    }

    fn leave(&mut self, leave: &Record) {
        let Some(pending) = self.pending.remove(&leave.head.tid) else { return };
        let took = leave.head.time.saturating_sub(pending.enter.head.time);
        let returned = call::returned(leave);
        let is_error = matches!(returned, Returned::Error(_));
        self.summary.add(leave.head.number, took, is_error);
        if self.options.only_summary {
            return;
        }
        let mut column = pending.column;
        if pending.is_unfinished || self.open != Some(leave.head.tid) {
            self.end_open_line();
            self.begin_line(leave);
            let text = format!("<... {} resumed>", call::name(leave.head.number));
            self.text += &text;
            column = text.len();
        }
        let (rest, _) = call::arguments(&pending.enter, Some(leave), pending.shown);
        self.text += &rest;
        column += rest.chars().count();
        let took = self.options.times.then_some(took);
        match returned {
            Returned::Value(text) => self.end_call(column, &text, took),
            Returned::Error(text) => {
                let text = Ink::Error.paint(self.options.colour, &text);
                self.end_call(column, &text, took);
            }
        }
        self.open = None;
    }

    /// Ends the line of a call that has come to this column.
    fn end_call(&mut self, column: usize, returned: &str, took: Option<u64>) {
        self.text.push(')');
        let blanks = RESULT_COLUMN.saturating_sub(column + 1).max(1);
        self.text.extend(core::iter::repeat_n(' ', blanks));
        self.text += "= ";
        self.text += returned;
        if let Some(took) = took {
            let (seconds, rest) = (took / NANOSECONDS, took % NANOSECONDS / 1000);
            self.text += &format!(" <{seconds}.{rest:06}>");
        }
        self.text.push('\n');
    }

    fn remark(&mut self, record: &Record, ink: Ink, text: &str) {
        if self.options.only_summary {
            return;
        }
        self.end_open_line();
        self.begin_line(record);
        self.text += &ink.paint(self.options.colour, text);
        self.text.push('\n');
    }

    fn end_open_line(&mut self) {
        let Some(tid) = self.open.take() else { return };
        let Some(pending) = self.pending.get_mut(&tid) else { return };
        pending.is_unfinished = true;
        if pending.shown == 0 {
            self.text += "<unfinished ...>\n";
        } else {
            self.text += " <unfinished ...>\n";
        }
    }

    /// Whose line it is, and when.
    fn begin_line(&mut self, record: &Record) {
        let tid = record.head.tid;
        match self.options.whose {
            Whose::Always => self.text += &format!("{tid:<5} "),
            Whose::IfSeveral if self.threads.len() > 1 => {
                self.text += &format!("[pid {tid:>5}] ");
            }
            Whose::IfSeveral => {}
        }
        let time = record.head.time;
        let of_day = time.wrapping_add(self.options.epoch);
        let seconds = of_day / NANOSECONDS % DAY;
        let micros = of_day % NANOSECONDS / 1000;
        let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        match self.options.stamp {
            Stamp::None => {}
            Stamp::Seconds => self.text += &format!("{clock} "),
            Stamp::Micros => self.text += &format!("{clock}.{micros:06} "),
            Stamp::Since => {
                let since = time.saturating_sub(self.last.unwrap_or(time));
                let (seconds, rest) = (since / NANOSECONDS, since % NANOSECONDS / 1000);
                self.text += &format!("{seconds:>6}.{rest:06} ");
            }
        }
        self.last = Some(time);
    }
}
