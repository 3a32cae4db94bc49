//! What outlasts the shell: the history, in `$HISTFILE` or else in a file in the home directory, and
//! the place in the tutorial, in another one.

use super::system::CommonsShell;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::fs::{self, File};
use user::process;

/// What is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kept {
    /// The lines typed.
    History,
    /// Where somebody is in the tutorial.
    Tutorial,
}

/// The files that come into question, the best first.
pub fn paths(shell: &CommonsShell, kept: Kept) -> Vec<String> {
    let variables = &shell.state.variables;
    let (file, name) = match kept {
        Kept::History => (variables.value("HISTFILE"), ".shell_history"),
        Kept::Tutorial => (None, ".tutorial"),
    };
    match file {
        // Set to nothing, it says that nothing is to be kept.
        Some(path) if path.is_empty() => Vec::new(),
        Some(path) => [path].to_vec(),
        None => {
            let home = variables.value("HOME").unwrap_or_default();
            let own = format!("{}/{name}", home.trim_end_matches('/'));
            // Root's home directory is a part of the image, which cannot be written.
            [own, format!("/tmp/{name}-{}", process::effective_user())].to_vec()
        }
    }
}

/// Takes over the lines of the shell before.
pub fn load(shell: &mut CommonsShell) {
    // There is none at first.
    let paths = paths(shell, Kept::History);
    let Some(bytes) = paths.iter().find_map(|path| fs::read(path).ok()) else { return };
    shell.state.history.add_text(&String::from_utf8_lossy(&bytes));
}

/// Keeps the lines for the next shell.
pub fn save(shell: &CommonsShell) {
    let text = shell.state.history.to_text();
    let options = File::options().write().create().truncate().mode(0o600);
    // Where there is no room, or no right, the shell ends all the same.
    let _ = paths(shell, Kept::History)
        .iter()
        .any(|path| options.open(path).and_then(|file| file.write_all(text.as_bytes())).is_ok());
}
