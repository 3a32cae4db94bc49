//! Why a case failed.

use std::fmt;

/// A sentence for the person who reads the report; the console's transcript is added by the case.
#[derive(Debug)]
pub struct Failure(String);

/// What a case returns.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with this explanation.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The same failure, with more said after it.
    pub fn and(mut self, more: &str) -> Self {
        self.0.push('\n');
        self.0.push_str(more);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Fails with the formatted message unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::failure::Failure::new(format!($($message)+)));
        }
    };
}
