//! One emulated machine and the talk with its shell.
//!
//! A thread reads the serial line and wakes whoever waits for text; nothing here sleeps or polls.

use crate::console::{self, Cleaner};
use crate::device_tree;
use crate::ensure;
use crate::failure::{Failure, Outcome};
use crate::registry;
use crate::setup::{self, Board, Kernel};
use regex::Regex;
use shared_child::SharedChild;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The answer to a question for the cursor's position: a screen of 24 lines and 80 columns.
const CURSOR_POSITION: &[u8] = b"\x1b[24;80R";

/// A machine; it is ended when this is dropped.
pub struct Machine {
    child: Arc<SharedChild>,
    keyboard: Arc<Mutex<ChildStdin>>,
    log: Arc<Log>,
    /// Where in the text the next wait begins.
    read: usize,
    panic: OnPanic,
    /// The kernel and the switches it was started with, for the report.
    start: String,
    /// What the emulator plays, unless another command than it was started.
    board: Option<Board>,
}

/// What a kernel panic on the console means.
#[derive(Clone, Copy, PartialEq)]
enum OnPanic {
    Fails,
    IsExpected,
}

/// Everything that the machine printed.
#[derive(Default)]
struct Log {
    state: Mutex<LogState>,
    changed: Condvar,
}

#[derive(Default)]
struct LogState {
    /// As it came, with colours and cursor movements.
    raw: Vec<u8>,
    text: String,
    errors: String,
    closed: bool,
}

/// What a command did.
pub struct Output {
    /// What it printed, without carriage returns and colours.
    pub text: String,
    /// What `$?` was after it.
    pub status: i32,
}

impl Machine {
    /// Starts an image on the usual board, with further switches for the emulator.
    pub fn start(kernel: Kernel, switches: &[&str]) -> Outcome<Self> {
        Self::start_on(Board::usual()?, kernel, switches)
    }

    /// Starts an image on this board with further switches for the emulator.
    pub fn start_on(board: Board, kernel: Kernel, switches: &[&str]) -> Outcome<Self> {
        let mut machine = Self::start_image(board, &setup::image(kernel)?, switches)?;
        machine.start = format!("{kernel:?} {}", machine.start);
        Ok(machine)
    }

    /// Starts this very image.
    pub fn start_image(board: Board, image: &Path, switches: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(setup::emulator());
        command.args(["-M", board.machine(), "-serial", "stdio"]);
        command.args(["-display", "none", "-monitor", "none"]);
        command.args(["-semihosting", "-no-reboot", "-kernel"]).arg(image);
        command.args(switches);
        let own = switches.contains(&"-dtb");
        if let Some(tree) = device_tree::of_all_machines()?.filter(|_| !own) {
            command.arg("-dtb").arg(tree);
        }
        let mut machine = Self::spawn(command)?;
        let name = board.machine();
        machine.board = Some(board);
        machine.start = format!("kernel on {name}, switches: {}", switches.join(" "));
        Ok(machine)
    }

    /// Starts an image on the usual board and waits for the first prompt.
    pub fn boot(kernel: Kernel, switches: &[&str]) -> Outcome<Self> {
        Self::boot_on(Board::usual()?, kernel, switches)
    }

    /// Starts an image and waits for the first prompt.
    pub fn boot_on(board: Board, kernel: Kernel, switches: &[&str]) -> Outcome<Self> {
        let mut machine = Self::start_on(board, kernel, switches)?;
        machine.wait_for_prompt().map_err(|failure| machine.explain(failure))?;
        Ok(machine)
    }

    /// Runs any command whose standard input and output are a serial line.
    pub fn spawn(mut command: Command) -> Outcome<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let child = SharedChild::spawn(&mut command).map_err(|error| {
            Failure::new(format!(
                "cannot start {program}: {error}; install QEMU (`make test` does) or set QEMU"
            ))
        })?;
        let child = Arc::new(child);
        registry::add(&child);
        let missing = || Failure::new("the emulator was started without pipes");
        let keyboard = Arc::new(Mutex::new(child.take_stdin().ok_or_else(missing)?));
        let screen = child.take_stdout().ok_or_else(missing)?;
        let errors = child.take_stderr().ok_or_else(missing)?;
        let log = Arc::new(Log::default());
        std::thread::spawn({
            let (log, keyboard) = (Arc::clone(&log), Arc::clone(&keyboard));
            move || read_screen(screen, &log, &keyboard)
        });
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || read_errors(errors, &log)
        });
        let (read, panic, start, board) = (0, OnPanic::Fails, String::new(), None);
        Ok(Self { child, keyboard, log, read, panic, start, board })
    }

    /// What the emulator plays.
    pub fn board(&self) -> Outcome<Board> {
        self.board.ok_or_else(|| Failure::new("what runs is no board"))
    }

    /// From here on a kernel panic is what the case wants to see.
    pub fn expect_panic(&mut self) {
        self.panic = OnPanic::IsExpected;
    }

    /// Waits for text that matches and returns everything printed up to its end.
    pub fn wait_for(&mut self, wanted: &str) -> Outcome<String> {
        self.wait_for_within(wanted, setup::patience())
    }

    /// As `wait_for`, with a time of its own for what takes long.
    pub fn wait_for_within(&mut self, wanted: &str, patience: Duration) -> Outcome<String> {
        let wanted_pattern =
            Regex::new(wanted).map_err(|error| Failure::new(format!("bad pattern: {error}")))?;
        self.wait_until(&format!("‘{wanted}’"), patience, |text| {
            wanted_pattern.find(text).map(|found| (text[..found.end()].to_owned(), found.end()))
        })
    }

    /// Waits until these bytes have been sent since the machine was started, control sequences among them.
    pub fn wait_for_bytes(&self, wanted: &[u8]) -> Outcome {
        let deadline = Instant::now() + setup::patience();
        let mut state = self.log.lock();
        while !state.raw.windows(wanted.len()).any(|bytes| bytes == wanted) {
            let left = deadline.saturating_duration_since(Instant::now());
            let text = String::from_utf8_lossy(wanted);
            ensure!(!left.is_zero() && !state.closed, "{text:?} was not sent");
            state = self.log.wait(state, left);
        }
        Ok(())
    }

    /// Waits for the shell's prompt and returns what was printed before it.
    pub fn wait_for_prompt(&mut self) -> Outcome<String> {
        self.wait_for_prompt_within(setup::patience())
    }

    /// As `wait_for_prompt`, for commands that take long.
    pub fn wait_for_prompt_within(&mut self, patience: Duration) -> Outcome<String> {
        self.wait_until("the prompt", patience, |text| {
            console::before_prompt(text).map(|(before, end)| (before.to_owned(), end))
        })
    }

    /// Types a line and Enter, and waits until the shell has echoed it.
    pub fn type_line(&mut self, line: &str) -> Outcome {
        self.type_keys(&format!("{line}\r"))?;
        self.wait_until("the echo of the typed line", setup::patience(), |text| {
            console::after_echo(text, line).map(|output| ((), text.len() - output.len()))
        })
    }

    /// Starts a job in the background, and waits for the prompt and for what the job prints first,
    /// whichever comes first.
    pub fn start_job(&mut self, line: &str, first_words: &str) -> Outcome {
        self.type_line(line)?;
        self.wait_until(&format!("the prompt and ‘{first_words}’"), setup::patience(), |text| {
            let (_, prompt_end) = console::before_prompt(text)?;
            let words_end = text.find(first_words)? + first_words.len();
            Some(((), prompt_end.max(words_end)))
        })
    }

    /// Runs a command and returns what it printed.
    pub fn command(&mut self, line: &str) -> Outcome<String> {
        self.command_within(line, setup::patience())
    }

    /// As `command`, for commands that take long.
    pub fn command_within(&mut self, line: &str, patience: Duration) -> Outcome<String> {
        self.type_line(line)?;
        self.wait_for_prompt_within(patience)
    }

    /// Runs a command and asks for its status.
    pub fn run(&mut self, line: &str) -> Outcome<Output> {
        self.run_within(line, setup::patience())
    }

    /// As `run`, for commands that take long.
    pub fn run_within(&mut self, line: &str, patience: Duration) -> Outcome<Output> {
        let text = self.command_within(line, patience)?;
        let answer = self.command("echo status=$?")?;
        let digits = console::pattern(r"status=(\d+)");
        let status = digits.captures(&answer).and_then(|found| found[1].parse().ok());
        let status = status.ok_or_else(|| {
            Failure::new(format!("`echo status=$?` printed no status but ‘{answer}’"))
        })?;
        Ok(Output { text, status })
    }

    /// Runs a command that must succeed and returns what it printed.
    pub fn succeed(&mut self, line: &str) -> Outcome<String> {
        let output = self.run(line)?;
        ensure!(
            output.status == 0,
            "`{line}` ended with status {} and printed: {}",
            output.status,
            output.text
        );
        Ok(output.text)
    }

    /// Runs a command that must fail and returns what it printed.
    pub fn fail(&mut self, line: &str) -> Outcome<String> {
        let output = self.run(line)?;
        ensure!(output.status != 0, "`{line}` ended with status 0 and printed: {}", output.text);
        Ok(output.text)
    }

    /// Sends bytes as the terminal would.
    pub fn type_keys(&self, keys: &str) -> Outcome {
        let mut keyboard = self.keyboard.lock().unwrap_or_else(PoisonError::into_inner);
        keyboard.write_all(keys.as_bytes())?;
        Ok(keyboard.flush()?)
    }

    /// Presses a letter together with the control key.
    pub fn press_ctrl(&self, letter: char) -> Outcome {
        let code = (letter.to_ascii_uppercase() as u8) & 0x1F;
        self.type_keys(&char::from(code).to_string())
    }

    /// Waits until the machine has ended by itself.
    pub fn expect_exit(&mut self) -> Outcome<ExitStatus> {
        let deadline = Instant::now() + setup::patience();
        let mut state = self.log.lock();
        while !state.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "the machine did not end");
            state = self.log.wait(state, left);
        }
        drop(state);
        let status = self.child.wait_timeout(setup::patience())?;
        status.ok_or_else(|| Failure::new("the machine closed its console but did not end"))
    }

    /// Everything printed so far.
    pub fn transcript(&self) -> String {
        self.log.lock().text.clone()
    }

    /// Everything sent so far, for a terminal.
    pub fn raw_transcript(&self) -> Vec<u8> {
        self.log.lock().raw.clone()
    }

    /// Ends the emulator as a power cut does, and returns everything that was printed.
    pub fn cut_power(self) -> Outcome<String> {
        self.child.kill()?;
        self.child.wait()?;
        self.log.wait_for_close(self.log.lock());
        Ok(self.transcript())
    }

    /// The emulator's process number.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Adds the console's transcript to a failure.
    pub fn explain(&self, failure: Failure) -> Failure {
        let state = self.log.lock();
        failure.and(&format!(
            "---- console ({}) ----\n{}\n---- emulator's messages ----\n{}----",
            self.start, state.text, state.errors
        ))
    }

    /// Waits until `look` finds something in the unread text; it returns that and how far it read.
    fn wait_until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        look: impl Fn(&str) -> Option<(T, usize)>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + patience;
        let mut state = self.log.lock();
        loop {
            if self.panic == OnPanic::Fails && console::PANIC.is_match(&state.text) {
                self.log.wait_for_close(state);
                return Err(Failure::new(format!("the kernel panicked, waiting for {what}")));
            }
            if let Some((found, end)) = look(&state.text[self.read..]) {
                self.read += end;
                return Ok(found);
            }
            ensure!(!state.closed, "the machine ended while the case waited for {what}");
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "{what} did not appear within {} s", patience.as_secs());
            state = self.log.wait(state, left);
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Both fail only if the machine has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Log {
    /// How long a panic may take to print its backtrace and end the machine.
    const LAST_WORDS: Duration = Duration::from_secs(5);

    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, LogState>,
        left: Duration,
    ) -> MutexGuard<'a, LogState> {
        self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits for the end of the output, for the sake of a complete transcript.
    fn wait_for_close(&self, mut state: MutexGuard<'_, LogState>) {
        let deadline = Instant::now() + Self::LAST_WORDS;
        while !state.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.wait(state, left);
        }
    }

    fn change(&self, change: impl FnOnce(&mut LogState)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

fn read_screen(mut screen: impl Read, log: &Log, keyboard: &Mutex<ChildStdin>) {
    let mut cleaner = Cleaner::default();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = screen.read(&mut buffer) {
        let cleaned = cleaner.feed(&buffer[..length]);
        for _ in 0..cleaned.position_requests {
            // A machine that has just ended needs no answer.
            let mut keyboard = keyboard.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = keyboard.write_all(CURSOR_POSITION);
        }
        // Only now may a case type what is to come behind the answer.
        log.change(|state| {
            state.raw.extend_from_slice(&buffer[..length]);
            state.text.push_str(&cleaned.text);
        });
    }
    log.change(|state| state.closed = true);
}

fn read_errors(mut errors: impl Read, log: &Log) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = errors.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        log.change(|state| state.errors.push_str(&text));
    }
}

#[cfg(test)]
mod tests;
