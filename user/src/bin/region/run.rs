//! A command that is run while something is held.

use user::error::Result;
use user::process::{self, Command};

/// Runs a program with its arguments to its end, and returns its status.
pub fn command(words: &[&str]) -> Result<i32> {
    let [program, arguments @ ..] = words else { return Ok(0) };
    let child = Command::new(program).args(arguments).spawn()?;
    Ok(process::wait_for(child)?.shell_status())
}
