//! The history: walking through it, searching it, hints from it.

use super::*;

const RIGHT: &[u8] = b"\x1b[C";

#[test]
fn up_and_down_walk_through_the_history() {
    let mut console = Console::new(b"\x1b[A\x1b[A\x1b[A\x1b[B!\r");
    assert_eq!(read(&mut console, &["first", "second"]), text("second!"));
    assert_eq!(console.rows(), ["commons:/# second!"]);
    let mut console = Console::new(b"typed\x1b[A\x1b[A\x1b[B\x1b[B!\r");
    assert_eq!(read(&mut console, &["first", "second"]), text("typed!"));
}

#[test]
fn a_command_of_several_lines_comes_back_whole() {
    let mut console = Console::new(b"\x1b[A\r");
    assert_eq!(read(&mut console, &["echo \"a\nb\""]), text("echo \"a\nb\""));
    assert_eq!(console.rows(), ["commons:/# echo \"a", "> b\""]);
}

#[test]
fn control_r_searches_and_enter_runs_what_was_found() {
    let history = ["make one", "make two", "other"];
    let console = screen_after(&[keys(b"\x12mak")], &history);
    assert_eq!(console.rows(), ["(search 'mak'): make two"]);
    assert_eq!(console.cursor(), (0, 16));
    let mut console = Console::new(b"\x12mak\r");
    assert_eq!(read(&mut console, &history), text("make two"));
    assert_eq!(console.rows(), ["commons:/# make two"]);
}

#[test]
fn control_r_again_goes_to_older_ones_and_stays_at_the_oldest() {
    let history = ["make one", "make two", "other"];
    for presses in 1..4 {
        let typed = [b"\x12mak".as_slice(), &b"\x12".repeat(presses), b"\r"].concat();
        assert_eq!(read(&mut Console::new(&typed), &history), text("make one"));
    }
}

#[test]
fn a_search_can_be_corrected_given_up_and_edited_on() {
    let history = ["make one", "make two", "other"];
    assert_eq!(read(&mut Console::new(b"\x12makx\x7f\r"), &history), text("make two"));
    assert_eq!(read(&mut Console::new(b"abc\x12make\x07d\r"), &history), text("abcd"));
    assert_eq!(read(&mut Console::new(b"abc\x12make\x03d\r"), &history), text("abcd"));
    assert_eq!(read(&mut Console::new(b"\x12one\x1b[D!\r"), &history), text("make on!e"));
    // Nothing found leaves what was typed.
    let console = screen_after(&[keys(b"abc\x12zzz")], &history);
    assert_eq!(console.rows(), ["(nothing with 'zzz'):"]);
    assert_eq!(read(&mut Console::new(b"abc\x12zzz\r"), &history), text("abc"));
}

#[test]
fn a_hint_is_shown_in_grey_after_a_pause() {
    let console = screen_after(&[keys(b"ma"), Act::Pause], &["make all", "ls"]);
    assert_eq!(console.rows(), ["commons:/# make all"]);
    assert_eq!(console.cursor(), (0, 13));
    let cell = |column| console.screen.screen().cell(0, column).unwrap();
    assert_eq!(cell(12).fgcolor(), vt100::Color::Default);
    assert_eq!(cell(13).fgcolor(), vt100::Color::Idx(8));
    assert_eq!(cell(18).fgcolor(), vt100::Color::Idx(8));
}

#[test]
fn right_and_end_take_the_hint_and_a_word_move_takes_a_word_of_it() {
    for key in [RIGHT, b"\x1b[F", b"\x05", b"\x06"] {
        let acts = [keys(b"ma"), Act::Pause, keys(key), keys(b"!\r")];
        let mut console = Console::sized(8, 40, &acts);
        assert_eq!(read(&mut console, &["make all"]), text("make all!"));
        assert_eq!(console.rows(), ["commons:/# make all!"]);
    }
    let acts = [keys(b"ma"), Act::Pause, keys(b"\x1b[1;5C"), keys(b"!\r")];
    let mut console = Console::sized(8, 40, &acts);
    assert_eq!(read(&mut console, &["make all now"]), text("make!"));
}

#[test]
fn a_hint_that_is_not_taken_leaves_nothing_behind() {
    let acts = [keys(b"ma"), Act::Pause, keys(b"\r")];
    let mut console = Console::sized(8, 40, &acts);
    assert_eq!(read(&mut console, &["make all"]), text("ma"));
    assert_eq!(console.rows(), ["commons:/# ma"]);
    let acts = [keys(b"ma"), Act::Pause, keys(b"t")];
    assert_eq!(screen_after(&acts, &["make all"]).rows(), ["commons:/# mat"]);
}

#[test]
fn what_nobody_has_seen_is_not_taken() {
    let mut console = Console::new(b"ma\x1b[C\x1b[F\r");
    assert_eq!(read(&mut console, &["make all"]), text("ma"));
}

#[test]
fn a_hint_is_of_the_newest_command_and_of_its_first_line() {
    let history = ["make old", "make \"new\nlines\"", "ls"];
    let console = screen_after(&[keys(b"make "), Act::Pause], &history);
    assert_eq!(console.rows(), ["commons:/# make \"new"]);
    // Within a line, and for nothing, there is none.
    let console = screen_after(&[keys(b"mk\x1b[D"), Act::Pause], &["mkdir"]);
    assert_eq!(console.rows(), ["commons:/# mk"]);
    assert_eq!(screen_after(&[Act::Pause], &["mkdir"]).rows(), ["commons:/#"]);
}

#[test]
fn control_characters_of_an_entry_do_not_reach_the_terminal() {
    let console = screen_after(&[keys(b"\x1b[A")], &["a\x1b[2Jb"]);
    assert_eq!(console.rows(), ["commons:/# a?[2Jb"]);
}
