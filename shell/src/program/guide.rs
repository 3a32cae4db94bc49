//! `help` and the greeting.

use super::pages;
use super::programs::{program_names, search_path};
use super::run::Shell;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use shell::help::{self, BUILTINS, Entry, FIRST_STEPS, SYNTAX};
use shell::pages::{fill, near, title};
use user::style::{self, Painted, Style};
use user::table::Align;
use user::{eprintln, print, println};

/// Columns of the lists of pages.
const WIDTH: usize = 78;

/// Prints what a person sees first.
pub fn greet() {
    println!("Type help for what there is; demo prodcons shows it at work.");
}

/// `help`: all commands and pages, or how a command is used, or a page.
pub fn help(shell: &mut Shell, arguments: &[String]) -> i32 {
    if arguments.len() <= 1 {
        overview(shell);
        return 0;
    }
    let mut status = 0;
    for name in &arguments[1..] {
        if !explain(shell, name) {
            status = 1;
        }
    }
    status
}

fn overview(shell: &Shell) {
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
    println!();
    println!("{}", heading("On a line:"));
    println!("{SYNTAX}");
    println!();
    println!("{}", heading("To try first:"));
    for line in FIRST_STEPS {
        println!("  {line}");
    }
    for group in pages::groups() {
        println!();
        println!("{}", heading(&format!("{} (help NAME):", title(&group.name))));
        println!("{}", fill(&group.pages, WIDTH));
    }
}

fn heading(text: &str) -> Painted<&str> {
    Style::Bold.paint(style::colour(), text)
}

fn explain(shell: &Shell, name: &str) -> bool {
    let names = installed(shell);
    if let Some(entry) = help::find(name) {
        println!("usage: {}", entry.usage);
        println!("{}: {}", entry.name, entry.summary);
        if !is_builtin(entry) {
            println!("More: {} --help", entry.name);
        }
        return true;
    }
    if names.iter().any(|known| known == name) {
        println!("{name} is a program without a description here; it may know {name} --help");
        return true;
    }
    let groups = pages::groups();
    match pages::read(&groups, name) {
        Some(Ok(page)) => {
            print!("{page}");
            return true;
        }
        Some(Err(error)) => {
            eprintln!("help: {error}");
            return false;
        }
        None => {}
    }
    let builtins = BUILTINS.iter().map(|entry| entry.name);
    let topics = groups.iter().flat_map(|group| group.pages.iter());
    let known: Vec<&str> = builtins.chain(names.iter().chain(topics).map(String::as_str)).collect();
    let near = near(name, &known);
    if near.is_empty() {
        eprintln!("help: {name}: no such command or page (try: help)");
    } else {
        eprintln!("help: {name}: no such command or page (did you mean: {}?)", near.join(", "));
    }
    false
}

fn is_builtin(entry: &Entry) -> bool {
    BUILTINS.iter().any(|builtin| builtin.name == entry.name)
}

/// The names of the programs in `$PATH`, each once, in order.
fn installed(shell: &Shell) -> Vec<String> {
    let mut names: Vec<String> = search_path(shell).split(':').flat_map(program_names).collect();
    names.sort();
    names.dedup();
    names
}
