//! The questions asked of the firmware, one method each.

use super::{Mailbox, MailboxError, MailboxHost};
use crate::gpio::Level;
use crate::soc::PhysRange;

mod tag {
    pub const FIRMWARE_REVISION: u32 = 0x0000_0001;
    pub const BOARD_REVISION: u32 = 0x0001_0002;
    pub const BOARD_SERIAL: u32 = 0x0001_0004;
    pub const ARM_MEMORY: u32 = 0x0001_0005;
    pub const GET_CLOCK_RATE: u32 = 0x0003_0002;
    pub const TEMPERATURE: u32 = 0x0003_0006;
    pub const SET_CLOCK_RATE: u32 = 0x0003_8002;
    pub const SET_EXPANDER_PIN: u32 = 0x0003_8041;
    pub const COMMAND_LINE: u32 = 0x0005_0001;
}

/// A clock that the firmware rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Clock {
    /// The SD card controller of the first kind.
    Emmc = 1,
    /// The PL011.
    Uart = 2,
    /// The cores.
    Arm = 3,
    /// The VideoCore and its peripherals.
    Core = 4,
    /// The SD card controller of the BCM2711.
    Emmc2 = 12,
}

/// A line of the expander that the firmware rules; what is on it differs from board to board.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExpanderPin(u8);

impl ExpanderPin {
    /// The 3B's activity LED.
    pub const LED_OF_3B: Self = Self(2);
    /// Has the 4B's card signal with 1.8 V when high, and with 3.3 V when low.
    pub const CARD_LOW_VOLTAGE_OF_4B: Self = Self(4);
    /// The supply of the 4B's card.
    pub const CARD_SUPPLY_OF_4B: Self = Self(6);
    /// What the firmware numbers the first line.
    const FIRST: u32 = 128;

    const fn number(self) -> u32 {
        Self::FIRST + self.0 as u32
    }
}

/// Longer command lines are not taken.
const COMMAND_LINE_WORDS: usize = 512;
/// Changing another clock must not raise the cores' voltage.
const KEEP_TURBO: u32 = 0;
const SENSOR: u32 = 0;

impl<H: MailboxHost> Mailbox<H> {
    /// The date stamp of the firmware.
    pub fn firmware_revision(&mut self) -> Result<u32, MailboxError> {
        self.ask(tag::FIRMWARE_REVISION, &[]).map(|[revision]| revision)
    }

    /// The revision word of the board, for [`crate::board::Board::with_revision_word`].
    pub fn board_revision(&mut self) -> Result<u32, MailboxError> {
        self.ask(tag::BOARD_REVISION, &[]).map(|[revision]| revision)
    }

    /// The serial number of the board; 0 in QEMU.
    pub fn board_serial(&mut self) -> Result<u64, MailboxError> {
        self.ask(tag::BOARD_SERIAL, &[]).map(|[low, high]| u64::from(low) | u64::from(high) << 32)
    }

    /// The memory below 1 GiB that the firmware leaves to the processor, for [`crate::board::Board::low_ram`].
    pub fn arm_memory(&mut self) -> Result<PhysRange, MailboxError> {
        self.ask(tag::ARM_MEMORY, &[])
            .map(|[base, size]| PhysRange { start: u64::from(base), len: u64::from(size) })
    }

    /// The rate of a clock in Hz; 0 if there is no such clock.
    pub fn clock_rate(&mut self, clock: Clock) -> Result<u32, MailboxError> {
        self.ask(tag::GET_CLOCK_RATE, &[clock as u32]).map(|[_, hz]| hz)
    }

    /// Sets a clock as near to `hz` as it gets, and returns the rate it has then: QEMU's does not move.
    pub fn set_clock_rate(&mut self, clock: Clock, hz: u32) -> Result<u32, MailboxError> {
        // The answer to setting may only echo the wish, so the rate is asked for.
        self.ask::<2>(tag::SET_CLOCK_RATE, &[clock as u32, hz, KEEP_TURBO])?;
        self.clock_rate(clock)
    }

    /// Sets the level of a line of the firmware's expander.
    pub fn set_expander_pin(&mut self, pin: ExpanderPin, level: Level) -> Result<(), MailboxError> {
        match self.ask(tag::SET_EXPANDER_PIN, &[pin.number(), level as u32])? {
            // The number is exchanged for a status.
            [0] => Ok(()),
            _ => Err(MailboxError::Unanswered(tag::SET_EXPANDER_PIN)),
        }
    }

    /// As [`Self::set_expander_pin`], without waiting for the firmware: it takes a while over it.
    pub fn post_expander_pin(
        &mut self,
        pin: ExpanderPin,
        level: Level,
    ) -> Result<(), MailboxError> {
        let mut message = self.message();
        message.tag(tag::SET_EXPANDER_PIN, &[pin.number(), level as u32], 0)?;
        message.post()
    }

    /// The temperature of the chip in thousandths of a degree Celsius.
    pub fn temperature_millidegrees(&mut self) -> Result<u32, MailboxError> {
        self.ask(tag::TEMPERATURE, &[SENSOR]).map(|[_, millidegrees]| millidegrees)
    }

    /// Copies the kernel's command line to the start of `into`, and returns its length.
    pub fn command_line(&mut self, into: &mut [u8]) -> Result<usize, MailboxError> {
        let mut message = self.message();
        let slot = message.tag(tag::COMMAND_LINE, &[], COMMAND_LINE_WORDS)?;
        message.send()?.bytes(slot, into)
    }

    /// Asks one question whose answer has at least `N` words.
    pub(super) fn ask<const N: usize>(
        &mut self,
        tag: u32,
        request: &[u32],
    ) -> Result<[u32; N], MailboxError> {
        let mut message = self.message();
        let slot = message.tag(tag, request, N)?;
        message.send()?.words(slot)
    }
}
