//! Which calls are shown.

use crate::error::{Error, Result};
use crate::text::suggest::nearest;
use abi::Sysno;
use abi::trace::signature;
use alloc::format;
use alloc::vec::Vec;

/// The calls that are shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    numbers: Vec<u64>,
    /// Whether those are the ones that are not shown.
    is_inverse: bool,
}

impl Filter {
    /// All calls.
    pub fn all() -> Self {
        Self { numbers: Vec::new(), is_inverse: true }
    }

    /// The calls of a list like `openat,region_*`, with or without `trace=` before it; `!` before it means
    /// all but these.
    pub fn parse(text: &str) -> Result<Self> {
        let list = text.strip_prefix("trace=").unwrap_or(text);
        let (is_inverse, list) = match list.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, list),
        };
        let mut numbers = Vec::new();
        for name in list.split(',').filter(|name| !name.is_empty()) {
            match name {
                "all" => numbers.extend(Sysno::ALL.iter().map(|call| *call as u64)),
                "none" => {}
                name => numbers.extend(named(name)?),
            }
        }
        Ok(Self { numbers, is_inverse })
    }

    /// Whether the call is shown.
    pub fn shows(&self, number: u64) -> bool {
        self.numbers.contains(&number) != self.is_inverse
    }
}

/// The calls of a name; of one with a star at its end, all that begin so.
fn named(name: &str) -> Result<Vec<u64>> {
    let names = || Sysno::ALL.iter().map(|call| signature(*call).name);
    let is_meant = |call: &str| match name.strip_suffix('*') {
        Some(start) => call.starts_with(start),
        None => call == name,
    };
    let calls = Sysno::ALL.iter().filter(|call| is_meant(signature(**call).name));
    let numbers: Vec<u64> = calls.map(|call| *call as u64).collect();
    if !numbers.is_empty() {
        return Ok(numbers);
    }
    let error = Error::message(format!("{name}: no such call"));
    Err(match nearest(name, names()) {
        Some(near) => error.advice(format!("did you mean: {near}?")),
        None => error.advice("docs/linux-abi.md lists them; region_* means all that begin so"),
    })
}
