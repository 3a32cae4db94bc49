//! The pages of `help` as the image has them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use shell::pages::{DIRECTORY, SUFFIX, is_same, rank};
use user::error::Result;
use user::fs;

/// A directory of pages.
pub struct Group {
    /// What the directory is called.
    pub name: String,
    /// The names of its pages, in order.
    pub pages: Vec<String>,
}

/// All groups, none if there are no pages.
pub fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = names(DIRECTORY)
        .into_iter()
        .map(|name| {
            let files = names(&format!("{DIRECTORY}/{name}"));
            let page = |file: &String| file.strip_suffix(SUFFIX).map(String::from);
            Group { pages: files.iter().filter_map(page).collect(), name }
        })
        .collect();
    groups.sort_by(|left, right| {
        (rank(&left.name), &left.name).cmp(&(rank(&right.name), &right.name))
    });
    groups
}

/// The text of a page, if there is one of that name.
pub fn read(groups: &[Group], wanted: &str) -> Option<Result<String>> {
    let pages = groups.iter().flat_map(|group| group.pages.iter().map(move |page| (group, page)));
    let (group, page) = pages.into_iter().find(|(_, page)| is_same(page, wanted))?;
    Some(fs::read_to_string(&format!("{DIRECTORY}/{}/{page}{SUFFIX}", group.name)))
}

fn names(directory: &str) -> Vec<String> {
    let mut names = super::names::in_directory(directory);
    names.sort();
    names
}
