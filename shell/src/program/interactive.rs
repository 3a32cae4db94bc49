//! The shell at a terminal: prompt, line, command, and again.

use super::knowledge::Knowledge;
use super::system::{CommonsShell, outlive_terminal_signals};
use super::terminal::{self, Console, Terminal};
use super::{guide, new_shell, plain, remembered};
use abi::Errno;
use abi::signal::Signal;
use alloc::format;
use alloc::string::String;
use core::mem;
use shell::editor::{Line, LineEditor, Prompts, Size};
use shell::interpreter::{MISUSE, Run, Unwind};
use shell::lexer::AtEnd;
use shell::options::Invocation;
use shell::parser::parse_at;
use shell::prompt;
use user::{eprintln, fs, process};

const INTERRUPTED_STATUS: i32 = 130;
const WINDOW_SIGNAL: u32 = Signal::WINCH as u32;

/// Runs commands until the input ends or `exit`.
pub fn run(invocation: &Invocation) -> i32 {
    outlive_terminal_signals();
    let terminal = Terminal::claim();
    let mut shell = new_shell(invocation);
    shell.system.terminal = Some(terminal);
    shell.state.is_interactive = true;
    shell.state.controls_jobs = true;
    let mut editor = LineEditor::default();
    remembered::load(&mut shell);
    guide::greet();
    if !plain::is_wanted(&shell) && terminal.size() == Size::USUAL {
        // It has said nothing, as a serial line can not. A failure is met again by the first prompt.
        let _ = user::io::flush();
        let _ = Console::open(terminal, false).map(|mut console| editor.ask_size(&mut console));
    }
    let status = shell.to_the_end(|shell| {
        run_start_file(shell)?;
        loop {
            report_jobs(shell);
            match read_command(shell, terminal, &mut editor) {
                Ok(Line::Text(line)) => run_line(shell, &line)?,
                Ok(Line::Interrupted) => shell.state.variables.last_status = INTERRUPTED_STATUS,
                Ok(Line::EndOfInput) if stays(shell) => {
                    eprintln!("shell: exit ends the shell (set -o ignoreeof)");
                }
                Ok(Line::EndOfInput) => return Ok(shell.state.variables.last_status),
                Err(error) => {
                    eprintln!("shell: the terminal cannot be read: {error:?}");
                    return Ok(1);
                }
            }
        }
    });
    terminal.read_lines();
    status
}

/// Runs the file that `$ENV` names, as POSIX has it: what somebody wants to find in each shell at a terminal.
fn run_start_file(shell: &mut CommonsShell) -> Result<(), Unwind> {
    // Nobody else's file for a process with more rights than its user has.
    let is_own = process::user() == process::effective_user();
    let Some(path) = shell.expanded("ENV").filter(|path| is_own && !path.is_empty()) else {
        return Ok(());
    };
    let run = match fs::read_to_string(&path) {
        Ok(text) => shell.run_text(&path, &text),
        // One that is not there is none.
        Err(error) if error.errno() == Some(Errno::ENOENT) => return Ok(()),
        Err(error) => {
            shell.complain(&format!("$ENV: {error}"));
            return Ok(());
        }
    };
    end_of(run)
}

/// Only `exit` ends more than the line.
fn end_of(run: Run) -> Result<(), Unwind> {
    match run {
        Err(Unwind::Exit(status)) => Err(Unwind::Exit(status)),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Whether the shell goes on after Ctrl-D; not where nobody can type any more.
fn stays(shell: &CommonsShell) -> bool {
    shell.state.options.ignore_end && terminal::is_interactive()
}

/// Reads a whole command, and adds it to the history.
fn read_command(
    shell: &mut CommonsShell,
    terminal: Terminal,
    editor: &mut LineEditor,
) -> Result<Line, Errno> {
    let directory = fs::current_dir().unwrap_or_else(|_| "?".into());
    let first = prompt::text(&directory, process::effective_user(), terminal.size().columns);
    read_whole(shell, terminal, editor, &first)
}

/// The same behind another prompt.
pub fn read_whole(
    shell: &mut CommonsShell,
    terminal: Terminal,
    editor: &mut LineEditor,
    first: &str,
) -> Result<Line, Errno> {
    // What a builtin printed without a newline belongs before the prompt.
    let _ = user::io::flush();
    let further = shell.expanded("PS2").unwrap_or_default();
    let prompts = Prompts { first, further: &further };
    let line = if plain::is_wanted(shell) {
        plain::read_command(shell, &terminal, prompts)?
    } else {
        let mut console = Console::open(terminal, shell.state.traps.contains_key(&WINDOW_SIGNAL))?;
        let history = mem::take(&mut shell.state.history);
        let line = editor.read_line(&mut console, &mut Knowledge { shell }, prompts, &history);
        shell.state.history = history;
        line?
    };
    if let Line::Text(text) = &line {
        shell.state.history.add(text);
        // `fc` may put another command in its own place.
        if text.split_whitespace().next() != Some("fc") {
            remembered::save(shell);
        }
    }
    Ok(line)
}

fn run_line(shell: &mut CommonsShell, line: &str) -> Result<(), Unwind> {
    // A Ctrl-C before this was for what has ended meanwhile.
    process::take_caught();
    let typed = shell.state.typed_lines + 1;
    shell.state.typed_lines += line.lines().count();
    let script = match parse_at(typed, line, &shell.state.aliases, AtEnd::Complete) {
        Ok(script) => script,
        Err(error) => {
            shell.error_text(&format!("shell: {error}\n{}\n", error.excerpt()));
            shell.state.variables.last_status = MISUSE;
            return Ok(());
        }
    };
    let run = shell.script(&script);
    remembered::save(shell);
    end_of(run)
}

/// Tells which jobs have ended.
pub fn report_jobs(shell: &mut CommonsShell) {
    shell.collect();
    let jobs = shell.state.jobs.take_ended();
    let text: String = jobs.iter().map(|job| format!("{job}\n")).collect();
    if !text.is_empty() {
        shell.print(&text);
    }
}
