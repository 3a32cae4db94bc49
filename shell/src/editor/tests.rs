//! Tests of the line editor on a terminal emulator: what is on the screen after which keys.

use super::*;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::num::NonZero;
use proptest::prelude::*;

const ROWS: NonZero<u16> = NonZero::new(8).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(40).unwrap();

struct Console {
    keys: VecDeque<u8>,
    screen: vt100::Parser,
}

impl Console {
    fn new(keys: &[u8]) -> Self {
        let keys = keys.iter().copied().collect();
        Self { keys, screen: vt100::Parser::new(ROWS, COLUMNS, 0) }
    }

    /// Shows text as a program's output, with the terminal's newline processing.
    fn show(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.screen.process(b"\r");
            }
            self.screen.process(&[*byte]);
        }
    }

    fn rows(&self) -> Vec<String> {
        let mut rows: Vec<String> = self.screen.screen().rows(0, COLUMNS.get()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }
}

impl ErrorType for Console {
    type Error = Infallible;
}

impl Read for Console {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let Some(byte) = self.keys.pop_front() else { return Ok(0) };
        buffer[0] = byte;
        Ok(1)
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.show(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn read(console: &mut Console, history: &[&str]) -> Line {
    let mut lines = History::new(9);
    for line in history {
        lines.add(line);
    }
    let columns = usize::from(COLUMNS.get());
    LineEditor::default().read_line(console, "commons:/# ", columns, &lines).unwrap()
}

fn text(text: &str) -> Line {
    Line::Text(text.to_string())
}

#[test]
fn a_typed_line_stands_after_the_prompt_and_the_cursor_below() {
    let mut console = Console::new(b"echo hi\r");
    assert_eq!(read(&mut console, &[]), text("echo hi"));
    assert_eq!(console.rows(), ["commons:/# echo hi"]);
    assert_eq!(console.screen.screen().cursor_position(), (1, 0));
}

#[test]
fn arrows_home_end_and_delete_edit_within_the_line() {
    let mut console =
        Console::new("xcho h\u{1b}[D\u{1b}[D !\u{1b}[H\u{1b}[3~e\u{1b}OFé\r".as_bytes());
    assert_eq!(read(&mut console, &[]), text("echo ! hé"));
    assert_eq!(console.rows(), ["commons:/# echo ! hé"]);
}

#[test]
fn up_and_down_walk_through_the_history() {
    let mut console = Console::new(b"\x1b[A\x1b[A\x1b[A\x1b[B!\r");
    assert_eq!(read(&mut console, &["first", "second"]), text("second!"));
    assert_eq!(console.rows(), ["commons:/# second!"]);
}

#[test]
fn a_line_longer_than_the_screen_is_wide_wraps_and_can_be_edited() {
    let mut keys = b"a".repeat(60);
    keys.extend(b"\x1b[Hb\x1b[Fc\x08d\x1b[1~\r");
    let mut console = Console::new(&keys);
    let expected = alloc::format!("b{}d", "a".repeat(60));
    assert_eq!(read(&mut console, &[]), text(&expected));
    let row = alloc::format!("commons:/# {}", &expected[..29]);
    assert_eq!(console.rows(), [row.as_str(), &expected[29..]]);
    assert_eq!(console.screen.screen().cursor_position(), (2, 0));
}

#[test]
fn the_line_is_drawn_right_at_the_bottom_of_the_screen() {
    let mut keys = b"a".repeat(60);
    keys.extend(b"\x01b\r");
    let mut console = Console::new(&keys);
    console.show(b"\n\n\n\n\n\n\n");
    read(&mut console, &[]);
    let rows = console.rows();
    assert_eq!(rows[5], alloc::format!("commons:/# b{}", "a".repeat(28)));
    assert_eq!(rows[6], "a".repeat(32));
}

#[test]
fn output_without_a_newline_stays_before_the_prompt() {
    let mut console = Console::new(b"ls x\x1b[D\x1b[D \r");
    console.show(b"partial");
    assert_eq!(read(&mut console, &[]), text("ls  x"));
    assert_eq!(console.rows(), ["partialcommons:/# ls  x"]);
}

#[test]
fn control_c_throws_the_line_away_and_control_d_ends_only_an_empty_one() {
    let mut console = Console::new(b"abc\x03");
    assert_eq!(read(&mut console, &[]), Line::Interrupted);
    assert_eq!(console.rows(), ["commons:/# abc^C"]);
    assert_eq!(read(&mut Console::new(b"\x04"), &[]), Line::EndOfInput);
    assert_eq!(read(&mut Console::new(b"a\x04b\r"), &[]), text("ab"));
    assert_eq!(read(&mut Console::new(b"abc"), &[]), Line::EndOfInput);
}

#[test]
fn what_follows_the_line_stays_for_the_program_that_it_starts() {
    let mut console = Console::new(b"cat\rinput\r");
    assert_eq!(read(&mut console, &[]), text("cat"));
    assert_eq!(console.keys, b"input\r");
}

#[test]
fn a_paste_with_both_kinds_of_line_end_and_tabs_arrives_whole() {
    let mut console = Console::new(b"one\r\ntwo\tx\nthree\r");
    let mut editor = LineEditor::default();
    let history = History::new(1);
    let lines = [(); 3].map(|()| editor.read_line(&mut console, "$ ", 40, &history).unwrap());
    assert_eq!(lines, [text("one"), text("two x"), text("three")]);
}

#[test]
fn answers_and_sequences_that_nobody_asked_for_are_ignored() {
    let mut console =
        Console::new(b"a\x1b[R\x1b[0;0R\x1b[99999999999999999999A\x1b[200~\xC0\x80\xFFb\r");
    assert_eq!(read(&mut console, &[]), text("ab"));
}

#[test]
fn control_l_clears_the_screen_and_draws_the_prompt_at_the_top() {
    let mut console = Console::new(b"abc\x0cls\r");
    console.show(b"old\nold\n");
    assert_eq!(read(&mut console, &[]), text("ls"));
    assert_eq!(console.rows(), ["commons:/# ls"]);
}

const EDITING_KEYS: &[&[u8]] = &[
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x7f", b"\x0b",
    b"\x14", b"\x15", b"\x17", b"\x04x",
];

proptest! {
    #[test]
    fn no_input_makes_the_editor_panic(keys in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut console = Console::new(&keys);
        while read(&mut console, &["one", "two"]) != Line::EndOfInput {}
    }

    #[test]
    fn keys_of_editing_in_any_order_leave_the_screen_as_the_line_is(
        keys in prop::collection::vec(
            prop_oneof![
                5 => "[a-zé ]".prop_map(String::into_bytes),
                1 => prop::sample::select(EDITING_KEYS).prop_map(<[u8]>::to_vec),
            ],
            0..120,
        )
    ) {
        let mut keys = keys.concat();
        keys.extend(b".\r");
        let mut console = Console::new(&keys);
        if let Line::Text(line) = read(&mut console, &["one", "two"]) {
            // Rows lose the blanks at their ends, so blanks are left out of the comparison.
            let shown = console.rows().concat().replace(' ', "");
            prop_assert_eq!(shown, alloc::format!("commons:/#{}", line.replace(' ', "")));
        }
    }
}
