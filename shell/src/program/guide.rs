//! `help` and the greeting.

use super::names::in_directory;
use super::pages;
use super::system::CommonsShell;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use shell::help::{self, BUILTINS, Entry};
use shell::pages::{fill, near, title};
use shell::tour::{self, TOPICS};
use user::error::Result;
use user::style::{self, Painted, Style};
use user::table::Align;
use user::{eprintln, fs, print, println};

/// Columns of the lists of pages.
const WIDTH: usize = 78;
/// Where a topic's commands begin, with the two spaces before each.
const INDENT: usize = 13;

/// Prints what a person sees first.
pub fn greet() {
    println!("Type help for a tour, tutorial to be led; demo prodcons shows it at work.");
}

/// `help`: the tour, the lists, or what is known of names.
pub fn help(shell: &mut CommonsShell, arguments: &[String]) -> i32 {
    if arguments.len() <= 1 {
        tour();
        return 0;
    }
    let mut status = 0;
    for name in &arguments[1..] {
        match name.as_str() {
            "commands" => commands(shell),
            "calls" => calls(),
            name if explain(shell, name) => {}
            _ => status = 1,
        }
    }
    status
}

/// What there is, by topic.
fn tour() {
    println!("Commons is built around memory that processes hold in common.");
    println!();
    println!("{}", heading("Start here"));
    println!("  tutorial     ten small steps, from ls to a producer and a consumer of your own");
    println!("  demo         the demonstrations, and how long each takes; begin with prodcons");
    println!();
    println!("{}", heading("Topics (help TOPIC explains one, with examples to type)"));
    for topic in TOPICS {
        println!("  {:<12} {}", topic.name, topic.summary);
        let names: Vec<String> = topic.commands.iter().copied().map(String::from).collect();
        for line in fill(&names, WIDTH - INDENT).lines() {
            println!("{:INDENT$}{}", "", Style::Dim.paint(style::colour(), line));
        }
    }
    println!();
    println!("{}", heading("More"));
    println!("  help NAME    how a command is used, or a call's page: help cp, help shm_open");
    println!("  help commands, help calls    all of them, in a line each");
}

/// All commands, in a line each.
fn commands(shell: &CommonsShell) {
    let mut table = style::table(&[("COMMAND", Align::Left), ("WHAT IT DOES", Align::Left)]);
    let cells = |entry: &Entry| [entry.name, entry.summary].map(String::from);
    for entry in BUILTINS {
        table.row(cells(entry));
    }
    let mut strangers = Vec::new();
    for name in installed(shell) {
        match help::find(&name) {
            Some(entry) if !is_builtin(entry) => table.row(cells(entry)),
            Some(_) => {}
            None => strangers.push(name),
        }
    }
    print!("{table}");
    if !strangers.is_empty() {
        println!("also: {}", strangers.join(" "));
    }
}

/// The pages about calls.
fn calls() {
    for group in pages::groups() {
        println!("{}", heading(&format!("{} (help NAME):", title(&group.name))));
        println!("{}", fill(&group.pages, WIDTH));
    }
}

fn heading(text: &str) -> Painted<&str> {
    Style::Bold.paint(style::colour(), text)
}

fn explain(shell: &CommonsShell, name: &str) -> bool {
    let names = installed(shell);
    if let Some(topic) = tour::find(name) {
        return show(fs::read_to_string(&format!("{}/{}.txt", tour::DIRECTORY, topic.name)));
    }
    if let Some(entry) = help::find(name) {
        println!("usage: {}", entry.usage);
        println!("{}: {}", entry.name, entry.summary);
        let topic = tour::of_command(name).map_or("commands", |topic| topic.name);
        match is_builtin(entry) {
            true => println!("More: help {topic}"),
            false => println!("More: {name} --help, help {topic}"),
        }
        return true;
    }
    if names.iter().any(|known| known == name) {
        println!("{name} is a program without a description here; it may know {name} --help");
        return true;
    }
    let groups = pages::groups();
    if let Some(page) = pages::read(&groups, name) {
        return show(page);
    }
    let topics = tour::TOPICS.iter().map(|topic| topic.name);
    let builtins = BUILTINS.iter().map(|entry| entry.name);
    let calls = groups.iter().flat_map(|group| group.pages.iter());
    let listed = names.iter().chain(calls).map(String::as_str);
    let known: Vec<&str> = builtins.chain(listed).chain(topics).collect();
    let near = near(name, &known);
    if near.is_empty() {
        eprintln!("help: {name}: no such topic, command or page (try: help)");
    } else {
        eprintln!(
            "help: {name}: no such topic, command or page (did you mean: {}?)",
            near.join(", ")
        );
    }
    false
}

/// Prints a page, if it can be read.
fn show(page: Result<String>) -> bool {
    match page {
        Ok(page) => {
            print!("{page}");
            true
        }
        Err(error) => {
            eprintln!("help: {error}");
            false
        }
    }
}

fn is_builtin(entry: &Entry) -> bool {
    BUILTINS.iter().any(|builtin| builtin.name == entry.name)
}

/// The names of the programs in `$PATH`, each once, in order.
fn installed(shell: &CommonsShell) -> Vec<String> {
    let mut names: Vec<String> = shell.search_path().split(':').flat_map(in_directory).collect();
    names.sort();
    names.dedup();
    names
}
