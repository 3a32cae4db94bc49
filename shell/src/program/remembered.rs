//! What outlasts the shell: the history, in `$HISTFILE` or else in a file in the home directory, and
//! the place in the tutorial, in another one.
//!
//! Each line goes to the file as it is entered, behind what other shells have put there: neither a shell that
//! is killed nor one beside it loses any. Who writes has the file locked. One that has become long is
//! replaced by a shorter one as a shell begins; who waits for the lock meanwhile finds that and opens the new one.

use super::system::CommonsShell;
use abi::Errno;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::fs::{self, File, Kind};
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
            [own, format!("{SHARED}{name}-{}", process::effective_user())].to_vec()
        }
    }
}

/// Where everybody may make files.
const SHARED: &str = "/tmp/";
/// How often a file may be replaced while it is opened.
const TRIES: usize = 100;

/// Takes over the lines of the shells before.
pub fn load(shell: &mut CommonsShell) {
    for path in paths(shell, Kept::History) {
        // There is none at first.
        let Ok(file) = open(&path, File::options().read()) else { continue };
        let mut bytes = Vec::new();
        if file.read_to_end(&mut bytes).is_err() {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes);
        let history = &mut shell.state.history;
        history.add_text(&text);
        history.take_unsaved();
        if text.lines().count() > 2 * history.limit() {
            // It is only longer than it need be.
            let _ = shorten(&path, history.limit());
        }
        return;
    }
}

/// Puts the lines into the file that no file has yet.
pub fn save(shell: &mut CommonsShell) {
    let text = shell.state.history.take_unsaved();
    if text.is_empty() {
        return;
    }
    // Where there is no room, or no right, the shell goes on all the same.
    let _ = paths(shell, Kept::History).iter().any(|path| append(path, &text).is_ok());
}

fn append(path: &str, text: &str) -> Result<()> {
    let file = open_alone(path)?;
    file.write_all(text.as_bytes())?;
    file.sync()
}

/// Has a file keep the newest commands only.
fn shorten(path: &str, limit: usize) -> Result<()> {
    let file = open_alone(path)?;
    file.seek(0)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let mut newest = shell::history::History::new(limit);
    newest.add_text(&String::from_utf8_lossy(&bytes));
    let shorter = format!("{path}.new");
    // Left by a shell that did not come to its end.
    let _ = fs::unlink(&shorter);
    let new = File::options().write().create_new().mode(0o600).open(&shorter)?;
    new.write_all(newest.to_text().as_bytes())?;
    new.sync()?;
    fs::rename(&shorter, path)
}

/// A file to be read and appended to, which no other shell touches until it is closed.
fn open_alone(path: &str) -> Result<File> {
    for _ in 0..TRIES {
        let file = open(path, File::options().read_append().create().mode(0o600))?;
        file.lock()?;
        if fs::is_same(&file.metadata()?, path) {
            return Ok(file);
        }
    }
    Err(Error::new(Errno::EAGAIN, path))
}

/// Opens a file; where everybody may make files it has to be one's own.
fn open(path: &str, options: fs::OpenOptions) -> Result<File> {
    if !path.starts_with(SHARED) {
        return options.open(path);
    }
    let file = options.no_follow().open(path)?;
    let found = file.metadata()?;
    if found.kind() == Kind::File && found.stat().st_uid == process::effective_user() {
        Ok(file)
    } else {
        Err(Error::new(Errno::EPERM, path))
    }
}
