//! What holds for any keys.

use super::*;
use proptest::prelude::*;

const EDITING_KEYS: &[&[u8]] = &[
    b"\x1b[A",
    b"\x1b[B",
    b"\x1b[C",
    b"\x1b[D",
    b"\x1b[H",
    b"\x1b[F",
    b"\x1b[3~",
    b"\x7f",
    b"\x0b",
    b"\x14",
    b"\x15",
    b"\x17",
    b"\x04x",
    b"\x19",
    b"\x1f",
    b"\x1b[1;5C",
    b"\x1b[1;5D",
    b"\x1bd",
    b"\x1b\x7f",
    b"\x12",
    b"\x07",
    b"\x1b[200~\r\x1b[201~",
    b"\"",
    b"\t",
];

/// A text as a terminal of so many columns shows it, without blanks at the rows' ends.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in text.split('\n') {
        let (mut row, mut used) = (String::new(), 0);
        for character in line.chars() {
            let width = view::width(character);
            if used + width > columns {
                rows.push(core::mem::take(&mut row));
                used = 0;
            }
            row.push(character);
            used += width;
        }
        rows.push(row);
    }
    rows.iter().map(|row| row.trim_end().to_string()).collect()
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => "[a-zé日 ]".prop_map(|text| Act::Type(text.into_bytes())),
        1 => "[a-e]\u{301}".prop_map(|text| Act::Type(text.into_bytes())),
        4 => prop::sample::select(EDITING_KEYS).prop_map(keys),
        2 => Just(Act::Pause),
    ]
}

proptest! {
    #[test]
    fn no_input_makes_the_editor_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        columns in 1_u16..50,
    ) {
        let mut console = Console::sized(5, columns, &[Act::Type(bytes)]);
        while read(&mut console, &["one", "two"]) != Line::EndOfInput {}
    }

    #[test]
    fn keys_in_any_order_leave_the_screen_as_the_line_is(
        acts in prop::collection::vec(any_act(), 0..120),
        columns in 20_u16..60,
    ) {
        let mut acts = acts;
        // Out of a search, and at the end.
        acts.extend([keys(b"\x07\x05."), Act::Pause, keys(b"\r\"\r")]);
        let mut console = Console::sized(200, columns, &acts);
        if let Line::Text(line) = read(&mut console, &["one", "two \"three\nfour\" five"]) {
            let text = alloc::format!("commons:/# {}", line.replace('\n', "\n> "));
            let wanted = wrapped(&text, columns.into());
            let rows = console.rows();
            let shown = &rows[rows.len().saturating_sub(wanted.len())..];
            prop_assert_eq!(shown, &wanted[..]);
        }
    }

    #[test]
    fn what_is_drawn_in_pieces_is_what_is_drawn_at_once(
        acts in prop::collection::vec(any_act(), 0..80),
        columns in 4_u16..40,
        rows in 2_u16..12,
    ) {
        let is_key = |act: &&Act| !matches!(act, Act::Pause) && !matches!(act, Act::Type(bytes) if bytes == b"\t");
        let in_pieces: Vec<Act> =
            acts.iter().filter(is_key).flat_map(|act| [act.clone(), Act::Resize(rows, columns)]).collect();
        let at_once: Vec<Act> = acts.iter().filter(is_key).cloned().collect();
        let mut pieces = Console::sized(rows, columns, &in_pieces);
        let mut once = Console::sized(rows, columns, &at_once);
        let history = ["one", "two \"three\nfour\" five"];
        prop_assert_eq!(read(&mut pieces, &history), read(&mut once, &history));
        // Which rows of a command that is too high are shown depends on where the cursor was before.
        let row = |console: &Console| console.rows().get(usize::from(console.cursor().0)).cloned();
        prop_assert_eq!(row(&pieces), row(&once));
        // Held back at the right edge, or moved there.
        let column = |console: &Console| console.cursor().1.min(columns - 1);
        prop_assert_eq!(column(&pieces), column(&once));
    }
}
