//! How often what happened.

use super::event::Event;
use std::collections::HashMap;
use std::fmt::Write;

/// Counts of functions and exceptions.
#[derive(Default)]
pub struct Summary {
    functions: HashMap<String, u64>,
    exceptions: HashMap<String, u64>,
}

impl Summary {
    /// Counts an event, which is told by `text`.
    pub fn count(&mut self, event: &Event, text: &str) {
        let (counts, name) = match event {
            Event::Block { .. } => (&mut self.functions, text),
            // Without the addresses, which differ.
            Event::Exception(_) => {
                (&mut self.exceptions, text.split(" at 0x").next().unwrap_or(text))
            }
        };
        let name = name.split(", of 0x").next().unwrap_or(name);
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    /// The most frequent of both kinds.
    pub fn table(&self, shown: usize) -> String {
        let mut text = String::new();
        for (title, counts) in
            [("exceptions", &self.exceptions), ("functions entered", &self.functions)]
        {
            let total: u64 = counts.values().sum();
            // Writing to a string does not fail.
            let _ = writeln!(text, "{total:>10}  {title}");
            let mut rows: Vec<_> = counts.iter().collect();
            rows.sort_by(|(name, count), (other, more)| more.cmp(count).then(name.cmp(other)));
            for (name, count) in rows.into_iter().take(shown) {
                let _ = writeln!(text, "{count:>10}    {name}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::exception::Exception;
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_addresses_do_not_tell_apart() {
        let mut summary = Summary::default();
        let block = Event::Block { core: 0, address: 0 };
        for name in ["fork", "open", "open"] {
            summary.count(&block, name);
        }
        let fault = Exception::of_first_line("4 [Data Abort] on CPU 0").unwrap();
        let fault = Event::Exception(fault);
        for address in ["0x1000", "0x2000"] {
            let text = format!("user: data abort, translation, level 3, of {address} at 0x10");
            summary.count(&fault, &text);
        }
        let lines: Vec<String> =
            summary.table(1).lines().map(|line| line.trim().to_owned()).collect();
        assert_eq!(
            lines,
            [
                "2  exceptions",
                "2    user: data abort, translation, level 3",
                "3  functions entered",
                "2    open"
            ]
        );
    }
}
