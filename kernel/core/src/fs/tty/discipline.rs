//! The line discipline: what becomes of the bytes that a person types.
//!
//! Pure logic. A byte goes in; out come the echo for the screen and, for the likes of Ctrl-C, a
//! signal. The bytes that a program may read collect in the queue. POSIX, General Terminal
//! Interface; where it leaves a choice, Linux's.

use super::echo::Echo;
use super::queue::Queue;
use abi::signal::Signal;
use abi::terminal::{
    ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHONL, ICANON, ICRNL, IEXTEN, IGNCR, INLCR, ISIG, ISTRIP,
    IXANY, IXON, NOFLSH, Termios, VEOF, VEOL, VEOL2, VERASE, VINTR, VKILL, VLNEXT, VQUIT, VREPRINT,
    VSTART, VSTOP, VSUSP, VWERASE,
};

const BELL: u8 = 7;

/// What a byte has led to.
#[derive(Default)]
pub struct Reaction {
    /// What is shown.
    pub echo: Echo,
    /// What the foreground group is sent.
    pub signal: Option<Signal>,
    /// Whether the line that is being typed is to be shown again, behind the echo.
    pub shows_line: bool,
    /// What becomes of the output.
    pub flow: Option<Flow>,
}

/// What a byte does to the output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flow {
    /// It waits.
    Stop,
    /// It goes on.
    Start,
}

/// The state of a terminal's input.
pub struct Discipline {
    termios: Termios,
    queue: Queue,
    /// The next byte is only itself.
    takes_literally: bool,
}

impl Discipline {
    /// With the settings of a console and nothing typed.
    pub const fn new() -> Self {
        Self { termios: Termios::cooked(), queue: Queue::new(), takes_literally: false }
    }

    /// The settings.
    pub const fn termios(&self) -> &Termios {
        &self.termios
    }

    /// What was typed.
    pub const fn queue(&mut self) -> &mut Queue {
        &mut self.queue
    }

    /// Bytes that a program can read now.
    pub fn readable(&self) -> usize {
        if self.is_canonical() { self.queue.committed() } else { self.queue.len() }
    }

    /// Whether programs read whole lines.
    pub const fn is_canonical(&self) -> bool {
        self.termios.local & ICANON != 0
    }

    /// Changes the settings; what was typed and not read is kept.
    ///
    /// Bytes that came in raw mode are typed once more when lines are switched on: somebody typed
    /// ahead, and Enter and erase in it mean what they always do. `react` gets what they lead to.
    pub fn set_termios(&mut self, termios: Termios, mut react: impl FnMut(Reaction)) {
        let was_canonical = self.is_canonical();
        self.termios = termios;
        match (was_canonical, self.is_canonical()) {
            (true, false) => self.queue.forget_lines(),
            (false, true) => {
                for _ in 0..self.queue.begin_again() {
                    if let Some(byte) = self.queue.take_first() {
                        react(self.input(byte));
                    }
                }
            }
            _ => {}
        }
    }

    /// Takes a byte that was typed.
    pub fn input(&mut self, byte: u8) -> Reaction {
        let byte = if self.termios.input & ISTRIP == 0 { byte } else { byte & 0x7F };
        if core::mem::take(&mut self.takes_literally) {
            return Reaction { echo: self.add(byte), ..Reaction::default() };
        }
        if let Some(flow) = self.flow_of(byte) {
            return Reaction { flow: Some(flow), ..Reaction::default() };
        }
        // Any character lets the output go on, and means what it means besides.
        let any = self.termios.input & (IXON | IXANY) == IXON | IXANY;
        let flow = any.then_some(Flow::Start);
        let Some(byte) = self.translate(byte) else {
            return Reaction { flow, ..Reaction::default() };
        };
        if self.is_set(ISIG)
            && let Some(signal) = self.signal_of(byte)
        {
            if !self.is_set(NOFLSH) {
                self.queue.clear();
            }
            let mut echo = Echo::default();
            self.echo_visibly(byte, &mut echo);
            return Reaction { echo, signal: Some(signal), flow, ..Reaction::default() };
        }
        let extends = self.is_canonical() && self.is_set(IEXTEN);
        if extends && self.is_character(byte, VLNEXT) {
            self.takes_literally = true;
            return Reaction { echo: self.caret_that_goes(), flow, ..Reaction::default() };
        }
        if extends && self.is_set(ECHO) && self.is_character(byte, VREPRINT) {
            let mut echo = Echo::default();
            self.echo_visibly(byte, &mut echo);
            echo.push(b'\n');
            return Reaction { echo, flow, shows_line: true, ..Reaction::default() };
        }
        let echo = if self.is_canonical() { self.edit(byte) } else { self.add(byte) };
        Reaction { echo, flow, ..Reaction::default() }
    }

    /// The echoes of the line that is being typed.
    pub fn show_line(&self, mut show: impl FnMut(&Echo)) {
        self.queue.for_each_uncommitted(|byte| {
            let mut echo = Echo::default();
            self.echo_visibly(byte, &mut echo);
            show(&echo);
        });
    }

    /// A caret in the place where the literal character is going to be.
    fn caret_that_goes(&self) -> Echo {
        let mut echo = Echo::default();
        if self.is_set(ECHO) && self.is_set(ECHOCTL) {
            echo.push(b'^');
            echo.push(0x08);
        }
        echo
    }

    fn flow_of(&self, byte: u8) -> Option<Flow> {
        if self.termios.input & IXON == 0 {
            None
        } else if self.is_character(byte, VSTART) {
            Some(Flow::Start)
        } else if self.is_character(byte, VSTOP) {
            Some(Flow::Stop)
        } else {
            None
        }
    }

    fn is_set(&self, flag: u32) -> bool {
        self.termios.local & flag != 0
    }

    /// Whether the byte is this control character; 0 stands for one that is switched off.
    fn is_character(&self, byte: u8, character: usize) -> bool {
        byte != 0 && self.termios.characters[character] == byte
    }

    const fn translate(&self, byte: u8) -> Option<u8> {
        let input = self.termios.input;
        match byte {
            b'\r' if input & IGNCR != 0 => None,
            b'\r' if input & ICRNL != 0 => Some(b'\n'),
            b'\n' if input & INLCR != 0 => Some(b'\r'),
            _ => Some(byte),
        }
    }

    fn signal_of(&self, byte: u8) -> Option<Signal> {
        let signals = [(VINTR, Signal::INT), (VQUIT, Signal::QUIT), (VSUSP, Signal::TSTP)];
        let found = signals.iter().find(|(character, _)| self.is_character(byte, *character));
        found.map(|(_, signal)| *signal)
    }

    fn edit(&mut self, byte: u8) -> Echo {
        let mut echo = Echo::default();
        if self.is_character(byte, VERASE) {
            self.erase_one(&mut echo);
        } else if self.is_character(byte, VKILL) {
            self.kill_line(&mut echo);
        } else if self.is_set(IEXTEN) && self.is_character(byte, VWERASE) {
            self.erase_word(&mut echo);
        } else if self.is_character(byte, VEOF) {
            if !self.queue.end_file() {
                echo.push(BELL);
            }
        } else if byte == b'\n' {
            match (self.queue.end_line(), self.is_set(ECHO) || self.is_set(ECHONL)) {
                (true, true) => echo.push(b'\n'),
                (true, false) => {}
                (false, _) => echo.push(BELL),
            }
        } else if self.ends_line(byte) {
            if self.queue.end_line_with(byte) {
                self.echo_visibly(byte, &mut echo);
            } else {
                echo.push(BELL);
            }
        } else {
            return self.add(byte);
        }
        echo
    }

    fn ends_line(&self, byte: u8) -> bool {
        self.is_character(byte, VEOL) || self.is_set(IEXTEN) && self.is_character(byte, VEOL2)
    }

    fn add(&mut self, byte: u8) -> Echo {
        let mut echo = Echo::default();
        if self.queue.push(byte) {
            self.echo_visibly(byte, &mut echo);
        } else {
            // Nobody reads: the keyboard says so, and what is there already stays in order.
            echo.push(BELL);
        }
        echo
    }

    fn echo_visibly(&self, byte: u8, echo: &mut Echo) {
        if !self.is_set(ECHO) {
            return;
        }
        if self.is_shown_with_caret(byte) {
            echo.push(b'^');
            echo.push(byte ^ 0x40);
        } else {
            echo.push(byte);
        }
    }

    fn is_shown_with_caret(&self, byte: u8) -> bool {
        self.is_set(ECHOCTL) && byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t')
    }

    /// Columns that a byte's echo has taken.
    fn width(&self, byte: u8) -> usize {
        match byte {
            _ if self.is_shown_with_caret(byte) => 2,
            // The bytes of a character behind its first: they share its column.
            0x80..=0xBF => 0,
            _ if byte.is_ascii_control() => 0,
            _ => 1,
        }
    }

    /// Erases a character, which may have several bytes; `false` if the line is empty.
    fn erase_one(&mut self, echo: &mut Echo) -> bool {
        let mut erased = false;
        while let Some(byte) = self.queue.pop_last() {
            erased = true;
            self.wipe(byte, echo);
            if !(0x80..=0xBF).contains(&byte) {
                break;
            }
        }
        erased
    }

    fn wipe(&self, byte: u8, echo: &mut Echo) {
        if self.is_set(ECHO) && self.is_set(ECHOE) {
            echo.wipe(self.width(byte));
        } else if self.is_set(ECHO) {
            self.echo_visibly(self.termios.characters[VERASE], echo);
        }
    }

    fn erase_word(&mut self, echo: &mut Echo) {
        while self.queue.last().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.erase_one(echo);
        }
        while self.queue.last().is_some_and(|byte| !byte.is_ascii_whitespace()) {
            self.erase_one(echo);
        }
    }

    fn kill_line(&mut self, echo: &mut Echo) {
        if self.is_set(ECHOKE) && self.is_set(ECHOE) {
            while self.erase_one(echo) {}
            return;
        }
        while self.queue.pop_last().is_some() {}
        self.echo_visibly(self.termios.characters[VKILL], echo);
        if self.is_set(ECHO) && self.is_set(ECHOK) {
            echo.push(b'\n');
        }
    }
}
