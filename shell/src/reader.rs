//! Joins lines to commands: a quote may close, and an operator's command may stand, lines later.

use crate::error::SyntaxError;
use crate::parser::parse;
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
        write!(f, "line {}: {}", self.line, self.error)
    }
}

impl<L: Iterator<Item = String>> Reader<L> {
    /// A reader of `lines`, which come without their ends.
    pub fn new(lines: L) -> Self {
        Self { lines, taken: 0 }
    }
}

impl<L: Iterator<Item = String>> Iterator for Reader<L> {
    type Item = Result<Script, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let before = self.taken;
        let mut text = self.lines.next()?;
        self.taken += 1;
        loop {
            let error = match parse(&text) {
                Ok(script) => return Some(Ok(script)),
                Err(error) => error,
            };
            match if error.is_unfinished() { self.lines.next() } else { None } {
                Some(line) => {
                    self.taken += 1;
                    text.push('\n');
                    text.push_str(&line);
                }
                None => return Some(Err(LineError { line: before + error.at.line, error })),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn read(text: &str) -> Vec<Result<usize, String>> {
        Reader::new(text.lines().map(String::from))
            .map(|script| script.map(|script| script.statements.len()))
            .map(|result| result.map_err(|error| error.to_string()))
            .collect()
    }

    #[test]
    fn a_command_may_go_on_over_several_lines() {
        assert_eq!(read("a; b\necho 'x\ny' &&\n\n c\nd"), [Ok(2), Ok(1), Ok(1)]);
        assert_eq!(read("echo a\\\nb"), [Ok(1)]);
    }

    #[test]
    fn an_error_has_the_line_where_it_is() {
        let results = read("a\nb &&\nc | ; d");
        assert_eq!(results[0], Ok(1));
        assert!(results[1].clone().unwrap_err().starts_with("line 3: unexpected ; at column 5"));
        let results = read("a\necho 'b\nc");
        assert!(results[1].clone().unwrap_err().starts_with("line 2: the ' at column 6"));
    }
}
