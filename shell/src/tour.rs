//! The tour that `help` gives: topics, what each is about, and which commands belong to it.
//!
//! A topic's page is a text below `user/files/usr/share/guide`: its first line is a title, and what
//! stands behind `  $ ` is an example, which goes on behind `  > `. Tests run all of them.

use alloc::string::String;
use alloc::vec::Vec;

/// Where the topics' pages are.
pub const DIRECTORY: &str = "/usr/share/guide";

/// A topic of the tour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Topic {
    /// Its name, which is also its page's.
    pub name: &'static str,
    /// What it is about, in a line.
    pub summary: &'static str,
    /// Its commands, builtins among them.
    pub commands: &'static [&'static str],
}

const fn topic(
    name: &'static str,
    summary: &'static str,
    commands: &'static [&'static str],
) -> Topic {
    Topic { name, summary, commands }
}

/// The topics, in the order of the tour.
pub const TOPICS: &[Topic] = &[
    topic(
        "regions",
        "memory with a name, which several processes see at once",
        &["region", "produce", "consume", "limit", "map", "vmmap"],
    ),
    topic(
        "offers",
        "pages that one process gives to another, without a copy",
        &["offer", "claim", "offers"],
    ),
    topic("topics", "messages that many publish and many read, where they lie", &["topic", "plot"]),
    topic("semaphores", "numbers to wait at", &["sem"]),
    topic(
        "processes",
        "what runs, for whom, and how to end it",
        &[
            "ps", "top", "kill", "jobs", "fg", "bg", "wait", "sleep", "nice", "as", "id", "lsfd",
            "strace", "watch", "times", "ulimit",
        ],
    ),
    topic(
        "files",
        "what there is, what is in it, and what outlasts the machine",
        &[
            "ls", "cd", "pwd", "cat", "less", "head", "tail", "grep", "sort", "wc", "tee",
            "hexdump", "cp", "mv", "rm", "mkdir", "touch", "umask", "df", "mount", "umount",
            "sync",
        ],
    ),
    topic(
        "shell",
        "the language, the line, and what POSIX has besides",
        &[
            "echo", "printf", "read", "test", "[", "true", "false", "seq", "yes", "export",
            "unset", "set", "shift", "readonly", "local", "getopts", "alias", "unalias", "eval",
            "exec", ".", "command", "type", "hash", "trap", "break", "continue", "return", "exit",
            ":", "history", "fc", "help", "shell", "clear", "env",
        ],
    ),
    topic(
        "screen",
        "windows, which are regions",
        &["compositor", "clock", "image", "life", "term"],
    ),
    topic(
        "system",
        "what it does, how it is doing, and its end",
        &[
            "demo", "tutorial", "free", "uptime", "date", "dmesg", "bench", "debug", "stress",
            "init", "login", "passwd", "reboot", "poweroff",
        ],
    ),
];

/// The topic of this name.
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// The topic that a command belongs to.
pub fn of_command(command: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.commands.contains(&command))
}

/// The examples of a page, each with the lines that it goes on on.
pub fn examples(page: &str) -> Vec<String> {
    let mut examples: Vec<String> = alloc::vec::Vec::new();
    for line in page.lines() {
        if let Some(first) = line.strip_prefix("  $ ") {
            examples.push(first.into());
        } else if let Some(rest) = line.strip_prefix("  > ")
            && let Some(example) = examples.last_mut()
        {
            example.push('\n');
            example.push_str(rest);
        }
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help::{self, BUILTINS, PROGRAMS};
    use std::fs;
    use std::path::Path;

    fn page(name: &str) -> String {
        let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../user/files");
        let folder = files.join(DIRECTORY.trim_start_matches('/'));
        fs::read_to_string(folder.join(std::format!("{name}.txt"))).expect("a topic has a page")
    }

    #[test]
    fn every_command_is_in_one_topic() {
        for entry in BUILTINS.iter().chain(PROGRAMS) {
            let topics = TOPICS.iter().filter(|topic| topic.commands.contains(&entry.name));
            assert_eq!(topics.count(), 1, "{} is not in one topic", entry.name);
        }
        for command in TOPICS.iter().flat_map(|topic| topic.commands) {
            assert!(help::find(command).is_some(), "{command} is no command");
        }
    }

    #[test]
    fn every_topic_has_a_page_with_a_title_and_examples_that_fits_a_terminal() {
        for topic in TOPICS {
            let page = page(topic.name);
            let (title, _) = page.split_once('\n').expect("a title");
            assert!(title.to_lowercase().contains(topic.name.trim_end_matches('s')), "{title}");
            assert!(page.lines().all(|line| line.chars().count() <= 80), "{}", topic.name);
            assert!(page.contains("\nTry\n  $ ") && page.contains("\nSee also: "), "{title}");
            assert!(page.ends_with('\n'));
        }
    }

    #[test]
    fn every_example_parses_and_uses_known_commands() {
        for topic in TOPICS {
            let examples = examples(&page(topic.name));
            assert!(!examples.is_empty());
            for example in examples {
                assert!(crate::parser::parse(&example).is_ok(), "{}: {example}", topic.name);
            }
        }
    }

    #[test]
    fn an_example_goes_on_on_the_next_lines() {
        let page = "Title\n\nTry\n  $ cat << END\n  > a\n  > END\n\n  $ true  # nothing\n";
        let found: Vec<String> = examples(page);
        assert_eq!(found, ["cat << END\na\nEND", "true  # nothing"]);
    }
}
