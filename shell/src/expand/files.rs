//! Patterns to the names of files.

use super::Environment;
use crate::pattern::{Glyph, Pattern, is_pattern, text_of};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Adds the names of the files that a field fits, in order; itself without quotes if there are none.
pub(super) fn add_names(
    field: &[Glyph],
    environment: &mut dyn Environment,
    arguments: &mut Vec<String>,
) {
    if environment.keeps_patterns() || !is_pattern(field) {
        arguments.push(text_of(field));
        return;
    }
    let parts: Vec<&[Glyph]> = field.split(|glyph| glyph.character == '/').collect();
    let mut paths = [String::new()].to_vec();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let end = if is_last { "" } else { "/" };
        let mut found = Vec::new();
        for path in &paths {
            if is_pattern(part) {
                found.extend(
                    fitting(part, path, environment)
                        .iter()
                        .map(|name| format!("{path}{name}{end}")),
                );
            } else {
                found.push(format!("{path}{}{end}", text_of(part)));
            }
        }
        if is_last || is_pattern(part) {
            found.retain(|path| environment.exists(path));
        }
        paths = found;
    }
    if paths.is_empty() {
        paths.push(text_of(field));
    }
    paths.sort();
    arguments.append(&mut paths);
}

fn fitting(part: &[Glyph], directory: &str, environment: &mut dyn Environment) -> Vec<String> {
    let pattern = Pattern::new(part);
    let directory = if directory.is_empty() { "." } else { directory };
    let mut names = environment.names_in(directory);
    names.retain(|name| {
        let letters: Vec<char> = name.chars().collect();
        (!name.starts_with('.') || pattern.begins_with_dot()) && pattern.matches(&letters)
    });
    names
}
