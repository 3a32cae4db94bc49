//! Completion, and the list of what there is.

use super::*;

/// The same acts with enough of a pause behind each tabulator.
fn typed(text: &str) -> Vec<Act> {
    let mut acts = Vec::new();
    for piece in text.split_inclusive('\t') {
        acts.push(keys(piece.as_bytes()));
        acts.push(Act::Pause);
    }
    acts
}

#[test]
fn the_only_word_is_completed_with_a_blank_behind_it() {
    assert_eq!(screen_after(&typed("pr\tx"), &[]).rows(), ["commons:/# produce x"]);
    assert_eq!(screen_after(&typed("a üb\t"), &[]).cursor(), (0, 18));
}

#[test]
fn several_words_are_completed_as_far_as_they_agree() {
    assert_eq!(screen_after(&typed("c\t"), &[]).rows(), ["commons:/# cat"]);
    assert_eq!(screen_after(&typed("cata\t"), &[]).rows(), ["commons:/# catalogue"]);
}

#[test]
fn the_second_tabulator_lists_them() {
    let console = screen_after(&typed("c\t\t\t"), &[]);
    assert_eq!(console.rows(), ["commons:/# cat", "cat        catalogue", "commons:/# cat"]);
    assert_eq!(console.cursor(), (2, 14));
    // Another key in between makes the next one the first again.
    assert_eq!(screen_after(&typed("c\t\tx\u{7f}\t"), &[]).rows(), ["commons:/# cat"]);
}

#[test]
fn a_word_in_the_middle_is_completed_and_what_follows_stays() {
    let acts = typed("pr x\u{1b}[D\u{1b}[D\t");
    assert_eq!(screen_after(&acts, &[]).rows(), ["commons:/# produce  x"]);
    let acts = typed("c x\u{1b}[D\u{1b}[D\t\t\t!");
    let rows = ["commons:/# cat x", "cat        catalogue", "commons:/# cat! x"];
    assert_eq!(screen_after(&acts, &[]).rows(), rows);
}

#[test]
fn nothing_to_complete_rings_the_bell_and_changes_nothing() {
    let console = screen_after(&typed("xyz\t"), &[]);
    assert_eq!(console.rows(), ["commons:/# xyz"]);
    assert!(console.written.contains(&7));
}

#[test]
fn a_tabulator_before_the_first_word_indents() {
    assert_eq!(screen_after(&typed("\tx"), &[]).rows(), ["commons:/#  x"]);
    assert_eq!(screen_after(&typed("\"\r\tx"), &[]).rows(), ["commons:/# \"", ">  x"]);
}

#[test]
fn a_list_is_as_wide_as_the_terminal_and_not_endless() {
    let candidate = |number: usize| {
        let text = alloc::format!("word{number:03}");
        Candidate { label: text.clone(), text, after: " " }
    };
    let candidates: Vec<_> = (0..130).map(candidate).collect();
    let list = listing::in_columns(&candidates, 40);
    let rows: Vec<&str> = list.lines().collect();
    assert_eq!(rows[0], "word000  word001  word002  word003");
    assert_eq!((rows[24], rows[25]), ("word096  word097  word098  word099", "… and 30 more"));
    assert_eq!(rows.len(), 26);
}
