//! What could stand at the cursor: commands, their options and arguments, files, variables.
//!
//! `words` finds the command that the cursor is in; `usage` tells from the command's usage line
//! and its help what it takes there. Names come from whoever implements [`Source`].

mod usage;
mod words;

use crate::editor::{Candidate, Completion};
use crate::parser::RESERVED;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use usage::Wanted;
use words::{Place, Quote, Words};

/// A kind of names that the system or the shell has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Names {
    /// What can stand at a command's beginning: builtins, functions, aliases, programs.
    Commands,
    /// Variables of the shell.
    Variables,
    /// Other names for commands.
    Aliases,
    /// Jobs, as `%1`.
    Jobs,
    /// Processes by their numbers.
    Processes,
    /// Regions with a name.
    Regions,
    /// Topics.
    Topics,
    /// Semaphores with a name.
    Semaphores,
    /// Users.
    Users,
    /// What `help` explains besides commands.
    Pages,
    /// Signals, without `SIG`.
    Signals,
}

/// A name, and what a list shows for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    /// What is put in.
    pub text: String,
    /// What is shown.
    pub label: String,
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { text: text.into(), label: text.into() }
    }
}

/// A name in a directory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// Whether it is a directory, or leads to one.
    pub is_directory: bool,
}

/// Where names come from.
pub trait Source {
    /// All names of a kind.
    fn names(&mut self, kind: Names) -> Vec<Name>;
    /// What is in a directory.
    fn entries(&mut self, directory: &str) -> Vec<Entry>;
    /// What a command of these words says of itself, nothing if it is not known for that.
    fn help(&mut self, words: &[&str]) -> String;
    /// The home directory.
    fn home(&mut self) -> String;
}

/// What could stand at an offset of a text.
pub fn complete(text: &str, cursor: usize, source: &mut impl Source) -> Completion {
    let words = Words::before(&text[..cursor]);
    let mut completer = Completer { words, source, candidates: Vec::new() };
    let start = completer.find();
    Completion { start, candidates: completer.candidates }
}

struct Completer<'a, S> {
    words: Words,
    source: &'a mut S,
    candidates: Vec<Candidate>,
}

impl<S: Source> Completer<'_, S> {
    /// Finds candidates; returns where what they replace begins.
    fn find(&mut self) -> usize {
        match self.words.place {
            Place::Comment => {}
            Place::Variable { start, is_braced } => {
                let wanted = self.words.raw_from(start);
                for Name { text, label } in self.source.names(Names::Variables) {
                    if text.starts_with(&wanted) {
                        let after = if is_braced { "}" } else { "" };
                        self.candidates.push(Candidate { text, label, after });
                    }
                }
                return start;
            }
            Place::Command if !self.words.current.contains('/') => {
                self.add_names(Names::Commands);
                for word in RESERVED.iter().filter(|word| word.len() > 1) {
                    self.add_name(Name::from(*word));
                }
            }
            Place::Command | Place::File => self.add_paths(Directories::AndFiles),
            Place::Argument => self.add_arguments(),
        }
        self.words.start
    }

    fn add_arguments(&mut self) {
        let before = self.words.before.clone();
        let command = usage::command(&before);
        let [name, arguments @ ..] = command else {
            return self.add_names(Names::Commands);
        };
        if self.words.current.starts_with('-') {
            self.add_options(name, arguments);
        } else if let Some(wanted) = self.value(name, arguments) {
            self.add_wanted(wanted);
        } else {
            for wanted in usage::arguments(name, arguments) {
                self.add_wanted(wanted);
            }
        }
        if self.candidates.is_empty() {
            self.add_paths(Directories::AndFiles);
        }
    }

    /// What the last word takes, if that is an option with a value.
    fn value(&mut self, command: &str, arguments: &[String]) -> Option<Wanted> {
        let option = arguments.last().filter(|word| word.starts_with('-'))?;
        usage::value(usage::of(command), option)
            .or_else(|| usage::value(&self.source.help(&[command]), option))
    }

    fn add_wanted(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Names(kind) => self.add_names(kind),
            Wanted::Paths => self.add_paths(Directories::AndFiles),
            Wanted::Directories => self.add_paths(Directories::Only),
            Wanted::Words(words) => {
                words.iter().for_each(|word| self.add_name(Name::from(word.as_str())));
            }
        }
    }

    fn add_options(&mut self, command: &str, arguments: &[String]) {
        let mut options = usage::options(usage::of(command));
        // What a subcommand takes is told by itself.
        let first = arguments.first().filter(|_| usage::has_subcommands(command));
        let words: Vec<&str> = core::iter::once(command).chain(first.map(String::as_str)).collect();
        options.extend(usage::options(&self.source.help(&words)));
        for option in options {
            self.add_name(Name::from(option.as_str()));
        }
        if command == "kill" {
            for Name { text, label } in self.source.names(Names::Signals) {
                self.add_name(Name { text: format!("-{text}"), label });
            }
        }
    }

    fn add_names(&mut self, kind: Names) {
        for name in self.source.names(kind) {
            self.add_name(name);
        }
    }

    fn add_name(&mut self, name: Name) {
        if name.text.starts_with(&self.words.current) {
            let Name { text, label } = name;
            let after = self.words.quote.end();
            self.candidates.push(Candidate { text: self.words.quote.quoted(&text), label, after });
        }
    }

    fn add_paths(&mut self, which: Directories) {
        let current = self.words.current.clone();
        let (directory, beginning) = match current.rfind('/') {
            Some(slash) => current.split_at(slash + 1),
            None => ("", current.as_str()),
        };
        let is_home = directory.starts_with("~/") && self.words.quote == Quote::None;
        let looked_at = match directory {
            "" => ".".to_string(),
            _ if is_home => self.source.home() + &directory[1..],
            _ => directory.to_string(),
        };
        for Entry { name, is_directory } in self.source.entries(&looked_at) {
            let is_hidden = name.starts_with('.') && !beginning.starts_with('.');
            let is_left_out = which == Directories::Only && !is_directory;
            if !name.starts_with(beginning) || is_hidden || is_left_out {
                continue;
            }
            let slash = if is_directory { "/" } else { "" };
            let quote = self.words.quote;
            let text = match is_home {
                true => format!("~{}", quote.quoted(&format!("{}{name}{slash}", &directory[1..]))),
                false => quote.quoted(&format!("{directory}{name}{slash}")),
            };
            let after = if is_directory { "" } else { quote.end() };
            self.candidates.push(Candidate { text, label: format!("{name}{slash}"), after });
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Directories {
    Only,
    AndFiles,
}

#[cfg(test)]
mod tests;
