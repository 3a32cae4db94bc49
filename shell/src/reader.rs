//! Joins lines to commands: a quote may close, and an operator's command may stand, lines later.

use crate::error::SyntaxError;
use crate::lexer::{Aliases, AtEnd};
use crate::parser::parse_at;
use crate::syntax::Script;
use alloc::string::String;
use core::fmt;

/// Reads commands from lines that are not typed by a person: a script, or an input that is no
/// terminal. A line is only asked for when the commands before it are done.
#[derive(Debug)]
pub struct Reader<L> {
    lines: L,
    /// How many lines were taken.
    taken: usize,
}

/// A syntax error with the number of its line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LineError {
    /// The line, counted from 1.
    pub line: usize,
    /// The error.
    pub error: SyntaxError,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, error } = self;
        write!(f, "line {line}, column {}: {}\n{}", error.at.column, error.kind, error.excerpt())
    }
}

impl<L: Iterator<Item = String>> Reader<L> {
    /// A reader of `lines`, which come without their ends.
    pub fn new(lines: L) -> Self {
        Self { lines, taken: 0 }
    }

    /// The next commands, with the lines that they stand on; none at the end.
    pub fn read(&mut self, aliases: &Aliases) -> Option<(String, Result<Script, LineError>)> {
        let before = self.taken;
        let mut text = self.lines.next()?;
        self.taken += 1;
        loop {
            let mut result = parse_at(before + 1, &text, aliases, AtEnd::MoreMayCome);
            if let Err(error) = &result
                && error.is_unfinished()
            {
                if let Some(line) = self.lines.next() {
                    self.taken += 1;
                    text.push('\n');
                    text.push_str(&line);
                    continue;
                }
                result = parse_at(before + 1, &text, aliases, AtEnd::Complete);
            }
            let result = result.map_err(|error| LineError { line: before + error.at.line, error });
            return Some((text, result));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn read(text: &str) -> Vec<Result<usize, String>> {
        let mut reader = Reader::new(text.lines().map(String::from));
        let mut results = Vec::new();
        while let Some((_, script)) = reader.read(&Aliases::new()) {
            results.push(
                script.map(|script| script.statements.len()).map_err(|error| error.to_string()),
            );
        }
        results
    }

    #[test]
    fn a_command_may_go_on_over_several_lines() {
        assert_eq!(read("a; b\necho 'x\ny' &&\n\n c\nd"), [Ok(2), Ok(1), Ok(1)]);
        assert_eq!(read("echo a\\\nb"), [Ok(1)]);
        assert_eq!(read("if a\nthen b\nfi\ncat <<E\nx\nE\nd"), [Ok(1), Ok(1), Ok(1)]);
    }

    #[test]
    fn an_error_has_the_line_where_it_is() {
        let results = read("a\nb &&\nc | ; d");
        assert_eq!(results[0], Ok(1));
        assert!(results[1].clone().unwrap_err().starts_with("line 3, column 5: unexpected ;"));
        let results = read("a\necho 'b\nc");
        assert!(results[1].clone().unwrap_err().starts_with("line 2, column 6: the '"));
        assert!(results[1].clone().unwrap_err().ends_with("\n  echo 'b\n       ^"));
    }
}
