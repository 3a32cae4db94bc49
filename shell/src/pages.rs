//! Help pages: a text file for each, in a directory for each group.
//!
//! A new page is a new file below `user/files/usr/share/help`; nothing here has to know of it.

use crate::suggest;
use alloc::string::String;
use alloc::vec::Vec;

/// Where the groups are.
pub const DIRECTORY: &str = "/usr/share/help";

/// What the name of a page's file ends with.
pub const SUFFIX: &str = ".txt";

/// How many names are suggested at most.
const SUGGESTIONS: usize = 5;

/// The groups in the order in which they are shown, and what they are about.
const GROUPS: &[(&str, &str)] = &[
    ("posix", "POSIX's calls for shared memory and semaphores"),
    ("objects", "Mapping objects"),
    ("regions", "Commons' own calls for regions"),
    ("offers", "Pages given to one process"),
    ("topics", "Messages that many read where they lie"),
];

/// What a group is about; one that is not known here is called what its directory is.
pub fn title(group: &str) -> &str {
    GROUPS.iter().find(|(name, _)| *name == group).map_or(group, |(_, title)| title)
}

/// A group's place among the others.
pub fn rank(group: &str) -> usize {
    GROUPS.iter().position(|(name, _)| *name == group).unwrap_or(GROUPS.len())
}

/// Whether two names mean the same page: `create_region` is `CreateRegion` to those who write Rust.
pub fn is_same(left: &str, right: &str) -> bool {
    let letters = |name: &str| -> Vec<char> {
        name.chars().filter(|letter| *letter != '_').map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(left) == letters(right)
}

/// The names that are like one that does not exist: the nearest, and those that contain it.
pub fn near<'a>(name: &str, candidates: &[&'a str]) -> Vec<&'a str> {
    let mut near: Vec<&str> =
        suggest::nearest(name, candidates.iter().copied()).into_iter().collect();
    // Two letters are in too many names to mean one.
    if name.chars().count() > 2 {
        for candidate in candidates {
            if candidate.contains(name) && !near.contains(candidate) {
                near.push(candidate);
            }
        }
    }
    near.truncate(SUGGESTIONS);
    near
}

/// Words on lines of at most so many letters, each behind two spaces.
pub fn fill(words: &[String], width: usize) -> String {
    let mut text = String::new();
    let mut used = 0;
    for word in words {
        let length = word.chars().count() + 2;
        if used > 0 && used + length > width {
            text.push('\n');
            used = 0;
        }
        text.push_str("  ");
        text.push_str(word);
        used += length;
    }
    text
}

#[cfg(test)]
mod tests;
