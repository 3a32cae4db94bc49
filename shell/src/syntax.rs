//! What commands mean, as a tree: lists of pipelines of simple and compound commands of words.
//!
//! The parser makes these and the interpreter runs them; tests `print` them as source text.

#[cfg(any(test, feature = "testing"))]
mod print;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

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

/// What stands before a pipeline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prefix {
    /// `!`: its status is turned around.
    Not,
    /// `time`: what it took is told.
    Time,
}

/// The line that something stands on, counted from 1. It is no part of what that means: the same is the same
/// wherever it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line(pub usize);

impl PartialEq for Line {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Line {}

/// Commands whose outputs feed the next one's input; empty only after a prefix.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pipeline {
    /// What stands before it, outermost first.
    pub prefixes: Vec<Prefix>,
    /// The commands from left to right.
    pub commands: Vec<Command>,
    /// The source text, for listings of jobs.
    pub text: String,
    /// Where it begins.
    pub line: Line,
}

/// One command of a pipeline.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// A program, builtin or function with its words.
    Simple(Simple),
    /// A construct around lists of commands.
    Compound(Compound, Vec<Redirection>),
    /// `NAME() …`: the definition of a function.
    Function(String, Rc<Command>),
}

/// A command with its words, `NAME=VALUE` prefixes and redirections.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Simple {
    /// `NAME=VALUE` before the first word.
    pub assignments: Vec<Assignment>,
    /// The name and the arguments.
    pub words: Vec<Word>,
    /// Redirections in the order in which they take effect.
    pub redirections: Vec<Redirection>,
    /// Where it begins.
    pub line: Line,
}

/// A construct around lists of commands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Compound {
    /// `{ … }`
    Group(Script),
    /// `( … )`: run by a copy of the shell.
    Subshell(Script),
    /// `if`: conditions with what follows each, and what `else` has.
    If(Vec<(Script, Script)>, Option<Script>),
    /// `while` and `until`: the condition and the body.
    Loop(LoopKind, Script, Script),
    /// `for`: the variable, the words if `in` gives some, and the body.
    For(String, Option<Vec<Word>>, Script),
    /// `case`: the word and the patterns with what to do.
    Case(Word, Vec<(Vec<Word>, Script)>),
}

/// When a loop goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoopKind {
    /// As long as the condition succeeds.
    While,
    /// As long as it fails.
    Until,
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
    /// The file, or the other descriptor; a here-document's delimiter.
    pub target: Word,
    /// The text of a here-document, which stands lines below.
    pub here: HereText,
}

/// A here-document's text, set when the line of its operator is over.
pub type HereText = Rc<OnceCell<Word>>;

/// What a redirection does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RedirectionKind {
    /// `<`: read from a file.
    Read,
    /// `>`: write to a file, which is emptied first, unless `set -C` protects it.
    Write,
    /// `>|`: write to a file, which is emptied first.
    Clobber,
    /// `>>`: write at a file's end.
    Append,
    /// `<>`: read and write.
    ReadWrite,
    /// `<&`: become a copy of another descriptor.
    DuplicateInput,
    /// `>&`: become a copy of another descriptor.
    DuplicateOutput,
    /// `<<`: read the lines that follow.
    Here,
    /// `<<-`: the same without tabs at the lines' beginnings.
    HereIndented,
}

impl RedirectionKind {
    /// All operators; longer ones before those that they begin with.
    pub const ALL: [Self; 9] = [
        Self::HereIndented,
        Self::Here,
        Self::DuplicateInput,
        Self::ReadWrite,
        Self::Read,
        Self::Append,
        Self::DuplicateOutput,
        Self::Clobber,
        Self::Write,
    ];

    /// How it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Read => "<",
            Self::Write => ">",
            Self::Clobber => ">|",
            Self::Append => ">>",
            Self::ReadWrite => "<>",
            Self::DuplicateInput => "<&",
            Self::DuplicateOutput => ">&",
            Self::Here => "<<",
            Self::HereIndented => "<<-",
        }
    }

    /// The descriptor that it changes if none is named.
    pub const fn default_descriptor(self) -> u32 {
        match self {
            Self::Write | Self::Clobber | Self::Append | Self::DuplicateOutput => 1,
            _ => 0,
        }
    }

    /// Whether lines below have its text.
    pub const fn is_here(self) -> bool {
        matches!(self, Self::Here | Self::HereIndented)
    }

    /// A line of a here-document as it is kept, and compared with the delimiter.
    pub fn kept(self, line: &str) -> &str {
        if self == Self::HereIndented { line.trim_start_matches('\t') } else { line }
    }
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
    /// The text or what it is replaced by.
    pub content: Content,
    /// Whether it stood in quotes.
    pub quoting: Quoting,
}

/// What a part of a word stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Itself.
    Text(String),
    /// A parameter's value, perhaps changed.
    Parameter(Box<Parameter>),
    /// What commands print.
    Output(Rc<Script>),
    /// The value of a computation.
    Arithmetic(Word),
    /// `~` or `~USER`: a home directory.
    Tilde(String),
}

/// `$NAME` or `${…}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parameter {
    /// A variable's name, a number or one of the special characters.
    pub name: String,
    /// What is done with the value.
    pub operation: Operation,
}

/// What is done with a parameter's value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Nothing.
    Value,
    /// `${#x}`
    Length,
    /// `${x-…}` and its like.
    Choose(Choice, Emptiness, Word),
    /// `${x#…}` and its like.
    Trim(Side, Extent, Word),
}

/// What stands in for a parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// `-`: the word if it is unset.
    Default,
    /// `=`: the same, and it is set to the word.
    Assign,
    /// `?`: the word is an error's text if it is unset.
    Refuse,
    /// `+`: the word if it is set.
    Alternative,
}

/// Whether an empty value counts as unset.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Emptiness {
    /// With `:`.
    CountsAsUnset,
    /// Without `:`.
    IsAValue,
}

/// Which end of a value is taken away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// `#`
    Start,
    /// `%`
    End,
}

/// How much of a value is taken away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// The least that fits the pattern.
    Shortest,
    /// The most that fits the pattern.
    Longest,
}

/// Whether a part of a word stood in quotes; quoted values are not split at blanks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quoting {
    /// Without quotes.
    Bare,
    /// In quotes or after a backslash.
    Quoted,
}

impl Word {
    /// A word of one text.
    pub fn literal(text: &str, quoting: Quoting) -> Self {
        let content = Content::Text(String::from(text));
        Self { parts: [Part { content, quoting }].to_vec() }
    }

    /// The text of a word that has nothing but text without quotes.
    pub fn bare(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part { content: Content::Text(text), quoting: Quoting::Bare }] => Some(text),
            _ => None,
        }
    }
}
