//! From words to arguments: what POSIX calls word expansions, in their order.
//!
//! Expansions without quotes are split at the characters of `IFS`; then patterns are replaced by
//! the names of files. Every character keeps until then whether it was quoted.

mod fields;
mod files;

use crate::arithmetic::{self, Numbers};
use crate::pattern::{Glyph, Pattern, text_of};
use crate::syntax::{
    Choice, Content, Emptiness, Extent, Operation, Parameter, Part, Quoting, Script, Side, Word,
};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use fields::Fields;

/// What is wrong with a word, as a sentence.
pub type Failure = String;

/// The characters at which values are split if `IFS` is not set.
const DEFAULT_IFS: &str = " \t\n";

/// What the shell knows and does when words are expanded.
pub trait Environment {
    /// The value of a parameter, or `None` if it is not set.
    fn value(&self, name: &str) -> Option<String>;
    /// Sets a variable.
    fn assign(&mut self, name: &str, value: &str) -> Result<(), Failure>;
    /// `$1` and what follows.
    fn positional(&self) -> Vec<String>;
    /// What commands print.
    fn output_of(&mut self, script: &Rc<Script>) -> Result<String, Failure>;
    /// A user's home directory; the own one for an empty name.
    fn home(&mut self, user: &str) -> Option<String>;
    /// The names in a directory, with `.` and `..` left out; none if it cannot be read.
    fn names_in(&mut self, directory: &str) -> Vec<String>;
    /// Whether a path leads to something.
    fn exists(&mut self, path: &str) -> bool;
    /// `set -u`: whether what is not set is an error.
    fn refuses_unset(&self) -> bool;
    /// `set -f`: whether patterns stay as they are.
    fn keeps_patterns(&self) -> bool;
}

/// Expands `words` to arguments.
pub fn arguments(
    words: &[Word],
    environment: &mut dyn Environment,
) -> Result<Vec<String>, Failure> {
    let mut arguments = Vec::new();
    for word in words {
        let mut fields = Fields::new(environment.value("IFS"));
        expand_into(word, environment, &mut fields)?;
        for field in fields.finish() {
            files::add_names(&field, environment, &mut arguments);
        }
    }
    Ok(arguments)
}

/// Expands `word` to one text without splitting, as for a file name or an assignment.
pub fn text(word: &Word, environment: &mut dyn Environment) -> Result<String, Failure> {
    Ok(text_of(&glyphs(word, environment)?))
}

/// Expands `word` to a pattern, in which what was quoted is literal.
pub fn pattern(word: &Word, environment: &mut dyn Environment) -> Result<Pattern, Failure> {
    Ok(Pattern::new(&glyphs(word, environment)?))
}

fn glyphs(word: &Word, environment: &mut dyn Environment) -> Result<Vec<Glyph>, Failure> {
    let mut fields = Fields::unsplit(environment.value("IFS"));
    expand_into(word, environment, &mut fields)?;
    Ok(fields.finish().into_iter().next().unwrap_or_default())
}

fn expand_into(
    word: &Word,
    environment: &mut dyn Environment,
    fields: &mut Fields,
) -> Result<(), Failure> {
    word.parts.iter().try_for_each(|part| expand_part(part, environment, fields))
}

fn expand_part(
    part: &Part,
    environment: &mut dyn Environment,
    fields: &mut Fields,
) -> Result<(), Failure> {
    match &part.content {
        Content::Text(text) => fields.literal(text, part.quoting),
        Content::Tilde(user) => match environment.home(user) {
            Some(home) => fields.literal(&home, Quoting::Quoted),
            None => fields.literal(&format!("~{user}"), Quoting::Bare),
        },
        Content::Output(script) => {
            let output = environment.output_of(script)?;
            fields.value(output.trim_end_matches('\n'), part.quoting);
        }
        Content::Arithmetic(word) => {
            let expression = text(word, environment)?;
            let mut numbers = Variables(environment);
            let value = arithmetic::evaluate(&expression, &mut numbers)?;
            fields.value(&value.to_string(), part.quoting);
        }
        Content::Parameter(parameter) => {
            expand_parameter(parameter, part.quoting, environment, fields)?;
        }
    }
    Ok(())
}

struct Variables<'a>(&'a mut dyn Environment);

impl Numbers for Variables<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let value = self.0.value(name);
        if value.is_none() && self.0.refuses_unset() {
            return Err(format!("{name}: not set"));
        }
        Ok(value)
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), String> {
        self.0.assign(name, &value.to_string())
    }
}

fn expand_parameter(
    parameter: &Parameter,
    quoting: Quoting,
    environment: &mut dyn Environment,
    fields: &mut Fields,
) -> Result<(), Failure> {
    let name = parameter.name.as_str();
    match &parameter.operation {
        Operation::Value => {
            if !matches!(name, "@" | "*") {
                require(name, environment)?;
            }
            add_value(name, quoting, environment, fields);
        }
        Operation::Length => {
            let length = match name {
                "@" | "*" => environment.positional().len(),
                _ => {
                    require(name, environment)?;
                    environment.value(name).unwrap_or_default().chars().count()
                }
            };
            fields.value(&length.to_string(), quoting);
        }
        Operation::Choose(choice, emptiness, word) => {
            return choose((*choice, *emptiness, word), parameter, quoting, environment, fields);
        }
        Operation::Trim(side, extent, word) => {
            require(name, environment)?;
            let value = joined(name, environment).unwrap_or_default();
            let pattern = pattern(word, environment)?;
            fields.value(&trimmed(&value, &pattern, *side, *extent), quoting);
        }
    }
    Ok(())
}

fn choose(
    (choice, emptiness, word): (Choice, Emptiness, &Word),
    parameter: &Parameter,
    quoting: Quoting,
    environment: &mut dyn Environment,
    fields: &mut Fields,
) -> Result<(), Failure> {
    let name = parameter.name.as_str();
    let value = joined(name, environment);
    let is_set = match emptiness {
        Emptiness::CountsAsUnset => value.as_ref().is_some_and(|value| !value.is_empty()),
        Emptiness::IsAValue => value.is_some(),
    };
    match (choice, is_set) {
        (Choice::Alternative, false) => {
            if quoting == Quoting::Quoted {
                fields.value("", quoting);
            }
            Ok(())
        }
        (Choice::Alternative, true) | (Choice::Default, false) => {
            if quoting == Quoting::Quoted {
                fields.value("", quoting);
            }
            fields.split_bare(|fields| expand_into(word, environment, fields))
        }
        (Choice::Assign, false) => {
            let value = text(word, environment)?;
            environment.assign(name, &value)?;
            fields.value(&value, quoting);
            Ok(())
        }
        (Choice::Refuse, false) => {
            let message = text(word, environment)?;
            let reason = match (message.as_str(), emptiness) {
                ("", Emptiness::CountsAsUnset) => "not set, or empty",
                ("", Emptiness::IsAValue) => "not set",
                (message, _) => message,
            };
            Err(format!("{name}: {reason}"))
        }
        (_, true) => {
            add_value(name, quoting, environment, fields);
            Ok(())
        }
    }
}

/// Adds a parameter's value; `@` and `*` are several.
fn add_value(name: &str, quoting: Quoting, environment: &mut dyn Environment, fields: &mut Fields) {
    match (name, quoting) {
        ("@", _) | ("*", Quoting::Bare) => {
            fields.several(&environment.positional(), quoting);
        }
        _ => {
            let value = joined(name, environment).unwrap_or_default();
            fields.value(&value, quoting);
        }
    }
}

/// A parameter's value as one text: `*` has its parts joined by the first character of `IFS`.
fn joined(name: &str, environment: &dyn Environment) -> Option<String> {
    match name {
        "@" | "*" => {
            let positional = environment.positional();
            let ifs = environment.value("IFS").unwrap_or_else(|| DEFAULT_IFS.to_string());
            let separator: String = match name {
                "@" => " ".to_string(),
                _ => ifs.chars().take(1).collect(),
            };
            (!positional.is_empty()).then(|| positional.join(&separator))
        }
        _ => environment.value(name),
    }
}

fn require(name: &str, environment: &dyn Environment) -> Result<(), Failure> {
    let is_list = matches!(name, "@" | "*");
    if environment.refuses_unset() && !is_list && environment.value(name).is_none() {
        return Err(format!("{name}: not set"));
    }
    Ok(())
}

fn trimmed(value: &str, pattern: &Pattern, side: Side, extent: Extent) -> String {
    let text: Vec<char> = value.chars().collect();
    let lengths = 0..=text.len();
    let fits = |length: &usize| match side {
        Side::Start => pattern.matches(&text[..*length]),
        Side::End => pattern.matches(&text[text.len() - length..]),
    };
    let found = match extent {
        Extent::Shortest => lengths.into_iter().find(fits),
        Extent::Longest => lengths.rev().find(fits),
    };
    let length = found.unwrap_or(0);
    match side {
        Side::Start => text[length..].iter().collect(),
        Side::End => text[..text.len() - length].iter().collect(),
    }
}

#[cfg(test)]
mod tests;
