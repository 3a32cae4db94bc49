//! What a command line means, as a tree: lists of pipelines of commands of words.
//!
//! The parser makes these and the program runs them. Compound commands (`if`, `while`, …) will be
//! further kinds of [`Command`]; lists and pipelines stay as they are.

use alloc::string::String;
use alloc::vec::Vec;

/// Commands in the order in which they are run: what `;`, `&` and line ends separate.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Script {
    /// The statements.
    pub statements: Vec<Statement>,
}

/// One and-or list, run in the foreground or in the background.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// What is always run.
    pub first: Pipeline,
    /// What is run depending on the status of what came before.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Whether the shell waits for it.
    pub mode: Mode,
    /// The source text, for listings of jobs.
    pub text: String,
}

/// Whether the shell waits for a statement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// The shell waits.
    Foreground,
    /// `&`: the shell goes on.
    Background,
}

/// What stands between two pipelines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Connector {
    /// `&&`: go on after success.
    And,
    /// `||`: go on after failure.
    Or,
}

/// Commands whose outputs feed the next one's input; never empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pipeline {
    /// The commands from left to right.
    pub commands: Vec<Command>,
    /// The source text, for listings of jobs.
    pub text: String,
}

/// A program or builtin with its words, `NAME=VALUE` prefixes and redirections.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Command {
    /// `NAME=VALUE` before the first word.
    pub assignments: Vec<Assignment>,
    /// The name and the arguments.
    pub words: Vec<Word>,
    /// Redirections in the order in which they take effect.
    pub redirections: Vec<Redirection>,
}

/// `NAME=VALUE`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assignment {
    /// The variable's name.
    pub name: String,
    /// Its value before expansion.
    pub value: Word,
}

/// One redirection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Redirection {
    /// The descriptor that it changes.
    pub descriptor: u32,
    /// What the descriptor becomes.
    pub kind: RedirectionKind,
    /// The file, or the other descriptor.
    pub target: Word,
}

/// What a redirection does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RedirectionKind {
    /// `<`: read from a file.
    Read,
    /// `>`: write to a file, which is emptied first.
    Write,
    /// `>>`: write at a file's end.
    Append,
    /// `<&` and `>&`: become a copy of another descriptor.
    Duplicate,
}

/// One word, not yet expanded.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Word {
    /// Its parts, which join without anything in between.
    pub parts: Vec<Part>,
}

/// A stretch of a word that is quoted in one way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// The text or the variable.
    pub content: Content,
    /// Whether it stood in quotes.
    pub quoting: Quoting,
}

/// What a part of a word stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Itself.
    Text(String),
    /// The value of the variable with this name.
    Variable(String),
}

/// Whether a part of a word stood in quotes; quoted values are not split at blanks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quoting {
    /// Without quotes.
    Bare,
    /// In quotes or after a backslash.
    Quoted,
}
