//! The emulator's monitor: questions from outside, and pictures of the screen (QEMU's machine protocol, QMP).

use crate::ensure;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::picture::Picture;
use crate::setup::{Board, Kernel};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A connection to the monitor.
pub struct Monitor {
    stream: BufReader<UnixStream>,
    folder: PathBuf,
    /// Since the last picture.
    goes_on_since: Option<Instant>,
}

/// What the machine does between two pictures takes it less time than this, mostly.
const BETWEEN_PICTURES: Duration = Duration::from_millis(100);

/// A place for the monitor's socket, and for the pictures that it takes.
pub struct Place(TempDir);

impl Place {
    /// An empty one.
    pub fn new() -> Outcome<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    /// What the emulator is told: to have a monitor there.
    pub fn switches(&self) -> [String; 2] {
        ["-qmp".into(), format!("unix:{},server=on,wait=off", self.socket().display())]
    }

    /// Connects to the monitor of an emulator that runs.
    pub fn connect(&self) -> Outcome<Monitor> {
        Monitor::connect(&self.socket(), self.0.path())
    }

    fn socket(&self) -> PathBuf {
        self.0.path().join("monitor")
    }
}

impl Monitor {
    fn connect(socket: &Path, folder: &Path) -> Outcome<Self> {
        let stream = BufReader::new(UnixStream::connect(socket)?);
        let mut monitor = Self { stream, folder: folder.into(), goes_on_since: None };
        monitor.answer()?;
        monitor.ask(r#"{"execute":"qmp_capabilities"}"#)?;
        Ok(monitor)
    }

    /// Asks, in the protocol's words; returns the answer in its words.
    pub fn ask(&mut self, question: &str) -> Outcome<String> {
        writeln!(self.stream.get_mut(), "{question}")?;
        self.answer()
    }

    /// Takes a picture of the screen, with the machine at a stand: the emulator lets it run on while it draws its
    /// screen, and forgets what the machine asks to be shown meanwhile.
    pub fn picture(&mut self) -> Outcome<Picture> {
        // From one picture to the next the machine has to get on.
        if let Some(since) = self.goes_on_since {
            thread::sleep(BETWEEN_PICTURES.saturating_sub(since.elapsed()));
        }
        self.ask(r#"{"execute":"stop"}"#)?;
        let picture = self.picture_at_a_stand();
        self.ask(r#"{"execute":"cont"}"#)?;
        self.goes_on_since = Some(Instant::now());
        picture
    }

    fn picture_at_a_stand(&mut self) -> Outcome<Picture> {
        let path = self.folder.join("screen.png");
        let answer = self.ask(&format!(
            r#"{{"execute":"screendump","arguments":{{"filename":"{}","format":"png"}}}}"#,
            path.display()
        ))?;
        ensure!(answer.contains(r#""return""#), "no picture of the screen: {answer}");
        Picture::read(&path)
    }

    fn answer(&mut self) -> Outcome<String> {
        loop {
            let mut line = String::new();
            let length = self.stream.read_line(&mut line)?;
            ensure!(length > 0, "the emulator's monitor has gone");
            // What happens meanwhile is told in between.
            if !line.contains(r#""event""#) {
                return Ok(line);
            }
        }
    }
}

/// Starts a board with a monitor beside it, which the check connects to when it wants.
pub fn with_monitor(
    board: Board,
    switches: &[&str],
    check: impl FnOnce(&mut Machine, &mut dyn FnMut() -> Outcome<Monitor>) -> Outcome,
) -> Outcome {
    with_monitor_of(Kernel::Release, board, switches, check)
}

/// As [`with_monitor`], with this kernel.
pub fn with_monitor_of(
    kernel: Kernel,
    board: Board,
    switches: &[&str],
    check: impl FnOnce(&mut Machine, &mut dyn FnMut() -> Outcome<Monitor>) -> Outcome,
) -> Outcome {
    let place = Place::new()?;
    let monitor = place.switches();
    let switches = [switches, &[&monitor[0], &monitor[1]]].concat();
    let mut machine = Machine::start_on(board, kernel, &switches)?;
    let outcome = check(&mut machine, &mut || place.connect());
    outcome.map_err(|failure| machine.explain(failure))
}
