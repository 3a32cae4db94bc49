//! What the kernel's logic asks of the board; `kernel::board` joins it to the drivers.

use crate::light::Light;
use alloc::boxed::Box;
use core::time::Duration;
use spin::Once;

/// Why a core was interrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Interrupt {
    /// This core's timer reached its deadline.
    Timer,
    /// Another core wants this one to look at its run queue.
    Ipi,
    /// The console has received bytes or can take more.
    Console,
    /// A device that nobody drives; the number is the controller's.
    Other(u32),
}

/// Whether the console interrupts when it can take more bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TransmitInterrupt {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// The devices that the kernel needs, without a word about which they are.
///
/// All methods may be called from every core, with interrupts masked.
pub trait Board: Sync {
    /// The board's name, for a person.
    fn name(&self) -> &str;
    /// The next interrupt that is pending on this core.
    fn next_interrupt(&self) -> Option<Interrupt>;
    /// The handler of this interrupt is done.
    fn end_of_interrupt(&self, interrupt: Interrupt);
    /// Interrupts each core whose bit is set.
    fn send_ipi(&self, cores: u32);
    /// Tells the console that its interrupt is being handled; called before it is drained.
    fn console_acknowledge(&self);
    /// The next byte received.
    fn console_read(&self) -> Option<u8>;
    /// Sends a byte, unless the console has no room.
    fn console_try_write(&self, byte: u8) -> bool;
    /// Switches the console's transmit interrupt.
    fn console_transmit_interrupt(&self, interrupt: TransmitInterrupt);
    /// Some bits that are hard to guess.
    fn entropy(&self) -> u64;
    /// Whether there seems to be a card in the slot, without asking it.
    fn shows_card(&self) -> bool;
    /// Brings up the card in the slot; called by a thread, by one at a time.
    fn open_card(&self) -> Result<Box<dyn Storage>, StorageError>;
    /// Switches the activity LED.
    fn show(&self, light: Light);
    /// Has the board restart unless this is called again within this time.
    fn feed_watchdog(&self, time: Duration);
    /// Shows the screen's frame buffer from this row on; called by a thread, without locks held.
    fn show_screen(&self, row: u32);
    /// Restarts the board.
    fn restart(&self) -> !;
    /// Switches the board off; an emulator that listens ends with the status.
    fn power_off(&self, status: u8) -> !;
}

/// Bytes of a block of any storage.
pub const BLOCK_BYTES: usize = 512;

/// Why storage does not do what it should; the kernel's log has more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StorageError {
    /// There is none, or not any more.
    Absent,
    /// It is there and failed.
    Failed,
}

/// Something that keeps blocks when the power is off.
///
/// Its methods may sleep, and are called without locks held.
pub trait Storage: Send {
    /// The number of blocks.
    fn blocks(&self) -> u64;
    /// Reads blocks from number `first` on.
    fn read(&mut self, first: u64, blocks: &mut [[u8; BLOCK_BYTES]]) -> Result<(), StorageError>;
    /// Writes blocks from number `first` on; they are kept when this returns.
    fn write(&mut self, first: u64, blocks: &[[u8; BLOCK_BYTES]]) -> Result<(), StorageError>;
}

static BOARD: Once<&'static dyn Board> = Once::new();

/// Makes the board known; called once, early.
pub fn install(board: &'static dyn Board) {
    BOARD.call_once(|| board);
}

/// The board.
///
/// # Panics
///
/// If none is installed: nothing runs before that.
pub fn board() -> &'static dyn Board {
    *BOARD.get().expect("invariant: the board is installed before anything asks for it")
}
