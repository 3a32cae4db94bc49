//! What the firmware knows: asked once, by the mailbox, before anything is allocated.

use arch::addr::PhysAddr;
use arch::layout::{LINEAR_BASE, linear_address};
use bsp::board::Board;
use bsp::mailbox::tags::Clock;
use bsp::mailbox::{Mailbox, MailboxHost};
use bsp::mmio::Mmio;
use bsp::soc::PhysRange;
use core::cell::UnsafeCell;
use core::time::Duration;
use spin::Once;

/// The PL011's clock that the kernel asks for.
const UART_CLOCK_HZ: u32 = 48_000_000;
/// The clock to assume where the firmware does not answer.
const DEFAULT_UART_CLOCK_HZ: u32 = 48_000_000;
/// What every board has at least, below the VideoCore's part.
const LEAST_RAM: PhysRange = PhysRange { start: 0, len: 0x1C00_0000 };
const COMMAND_LINE_BYTES: usize = 1024;
const TIMEOUT: Duration = Duration::from_secs(1);

/// What the firmware has said.
pub struct FirmwareFacts {
    /// The board, with its model.
    pub board: Board,
    /// The RAM below 1 GiB that is not the VideoCore's.
    pub arm_memory: PhysRange,
    /// The PL011's clock.
    pub uart_clock_hz: u32,
    /// The words that the kernel was started with.
    pub command_line: &'static str,
}

/// A page that the mailbox's messages lie in.
#[repr(C, align(4096))]
struct MessagePage(UnsafeCell<[u8; 4096]>);

// SAFETY: the page is reached only through the one mailbox driver that `ask` makes.
unsafe impl Sync for MessagePage {}

static MESSAGE: MessagePage = MessagePage(UnsafeCell::new([0; 4096]));
static COMMAND_LINE: Once<heapless::String<COMMAND_LINE_BYTES>> = Once::new();

/// The processor's side of the mailbox.
struct Host;

impl MailboxHost for Host {
    fn clean_and_invalidate(&self, start: usize, len: usize) {
        arch::cache::clean_and_invalidate(start, len);
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(arch::clock::now())
    }
}

/// Asks the firmware; what it does not answer is assumed. Called once.
pub fn ask(board: Board) -> FirmwareFacts {
    let page = MESSAGE.0.get().addr();
    let physical = (page - LINEAR_BASE) as u64;
    let registers = linear_address(PhysAddr::new(board.facts().mailbox)).value();
    // SAFETY: the board's window is mapped as device memory, and only this driver claims it.
    let registers = unsafe { Mmio::claim(registers) };
    // SAFETY: the page is the mailbox's alone, and stays for ever.
    let buffer = unsafe { Mmio::claim(page) };
    let mut facts = FirmwareFacts {
        board,
        arm_memory: LEAST_RAM,
        uart_clock_hz: DEFAULT_UART_CLOCK_HZ,
        command_line: "",
    };
    let Ok(mut mailbox) = Mailbox::new(registers, buffer, physical, Host, TIMEOUT) else {
        return facts;
    };
    if let Ok(word) = mailbox.board_revision() {
        facts.board = board.with_revision_word(word);
    }
    if let Ok(memory) = mailbox.arm_memory() {
        facts.arm_memory = memory;
    }
    if let Ok(hz) = mailbox.set_clock_rate(Clock::Uart, UART_CLOCK_HZ) {
        facts.uart_clock_hz = hz;
    }
    let mut bytes = [0; COMMAND_LINE_BYTES];
    if let Ok(length) = mailbox.command_line(&mut bytes) {
        let words = core::str::from_utf8(&bytes[..length]).unwrap_or_default();
        let words = words.trim_end_matches('\0');
        facts.command_line =
            COMMAND_LINE.call_once(|| heapless::String::try_from(words).unwrap_or_default());
    }
    facts
}
