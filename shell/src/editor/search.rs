//! Ctrl-R: looks through the history for what is typed.

use super::view::Frame;
use alloc::format;
use alloc::string::String;

/// A search: what is looked for, and which entry was found, of a history from the oldest on.
#[derive(Debug, Default)]
pub(super) struct Search {
    wanted: String,
    place: Option<usize>,
}

impl Search {
    pub(super) fn add(&mut self, character: char, history: &[&str]) {
        self.wanted.push(character);
        // The entry found stays if it fits still.
        self.place = self.look(history, self.place.map_or(history.len(), |place| place + 1));
    }

    pub(super) fn remove(&mut self, history: &[&str]) {
        self.wanted.pop();
        self.place = self.look(history, history.len());
    }

    /// To the next older entry that fits, if there is one.
    pub(super) fn go_back(&mut self, history: &[&str]) {
        let end = self.place.unwrap_or(history.len());
        self.place = self.look(history, end).or(self.place);
    }

    /// The entry found, and where in it what is looked for stands.
    pub(super) fn found<'a>(&self, history: &[&'a str]) -> Option<(&'a str, usize)> {
        let entry = history.get(self.place?)?;
        Some((entry, entry.find(&self.wanted)?))
    }

    pub(super) fn frame(&self, history: &[&str], further: &str) -> Frame {
        let (entry, cursor) = self.found(history).unwrap_or_default();
        let is_missing = self.place.is_none() && !self.wanted.is_empty();
        let what = if is_missing { "nothing with" } else { "search" };
        Frame::new(&format!("({what} '{}'): ", self.wanted), further, entry, cursor)
    }

    fn look(&self, history: &[&str], end: usize) -> Option<usize> {
        if self.wanted.is_empty() {
            return None;
        }
        history[..end].iter().rposition(|entry| entry.contains(&self.wanted))
    }
}
