//! What the firmware knows, asked by the mailbox once before anything is allocated, and what it does for the kernel later.

use super::devices;
use arch::addr::VirtAddr;
use arch::{cache, clock, layout};
use bsp::board::Board;
use bsp::gpio::Level;
use bsp::mailbox::screen::FrameBuffer;
use bsp::mailbox::tags::{Clock, ExpanderPin};
use bsp::mailbox::{Mailbox, MailboxHost};
use bsp::soc::PhysRange;
use core::time::Duration;
use heapless::Vec;
use spin::{Mutex, Once};

/// What the firmware has said, or what is assumed where it did not answer.
pub struct Answers {
    /// The board, with its model.
    pub board: Board,
    /// The RAM below 1 GiB that is not the VideoCore's.
    pub arm_memory: PhysRange,
    /// The PL011's clock.
    pub uart_clock_hz: u32,
    /// The clock that the card's is derived from.
    pub card_clock_hz: u32,
    /// The words that the kernel was started with.
    pub command_line: &'static str,
    /// The screen's memory, if there is a screen.
    pub frame_buffer: Option<FrameBuffer>,
}

/// The PL011's clock that the kernel asks for, and assumes without an answer.
const UART_CLOCK_HZ: u32 = 48_000_000;
/// What every board has at least, below the VideoCore's part.
const LEAST_RAM: PhysRange = PhysRange { start: 0, len: 0x1C00_0000 };
/// The card controllers' clock without an answer: the fastest that it has on any board, so that no card gets more than
/// it takes.
const CARD_CLOCK_HZ: u32 = 250_000_000;
const COMMAND_LINE_BYTES: usize = 2048;
const TIMEOUT: Duration = Duration::from_secs(1);
/// The size that the screen is asked to have.
const SCREEN_WIDTH: u32 = 1024;
const SCREEN_HEIGHT: u32 = 768;

static COMMAND_LINE: Once<Vec<u8, COMMAND_LINE_BYTES>> = Once::new();

/// The mailbox, once the firmware was asked. A panic uses it too, whatever it has interrupted.
static MAILBOX: Mutex<Option<Mailbox<Host>>> = Mutex::new(None);

/// The processor's side of the mailbox.
struct Host;

impl MailboxHost for Host {
    fn clean_and_invalidate(&self, start: usize, len: usize) {
        cache::clean_and_invalidate(start, len);
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(clock::now())
    }
}

/// Asks; called once.
pub fn ask(board: Board) -> Answers {
    let (registers, buffer) = devices::mailbox_parts(board.facts());
    let physical = layout::physical_address(VirtAddr::new(buffer.address()))
        .expect("invariant: the kernel's variables are in the linear map");
    let mut answers = Answers {
        board,
        arm_memory: LEAST_RAM,
        uart_clock_hz: UART_CLOCK_HZ,
        card_clock_hz: CARD_CLOCK_HZ,
        command_line: "",
        frame_buffer: None,
    };
    let Ok(mut mailbox) = Mailbox::new(registers, buffer, physical.value(), Host, TIMEOUT) else {
        return answers;
    };
    if let Ok(word) = mailbox.board_revision() {
        answers.board = board.with_revision_word(word);
    }
    if let Ok(memory) = mailbox.arm_memory() {
        answers.arm_memory = memory;
    }
    // The rate is what the firmware made of the wish: an emulator's does not move.
    if let Ok(hz) = mailbox.set_clock_rate(Clock::Uart, UART_CLOCK_HZ) {
        answers.uart_clock_hz = hz;
    }
    // QEMU names no rate for the BCM2711's.
    if let Ok(hz @ 1..) = mailbox.clock_rate(board.facts().card_clock) {
        answers.card_clock_hz = hz;
    }
    answers.command_line = command_line(&mut mailbox);
    if let Ok(buffer) = mailbox.make_frame_buffer(SCREEN_WIDTH, SCREEN_HEIGHT) {
        answers.frame_buffer = buffer;
    }
    *MAILBOX.lock() = Some(mailbox);
    answers
}

/// Sets a line of the expander; whether the firmware has done so. An emulator's has none.
pub fn set_expander_pin(pin: ExpanderPin, level: Level) -> bool {
    let mut mailbox = MAILBOX.lock();
    mailbox.as_mut().is_some_and(|mailbox| mailbox.set_expander_pin(pin, level).is_ok())
}

/// As [`set_expander_pin`], without waiting for anything: in vain while the mailbox is in use.
pub fn post_expander_pin(pin: ExpanderPin, level: Level) {
    if let Some(mailbox) = MAILBOX.try_lock().as_deref_mut().and_then(Option::as_mut) {
        // The next light comes soon.
        let _ = mailbox.post_expander_pin(pin, level);
    }
}

/// Shows the frame buffer from this row on, in the screen's next picture.
pub fn show_from_row(row: u32) {
    if let Some(mailbox) = MAILBOX.lock().as_mut() {
        // A firmware that does not answer leaves the picture as it is, which is all that can be done.
        let _ = mailbox.show_from_row(row);
    }
}

/// The command line up to what is not text.
fn command_line(mailbox: &mut Mailbox<Host>) -> &'static str {
    let bytes = COMMAND_LINE.call_once(|| {
        let mut bytes = [0; COMMAND_LINE_BYTES];
        let length = mailbox.command_line(&mut bytes).unwrap_or(0);
        bytes.into_iter().take(length).collect()
    });
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    text.trim_matches(['\0', '\n', ' '])
}
