//! The fields that a word becomes: literal text joins, and values are split at `IFS`.

use super::DEFAULT_IFS;
use crate::pattern::Glyph;
use crate::syntax::Quoting;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem::take;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Splitting {
    On,
    Off,
}

/// Collects fields.
pub(super) struct Fields {
    done: Vec<Vec<Glyph>>,
    /// None: nothing has begun that would be a field, not even an empty one.
    current: Option<Vec<Glyph>>,
    /// A blank has ended a field, so that a separator after it ends no further one.
    follows_blank: bool,
    splitting: Splitting,
    /// Whether text without quotes is split too, as in `${x-a b}`.
    splits_literals: bool,
    ifs: String,
}

impl Fields {
    pub(super) fn new(ifs: Option<String>) -> Self {
        Self {
            done: Vec::new(),
            current: None,
            follows_blank: false,
            splitting: Splitting::On,
            splits_literals: false,
            ifs: ifs.unwrap_or_else(|| DEFAULT_IFS.to_string()),
        }
    }

    /// Fields that are only one.
    pub(super) fn unsplit(ifs: Option<String>) -> Self {
        Self { splitting: Splitting::Off, ..Self::new(ifs) }
    }

    pub(super) fn finish(mut self) -> Vec<Vec<Glyph>> {
        self.done.extend(self.current);
        self.done
    }

    pub(super) fn literal(&mut self, text: &str, quoting: Quoting) {
        if self.splits_literals && quoting == Quoting::Bare {
            return self.value(text, quoting);
        }
        self.push(text, quoting);
    }

    /// An expansion's result.
    pub(super) fn value(&mut self, text: &str, quoting: Quoting) {
        if quoting == Quoting::Quoted || self.splitting == Splitting::Off {
            return self.push(text, quoting);
        }
        for character in text.chars() {
            if !self.ifs.contains(character) {
                let glyph = Glyph { character, is_quoted: false };
                self.current.get_or_insert_default().push(glyph);
                self.follows_blank = false;
            } else if matches!(character, ' ' | '\t' | '\n') {
                if let Some(field) = self.current.take() {
                    self.done.push(field);
                    self.follows_blank = true;
                }
            } else if let Some(field) = self.current.take() {
                self.done.push(field);
            } else if !take(&mut self.follows_blank) {
                self.done.push(Vec::new());
            }
        }
    }

    /// `$@` and `$*`: each value is a field of its own.
    pub(super) fn several(&mut self, values: &[String], quoting: Quoting) {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                match self.splitting {
                    Splitting::On => self.done.extend(self.current.take()),
                    Splitting::Off => self.push(" ", quoting),
                }
            }
            self.value(value, quoting);
        }
    }

    /// Has `add` add the word of `${x-WORD}`, whose blanks without quotes split.
    pub(super) fn split_bare<T>(&mut self, add: impl FnOnce(&mut Self) -> T) -> T {
        let before = core::mem::replace(&mut self.splits_literals, true);
        let result = add(self);
        self.splits_literals = before;
        result
    }

    fn push(&mut self, text: &str, quoting: Quoting) {
        let is_quoted = quoting == Quoting::Quoted;
        let glyphs = text.chars().map(|character| Glyph { character, is_quoted });
        self.current.get_or_insert_default().extend(glyphs);
        self.follows_blank = false;
    }
}
