//! Narrow terminals, commands higher than the screen, sizes that change or are asked for.

use super::*;

#[test]
fn a_narrow_terminal_wraps_the_prompt_and_the_line() {
    let mut console = Console::sized(8, 8, &[keys(b"echo hi\x1b[H#\r")]);
    assert_eq!(read(&mut console, &[]), text("#echo hi"));
    assert_eq!(console.rows(), ["commons:", "/# #echo", " hi"]);
}

#[test]
fn a_window_that_changes_is_drawn_anew() {
    let typed = "a".repeat(60);
    for columns in [20, 30, 60, 100] {
        let acts = [keys(typed.as_bytes()), Act::Pause, Act::Resize(8, columns), keys(b"b\r")];
        let mut console = Console::sized(8, 40, &acts);
        assert_eq!(read(&mut console, &[]), text(&alloc::format!("{typed}b")));
        let shown = console.rows().concat();
        assert_eq!(shown, alloc::format!("commons:/# {typed}b"), "{columns} columns");
        assert!(console.rows()[0].len() == 72.min(usize::from(columns)));
    }
}

#[test]
fn of_a_command_higher_than_the_screen_the_rows_around_the_cursor_are_shown() {
    let lines: Vec<String> = (10..30).map(|number| alloc::format!("line{number}")).collect();
    let typed = alloc::format!("\x1b[200~\"{}\x1b[201~", lines.join("\r"));
    let (up, down) = (keys(b"\x1b[A"), keys(b"\x1b[B"));
    let shown = |moves: &[(usize, &Act)]| {
        let mut acts = [keys(typed.as_bytes()), Act::Pause].to_vec();
        for (count, act) in moves {
            (0..*count).for_each(|_| acts.extend([(*act).clone(), Act::Pause]));
        }
        let console = screen_after(&acts, &[]);
        (console.rows(), console.cursor())
    };
    let further = |range: core::ops::Range<usize>| {
        range.map(|number| alloc::format!("> line{number}")).collect::<Vec<_>>()
    };
    let mark = keys(b"!");
    assert_eq!(shown(&[]), (further(22..30), (7, 8)));
    assert_eq!(shown(&[(7, &up)]), (further(22..30), (0, 8)));
    assert_eq!(shown(&[(9, &up)]), (further(20..28), (0, 8)));
    let (rows, cursor) = shown(&[(25, &up)]);
    assert_eq!(rows[0], "commons:/# \"line10");
    assert_eq!((&rows[1..], cursor), (&further(11..18)[..], (0, 17)));
    // And down again.
    assert_eq!(shown(&[(19, &up), (9, &down)]).0, further(12..20));
    assert_eq!(shown(&[(19, &up), (40, &down), (1, &mark)]).0[7], "> line29!");
    assert_eq!(shown(&[(9, &up), (1, &mark)]).0[0], "> line20!");
}

#[test]
fn a_terminal_that_says_nothing_of_its_size_is_asked() {
    let mut console = Console::sized(30, 100, &[]);
    console.show(b"greeting\n");
    (console.is_mute, console.size) = (false, Size::USUAL);
    let mut editor = LineEditor::default();
    editor.ask_size(&mut console).unwrap();
    assert_eq!(console.told, [Size { columns: 100, rows: 30 }]);
    assert_eq!(console.cursor(), (1, 0));
    console.acts.push_back(keys(b"ls\r"));
    assert_eq!(read_with(&mut editor, &mut console, &[]), text("ls"));
}

#[test]
fn a_question_that_nobody_answers_costs_nothing_that_is_typed() {
    let mut console = Console::sized(8, 40, &[Act::Pause, keys(b"ls\r")]);
    let mut editor = LineEditor::default();
    editor.ask_size(&mut console).unwrap();
    assert_eq!(read_with(&mut editor, &mut console, &[]), text("ls"));
    // Nor is anybody asked while something waits.
    let mut console = Console::new(b"ls\rcat\r");
    editor.ask_size(&mut console).unwrap();
    assert!(console.written.is_empty());
    assert_eq!(read_with(&mut editor, &mut console, &[]), text("ls"));
    assert_eq!(console.left(), b"cat\r");
}

#[test]
fn an_answer_that_comes_late_is_understood() {
    let mut console = Console::new(b"l\x1b[50;120Rs\r");
    assert_eq!(read(&mut console, &[]), text("ls"));
    assert_eq!(console.told, [Size { columns: 120, rows: 50 }]);
}

#[test]
fn control_l_asks_as_well() {
    let mut console = Console::sized(30, 100, &[keys(b"a\x0c"), Act::Pause, keys(b"b\r")]);
    (console.is_mute, console.size) = (false, Size::USUAL);
    assert_eq!(read(&mut console, &[]), text("ab"));
    assert_eq!(console.told, [Size { columns: 100, rows: 30 }]);
    assert_eq!(console.rows(), ["commons:/# ab"]);
}
