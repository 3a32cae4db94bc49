//! The prompt's text.

use alloc::format;
use alloc::string::String;

/// Columns that a prompt leaves for what is typed.
const ROOM: usize = 24;

/// `commons:DIR# ` for root and `commons:DIR$ ` for others; a long directory loses its beginning.
pub fn text(directory: &str, user: u32, columns: usize) -> String {
    let mark = if user == 0 { '#' } else { '$' };
    let length = directory.chars().count();
    let fits = columns.saturating_sub("commons:# ".len() + ROOM);
    if length <= fits.max(ROOM) {
        return format!("commons:{directory}{mark} ");
    }
    let end: String = directory.chars().skip(length - (fits.max(ROOM) - 3)).collect();
    format!("commons:...{end}{mark} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_a_hash_and_others_a_dollar() {
        assert_eq!(text("/", 0, 80), "commons:/# ");
        assert_eq!(text("/tmp", 1000, 80), "commons:/tmp$ ");
    }

    #[test]
    fn a_long_directory_is_shortened_to_leave_room() {
        let long = "/some".repeat(40);
        let prompt = text(&long, 0, 80);
        assert_eq!(prompt.len(), 80 - ROOM);
        assert!(prompt.starts_with("commons:...") && prompt.ends_with("/some# "), "{prompt}");
    }
}
