//! A command while it is typed: what each key does.

use super::buffer::{Buffer, first_word};
use super::keys::{Key, KeyDecoder};
use super::listing;
use super::search::Search;
use super::view::{Frame, View};
use super::{
    Assistant, Candidate, Completion, Input, Line, Prompts, SIZE_QUESTION, Size, Terminal,
};
use abi::Errno;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How long nothing must be typed until a hint is shown.
const HINT_MILLISECONDS: u32 = 150;
/// What follows a tabulator within this time was not typed by a person.
const PASTE_MILLISECONDS: u32 = 20;
/// Pastes are marked from here on, if the terminal can.
const MARK_PASTES: &[u8] = b"\x1b[?2004h";
const MARK_NO_PASTES: &[u8] = b"\x1b[?2004l";
const BELL: &[u8] = b"\x07";

/// A command that is being typed.
pub(super) struct Session<'a, T, A> {
    terminal: &'a mut T,
    assistant: &'a mut A,
    prompts: Prompts<'a>,
    /// From the oldest on.
    history: Vec<&'a str>,
    view: View,
    buffer: Buffer,
    /// Which entry of the history is shown, counted from the newest; none is the typed text.
    place: Option<usize>,
    /// The text that was typed before the history was looked at.
    typed: String,
    search: Option<Search>,
    /// What stands in grey behind the text.
    hint: String,
    is_paste: bool,
    is_second_tab: bool,
}

impl<'a, T: Terminal, A: Assistant> Session<'a, T, A> {
    pub(super) fn new(
        terminal: &'a mut T,
        assistant: &'a mut A,
        prompts: Prompts<'a>,
        history: Vec<&'a str>,
        cut: String,
    ) -> Self {
        let view = View::new(terminal.size());
        Self {
            terminal,
            assistant,
            prompts,
            history,
            view,
            buffer: Buffer::new(cut),
            place: None,
            typed: String::new(),
            search: None,
            hint: String::new(),
            is_paste: false,
            is_second_tab: false,
        }
    }

    /// Shows the prompt.
    pub(super) fn begin(&mut self) -> Result<(), Errno> {
        self.terminal.write(MARK_PASTES)?;
        self.draw()
    }

    /// Gives back what was cut.
    pub(super) fn finish(mut self) -> Result<String, Errno> {
        self.terminal.write(MARK_NO_PASTES)?;
        Ok(self.buffer.take_cut())
    }

    /// Shows what was done, and waits for the next key; none at the input's end.
    pub(super) fn read(&mut self, keys: &mut KeyDecoder) -> Result<Option<Key>, Errno> {
        loop {
            if !self.terminal.more_within(0) {
                self.draw()?;
                self.show_hint(keys)?;
            }
            match self.terminal.read()? {
                Input::Byte(byte) => {
                    if let Some(key) = keys.advance(byte) {
                        return Ok(Some(key));
                    }
                }
                Input::Resized => {}
                Input::End => return Ok(None),
            }
        }
    }

    /// Shows how the text could go on, after a pause.
    fn show_hint(&mut self, keys: &KeyDecoder) -> Result<(), Errno> {
        let hint = self.possible_hint();
        let is_quiet = !hint.is_empty() && !keys.is_within_key();
        if is_quiet && !self.terminal.more_within(HINT_MILLISECONDS) {
            self.hint = hint;
            self.draw()?;
        }
        Ok(())
    }

    /// The rest of the newest command that begins like what is typed.
    fn possible_hint(&self) -> String {
        let text = self.buffer.text();
        let is_wanted = self.buffer.is_at_end() && self.search.is_none() && !self.is_paste;
        if text.trim().is_empty() || !is_wanted {
            return String::new();
        }
        let mut newest = self.history.iter().rev();
        let rest =
            newest.find_map(|entry| entry.strip_prefix(text).filter(|rest| !rest.is_empty()));
        // Of a command over several lines only the first is shown.
        rest.and_then(|rest| rest.lines().next()).unwrap_or_default().to_string()
    }

    fn draw(&mut self) -> Result<(), Errno> {
        self.view.resize(self.terminal.size());
        let Prompts { first, further } = self.prompts;
        let frame = match &self.search {
            Some(search) => search.frame(&self.history, further),
            None => Frame::new(first, further, self.buffer.text(), self.buffer.cursor())
                .with_hint(&self.hint),
        };
        let bytes = self.view.show(frame);
        if bytes.is_empty() { Ok(()) } else { self.terminal.write(&bytes) }
    }

    /// Draws the whole command and goes below it.
    fn leave(&mut self, mark: &str) -> Result<(), Errno> {
        self.search = None;
        self.buffer.go_to_end();
        self.draw()?;
        self.terminal.write(mark.as_bytes())
    }

    /// Does what a key says; a line when that ends the command.
    pub(super) fn press(&mut self, key: Key) -> Result<Option<Line>, Errno> {
        let hint = core::mem::take(&mut self.hint);
        if self.is_paste && self.press_in_paste(&key) {
            return Ok(None);
        }
        if self.search.is_some() && self.press_in_search(&key) {
            return Ok(None);
        }
        self.is_second_tab &= key == Key::Tab;
        match key {
            Key::Enter => return self.enter(),
            Key::Interrupt => {
                self.leave("^C\n")?;
                return Ok(Some(Line::Interrupted));
            }
            Key::EndOfInput if self.is_last_line_empty() => {
                self.leave("\n")?;
                // What is missing of a command that was begun is told as its error.
                let text = self.buffer.text();
                let is_empty = text.is_empty();
                return Ok(Some(if is_empty { Line::EndOfInput } else { Line::Text(text.into()) }));
            }
            Key::Tab => self.tab()?,
            Key::ClearScreen => self.clear()?,
            Key::Up => self.up(),
            Key::Down => self.down(),
            Key::Right | Key::End if !hint.is_empty() => self.buffer.insert_text(&hint),
            Key::WordRight if !hint.is_empty() => {
                self.buffer.insert_text(&hint[..first_word(&hint)]);
            }
            Key::Search => self.search = Some(Search::default()),
            Key::PasteBegin => {
                self.buffer.end_of_typing();
                self.is_paste = true;
            }
            Key::Position(rows, columns) => self.terminal.has_told(Size::usable(columns, rows)),
            key => self.buffer.apply(&key),
        }
        Ok(None)
    }

    /// A key of a marked paste; false if it is none.
    fn press_in_paste(&mut self, key: &Key) -> bool {
        match key {
            Key::Character(character) => self.buffer.insert(*character),
            // It runs nothing: that is for a person to decide.
            Key::Enter => self.buffer.insert('\n'),
            Key::Tab => self.buffer.insert(' '),
            Key::PasteEnd => {
                self.buffer.end_of_typing();
                self.is_paste = false;
            }
            Key::Interrupt => {
                self.is_paste = false;
                return false;
            }
            _ => {}
        }
        true
    }

    /// A key while the history is searched; false if it does what it does else.
    fn press_in_search(&mut self, key: &Key) -> bool {
        let Some(search) = &mut self.search else { return false };
        match key {
            Key::Character(character) => search.add(*character, &self.history),
            Key::Backspace => search.remove(&self.history),
            Key::Search | Key::Up => search.go_back(&self.history),
            Key::Cancel | Key::Interrupt => self.search = None,
            _ => {
                if let Some((entry, _)) = search.found(&self.history) {
                    self.buffer.replace(entry);
                }
                self.search = None;
                return false;
            }
        }
        true
    }

    fn is_last_line_empty(&self) -> bool {
        let text = self.buffer.text();
        self.buffer.is_at_end() && (text.is_empty() || text.ends_with('\n'))
    }

    fn enter(&mut self) -> Result<Option<Line>, Errno> {
        if !self.assistant.is_whole(self.buffer.text()) {
            self.buffer.go_to_end();
            self.buffer.insert('\n');
            return Ok(None);
        }
        self.leave("\n")?;
        Ok(Some(Line::Text(self.buffer.text().to_string())))
    }

    fn clear(&mut self) -> Result<(), Errno> {
        self.terminal.write(b"\x1b[H\x1b[2J")?;
        self.view.forget();
        self.terminal.write(SIZE_QUESTION)
    }

    fn up(&mut self) {
        let next = self.place.map_or(0, |place| place + 1);
        if !self.buffer.up() && next < self.history.len() {
            if self.place.is_none() {
                self.typed = self.buffer.text().to_string();
            }
            self.show_entry(Some(next));
        }
    }

    fn down(&mut self) {
        if !self.buffer.down()
            && let Some(place) = self.place
        {
            self.show_entry(place.checked_sub(1));
        }
    }

    fn show_entry(&mut self, place: Option<usize>) {
        self.place = place;
        let typed = core::mem::take(&mut self.typed);
        match place {
            Some(place) => {
                self.typed = typed;
                self.buffer.replace(self.history[self.history.len() - 1 - place]);
            }
            None => self.buffer.replace(&typed),
        }
    }

    fn tab(&mut self) -> Result<(), Errno> {
        let (text, cursor) = (self.buffer.text(), self.buffer.cursor());
        let is_indentation =
            text[..cursor].rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
        if is_indentation || self.terminal.more_within(PASTE_MILLISECONDS) {
            self.buffer.insert(' ');
            return Ok(());
        }
        // To ask programs may take a moment.
        self.draw()?;
        let (text, cursor) = (self.buffer.text(), self.buffer.cursor());
        let Completion { start, mut candidates } = self.assistant.complete(text, cursor);
        candidates.sort();
        candidates.dedup();
        match candidates.as_slice() {
            [] => self.terminal.write(BELL)?,
            [only] => {
                let word = format!("{}{}", only.text, only.after);
                self.buffer.replace_word(start, &word);
            }
            several => {
                let common = listing::common_beginning(several);
                if common.len() > cursor - start {
                    self.buffer.replace_word(start, &common);
                } else if core::mem::replace(&mut self.is_second_tab, true) {
                    self.list(several)?;
                } else {
                    self.terminal.write(BELL)?;
                }
            }
        }
        Ok(())
    }

    /// Shows all candidates below the command, which is drawn anew below them.
    fn list(&mut self, candidates: &[Candidate]) -> Result<(), Errno> {
        let cursor = self.buffer.cursor();
        self.leave("\n")?;
        self.buffer.set_cursor(cursor);
        let text = listing::in_columns(candidates, self.terminal.size().columns);
        self.terminal.write(text.as_bytes())?;
        self.view.forget();
        Ok(())
    }
}
