//! Pastes, marked by the terminal and not, and what is typed ahead.

use super::*;

fn marked(text: &str) -> Vec<u8> {
    [b"\x1b[200~", text.as_bytes(), b"\x1b[201~"].concat()
}

#[test]
fn what_follows_the_line_stays_for_the_program_that_it_starts() {
    let mut console = Console::new(b"cat\rinput\r");
    assert_eq!(read(&mut console, &[]), text("cat"));
    assert_eq!(console.left(), b"input\r");
}

#[test]
fn a_paste_with_both_kinds_of_line_end_and_tabs_arrives_whole() {
    let mut console = Console::new(b"one\r\ntwo\tx\nthree\r");
    let mut editor = LineEditor::default();
    let lines = [(); 3].map(|()| read_with(&mut editor, &mut console, &[]));
    assert_eq!(lines, [text("one"), text("two x"), text("three")]);
}

#[test]
fn a_marked_paste_runs_nothing_until_enter() {
    let paste = marked("rm a\rrm b\t-x\r");
    let console = screen_after(&[Act::Type(paste.clone())], &[]);
    assert_eq!(console.rows(), ["commons:/# rm a", "> rm b -x", ">"]);
    let mut console = Console::new(&[paste.as_slice(), b"\r"].concat());
    assert_eq!(read(&mut console, &[]), text("rm a\nrm b -x\n"));
}

#[test]
fn a_marked_paste_is_undone_at_once_and_keys_in_it_do_nothing() {
    let typed = [b"ab".as_slice(), &marked("c\x1b[Dd\x01\x15e"), b"\r"].concat();
    assert_eq!(read(&mut Console::new(&typed), &[]), text("abcde"));
    let typed = [b"ab".as_slice(), &marked("cd"), b"\x1f\r"].concat();
    assert_eq!(read(&mut Console::new(&typed), &[]), text("ab"));
}

#[test]
fn a_paste_without_its_end_is_ended_by_control_c() {
    assert_eq!(read(&mut Console::new(b"\x1b[200~abc\x03"), &[]), Line::Interrupted);
}

#[test]
fn the_terminal_marks_pastes_while_a_command_is_typed() {
    let mut console = Console::new(b"ls\r");
    read(&mut console, &[]);
    assert!(console.written.starts_with(b"\x1b[?2004h"));
    assert!(console.written.ends_with(b"\x1b[?2004l"));
    assert!(!console.screen.screen().bracketed_paste());
}

#[test]
fn ten_kilobytes_arrive_whole_and_are_drawn_once() {
    let paste: String = (0..2000).map(|number| alloc::format!("{number:04} ")).collect();
    for typed in [paste.clone().into_bytes(), marked(&paste)] {
        let acts = [Act::Type(typed), Act::Pause, keys(b".\r")];
        let mut console = Console::sized(24, 80, &acts);
        assert_eq!(read(&mut console, &[]), text(&alloc::format!("{paste}.")));
        assert!(console.written.len() < paste.len() + 200, "it took {}", console.written.len());
    }
}

#[test]
fn many_lines_pasted_without_marks_are_many_commands() {
    let typed: Vec<u8> = b"echo a line of this paste\n".repeat(400);
    let mut console = Console::new(&typed);
    let mut editor = LineEditor::default();
    for _ in 0..400 {
        let line = read_with(&mut editor, &mut console, &[]);
        assert_eq!(line, text("echo a line of this paste"));
    }
    assert_eq!(read_with(&mut editor, &mut console, &[]), Line::EndOfInput);
}
