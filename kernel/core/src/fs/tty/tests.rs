//! Tests of the line discipline: what a person types, sees, and what a program reads.

use super::discipline::{Discipline, Flow, Reaction};
use super::queue::Ends;
use abi::signal::Signal;
use abi::terminal::{
    ECHO, ECHONL, ICANON, IEXTEN, ISIG, ISTRIP, IXANY, NOFLSH, Termios, VEOL, VERASE,
};

struct Terminal {
    discipline: Discipline,
    shown: Vec<u8>,
    signals: Vec<Signal>,
}

impl Terminal {
    fn new() -> Self {
        let mut discipline = Discipline::new();
        discipline.queue().make_room().unwrap();
        Self { discipline, shown: Vec::new(), signals: Vec::new() }
    }

    fn raw() -> Self {
        let mut terminal = Self::new();
        terminal.set(Termios::cooked().raw());
        terminal
    }

    fn set(&mut self, termios: Termios) {
        let (shown, signals) = (&mut self.shown, &mut self.signals);
        self.discipline.set_termios(termios, |reaction| note(&reaction, shown, signals));
    }

    fn typed(&mut self, bytes: &[u8]) -> &mut Self {
        for byte in bytes {
            let reaction = self.discipline.input(*byte);
            note(&reaction, &mut self.shown, &mut self.signals);
        }
        self
    }

    /// What one read with a buffer of this size gives; `None` if it would wait.
    fn read(&mut self, size: usize) -> Option<Vec<u8>> {
        if self.discipline.readable() == 0 {
            return None;
        }
        let is_canonical = self.discipline.is_canonical();
        let mut bytes = vec![0; size];
        let queue = self.discipline.queue();
        let peeked =
            if is_canonical { queue.peek_line(&mut bytes) } else { queue.peek_bytes(&mut bytes) };
        queue.consume(&peeked);
        bytes.truncate(peeked.count);
        Some(bytes)
    }
}

fn note(reaction: &Reaction, shown: &mut Vec<u8>, signals: &mut Vec<Signal>) {
    reaction.echo.for_each_part(|part| shown.extend_from_slice(part));
    signals.extend(reaction.signal);
}

#[test]
fn a_program_reads_whole_lines_one_at_a_time() {
    let mut terminal = Terminal::new();
    terminal.typed(b"one\rtw");
    assert_eq!(terminal.read(100).unwrap(), b"one\n");
    assert_eq!(terminal.read(100), None);
    terminal.typed(b"o\nthree\n");
    assert_eq!(terminal.read(100).unwrap(), b"two\n");
    assert_eq!(terminal.read(3).unwrap(), b"thr");
    assert_eq!(terminal.read(100).unwrap(), b"ee\n");
    assert_eq!(terminal.shown, b"one\ntwo\nthree\n");
}

#[test]
fn erasing_wipes_out_what_was_shown() {
    let mut terminal = Terminal::new();
    terminal.typed(b"\x7fab\x7fc\r");
    assert_eq!(terminal.read(100).unwrap(), b"ac\n");
    assert_eq!(terminal.shown, b"ab\x08 \x08c\n");
}

#[test]
fn a_control_character_takes_two_columns_and_a_letter_of_several_bytes_one() {
    let mut terminal = Terminal::new();
    terminal.typed(b"\x01\x7f");
    assert_eq!(terminal.shown, b"^A\x08 \x08\x08 \x08");
    let mut terminal = Terminal::new();
    terminal.typed("aü\x7f\r".as_bytes());
    assert_eq!(terminal.read(100).unwrap(), b"a\n");
    assert_eq!(terminal.shown, "aü\x08 \x08\n".as_bytes());
}

#[test]
fn ctrl_w_erases_a_word_and_ctrl_u_the_line() {
    let mut terminal = Terminal::new();
    terminal.typed(b"one two  \x17x\r");
    assert_eq!(terminal.read(100).unwrap(), b"one x\n");
    terminal.typed(b"one two\x15x\r");
    assert_eq!(terminal.read(100).unwrap(), b"x\n");
}

#[test]
fn editing_stops_at_the_line_before() {
    let mut terminal = Terminal::new();
    terminal.typed(b"one\r\x7f\x7f\x15\x17two\r");
    assert_eq!(terminal.read(100).unwrap(), b"one\n");
    assert_eq!(terminal.read(100).unwrap(), b"two\n");
}

#[test]
fn ctrl_d_ends_the_file_or_hands_the_line_over() {
    let mut terminal = Terminal::new();
    terminal.typed(b"\x04");
    assert_eq!(terminal.read(100).unwrap(), b"");
    assert_eq!(terminal.read(100), None);
    terminal.typed(b"abc\x04");
    assert_eq!(terminal.read(3).unwrap(), b"abc");
    assert_eq!(terminal.read(3), None, "the end of a line is not also the end of the file");
    terminal.typed(b"\x04\x04");
    assert_eq!(terminal.read(3).unwrap(), b"");
    assert_eq!(terminal.read(3).unwrap(), b"");
}

#[test]
fn ctrl_c_sends_a_signal_and_throws_the_line_away() {
    let mut terminal = Terminal::new();
    terminal.typed(b"abc\x03x\r");
    assert_eq!(terminal.signals, [Signal::INT]);
    assert_eq!(terminal.shown, b"abc^Cx\n");
    assert_eq!(terminal.read(100).unwrap(), b"x\n");
    terminal.typed(b"\x1c\x1a");
    assert_eq!(terminal.signals, [Signal::INT, Signal::QUIT, Signal::TSTP]);
}

#[test]
fn a_raw_terminal_gives_every_byte_as_it_is() {
    let mut terminal = Terminal::raw();
    terminal.typed(b"\x03\x04\x7f\r\x15");
    assert_eq!(terminal.read(100).unwrap(), b"\x03\x04\x7f\r\x15");
    assert_eq!(terminal.shown, b"");
    assert!(terminal.signals.is_empty());
}

#[test]
fn a_character_that_is_switched_off_is_like_any_other() {
    let mut terminal = Terminal::new();
    let mut termios = Termios::cooked();
    termios.characters[VERASE] = 0;
    terminal.set(termios);
    terminal.typed(b"a\0\x7fb\r");
    assert_eq!(terminal.read(100).unwrap(), b"a\0\x7fb\n");
}

#[test]
fn without_echo_nothing_is_shown() {
    let mut terminal = Terminal::new();
    let mut termios = Termios::cooked();
    termios.local &= !ECHO;
    terminal.set(termios);
    terminal.typed(b"secre\x7fet\x17\x15t\r");
    assert_eq!(terminal.shown, b"");
    assert_eq!(terminal.read(100).unwrap(), b"t\n");
}

#[test]
fn lines_typed_ahead_are_bytes_for_a_raw_reader() {
    let mut terminal = Terminal::new();
    terminal.typed(b"one\rtw\x04\x04o");
    terminal.set(Termios::cooked().raw());
    assert_eq!(terminal.read(100).unwrap(), b"one\ntwo");
}

#[test]
fn bytes_typed_ahead_in_raw_mode_become_lines() {
    let mut terminal = Terminal::raw();
    terminal.typed(b"one\rtwp\x7fo\r\x7fth");
    terminal.set(Termios::cooked());
    terminal.typed(b"ree\r");
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        assert_eq!(terminal.read(100).unwrap(), line);
    }
    assert_eq!(terminal.read(100), None);
}

#[test]
fn sixteen_thousand_bytes_are_kept_in_order_and_more_rings_the_bell() {
    let mut terminal = Terminal::raw();
    let typed: Vec<u8> = (0..20_000_u32).map(|number| (number % 251) as u8).collect();
    terminal.typed(&typed);
    assert_eq!(terminal.read(30_000).unwrap(), typed[..16_383]);
    assert_eq!(terminal.shown, vec![7; 20_000 - 16_383]);
    terminal.typed(&typed);
    assert_eq!(terminal.read(30_000).unwrap(), typed[..16_383]);
}

#[test]
fn a_line_of_any_length_can_be_ended() {
    let mut terminal = Terminal::new();
    terminal.typed(&[b'x'; 20_000]).typed(b"\ry\r");
    let line = terminal.read(30_000).unwrap();
    assert_eq!((line.len(), line.last()), (16_384, Some(&b'\n')));
}

#[test]
fn a_reader_that_was_overtaken_by_a_flush_takes_nothing() {
    let mut terminal = Terminal::new();
    terminal.typed(b"one\r");
    let peeked = terminal.discipline.queue().peek_line(&mut [0; 100]);
    assert_eq!((peeked.count, peeked.ends), (4, Ends::Yes));
    terminal.discipline.queue().clear();
    terminal.typed(b"two\r");
    terminal.discipline.queue().consume(&peeked);
    assert_eq!(terminal.read(100).unwrap(), b"two\n");
}

#[test]
fn signals_and_lines_are_switched_apart() {
    let mut terminal = Terminal::new();
    let mut termios = Termios::cooked();
    termios.local &= !(ICANON | IEXTEN);
    terminal.set(termios);
    terminal.typed(b"a\x03");
    assert_eq!(terminal.signals, [Signal::INT]);
    termios.local = termios.local & !ISIG | ICANON;
    terminal.set(termios);
    terminal.typed(b"a\x03\r");
    assert_eq!(terminal.read(100).unwrap(), b"a\x03\n");
}

#[test]
fn the_output_stops_and_goes_on_and_a_literal_character_does_neither() {
    let mut terminal = Terminal::new();
    let mut flow = |byte| terminal.discipline.input(byte).flow;
    assert_eq!((flow(0x13), flow(b'a')), (Some(Flow::Stop), None));
    assert_eq!(flow(0x11), Some(Flow::Start));
    assert_eq!((flow(0x16), flow(0x13)), (None, None));
    let mut termios = Termios::cooked();
    termios.input |= IXANY;
    terminal.set(termios);
    assert_eq!(terminal.discipline.input(b'b').flow, Some(Flow::Start));
    assert_eq!(terminal.typed(b"\n").read(9).unwrap(), b"a\x13b\n");
}

#[test]
fn a_literal_character_is_only_itself() {
    let mut terminal = Terminal::new();
    terminal.typed(b"x\x16\x7f\x16\x03\n");
    assert_eq!(terminal.read(9).unwrap(), b"x\x7f\x03\n");
    assert!(terminal.signals.is_empty());
    assert_eq!(terminal.shown, b"x^\x08^?^\x08^C\n");
}

#[test]
fn a_line_is_shown_again_on_request() {
    let mut terminal = Terminal::new();
    terminal.typed(b"done\nab\x01");
    let reaction = terminal.discipline.input(0x12);
    assert!(reaction.shows_line);
    let mut shown = Vec::new();
    terminal.discipline.show_line(|echo| echo.for_each_part(|part| shown.extend_from_slice(part)));
    assert_eq!(shown, b"ab^A");
}

#[test]
fn another_character_ends_a_line_and_a_new_line_is_echoed_by_itself() {
    let mut terminal = Terminal::new();
    let mut termios = Termios::cooked();
    termios.characters[VEOL] = b';';
    termios.local = termios.local & !ECHO | ECHONL;
    termios.input |= ISTRIP;
    terminal.set(termios);
    assert_eq!(terminal.typed(&[b'a' | 0x80, b';', b'b']).read(9).unwrap(), b"a;");
    assert_eq!(terminal.read(9), None);
    assert_eq!(terminal.typed(b"\n").shown, b"\n");
}

#[test]
fn a_signal_keeps_what_was_typed_if_that_is_asked_for() {
    let mut terminal = Terminal::new();
    let mut termios = Termios::cooked();
    termios.local |= NOFLSH;
    terminal.set(termios);
    terminal.typed(b"kept\x03\n");
    assert_eq!(terminal.signals, [Signal::INT]);
    assert_eq!(terminal.read(9).unwrap(), b"kept\n");
}
