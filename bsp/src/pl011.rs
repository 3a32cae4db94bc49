//! The PL011 UART, by interrupt and by polling. Source: ARM DDI 0183, PrimeCell UART (PL011).
//!
//! Registers, divisor and interrupt masks are those of the arm-pl011-uart crate; this file adds the order of steps
//! that works on boards and in QEMU, whose UART differs in four ways:
//! - The receive interrupt rises only when the FIFO goes from empty to one character. Interrupts are therefore
//!   acknowledged first and the FIFO drained to the end afterwards: the other way round, a character that comes in
//!   between would be the last one ever heard.
//! - There is no receive timeout, so both receive causes are unmasked together.
//! - The transmit FIFO never fills, and its interrupt follows each write at once.
//! - It takes characters before it is set up, so reception starts with draining what is there.
//!
//! On a board the transmit interrupt rises when the FIFO falls *through* its level: fill the FIFO first, then enable
//! the interrupt for what is left over. Only causes that were seen are cleared, so that this event is not lost.

use core::fmt;

use arm_pl011_uart::{DataBits, FifoLevel, Interrupts, LineConfig, Parity, StopBits, Uart};
use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::{ReadOnly, WriteOnly};
use tock_registers::{register_bitfields, register_structs};

pub use arm_pl011_uart::PL011Registers as Pl011Registers;

use crate::mmio::Mmio;

const LINE_8N1: LineConfig =
    LineConfig { data_bits: DataBits::Bits8, parity: Parity::None, stop_bits: StopBits::One };
const RECEIVE: Interrupts = Interrupts::RXI.union(Interrupts::RTI);
/// A full FIFO leaves in 1.5 ms at 115200 baud; a poll takes some 100 ns.
const IDLE_POLLS: u32 = 1_000_000;

/// The driver of one PL011.
pub struct Pl011 {
    uart: Uart<'static>,
}

/// The transmit FIFO has no room for the byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FifoFull;

/// The clock cannot be divided down to the baud rate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BaudRateError {
    /// The UART's clock.
    pub clock_hz: u32,
    /// The wanted rate.
    pub baud: u32,
}

impl fmt::Display for BaudRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a UART clock of {} Hz cannot give {} baud", self.clock_hz, self.baud)
    }
}

impl core::error::Error for BaudRateError {}

/// Why the UART interrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InterruptCauses {
    /// Characters have come.
    pub receive: bool,
    /// There is room in the transmit FIFO again.
    pub transmit: bool,
}

impl Pl011 {
    /// Takes the UART as it is; call [`Pl011::init`] before anything else.
    pub fn new(registers: Mmio<Pl011Registers>) -> Self {
        Self { uart: Uart::new(registers.into_unique()) }
    }

    /// Sets 8N1 at `baud` with FIFOs on and all interrupts masked.
    ///
    /// `clock_hz` is the UART clock as read back from the firmware. The pins must be routed before.
    pub fn init(&mut self, clock_hz: u32, baud: u32) -> Result<(), BaudRateError> {
        self.wait_until_sent();
        self.uart.disable();
        self.uart.set_interrupt_masks(Interrupts::empty());
        self.uart.clear_interrupts(Interrupts::all());
        self.uart.set_interrupt_fifo_levels(FifoLevel::Bytes16, FifoLevel::Bytes4);
        self.uart.enable(LINE_8N1, baud, clock_hz).map_err(|_| BaudRateError { clock_hz, baud })
    }

    /// Sends a byte, waiting while the FIFO is full.
    pub fn write_byte_blocking(&mut self, byte: u8) {
        while self.try_write(byte).is_err() {
            core::hint::spin_loop();
        }
    }

    /// Puts a byte into the transmit FIFO if there is room.
    pub fn try_write(&mut self, byte: u8) -> Result<(), FifoFull> {
        if self.uart.is_tx_fifo_full() {
            return Err(FifoFull);
        }
        self.uart.write_word(byte);
        Ok(())
    }

    /// Takes the next byte from the receive FIFO, passing over breaks and damaged characters.
    pub fn try_read(&mut self) -> Option<u8> {
        loop {
            match self.uart.read_word() {
                Ok(byte) => return byte,
                Err(_damaged) => {}
            }
        }
    }

    /// Answers an interrupt: acknowledges it, then gives every received byte to `received`.
    ///
    /// The caller continues with transmitting if that is among the causes, or after every interrupt.
    pub fn handle_interrupt(&mut self, received: impl FnMut(u8)) -> InterruptCauses {
        let causes = self.uart.masked_interrupt_status();
        self.uart.clear_interrupts(causes);
        self.drain(received);
        InterruptCauses {
            receive: causes.intersects(RECEIVE),
            transmit: causes.contains(Interrupts::TXI),
        }
    }

    /// Lets received characters interrupt, giving those that are there already to `received`.
    pub fn enable_receive_interrupts(&mut self, received: impl FnMut(u8)) {
        self.uart.set_interrupt_masks(self.uart.interrupt_masks() | RECEIVE);
        self.uart.clear_interrupts(RECEIVE);
        self.drain(received);
    }

    /// Keeps received characters from interrupting.
    pub fn disable_receive_interrupts(&mut self) {
        self.uart.set_interrupt_masks(self.uart.interrupt_masks() - RECEIVE);
    }

    /// Asks for an interrupt when the transmit FIFO runs low; fill the FIFO before.
    pub fn enable_transmit_interrupt(&mut self) {
        self.uart.set_interrupt_masks(self.uart.interrupt_masks() | Interrupts::TXI);
    }

    /// Ends that, when nothing is left to send.
    pub fn disable_transmit_interrupt(&mut self) {
        self.uart.set_interrupt_masks(self.uart.interrupt_masks() - Interrupts::TXI);
    }

    fn drain(&mut self, mut received: impl FnMut(u8)) {
        while let Some(byte) = self.try_read() {
            received(byte);
        }
    }

    /// Lets the last characters of whoever used the UART before go out; a UART that is off stays busy for ever.
    fn wait_until_sent(&self) {
        for _ in 0..IDLE_POLLS {
            if !self.uart.is_busy() {
                return;
            }
        }
    }
}

impl fmt::Write for Pl011 {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.write_byte_blocking(byte));
        Ok(())
    }
}

register_bitfields! { u32,
    FLAGS [
        /// The transmit FIFO is full.
        TRANSMIT_FULL OFFSET(5) NUMBITS(1) []
    ]
}

register_structs! {
    /// The two registers that printing takes.
    pub PolledRegisters {
        (0x00 => data: WriteOnly<u32>),
        (0x04 => _reserved0),
        (0x18 => flags: ReadOnly<u32, FLAGS::Register>),
        (0x1C => @END),
    }
}

/// Output alone, without state: for the time before [`Pl011`] exists and for a panic.
///
/// May claim the same UART as a [`Pl011`] that will not be used any more: a panicking kernel has stopped its other
/// cores and does not go back to the holder of the driver.
pub struct PolledUart {
    registers: Mmio<PolledRegisters>,
}

impl PolledUart {
    /// Takes the UART as it is. One that was never set up sends nothing on a board, but prints in QEMU.
    pub const fn new(registers: Mmio<PolledRegisters>) -> Self {
        Self { registers }
    }

    /// Sends a byte, waiting while the FIFO is full, but not for ever: a UART that is off must not stop a panic.
    pub fn write_byte(&self, byte: u8) {
        for _ in 0..IDLE_POLLS {
            if !self.registers.flags.is_set(FLAGS::TRANSMIT_FULL) {
                break;
            }
        }
        self.registers.data.set(u32::from(byte));
    }
}

impl fmt::Write for PolledUart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.write_byte(byte));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;
    use core::fmt::Write;

    const DR: usize = 0x00;
    const FR: usize = 0x18;
    const IBRD: usize = 0x24;
    const FBRD: usize = 0x28;
    const LCRH: usize = 0x2C;
    const CR: usize = 0x30;
    const IMSC: usize = 0x38;
    const MIS: usize = 0x40;
    const ICR: usize = 0x44;
    const RECEIVE_EMPTY: u32 = 1 << 4;
    const TRANSMIT_FULL: u32 = 1 << 5;
    const RX: u32 = 1 << 4;
    const TX: u32 = 1 << 5;
    const RT: u32 = 1 << 6;

    fn uart() -> (FakeRegisters, Pl011) {
        let registers = FakeRegisters::new();
        registers.set(FR, RECEIVE_EMPTY);
        (registers, Pl011::new(registers.claim()))
    }

    #[test]
    fn init_sets_the_divisor_of_the_board_and_of_qemu() {
        for (clock_hz, integer, fraction) in [(48_000_000, 26, 3), (3_000_000, 1, 40)] {
            let (registers, mut uart) = uart();
            uart.init(clock_hz, 115_200).unwrap();
            assert_eq!((registers.get(IBRD), registers.get(FBRD)), (integer, fraction));
        }
    }

    #[test]
    fn init_leaves_8n1_with_fifos_both_directions_on_and_no_interrupt() {
        let (registers, mut uart) = uart();
        registers.set(IMSC, 0x7FF);
        uart.init(48_000_000, 115_200).unwrap();
        assert_eq!(registers.get(LCRH), 0x70);
        assert_eq!(registers.get(CR), 0x301);
        assert_eq!(registers.get(IMSC), 0);
        assert_eq!(registers.get(ICR), 0x7FF);
    }

    #[test]
    fn a_clock_that_is_too_slow_is_refused() {
        let (_, mut uart) = uart();
        let error = uart.init(1_000, 115_200).unwrap_err();
        assert_eq!(error, BaudRateError { clock_hz: 1_000, baud: 115_200 });
        assert!(uart.init(48_000_000, 0).is_err());
    }

    #[test]
    fn a_full_fifo_takes_nothing() {
        let (registers, mut uart) = uart();
        registers.set(FR, TRANSMIT_FULL);
        assert_eq!(uart.try_write(b'x'), Err(FifoFull));
        assert_eq!(registers.get(DR), 0);
        registers.set(FR, 0);
        assert_eq!(uart.try_write(b'x'), Ok(()));
        assert_eq!(registers.get(DR), u32::from(b'x'));
    }

    #[test]
    fn an_interrupt_is_acknowledged_before_the_first_byte_is_read() {
        let (registers, mut uart) = uart();
        registers.set(FR, 0);
        registers.set(DR, u32::from(b'a'));
        registers.set(MIS, RX);
        let mut bytes = Vec::new();
        let causes = uart.handle_interrupt(|byte| {
            assert_eq!(registers.get(ICR), RX);
            bytes.push(byte);
            if bytes.len() == 3 {
                registers.set(FR, RECEIVE_EMPTY);
            }
        });
        assert_eq!(bytes, b"aaa");
        assert_eq!(causes, InterruptCauses { receive: true, transmit: false });
    }

    #[test]
    fn causes_that_were_not_seen_are_not_cleared() {
        let (registers, mut uart) = uart();
        registers.set(MIS, TX);
        let causes = uart.handle_interrupt(|_| panic!("nothing was received"));
        assert_eq!(causes, InterruptCauses { receive: false, transmit: true });
        assert_eq!(registers.get(ICR), TX);
    }

    #[test]
    fn reception_starts_with_what_has_come_already() {
        let (registers, mut uart) = uart();
        registers.set(FR, 0);
        registers.set(DR, u32::from(b'q'));
        let mut first = None;
        uart.enable_receive_interrupts(|byte| {
            assert_eq!(registers.get(IMSC), RX | RT);
            assert_eq!(registers.get(ICR), RX | RT);
            first = Some(byte);
            registers.set(FR, RECEIVE_EMPTY);
        });
        assert_eq!(first, Some(b'q'));
    }

    #[test]
    fn the_two_directions_are_masked_apart() {
        let (registers, mut uart) = uart();
        uart.enable_receive_interrupts(|_| {});
        uart.enable_transmit_interrupt();
        assert_eq!(registers.get(IMSC), RX | RT | TX);
        uart.disable_receive_interrupts();
        assert_eq!(registers.get(IMSC), TX);
        uart.disable_transmit_interrupt();
        assert_eq!(registers.get(IMSC), 0);
    }

    #[test]
    fn polled_output_gives_up_on_a_fifo_that_stays_full() {
        let registers = FakeRegisters::new();
        registers.set(FR, TRANSMIT_FULL);
        let mut uart = PolledUart::new(registers.claim());
        uart.write_str("!").unwrap();
        assert_eq!(registers.get(DR), u32::from(b'!'));
    }
}
