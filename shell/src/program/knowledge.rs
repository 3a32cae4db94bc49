//! What the line editor asks the shell while a command is typed.

use super::system::CommonsShell;
use super::{names, pages};
use abi::signal::Signal;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use shell::complete::{self, Entry, Name, Names, Source};
use shell::editor::{Assistant, Completion};
use shell::help::{BUILTINS, PROGRAMS};
use shell::lexer::AtEnd;
use shell::parser::parse_with;
use shell::tour::TOPICS;
use user::fs::{self, File, Kind};
use user::io::{STDERR, STDIN, STDOUT};
use user::process::{self, Command};
use user::{posix, region, topic};

/// The greatest number of a signal with a name.
const SIGNALS: u32 = 31;

/// The shell, as the editor's assistant.
pub struct Knowledge<'a> {
    pub shell: &'a mut CommonsShell,
}

impl Assistant for Knowledge<'_> {
    fn is_whole(&mut self, text: &str) -> bool {
        let parsed = parse_with(text, &self.shell.state.aliases, AtEnd::MoreMayCome);
        !parsed.is_err_and(|error| error.is_unfinished())
    }

    fn complete(&mut self, text: &str, cursor: usize) -> Completion {
        complete::complete(text, cursor, self)
    }
}

impl Knowledge<'_> {
    fn commands(&self) -> Vec<String> {
        let state = &self.shell.state;
        let mut names: Vec<String> = BUILTINS.iter().map(|entry| entry.name.to_string()).collect();
        names.extend(state.functions.keys().chain(state.aliases.keys()).cloned());
        names.extend(self.shell.search_path().split(':').flat_map(names::in_directory));
        names
    }

    fn jobs(&self) -> Vec<Name> {
        let name = |job: &shell::jobs::Job| Name {
            text: format!("%{}", job.number),
            label: format!("%{} ({})", job.number, job.text),
        };
        self.shell.state.jobs.iter().map(name).collect()
    }
}

impl Source for Knowledge<'_> {
    fn names(&mut self, kind: Names) -> Vec<Name> {
        let texts: Vec<String> = match kind {
            Names::Commands => self.commands(),
            Names::Variables => {
                self.shell.state.variables.iter().map(|(name, _)| name.into()).collect()
            }
            Names::Aliases => self.shell.state.aliases.keys().cloned().collect(),
            Names::Jobs => return self.jobs(),
            Names::Processes => return processes(),
            Names::Regions => {
                let records = region::list().unwrap_or_default();
                records.iter().map(|record| text_of(record.name())).collect()
            }
            Names::Topics => {
                let records = topic::list().unwrap_or_default();
                records.iter().map(|record| text_of(record.name())).collect()
            }
            Names::Semaphores => posix::sem_list().unwrap_or_default(),
            Names::Users => names::users(),
            Names::Pages => help_pages(),
            Names::Signals => (1..=SIGNALS).filter_map(signal_name).collect(),
        };
        texts.iter().map(|text| Name::from(text.as_str())).collect()
    }

    fn entries(&mut self, directory: &str) -> Vec<Entry> {
        let entry = |name: String| {
            let path = format!("{directory}/{name}");
            Entry {
                is_directory: fs::metadata(&path).is_ok_and(|file| file.kind() == Kind::Directory),
                name,
            }
        };
        names::in_directory(directory).into_iter().map(entry).collect()
    }

    fn help(&mut self, words: &[&str]) -> String {
        // Of others nobody knows what they would do; init takes what is typed to it for a mistake.
        let is_known =
            |name: &str| name != "init" && PROGRAMS.iter().any(|entry| entry.name == name);
        match words.split_first() {
            Some((name, rest)) if is_known(name) => help_of(name, rest).unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn home(&mut self) -> String {
        self.shell.state.variables.value("HOME").unwrap_or_default()
    }
}

fn help_pages() -> Vec<String> {
    let topics = TOPICS.iter().map(|topic| topic.name).chain(["commands", "calls"]);
    let calls = pages::groups().into_iter().flat_map(|group| group.pages);
    topics.map(String::from).chain(calls).collect()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn processes() -> Vec<Name> {
    let records = process::list().unwrap_or_default();
    let name = |record: &process::ProcessRecord| Name {
        text: record.pid.to_string(),
        label: format!("{} ({})", record.pid, text_of(record.command())),
    };
    records.iter().map(name).collect()
}

fn signal_name(number: u32) -> Option<String> {
    Signal::from_number(number).map(|signal| signal.name().to_string())
}

/// What a program prints for `--help`.
fn help_of(name: &str, words: &[&str]) -> user::Result<String> {
    let (reader, writer) = fs::pipe()?;
    let nothing = File::options().read_write().open("/dev/null")?;
    let child = Command::new(name)
        .args(words)
        .arg("--help")
        .descriptor(nothing.as_raw(), STDIN)
        .descriptor(writer.as_raw(), STDOUT)
        .descriptor(nothing.as_raw(), STDERR)
        .spawn()?;
    drop(writer);
    let mut bytes = Vec::new();
    let outcome = File::from_fd(reader, "help").read_to_end(&mut bytes);
    process::wait_for(child)?;
    outcome.map(|()| text_of(&bytes))
}
