//! What the serial line says, made readable: control sequences out, prompts found.

use regex::Regex;
use std::sync::LazyLock;

/// The shell's prompt for root or another user, and nothing after it yet.
pub static PROMPT: LazyLock<Regex> = LazyLock::new(|| pattern(r"commons:(/|\.\.\.)[^\s#$]*[#$] "));

/// The line that a kernel panic begins with.
pub static PANIC: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)kernel panic"));

/// How many characters at the end of a typed line its echo is recognised by.
const ECHO_TAIL: usize = 4;

/// Compiles an expression that is written down in these tests.
pub fn pattern(expression: &str) -> Regex {
    Regex::new(expression).expect("invariant: the tests' expressions are correct")
}

/// Takes terminal control out of a stream of bytes, however the stream is cut up.
#[derive(Default)]
pub struct Cleaner {
    state: State,
    sequence: Vec<u8>,
    partial: Vec<u8>,
    /// What follows was not typed: the editor's hint, which only it shows in this colour.
    is_hint: bool,
}

/// The sequence that a hint of the shell's editor is shown in.
const HINT_COLOUR: &[u8] = b"90";

#[derive(Default, PartialEq)]
enum State {
    #[default]
    Text,
    Escape,
    Control,
    Command,
}

/// What a piece of the stream held.
#[derive(Debug, Default, PartialEq)]
pub struct Cleaned {
    /// The text without control sequences and carriage returns.
    pub text: String,
    /// How often the cursor's position was asked for (`ESC [ 6 n`).
    pub position_requests: usize,
}

impl Cleaner {
    /// Takes the next piece of the stream.
    pub fn feed(&mut self, bytes: &[u8]) -> Cleaned {
        let mut cleaned = Cleaned::default();
        for &byte in bytes {
            self.feed_byte(byte, &mut cleaned);
        }
        self.flush(&mut cleaned.text);
        cleaned
    }

    fn feed_byte(&mut self, byte: u8, cleaned: &mut Cleaned) {
        match (&self.state, byte) {
            (State::Text, 0x1B) => self.state = State::Escape,
            (State::Text, b'\r' | 0x07 | 0x00) => {}
            (State::Text, 0x20..) if self.is_hint => {}
            // An erased character stays in the text: only the echo of an edited line has any.
            (State::Text, 0x08) => {}
            (State::Text, _) => self.partial.push(byte),
            (State::Escape, b'[') => self.state = State::Control,
            (State::Escape, b']') => self.state = State::Command,
            (State::Escape, _) => self.state = State::Text,
            (State::Control, 0x40..=0x7E) => {
                if byte == b'n' && self.sequence == b"6" {
                    cleaned.position_requests += 1;
                }
                if byte == b'm' {
                    self.is_hint = self.sequence == HINT_COLOUR;
                }
                self.sequence.clear();
                self.state = State::Text;
            }
            (State::Control, _) => self.sequence.push(byte),
            (State::Command, 0x07 | b'\\') => self.state = State::Text,
            (State::Command, _) => {}
        }
    }

    /// Moves complete characters to the text; a character that is cut stays for the next piece.
    fn flush(&mut self, text: &mut String) {
        let keep = match std::str::from_utf8(&self.partial) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.partial.len(),
        };
        let rest = self.partial.split_off(keep);
        text.push_str(&String::from_utf8_lossy(&self.partial));
        self.partial = rest;
    }
}

/// What follows the echo of a typed line.
///
/// Usually only the line's end is looked for: an editor may draw the line anew for each key, and a
/// terminal wraps a long line. A program in the background may also print lines into the middle.
pub fn after_echo<'a>(text: &'a str, line: &str) -> Option<&'a str> {
    let line = line.trim_end();
    let tail = line.char_indices().rev().nth(ECHO_TAIL - 1).map_or(0, |(at, _)| at);
    let echo_end = format!("{}\n", &line[tail..]);
    text.split_once(&echo_end)
        .map(|(_, output)| output)
        .or_else(|| after_interrupted_echo(text, line))
}

/// The same for an echo that whole lines were printed into, so that it goes on in later lines.
fn after_interrupted_echo<'a>(mut text: &'a str, line: &str) -> Option<&'a str> {
    // How much of the line may have been echoed before the part of the text that is looked at.
    let mut echoed = vec![true];
    echoed.resize(line.len() + 1, false);
    while let Some((printed, rest)) = text.split_once('\n') {
        let mut next = echoed.clone();
        for begin in (0..=line.len()).filter(|begin| echoed[*begin]) {
            let missing = &line.as_bytes()[begin..];
            if printed.as_bytes() == missing {
                return Some(rest);
            }
            let common = missing.iter().zip(printed.bytes()).take_while(|(a, b)| **a == *b).count();
            next[begin..=begin + common].fill(true);
        }
        (echoed, text) = (next, rest);
    }
    None
}

/// The output of a command: what stands before the first prompt, if a prompt is there.
pub fn before_prompt(output: &str) -> Option<(&str, usize)> {
    PROMPT.find(output).map(|found| (&output[..found.start()], found.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_carriage_returns_are_taken_out() {
        let cleaned = Cleaner::default().feed(b"\x1b[1;32mNAME\x1b[0m\r\nx\r\n");
        assert_eq!(cleaned.text, "NAME\nx\n");
    }

    #[test]
    fn a_hint_is_not_what_was_typed() {
        let cleaned = Cleaner::default().feed(b"ec\x1b[90mho x\x1b[0m\x1b[4D\x1b[Jho\r\n");
        assert_eq!(cleaned.text, "echo\n");
    }

    #[test]
    fn a_sequence_cut_in_two_leaves_no_trace() {
        let mut cleaner = Cleaner::default();
        let first = cleaner.feed(b"a\x1b[3");
        let second = cleaner.feed(b"1mb\x1b]0;title\x07c");
        assert_eq!(first.text + &second.text, "abc");
    }

    #[test]
    fn a_character_cut_in_two_arrives_whole() {
        let mut cleaner = Cleaner::default();
        let first = cleaner.feed(&[b'a', 0xC3]);
        assert_eq!(first.text, "a");
        assert_eq!(cleaner.feed(&[0xBC]).text, "ü");
    }

    #[test]
    fn a_byte_that_is_no_character_does_not_stop_the_stream() {
        assert_eq!(Cleaner::default().feed(b"a\xFFb").text, "a\u{FFFD}b");
    }

    #[test]
    fn a_question_for_the_cursor_is_noticed() {
        let cleaned = Cleaner::default().feed(b"\x1b[6nx\x1b[16n");
        assert_eq!(cleaned, Cleaned { text: "x".to_owned(), position_requests: 1 });
    }

    #[test]
    fn prompts_of_root_and_of_others_are_found_in_any_directory() {
        for prompt in
            ["commons:/# ", "commons:/tmp/a-b# ", "commons:/dev/shm$ ", "commons:...e/some# "]
        {
            assert!(PROMPT.is_match(prompt), "{prompt}");
        }
        for other in ["commons: ready", "commons:/tmp", "commons:# ", "the commons:/ # "] {
            assert!(!PROMPT.is_match(other), "{other}");
        }
    }

    #[test]
    fn output_lies_between_the_echo_and_the_next_prompt() {
        let text = "ls /\nbin\ntmp\ncommons:/# ";
        let output = after_echo(text, "ls /").unwrap();
        assert_eq!(before_prompt(output), Some(("bin\ntmp\n", output.len())));
    }

    #[test]
    fn what_the_background_prints_before_the_echo_is_not_taken_for_output() {
        let text = "produce: done\nls /tmp\nfile\n";
        assert_eq!(after_echo(text, "ls /tmp"), Some("file\n"));
        assert_eq!(after_echo("produce: done\nls /", "ls /tmp"), None);
        assert_eq!(after_echo("\nx", ""), Some("x"));
    }

    #[test]
    fn an_echo_that_lines_were_printed_into_is_found() {
        let text = "/extra/guest spspinning\nin spinning\n&\n[4] 9\n";
        assert_eq!(after_echo(text, "/extra/guest spin &"), Some("[4] 9\n"));
        let text = "echo status=$spinning\n?\nstatus=0\n";
        assert_eq!(after_echo(text, "echo status=$?"), Some("status=0\n"));
        let text = "spinning\npoweroffspinning\n\n";
        assert_eq!(after_echo(text, "poweroff"), Some(""));
        for unfinished in ["spinning\npowerspinning\nof", "poweroffspinning\n", "spinning\n"] {
            assert_eq!(after_echo(unfinished, "poweroff"), None, "{unfinished}");
        }
    }

    #[test]
    fn output_without_a_line_feed_ends_at_the_prompt_too() {
        assert_eq!(before_prompt("abccommons:/# "), Some(("abc", 14)));
        assert_eq!(before_prompt("abc"), None);
    }

    #[test]
    fn a_panic_is_recognised_in_any_case_of_letters() {
        assert!(PANIC.is_match("KERNEL PANIC on core 2: x"));
        assert!(PANIC.is_match("kernel panic: y"));
        assert!(!PANIC.is_match("don't panic"));
    }
}
