//! Candidates of a completion: what they have in common, and a list of them.

use super::Candidate;
use super::view::width;
use alloc::format;
use alloc::string::String;

/// How many candidates are listed; the rest is counted.
const LISTED: usize = 100;

/// The longest beginning of all candidates.
pub(super) fn common_beginning(candidates: &[Candidate]) -> String {
    let first = candidates.first().map_or("", |candidate| candidate.text.as_str());
    let mut length = first.len();
    for candidate in candidates {
        let pairs = first.char_indices().zip(candidate.text.chars());
        let end = pairs.take_while(|((_, left), right)| left == right).last();
        length = length.min(end.map_or(0, |((at, character), _)| at + character.len_utf8()));
    }
    String::from(&first[..length])
}

/// The candidates in columns, each row ending with a newline.
pub(super) fn in_columns(candidates: &[Candidate], columns: usize) -> String {
    let labels = candidates.iter().take(LISTED).map(|candidate| candidate.label.as_str());
    let room = labels.clone().map(columns_of).max().unwrap_or(0) + 2;
    let in_row = (columns / room).max(1);
    let mut text = String::new();
    for (index, label) in labels.enumerate() {
        if index > 0 {
            let previous = columns_of(&candidates[index - 1].label);
            let is_next_row = index % in_row == 0;
            text.extend(core::iter::repeat_n(' ', if is_next_row { 0 } else { room - previous }));
            text.push_str(if is_next_row { "\n" } else { "" });
        }
        // A name may have anything in it.
        text.extend(label.chars().map(|c| if c.is_control() { '?' } else { c }));
    }
    if candidates.len() > LISTED {
        text.push_str(&format!("\n… and {} more", candidates.len() - LISTED));
    }
    text.push('\n');
    text
}

fn columns_of(label: &str) -> usize {
    label.chars().map(width).sum()
}
