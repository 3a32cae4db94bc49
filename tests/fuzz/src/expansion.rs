//! The shell's words, expanded; its arithmetic, patterns, history and options: any text.
//!
//! A quoted word expands to itself; what is computed is a number that arithmetic reads back; a pattern of quoted
//! characters fits just them; and a history that is written to its file is read back.

use shell::arithmetic::{Numbers, evaluate, number};
use shell::expand::{Environment, Failure, arguments, pattern, text as text_of};
use shell::history::History;
use shell::lexer::quote;
use shell::parser::parse;
use shell::pattern::{Glyph, Pattern};
use shell::syntax::{Command, Script, Word};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Values longer than this are not kept: they would double with each assignment.
const VALUE_MAX: usize = 4096;

/// Drives it.
pub fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(script) = parse(text) {
        let mut fixed = Fixed::new();
        words(&script).iter().for_each(|command| {
            let _ = arguments(command, &mut fixed);
            for word in *command {
                let _ = text_of(word, &mut fixed);
                if let Ok(pattern) = pattern(word, &mut fixed) {
                    pattern.matches(&text.chars().take(200).collect::<Vec<_>>());
                }
            }
        });
    }
    quoted(text);
    compute(text);
    patterns(text);
    history(text);
}

/// The words of the simple commands at the top.
fn words(script: &Script) -> Vec<&[Word]> {
    let pipelines = script.statements.iter().map(|statement| &statement.first);
    let simple =
        pipelines.flat_map(|pipeline| &pipeline.commands).filter_map(|command| match command {
            Command::Simple(simple) => Some(&simple.words[..]),
            _ => None,
        });
    simple.collect()
}

fn quoted(text: &str) {
    if text.contains('\0') {
        return;
    }
    let script = parse(&format!("echo {}", quote(text))).expect("a quoted word is one");
    let expanded = words(&script).first().map(|words| arguments(words, &mut Fixed::new()));
    assert_eq!(expanded, Some(Ok(vec!["echo".to_string(), text.to_string()])));
}

fn compute(text: &str) {
    let mut known = Known(BTreeMap::new());
    if let Ok(value) = evaluate(text, &mut known) {
        assert_eq!(evaluate(&value.to_string(), &mut known), Ok(value), "of {text:?}");
    }
    if let Some(value) = number(text) {
        assert_eq!(number(&value.to_string()), Some(value), "of {text:?}");
    }
}

fn patterns(text: &str) {
    let characters: Vec<char> = text.chars().take(200).collect();
    let glyphs = |is_quoted| -> Vec<Glyph> {
        characters.iter().map(|character| Glyph { character: *character, is_quoted }).collect()
    };
    assert!(Pattern::new(&glyphs(true)).matches(&characters));
    Pattern::new(&glyphs(false)).matches(&characters);
}

fn history(text: &str) {
    let mut history = History::new(20);
    text.split('\0').for_each(|command| _ = history.add(command));
    let mut again = History::new(20);
    again.add_text(&history.to_text());
    let commands = |history: &History| {
        history.entries().map(|(_, command)| command.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(commands(&again), commands(&history), "of {text:?}");
}

struct Known(BTreeMap<String, i64>);

impl Numbers for Known {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.0.get(name).map(i64::to_string))
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), String> {
        self.0.insert(name.into(), value);
        Ok(())
    }
}

struct Fixed {
    variables: BTreeMap<String, String>,
}

impl Fixed {
    fn new() -> Self {
        let pairs =
            [("EMPTY", ""), ("TWO", "  one two "), ("?", "3"), ("N", "5"), ("P", "[a-z]*\\")];
        Self { variables: pairs.map(|(name, value)| (name.into(), value.into())).into() }
    }
}

impl Environment for Fixed {
    fn value(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn assign(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        if value.len() > VALUE_MAX {
            return Err("too long".into());
        }
        self.variables.insert(name.into(), value.into());
        Ok(())
    }

    fn positional(&self) -> Vec<String> {
        ["a", "b c", ""].map(String::from).to_vec()
    }

    fn output_of(&mut self, script: &Rc<Script>) -> Result<String, Failure> {
        Ok(format!("out: {script}\n\n"))
    }

    fn home(&mut self, user: &str) -> Option<String> {
        (user.len() < 5).then(|| "/home dir".to_string())
    }

    fn names_in(&mut self, directory: &str) -> Vec<String> {
        let names: &[&str] = match directory {
            "." | "/" => &["b.rs", "a.rs", ".hidden", "dir"],
            "dir/" | "/dir/" => &["x.c", "y.c"],
            _ => &[],
        };
        names.iter().map(|name| name.to_string()).collect()
    }

    fn exists(&mut self, path: &str) -> bool {
        path.len() < 10
    }

    fn refuses_unset(&self) -> bool {
        self.variables.contains_key("u")
    }

    fn keeps_patterns(&self) -> bool {
        self.variables.contains_key("f")
    }
}
