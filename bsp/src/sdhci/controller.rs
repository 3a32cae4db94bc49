//! The controller: its clock, its resets, a command at a time, and words through its one data register.

use super::card::{BLOCK_BYTES, Block, LongResponse};
use super::command::Command;
use super::error::SdError;
use super::registers::{CONTROL0, CONTROL1, EVERYTHING, INTERRUPT, Register, STATUS, SdhciPort};
use core::time::Duration;
use tock_registers::LocalRegisterCopy;
use tock_registers::fields::{Field, FieldValue};

/// What the controller itself may take over something.
const CONTROLLER_TIME: Duration = Duration::from_millis(100);
/// What a card may take over a command, a block, or being busy after a write: the slowest ones of the specification
/// need half of it.
const CARD_TIME: Duration = Duration::from_secs(1);
/// How long a wait is worth a core.
const SPINNING: Duration = Duration::from_micros(200);
/// The largest divider.
const DIVIDER_LIMIT: u32 = 1023;
/// The controller loses a write that follows another one within two clocks of the card (BCM2835's Arasan).
const CLOCKS_BETWEEN_WRITES: u64 = 2;

/// A controller.
pub struct Controller<P> {
    port: P,
    base_clock_hz: u32,
    write_gap: Duration,
}

impl<P: SdhciPort> Controller<P> {
    /// Takes the controller, whose clock is derived from one of this rate.
    pub const fn new(port: P, base_clock_hz: u32) -> Self {
        Self { port, base_clock_hz, write_gap: Duration::from_micros(6) }
    }

    /// The registers and the clock.
    pub const fn port(&mut self) -> &mut P {
        &mut self.port
    }

    /// Switches the supply on and puts everything into the state in which a card can be asked for.
    pub fn start(&mut self, clock_hz: u32) -> Result<(), SdError> {
        self.port.supply();
        self.change0(CONTROL0::POWER::On3V3 + CONTROL0::FOUR_BITS::CLEAR);
        // The supply's switch needs as long, too.
        self.port.pause(Duration::from_millis(5));
        self.reset(CONTROL1::RESET_ALL)?;
        // The reset has taken the supply's setting along.
        self.change0(CONTROL0::POWER::On3V3);
        self.put(Register::InterruptMask, EVERYTHING);
        self.put(Register::InterruptEnable, 0);
        self.put(Register::Interrupt, EVERYTHING);
        self.set_clock(clock_hz)?;
        // A card needs 74 clocks before its first command.
        self.port.pause(Duration::from_millis(1));
        Ok(())
    }

    /// Gives the card a clock of this rate at most.
    pub fn set_clock(&mut self, hz: u32) -> Result<(), SdError> {
        self.change1(CONTROL1::CARD_CLOCK::CLEAR);
        let divider = divider(self.base_clock_hz, hz);
        let actual = self.base_clock_hz / (2 * divider).max(1);
        self.write_gap =
            Duration::from_nanos(CLOCKS_BETWEEN_WRITES * 1_000_000_000 / u64::from(actual.max(1)));
        self.change1(
            CONTROL1::DATA_TIMEOUT.val(0xE)
                + CONTROL1::DIVIDER_LOW.val(divider & 0xFF)
                + CONTROL1::DIVIDER_HIGH.val(divider >> 8)
                + CONTROL1::INTERNAL_CLOCK::SET,
        );
        let stable = |port: &mut P| control1(port).is_set(CONTROL1::CLOCK_STABLE);
        self.wait_until(CONTROLLER_TIME, stable).ok_or(SdError::TimedOut(0))?;
        self.change1(CONTROL1::CARD_CLOCK::SET);
        Ok(())
    }

    /// Uses all four data lines.
    pub fn use_four_lines(&mut self) {
        self.change0(CONTROL0::FOUR_BITS::SET);
    }

    /// Puts the lines for commands and data back after something went wrong.
    pub fn reset_lines(&mut self) -> Result<(), SdError> {
        self.reset(CONTROL1::RESET_COMMAND)?;
        self.reset(CONTROL1::RESET_DATA)
    }

    /// Issues a command and waits for its answer, of which the lowest 32 bits are returned.
    pub fn command(&mut self, command: Command, argument: u32) -> Result<u32, SdError> {
        let outcome = self.try_command(command, argument);
        if outcome.is_err() {
            // The next command finds free lines, whatever this one has left.
            self.reset_lines()?;
        }
        outcome
    }

    /// The answer to a command that has a long one.
    pub fn long_response(&mut self) -> LongResponse {
        let words = [Register::Response0, Register::Response1, Register::Response2];
        let low =
            words.iter().rev().fold(0, |all, word| all << 32 | u128::from(self.port.read(*word)));
        let high = u128::from(self.port.read(Register::Response3) & 0x00FF_FFFF);
        LongResponse(high << 96 | low)
    }

    /// Says how many blocks the next command transfers.
    pub fn announce(&mut self, blocks: u16) {
        self.put(Register::BlockSizeCount, u32::from(blocks) << 16 | BLOCK_BYTES as u32);
    }

    /// Takes a block that the card sends for `command`.
    pub fn take_block(&mut self, command: Command, block: &mut Block) -> Result<(), SdError> {
        self.wait_for(command, INTERRUPT::READ_READY)?;
        for word in block.as_chunks_mut::<4>().0 {
            *word = self.port.read(Register::Data).to_le_bytes();
        }
        Ok(())
    }

    /// Gives the card a block for `command`.
    pub fn give_block(&mut self, command: Command, block: &Block) -> Result<(), SdError> {
        self.wait_for(command, INTERRUPT::WRITE_READY)?;
        for word in block.as_chunks::<4>().0 {
            self.port.write(Register::Data, u32::from_le_bytes(*word));
        }
        Ok(())
    }

    /// Waits for the end of the transfer of `command`.
    pub fn finish(&mut self, command: Command) -> Result<(), SdError> {
        self.wait_for(command, INTERRUPT::DATA_DONE)
    }

    fn try_command(&mut self, command: Command, argument: u32) -> Result<u32, SdError> {
        let number = command.number();
        self.wait_for_lines(command)?;
        self.put(Register::Interrupt, EVERYTHING);
        self.put(Register::Argument, argument);
        self.put(Register::CommandTransfer, command.word());
        self.wait_for(command, INTERRUPT::COMMAND_DONE)?;
        let answer = self.port.read(Register::Response0);
        if command.leaves_busy() {
            let free = |port: &mut P| !status(port).is_set(STATUS::DATA_INHIBIT);
            self.wait_until(CARD_TIME, free).ok_or(SdError::TimedOut(number))?;
        }
        Ok(answer)
    }

    /// A card that still writes holds the data lines.
    fn wait_for_lines(&mut self, command: Command) -> Result<(), SdError> {
        let free = |port: &mut P| {
            let status = status(port);
            let is_taken = command.uses_data() && status.is_set(STATUS::DATA_INHIBIT);
            !is_taken && !status.is_set(STATUS::COMMAND_INHIBIT)
        };
        self.wait_until(CARD_TIME, free).ok_or(SdError::TimedOut(command.number()))
    }

    /// Waits for an event and forgets it; an error ends the wait.
    fn wait_for(
        &mut self,
        command: Command,
        event: Field<u32, INTERRUPT::Register>,
    ) -> Result<(), SdError> {
        let happened = |port: &mut P| {
            let interrupt = interrupt(port);
            interrupt.is_set(INTERRUPT::ERROR) || interrupt.is_set(event)
        };
        let number = command.number();
        self.wait_until(CARD_TIME, happened).ok_or(SdError::TimedOut(number))?;
        let seen = interrupt(&mut self.port);
        if let Some(error) = error_of(seen, number) {
            self.put(Register::Interrupt, EVERYTHING);
            return Err(error);
        }
        self.put(Register::Interrupt, event.val(1).value);
        Ok(())
    }

    fn wait_until(&mut self, time: Duration, done: impl Fn(&mut P) -> bool) -> Option<()> {
        let start = self.port.now();
        loop {
            if done(&mut self.port) {
                return Some(());
            }
            let waited = self.port.now().saturating_sub(start);
            if waited >= time {
                // Looked at once more: the core may have been away.
                return done(&mut self.port).then_some(());
            }
            // A block comes in some microseconds; a card that is busy longer is looked at now and then.
            if waited >= SPINNING { self.port.pause(SPINNING) } else { core::hint::spin_loop() }
        }
    }

    fn reset(&mut self, what: Field<u32, CONTROL1::Register>) -> Result<(), SdError> {
        self.change1(what.val(1));
        let done = |port: &mut P| !control1(port).is_set(what);
        self.wait_until(CONTROLLER_TIME, done).ok_or(SdError::TimedOut(0))
    }

    fn change0(&mut self, fields: FieldValue<u32, CONTROL0::Register>) {
        let value = fields.modify(self.port.read(Register::Control0));
        self.put(Register::Control0, value);
    }

    fn change1(&mut self, fields: FieldValue<u32, CONTROL1::Register>) {
        let value = fields.modify(self.port.read(Register::Control1));
        self.put(Register::Control1, value);
    }

    fn put(&mut self, register: Register, value: u32) {
        self.port.write(register, value);
        self.port.pause(self.write_gap);
    }
}

fn status(port: &mut impl SdhciPort) -> LocalRegisterCopy<u32, STATUS::Register> {
    LocalRegisterCopy::new(port.read(Register::Status))
}

fn control1(port: &mut impl SdhciPort) -> LocalRegisterCopy<u32, CONTROL1::Register> {
    LocalRegisterCopy::new(port.read(Register::Control1))
}

fn interrupt(port: &mut impl SdhciPort) -> LocalRegisterCopy<u32, INTERRUPT::Register> {
    LocalRegisterCopy::new(port.read(Register::Interrupt))
}

/// What an interrupt register tells of errors.
fn error_of(seen: LocalRegisterCopy<u32, INTERRUPT::Register>, number: u8) -> Option<SdError> {
    if !seen.is_set(INTERRUPT::ERROR) {
        return None;
    }
    Some(if seen.is_set(INTERRUPT::COMMAND_TIMEOUT) {
        SdError::NoAnswer(number)
    } else if seen.is_set(INTERRUPT::DATA_TIMEOUT) {
        SdError::TimedOut(number)
    } else {
        SdError::Damaged(number)
    })
}

/// The divider that gives the largest rate up to `hz`; the base is divided by twice this, and not at all by 0.
fn divider(base_hz: u32, hz: u32) -> u32 {
    if base_hz <= hz {
        return 0;
    }
    base_hz.div_ceil(2 * hz).min(DIVIDER_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divided_clock_is_never_faster_than_asked_for() {
        for base in [50_000_000, 100_000_000, 200_000_000, 250_000_000] {
            for hz in [400_000, 25_000_000] {
                let actual = base / (2 * divider(base, hz)).max(1);
                assert!(actual <= hz && actual > hz / 3, "{base} for {hz}: {actual}");
            }
        }
        assert_eq!(divider(25_000_000, 25_000_000), 0);
        assert_eq!(divider(50_000_000, 25_000_000), 1);
    }
}
