//! The registers of the Arasan and Broadcom SD host controllers.
//!
//! Source: BCM2835 ARM Peripherals ch. 5 (EMMC), and SD Host Controller Simplified Specification 3.00, part 2.

use crate::mmio::Mmio;
use core::time::Duration;
use tock_registers::LocalRegisterCopy;
use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::register_bitfields;
use tock_registers::registers::ReadWrite;

/// A register by its offset. All are 32 bits wide and are accessed whole: the controller takes nothing narrower.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(usize)]
pub enum Register {
    /// Bytes of a block, and the number of blocks of a transfer above bit 16.
    BlockSizeCount = 0x04,
    /// The command's argument.
    Argument = 0x08,
    /// The command and how it transfers; writing it issues the command.
    CommandTransfer = 0x0C,
    /// The response's lowest 32 bits.
    Response0 = 0x10,
    /// The response's next 32 bits.
    Response1 = 0x14,
    /// The response's next 32 bits.
    Response2 = 0x18,
    /// The response's highest bits, of which a long one has 24.
    Response3 = 0x1C,
    /// A word of the block that is being transferred.
    Data = 0x20,
    /// What the lines do.
    Status = 0x24,
    /// The bus's width, and its power.
    Control0 = 0x28,
    /// Clocks, time-outs and resets.
    Control1 = 0x2C,
    /// What has happened; writing a one forgets it.
    Interrupt = 0x30,
    /// What is told in `Interrupt`.
    InterruptMask = 0x34,
    /// What interrupts the processor.
    InterruptEnable = 0x38,
    /// The controller's version, above bit 16.
    SlotVersion = 0xFC,
}

register_bitfields! { u32,
    pub(super) STATUS [
        /// A command is under way.
        COMMAND_INHIBIT OFFSET(0) NUMBITS(1) [],
        /// The data lines are in use.
        DATA_INHIBIT OFFSET(1) NUMBITS(1) [],
        /// There is a card in the slot.
        CARD_INSERTED OFFSET(16) NUMBITS(1) []
    ],
    pub(super) CONTROL0 [
        /// Four data lines instead of one.
        FOUR_BITS OFFSET(1) NUMBITS(1) [],
        /// The card's supply: on, at 3.3 volts.
        POWER OFFSET(8) NUMBITS(4) [ On3V3 = 0xF ]
    ],
    pub(super) CONTROL1 [
        /// The controller's own clock runs.
        INTERNAL_CLOCK OFFSET(0) NUMBITS(1) [],
        /// That clock has settled.
        CLOCK_STABLE OFFSET(1) NUMBITS(1) [],
        /// The card gets the clock.
        CARD_CLOCK OFFSET(2) NUMBITS(1) [],
        /// The upper two bits of the divider.
        DIVIDER_HIGH OFFSET(6) NUMBITS(2) [],
        /// The lower eight bits of the divider: the base clock is divided by twice the divider.
        DIVIDER_LOW OFFSET(8) NUMBITS(8) [],
        /// How long the data lines may be silent: 2^(13 + n) clocks.
        DATA_TIMEOUT OFFSET(16) NUMBITS(4) [],
        /// Resets everything.
        RESET_ALL OFFSET(24) NUMBITS(1) [],
        /// Resets what has to do with commands.
        RESET_COMMAND OFFSET(25) NUMBITS(1) [],
        /// Resets what has to do with data.
        RESET_DATA OFFSET(26) NUMBITS(1) []
    ],
    pub(super) INTERRUPT [
        /// The command's response is there.
        COMMAND_DONE OFFSET(0) NUMBITS(1) [],
        /// The transfer is over, or the card is no longer busy.
        DATA_DONE OFFSET(1) NUMBITS(1) [],
        /// There is room for a block.
        WRITE_READY OFFSET(4) NUMBITS(1) [],
        /// A block has come.
        READ_READY OFFSET(5) NUMBITS(1) [],
        /// One of the errors above.
        ERROR OFFSET(15) NUMBITS(1) [],
        /// No response in time.
        COMMAND_TIMEOUT OFFSET(16) NUMBITS(1) [],
        /// The response's checksum is wrong.
        COMMAND_CRC OFFSET(17) NUMBITS(1) [],
        /// The response's last bit is wrong.
        COMMAND_END OFFSET(18) NUMBITS(1) [],
        /// The response is to another command.
        COMMAND_INDEX OFFSET(19) NUMBITS(1) [],
        /// No data in time.
        DATA_TIMEOUT OFFSET(20) NUMBITS(1) [],
        /// The data's checksum is wrong.
        DATA_CRC OFFSET(21) NUMBITS(1) [],
        /// The data's last bit is wrong.
        DATA_END OFFSET(22) NUMBITS(1) [],
        /// The command that ends a transfer has failed.
        AUTO_COMMAND OFFSET(24) NUMBITS(1) []
    ]
}

/// A controller's block of registers, by their place: [`Register`] names those that are used.
#[repr(C)]
pub struct SdhciBlock([ReadWrite<u32>; 64]);

impl Mmio<SdhciBlock> {
    /// Reads a register.
    pub fn get(&self, register: Register) -> u32 {
        self.0[register as usize / 4].get()
    }

    /// Writes a register.
    pub fn set(&self, register: Register, value: u32) {
        self.0[register as usize / 4].set(value);
    }

    /// Whether the controller sees a card; meaningful only where it has a line for that.
    pub fn sees_card(&self) -> bool {
        LocalRegisterCopy::<u32, STATUS::Register>::new(self.get(Register::Status))
            .is_set(STATUS::CARD_INSERTED)
    }
}

/// All that is ever told in `Interrupt`.
pub const EVERYTHING: u32 = u32::MAX;

/// The controller's registers and a clock: the real ones, or a card that a test makes up.
pub trait SdhciPort {
    /// Reads a register.
    fn read(&mut self, register: Register) -> u32;
    /// Writes a register.
    fn write(&mut self, register: Register, value: u32);
    /// Has the slot give the card 3.3 V, and signal with it, where the board can do otherwise.
    fn supply(&mut self);
    /// The time since any fixed point.
    fn now(&mut self) -> Duration;
    /// Lets some time pass; others may run meanwhile.
    fn pause(&mut self, time: Duration);
}
