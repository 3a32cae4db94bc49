//! Terminals: `termios` and the `ioctl` requests.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `ioctl`: read the settings.
pub const TCGETS: u32 = 0x5401;
/// `ioctl`: change the settings at once.
pub const TCSETS: u32 = 0x5402;
/// `ioctl`: change the settings when the output has gone out.
pub const TCSETSW: u32 = 0x5403;
/// `ioctl`: as `TCSETSW`, throwing unread input away.
pub const TCSETSF: u32 = 0x5404;
/// `ioctl`: wait until the output has gone out; a break is not sent.
pub const TCSBRK: u32 = 0x5409;
/// `ioctl`: stop the output or let it go on: one of `TCO*`, `TCI*`.
pub const TCXONC: u32 = 0x540A;
/// `ioctl`: throw away what was typed, or what is to be sent.
pub const TCFLSH: u32 = 0x540B;
/// `ioctl`: nobody else opens the terminal; accepted.
pub const TIOCEXCL: u32 = 0x540C;
/// `ioctl`: everybody may again.
pub const TIOCNXCL: u32 = 0x540D;
/// `ioctl`: bytes that are not sent yet.
pub const TIOCOUTQ: u32 = 0x5411;
/// `ioctl`: have no controlling terminal any more.
pub const TIOCNOTTY: u32 = 0x5422;
/// `ioctl`: read the line discipline's number.
pub const TIOCGETD: u32 = 0x5424;
/// `ioctl`: as `TCSBRK`.
pub const TCSBRKP: u32 = 0x5425;
/// `ioctl`: read the session that the terminal belongs to.
pub const TIOCGSID: u32 = 0x5429;
/// `ioctl`: read the settings with their speeds.
pub const TCGETS2: u32 = 0x802C_542A;
/// `ioctl`: change the settings with their speeds at once.
pub const TCSETS2: u32 = 0x402C_542B;
/// `ioctl`: the same when the output has gone out.
pub const TCSETSW2: u32 = 0x402C_542C;
/// `ioctl`: the same, throwing unread input away.
pub const TCSETSF2: u32 = 0x402C_542D;

/// `ioctl` on `/dev/ptmx`: read the number of its terminal, `/dev/pts/N`.
pub const TIOCGPTN: u32 = 0x8004_5430;
/// `ioctl` on `/dev/ptmx`: lock its terminal, so that it can't be opened, or let it be.
pub const TIOCSPTLCK: u32 = 0x4004_5431;
/// `ioctl` on `/dev/ptmx`: read whether its terminal is locked.
pub const TIOCGPTLCK: u32 = 0x8004_5439;

/// `TCXONC`: stop the output.
pub const TCOOFF: usize = 0;
/// `TCXONC`: let the output go on.
pub const TCOON: usize = 1;
/// `TCXONC`: send a stop character.
pub const TCIOFF: usize = 2;
/// `TCXONC`: send a start character.
pub const TCION: usize = 3;
/// `TCFLSH`: what was typed.
pub const TCIFLUSH: usize = 0;
/// `TCFLSH`: what is to be sent.
pub const TCOFLUSH: usize = 1;
/// `TCFLSH`: both.
pub const TCIOFLUSH: usize = 2;

/// `ioctl`: make this the controlling terminal.
pub const TIOCSCTTY: u32 = 0x540E;
/// `ioctl`: read the foreground process group.
pub const TIOCGPGRP: u32 = 0x540F;
/// `ioctl`: set the foreground process group.
pub const TIOCSPGRP: u32 = 0x5410;
/// `ioctl`: read the window size.
pub const TIOCGWINSZ: u32 = 0x5413;
/// `ioctl`: set the window size.
pub const TIOCSWINSZ: u32 = 0x5414;
/// `ioctl`: bytes that can be read.
pub const FIONREAD: u32 = 0x541B;

/// `ioctl`: switch waiting off or on.
pub const FIONBIO: u32 = 0x5421;
/// `ioctl`: do not close at exec.
pub const FIONCLEX: u32 = 0x5450;
/// `ioctl`: close at exec.
pub const FIOCLEX: u32 = 0x5451;

/// Input: CR is read as NL.
pub const ICRNL: u32 = 0o400;
/// Input: NL is read as CR.
pub const INLCR: u32 = 0o100;
/// Input: CR is thrown away.
pub const IGNCR: u32 = 0o200;
/// Input: the eighth bit is cleared.
pub const ISTRIP: u32 = 0o40;
/// Input: Ctrl-S stops the output, Ctrl-Q lets it go on.
pub const IXON: u32 = 0o2000;
/// Input: any character lets it go on.
pub const IXANY: u32 = 0o4000;
/// Output: processing as below.
pub const OPOST: u32 = 0o1;
/// Output: NL is sent as CR NL.
pub const ONLCR: u32 = 0o4;
/// Output: CR is sent as NL.
pub const OCRNL: u32 = 0o10;
/// Local: Ctrl-C and its like send signals.
pub const ISIG: u32 = 0o1;
/// Local: whole lines, with editing.
pub const ICANON: u32 = 0o2;
/// Local: input is echoed.
pub const ECHO: u32 = 0o10;
/// Local: erasing wipes the character out.
pub const ECHOE: u32 = 0o20;
/// Local: killing a line wipes it out.
pub const ECHOK: u32 = 0o40;
/// Local: a new line is echoed whatever `ECHO` says.
pub const ECHONL: u32 = 0o100;
/// Local: a signal throws away nothing.
pub const NOFLSH: u32 = 0o200;
/// Local: a process in the background that writes is stopped.
pub const TOSTOP: u32 = 0o400;
/// Local: control characters are echoed as `^X`.
pub const ECHOCTL: u32 = 0o1000;
/// Local: killing a line wipes it out character by character.
pub const ECHOKE: u32 = 0o4000;
/// Local: word erase and literal next.
pub const IEXTEN: u32 = 0o100000;

/// Control character: interrupt (Ctrl-C).
pub const VINTR: usize = 0;
/// Control character: quit (Ctrl-\).
pub const VQUIT: usize = 1;
/// Control character: erase.
pub const VERASE: usize = 2;
/// Control character: kill the line (Ctrl-U).
pub const VKILL: usize = 3;
/// Control character: end of file (Ctrl-D).
pub const VEOF: usize = 4;
/// Control character: time-out of raw reads, in tenths of a second.
pub const VTIME: usize = 5;
/// Control character: least number of bytes of raw reads.
pub const VMIN: usize = 6;
/// Control character: let the output go on (Ctrl-Q).
pub const VSTART: usize = 8;
/// Control character: stop the output (Ctrl-S).
pub const VSTOP: usize = 9;
/// Control character: one more end of a line.
pub const VEOL: usize = 11;
/// Control character: show the line again (Ctrl-R).
pub const VREPRINT: usize = 12;
/// Control character: throw output away (Ctrl-O), which is not offered.
pub const VDISCARD: usize = 13;
/// Control character: the next character is only itself (Ctrl-V).
pub const VLNEXT: usize = 15;
/// Control character: one more end of a line.
pub const VEOL2: usize = 16;
/// Control character: suspend (Ctrl-Z).
pub const VSUSP: usize = 10;
/// Control character: erase a word (Ctrl-W).
pub const VWERASE: usize = 14;

/// Linux's `struct termios` of the kernel interface, 36 bytes.
#[derive(Clone, Copy, Debug, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq)]
#[repr(C)]
pub struct Termios {
    /// Input modes.
    pub input: u32,
    /// Output modes.
    pub output: u32,
    /// Control modes.
    pub control: u32,
    /// Local modes.
    pub local: u32,
    /// Line discipline, 0.
    pub line: u8,
    /// Control characters.
    pub characters: [u8; 19],
}

const _: () = assert!(size_of::<Termios>() == 36);

impl Termios {
    /// A console's settings at start: lines with editing, echo and signals; 115200 8N1.
    pub const fn cooked() -> Self {
        let mut characters = [0; 19];
        characters[VINTR] = 3;
        characters[VQUIT] = 0x1C;
        characters[VERASE] = 0x7F;
        characters[VKILL] = 0x15;
        characters[VEOF] = 4;
        characters[VMIN] = 1;
        characters[VSTART] = 0x11;
        characters[VSTOP] = 0x13;
        characters[VSUSP] = 0x1A;
        characters[VREPRINT] = 0x12;
        characters[VDISCARD] = 0x0F;
        characters[VLNEXT] = 0x16;
        characters[VWERASE] = 0x17;
        Self {
            input: ICRNL | IXON,
            output: OPOST | ONLCR,
            control: 0o10002 | 0o60 | 0o200,
            local: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
            line: 0,
            characters,
        }
    }

    /// The same settings for a program that reads key by key: no editing, echo or signals.
    pub const fn raw(mut self) -> Self {
        self.input &= !(ICRNL | INLCR | IGNCR | IXON);
        self.local &= !(ISIG | ICANON | ECHO | IEXTEN);
        self.characters[VMIN] = 1;
        self.characters[VTIME] = 0;
        self
    }
}

/// Linux's `struct termios2`: the settings and their speeds.
#[derive(Clone, Copy, Debug, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq)]
#[repr(C)]
pub struct Termios2 {
    /// The settings.
    pub termios: Termios,
    /// Bits in a second that are received.
    pub input_speed: u32,
    /// Bits in a second that are sent.
    pub output_speed: u32,
}

const _: () = assert!(size_of::<Termios2>() == 44);

/// A terminal's size.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct WindowSize {
    /// Lines.
    pub rows: u16,
    /// Characters in a line.
    pub columns: u16,
    /// Width in pixels, 0 if unknown.
    pub width: u16,
    /// Height in pixels, 0 if unknown.
    pub height: u16,
}
