//! Commands from a terminal that can not move its cursor (`TERM=dumb`): the kernel's line editing.

use super::knowledge::Knowledge;
use super::system::CommonsShell;
use super::terminal::Terminal;
use abi::Errno;
use abi::signal::{Signal, signal_bit};
use alloc::string::String;
use alloc::vec::Vec;
use shell::editor::{Assistant, Line, Prompts};
use user::io::{self, STDIN, STDOUT};
use user::poll;
use user::process;
use user::syscall::file::read;

/// What Ctrl-C sends.
const INTERRUPT: u64 = signal_bit(Signal::INT as u32);

/// Whether the terminal is one of these.
pub fn is_wanted(shell: &CommonsShell) -> bool {
    let kind = shell.state.variables.value("TERM").unwrap_or_default();
    kind.is_empty() || kind == "dumb"
}

/// Reads a whole command. Nothing but the prompts is printed.
pub fn read_command(
    shell: &mut CommonsShell,
    terminal: &Terminal,
    prompts: Prompts<'_>,
) -> Result<Line, Errno> {
    terminal.read_lines();
    let mut text = String::new();
    let mut prompt = prompts.first;
    // One that came before is over: there is a prompt.
    process::take_caught_of(INTERRUPT);
    loop {
        io::write_all(STDOUT, prompt.as_bytes())?;
        match read_line()? {
            Line::Text(line) => text.push_str(&line),
            // What is missing is told as an error.
            Line::EndOfInput if !text.is_empty() => return Ok(Line::Text(text)),
            other => return Ok(other),
        }
        let is_whole = Knowledge { shell }.is_whole(&text);
        if is_whole {
            return Ok(Line::Text(text));
        }
        text.push('\n');
        prompt = prompts.further;
    }
}

fn read_line() -> Result<Line, Errno> {
    let mut line: Vec<u8> = Vec::new();
    let mut byte = [0];
    loop {
        // The rest of a line is there with its first byte.
        if line.is_empty() && is_interrupted()? {
            io::write_all(STDOUT, b"\n")?;
            return Ok(Line::Interrupted);
        }
        match read(STDIN, &mut byte) {
            Ok(1) if byte[0] == b'\n' => break,
            Ok(1) => line.push(byte[0]),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
            Ok(_) if line.is_empty() => return Ok(Line::EndOfInput),
            Ok(_) => break,
        }
    }
    Ok(Line::Text(String::from_utf8_lossy(&line).into_owned()))
}

/// Waits until there is a line; whether Ctrl-C comes first.
fn is_interrupted() -> Result<bool, Errno> {
    let is_readable = poll::readable_unless_caught(STDIN, INTERRUPT)
        .map_err(|error| error.errno().unwrap_or(Errno::EIO))?;
    Ok(!is_readable && process::take_caught_of(INTERRUPT) != 0)
}
