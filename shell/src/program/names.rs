//! Names that the system has: of files in directories, of users.

use alloc::string::String;
use alloc::vec::Vec;
use user::{accounts, fs};

/// The names in a directory, none if it cannot be read.
pub fn in_directory(directory: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries.flatten().map(|entry| entry.name).collect()
}

/// A user's home directory, from /etc/passwd.
pub fn home_of(user: &str) -> Option<String> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    accounts::find_name(&users, user).map(|account| account.home)
}

/// The names of the users, from /etc/passwd.
pub fn users() -> Vec<String> {
    let text = fs::read_to_string("/etc/passwd").unwrap_or_default();
    text.lines().filter_map(|line| line.split(':').next()).map(String::from).collect()
}
