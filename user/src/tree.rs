//! Who belongs to whom, drawn with lines.

use alloc::string::String;
use alloc::vec::Vec;

/// The order in which members with `(number, parent)` are listed, each parent before its children, and
/// the lines that stand before each. Who has no parent among them is listed without lines.
pub fn lines(members: &[(u32, u32)]) -> Vec<(usize, String)> {
    let is_member = |number: u32| members.iter().any(|(member, _)| *member == number);
    let is_root = |(number, parent): &(u32, u32)| !is_member(*parent) || parent == number;
    let mut listed = Vec::new();
    for root in (0..members.len()).filter(|index| is_root(&members[*index])) {
        list(members, root, "", "", &mut listed);
    }
    listed
}

fn list(
    members: &[(u32, u32)],
    index: usize,
    own: &str,
    below: &str,
    listed: &mut Vec<(usize, String)>,
) {
    // What is listed at different moments could seem to go round in a circle.
    if listed.len() >= members.len() {
        return;
    }
    listed.push((index, own.into()));
    let (number, _) = members[index];
    let is_child = |other: &usize| *other != index && members[*other].1 == number;
    let children: Vec<usize> = (0..members.len()).filter(is_child).collect();
    for (place, child) in children.iter().enumerate() {
        let is_last = place + 1 == children.len();
        let (branch, gap) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let join = |end: &str| String::from(below) + end;
        list(members, *child, &join(branch), &join(gap), listed);
    }
}

/// The same lines of characters that every terminal has.
pub fn ascii(lines: &str) -> String {
    let plain = |drawn| match drawn {
        '├' | '│' => '|',
        '└' => '`',
        '─' => '-',
        other => other,
    };
    lines.chars().map(plain).collect()
}

/// Whether the first of these variables of the environment that is set names a locale without UTF-8.
pub fn is_ascii_wanted(locale: [Option<&str>; 3]) -> bool {
    let set = locale.into_iter().flatten().find(|value| !value.is_empty());
    set.is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        !value.ends_with("utf-8") && !value.ends_with("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_without_utf_8_gets_plain_characters() {
        assert_eq!(ascii("│  ├─ └─ "), "|  |- `- ");
        assert!(is_ascii_wanted([None, Some(""), Some("C")]));
        assert!(!is_ascii_wanted([Some("C.UTF-8"), None, Some("C")]));
        assert!(!is_ascii_wanted([None, None, None]));
    }
    use std::format;

    fn drawn(members: &[(u32, u32)]) -> Vec<String> {
        let line = |(index, before): (usize, String)| format!("{before}{}", members[index].0);
        lines(members).into_iter().map(line).collect()
    }

    #[test]
    fn children_stand_below_their_parents() {
        let members = [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)];
        assert_eq!(drawn(&members), ["1", "├─ 2", "│  ├─ 4", "│  └─ 5", "└─ 3", "   └─ 6"]);
    }

    #[test]
    fn everyone_is_listed_once_whoever_is_missing() {
        assert_eq!(drawn(&[(7, 5), (9, 7), (8, 6)]), ["7", "└─ 9", "8"]);
        assert_eq!(drawn(&[(3, 3)]), ["3"]);
        assert!(drawn(&[]).is_empty());
    }

    #[test]
    fn a_circle_is_no_endless_list() {
        assert!(drawn(&[(1, 2), (2, 1)]).len() <= 2);
        assert!(drawn(&[(1, 0), (2, 3), (3, 2)]).len() <= 3);
    }
}
