//! Moving, cutting, undoing, several lines.

use super::*;

#[test]
fn a_typed_line_stands_after_the_prompt_and_the_cursor_below() {
    let mut console = Console::new(b"echo hi\r");
    assert_eq!(read(&mut console, &[]), text("echo hi"));
    assert_eq!(console.rows(), ["commons:/# echo hi"]);
    assert_eq!(console.cursor(), (1, 0));
}

#[test]
fn what_is_typed_at_the_end_is_echoed_and_nothing_else() {
    let mut console = Console::sized(
        8,
        40,
        &[keys(b"e"), Act::Pause, keys(b"c"), Act::Pause, keys(b"ho"), Act::Pause, keys(b"\r")],
    );
    read(&mut console, &["ls"]);
    assert_eq!(console.written, b"\x1b[?2004hcommons:/# echo\n\x1b[?2004l");
}

#[test]
fn arrows_home_end_and_delete_edit_within_the_line() {
    let keys = "xcho h\u{1b}[D\u{1b}[D !\u{1b}[H\u{1b}[3~e\u{1b}OFé";
    assert_eq!(line_of(keys), text("echo ! hé"));
    let mut console = Console::new(alloc::format!("{keys}\r").as_bytes());
    read(&mut console, &[]);
    assert_eq!(console.rows(), ["commons:/# echo ! hé"]);
}

#[test]
fn words_are_moved_over_with_control_and_with_the_alternate_key() {
    assert_eq!(line_of("one two-three\u{1b}[1;5D^"), text("one two-^three"));
    assert_eq!(line_of("one two-three\u{1b}b\u{1b}b^"), text("one ^two-three"));
    assert_eq!(line_of("one two\u{1}\u{1b}[1;3C^"), text("one^ two"));
    assert_eq!(line_of("one two\u{1}\u{1b}f\u{1b}f\u{1b}f^"), text("one two^"));
}

#[test]
fn what_was_cut_is_yanked() {
    assert_eq!(line_of("one two three\u{1b}b\u{b}\u{1}\u{19}"), text("threeone two "));
    assert_eq!(line_of("one two\u{15}x\u{19}"), text("xone two"));
    assert_eq!(line_of("one two\u{1}\u{1b}d\u{5} \u{19}"), text(" two one"));
    assert_eq!(line_of("ls a-b\u{17}\u{19}\u{19}"), text("ls a-ba-b"));
    assert_eq!(line_of("ls a-b\u{1b}\u{7f}"), text("ls a-"));
}

#[test]
fn cuts_behind_each_other_are_yanked_together() {
    assert_eq!(line_of("a b c\u{17}\u{17}\u{1}\u{19}"), text("b ca "));
    assert_eq!(line_of("a b c\u{1}\u{1b}d\u{1b}d.\u{19}"), text(".a b c"));
    assert_eq!(line_of("a b c\u{17}\u{1b}[D\u{17}\u{19}"), text("a b "));
}

#[test]
fn what_was_cut_is_there_for_the_next_command() {
    let mut console = Console::new(b"one two\x17\r\x19!\r");
    let mut editor = LineEditor::default();
    assert_eq!(read_with(&mut editor, &mut console, &[]), text("one "));
    assert_eq!(read_with(&mut editor, &mut console, &[]), text("two!"));
}

#[test]
fn undo_takes_back_change_by_change_and_typing_at_once() {
    assert_eq!(line_of("abc def\u{17}xyz\u{1f}"), text("abc "));
    assert_eq!(line_of("abc def\u{17}xyz\u{1f}\u{1f}"), text("abc def"));
    assert_eq!(line_of("abc def\u{17}xyz\u{1f}\u{1f}\u{1f}\u{1f}\u{1f}x"), text("x"));
    assert_eq!(line_of("ab\u{7f}\u{7f}\u{1f}\u{1f}"), text("ab"));
}

#[test]
fn two_characters_change_places() {
    assert_eq!(line_of("sl\u{14}"), text("ls"));
    assert_eq!(line_of("ecoh\u{1b}[D\u{14}"), text("echo"));
    assert_eq!(line_of("é\u{14}"), text("é"));
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
    assert_eq!(console.cursor(), (2, 0));
}

#[test]
fn a_line_as_long_as_the_screen_is_wide_takes_one_row() {
    for typed in [&b"a".repeat(29), &[b"a".repeat(30), b"\x7f".to_vec()].concat()] {
        let mut console = Console::sized(8, 40, &[keys(typed), Act::Pause, keys(b"\r")]);
        assert_eq!(read(&mut console, &[]), text(&"a".repeat(29)));
        assert_eq!(console.rows(), [alloc::format!("commons:/# {}", "a".repeat(29))]);
        assert_eq!(console.cursor(), (1, 0));
    }
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
fn wide_characters_and_accents_take_the_columns_that_they_have() {
    let console = screen_after(&[keys("e\u{301}日本x\u{2}".as_bytes())], &[]);
    assert_eq!(console.rows(), ["commons:/# e\u{301}日本x"]);
    assert_eq!(console.cursor(), (0, 16));
    // An accent goes with its letter, and a wide character at once.
    assert_eq!(line_of("ae\u{301}日\u{7f}\u{7f}b"), text("ab"));
    let console = screen_after(&[keys("e\u{301}".as_bytes()), Act::Pause, keys(b"\x7fx")], &[]);
    assert_eq!(console.rows(), ["commons:/# x"]);
}

#[test]
fn a_wide_character_that_does_not_fit_goes_to_the_next_row() {
    let typed = alloc::format!("{}日本\u{1b}[D!", "a".repeat(28));
    let console = screen_after(&[keys(typed.as_bytes())], &[]);
    let first = alloc::format!("commons:/# {}", "a".repeat(28));
    assert_eq!(console.rows(), [first.as_str(), "日!本"]);
    assert_eq!(console.cursor(), (1, 3));
}

#[test]
fn a_command_that_is_not_whole_goes_on_on_the_next_line() {
    let mut console = Console::new(b"echo \"a\rb\"\r");
    assert_eq!(read(&mut console, &[]), text("echo \"a\nb\""));
    assert_eq!(console.rows(), ["commons:/# echo \"a", "> b\""]);
    assert_eq!(console.cursor(), (2, 0));
}

#[test]
fn up_and_down_move_within_a_command_of_several_lines() {
    let typed = b"echo \"ab\rcd\x1b[A!\x1b[B?\x01>\"\r";
    let mut console = Console::new(typed);
    assert_eq!(read(&mut console, &["old"]), text("ec!ho \"ab\n>\"cd?"));
    assert_eq!(console.rows(), ["commons:/# ec!ho \"ab", "> >\"cd?"]);
}

#[test]
fn control_c_throws_the_line_away_and_control_d_ends_only_an_empty_one() {
    let mut console = Console::new(b"abc\x03");
    assert_eq!(read(&mut console, &[]), Line::Interrupted);
    assert_eq!(console.rows(), ["commons:/# abc^C"]);
    assert_eq!(read(&mut Console::new(b"\x04"), &[]), Line::EndOfInput);
    assert_eq!(read(&mut Console::new(b"a\x04b\r"), &[]), text("ab"));
    assert_eq!(read(&mut Console::new(b"abc"), &[]), Line::EndOfInput);
    // Of what was begun the error is to be told.
    assert_eq!(read(&mut Console::new(b"echo \"\r\x04"), &[]), text("echo \"\n"));
}

#[test]
fn control_l_clears_the_screen_and_draws_the_prompt_at_the_top() {
    let mut console = Console::new(b"abc\x0cls\r");
    console.show(b"old\nold\n");
    assert_eq!(read(&mut console, &[]), text("abcls"));
    assert_eq!(console.rows(), ["commons:/# abcls"]);
}

#[test]
fn answers_and_sequences_that_nobody_knows_are_ignored() {
    let mut console =
        Console::new(b"a\x1b[R\x1b[99;99Q\x1b[99999999999999999999Z\x1bz\xC0\x80\xFFb\r");
    assert_eq!(read(&mut console, &[]), text("ab"));
}
