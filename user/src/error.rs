//! What a program tells a person when something fails.

use abi::Errno;
use alloc::string::String;
use core::fmt;

/// A result of the runtime.
pub type Result<T> = core::result::Result<T, Error>;

/// A failure: what it was about, what was wrong, and what can be done.
///
/// It reads as `/demo: no such region (create one with: region create /demo 64K)`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    errno: Option<Errno>,
    context: String,
    problem: Option<String>,
    advice: Option<String>,
}

impl Error {
    /// A failed call, about `context` (a path, a name, an operation).
    pub fn new(errno: Errno, context: impl Into<String>) -> Self {
        Self { errno: Some(errno), context: context.into(), problem: None, advice: None }
    }

    /// A failure without an error number, in words.
    pub fn message(text: impl Into<String>) -> Self {
        Self { errno: None, context: text.into(), problem: None, advice: None }
    }

    /// Says the problem in other words than the error number's.
    pub fn problem(mut self, text: impl Into<String>) -> Self {
        self.problem = Some(text.into());
        self
    }

    /// Adds what the person can do.
    pub fn advice(mut self, text: impl Into<String>) -> Self {
        self.advice = Some(text.into());
        self
    }

    /// The error number, if a call failed.
    pub fn errno(&self) -> Option<Errno> {
        self.errno
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.context)?;
        let problem = self.problem.as_deref().or(self.errno.map(Errno::text));
        if let Some(problem) = problem {
            write!(formatter, ": {problem}")?;
        }
        if let Some(advice) = &self.advice {
            write!(formatter, " ({advice})")?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::new(errno, "system call")
    }
}

/// Gives a failed call its context.
pub trait Context<T> {
    /// Names what the call was about.
    fn context(self, context: impl Into<String>) -> Result<T>;
}

impl<T> Context<T> for core::result::Result<T, Errno> {
    fn context(self, context: impl Into<String>) -> Result<T> {
        self.map_err(|errno| Error::new(errno, context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn an_error_says_what_was_wrong_and_what_to_do() {
        let error = Error::new(Errno::ENOENT, "/demo")
            .problem("no such region")
            .advice("create one with: region create /demo 64K");
        assert_eq!(
            error.to_string(),
            "/demo: no such region (create one with: region create /demo 64K)"
        );
        assert_eq!(Error::new(Errno::EPERM, "7").to_string(), "7: operation not permitted");
        assert_eq!(Error::message("too many words").to_string(), "too many words");
    }
}
