//! The text that is being typed, and what keys do to it.

use super::keys::Key;
use super::view::width;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How many steps can be undone.
const UNDO_MAX: usize = 100;

/// What the last key did, for what belongs together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Last {
    /// A typed character: those are undone together.
    Typing,
    /// A cut: those are yanked together.
    Cut,
    #[default]
    Other,
}

/// A text with a cursor, what was cut, and what it was before.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    text: String,
    /// The offset of the character under the cursor, which is none without a width of its own.
    cursor: usize,
    cut: String,
    before: Vec<(String, usize)>,
    last: Last,
}

impl Buffer {
    pub(super) fn new(cut: String) -> Self {
        Self { cut, ..Self::default() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) const fn cursor(&self) -> usize {
        self.cursor
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.cursor == self.text.len()
    }

    pub(super) fn set_cursor(&mut self, cursor: usize) {
        self.cursor = cursor;
    }

    pub(super) fn take_cut(&mut self) -> String {
        core::mem::take(&mut self.cut)
    }

    /// Goes behind the text.
    pub(super) fn go_to_end(&mut self) {
        self.cursor = self.text.len();
    }

    /// What is typed from here on is undone by itself.
    pub(super) fn end_of_typing(&mut self) {
        self.last = Last::Other;
    }

    pub(super) fn insert(&mut self, character: char) {
        if self.last != Last::Typing {
            self.remember();
            self.last = Last::Typing;
        }
        self.text.insert(self.cursor, character);
        self.cursor += character.len_utf8();
    }

    pub(super) fn insert_text(&mut self, text: &str) {
        self.remember();
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
    }

    pub(super) fn replace(&mut self, text: &str) {
        self.remember();
        self.text = text.to_string();
        self.go_to_end();
    }

    /// Puts `word` in the place of what stands between `start` and the cursor.
    pub(super) fn replace_word(&mut self, start: usize, word: &str) {
        self.remember();
        self.text.replace_range(start..self.cursor, word);
        self.cursor = start + word.len();
    }

    /// To the line above; false if there is none.
    pub(super) fn up(&mut self) -> bool {
        let start = self.line_start();
        if start == 0 {
            return false;
        }
        let column = self.text[start..self.cursor].chars().count();
        let above = self.text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        self.cursor = self.at_column(above, column);
        true
    }

    /// To the line below; false if there is none.
    pub(super) fn down(&mut self) -> bool {
        let Some(end) = self.text[self.cursor..].find('\n') else { return false };
        let column = self.text[self.line_start()..self.cursor].chars().count();
        self.cursor = self.at_column(self.cursor + end + 1, column);
        true
    }

    /// Does what a key of editing says.
    pub(super) fn apply(&mut self, key: &Key) {
        let before = core::mem::take(&mut self.last);
        match key {
            Key::Character(character) => {
                self.last = before;
                self.insert(*character);
            }
            Key::Left => self.cursor = self.left(),
            Key::Right => self.cursor = self.right(),
            Key::Home => self.cursor = self.line_start(),
            Key::End => self.cursor = self.line_end(),
            Key::WordLeft => self.cursor = self.word_before(char::is_alphanumeric),
            Key::WordRight => self.cursor = self.word_after(),
            Key::Backspace => self.remove(self.left(), self.cursor),
            Key::Delete | Key::EndOfInput => self.remove(self.cursor, self.right()),
            Key::CutToEnd => self.cut(before, self.cursor, self.line_end()),
            Key::CutToStart => self.cut(before, self.line_start(), self.cursor),
            Key::CutWordBefore => {
                self.cut(before, self.word_before(|c| !c.is_whitespace()), self.cursor);
            }
            Key::CutLettersBefore => {
                self.cut(before, self.word_before(char::is_alphanumeric), self.cursor);
            }
            Key::CutWordAfter => self.cut(before, self.cursor, self.word_after()),
            Key::Yank => {
                let cut = self.cut.clone();
                self.insert_text(&cut);
            }
            Key::Transpose => self.transpose(),
            Key::Undo => {
                if let Some((text, cursor)) = self.before.pop() {
                    (self.text, self.cursor) = (text, cursor);
                }
            }
            _ => {}
        }
    }

    fn remember(&mut self) {
        self.last = Last::Other;
        if self.before.len() == UNDO_MAX {
            self.before.remove(0);
        }
        self.before.push((self.text.clone(), self.cursor));
    }

    fn remove(&mut self, start: usize, end: usize) {
        if start < end {
            self.remember();
            self.text.replace_range(start..end, "");
            self.cursor = start;
        }
    }

    fn cut(&mut self, last: Last, start: usize, end: usize) {
        if start == end {
            self.last = last;
            return;
        }
        let text = self.text[start..end].to_string();
        self.cut = match last {
            Last::Cut if start < self.cursor => text + &self.cut,
            Last::Cut => core::mem::take(&mut self.cut) + &text,
            _ => text,
        };
        self.remove(start, end);
        self.last = Last::Cut;
    }

    /// Swaps the two characters around the cursor, or before it at a line's end, as Emacs does.
    fn transpose(&mut self) {
        let end = if self.cursor == self.line_end() { self.cursor } else { self.right() };
        let mut characters = self.text[self.line_start()..end].chars().rev();
        let pair = characters.next().zip(characters.next());
        let Some((last, first)) = pair.filter(|_| self.cursor > self.line_start()) else { return };
        let start = end - last.len_utf8() - first.len_utf8();
        self.remember();
        self.text.replace_range(start..end, &String::from_iter([last, first]));
        self.cursor = end;
    }

    /// The beginning of the character before the cursor, with what is put onto it.
    fn left(&self) -> usize {
        let before = self.text[..self.cursor].char_indices();
        before.rev().find(|(_, character)| width(*character) > 0).map_or(0, |(at, _)| at)
    }

    /// The end of the character under the cursor, with what is put onto it.
    fn right(&self) -> usize {
        let after = self.text[self.cursor..].char_indices().skip(1);
        let next = after.into_iter().find(|(_, character)| width(*character) > 0);
        next.map_or(self.text.len(), |(at, _)| self.cursor + at)
    }

    fn line_start(&self) -> usize {
        self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn at_column(&self, line: usize, column: usize) -> usize {
        let text = &self.text[line..];
        let length = text.find('\n').unwrap_or(text.len());
        let mut places = text[..length].char_indices().skip(column);
        line + places.find(|(_, c)| width(*c) > 0).map_or(length, |(at, _)| at)
    }

    fn word_before(&self, belongs: fn(char) -> bool) -> usize {
        let before = self.text[..self.cursor].trim_end_matches(|c| !belongs(c));
        before.trim_end_matches(belongs).len()
    }

    fn word_after(&self) -> usize {
        self.cursor + first_word(&self.text[self.cursor..])
    }
}

/// Where a text's first word ends.
pub(super) fn first_word(text: &str) -> usize {
    let rest = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    text.len() - rest.trim_start_matches(char::is_alphanumeric).len()
}
