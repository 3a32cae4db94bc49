//! SD cards in the slots of the boards' SDHCI controllers, by programmed transfers.
//!
//! The Pi 3 and the Zero 2 W have the card at the Arasan controller (EMMC), the Pi 4 at one of its own (EMMC2), with the
//! same registers. None of them has a DMA engine that all boards share, and a card's 20 MB/s do not ask for one.
//! Sources: SD Physical Layer Simplified Specification 9.00, SD Host Controller Simplified Specification 3.00.
//!
//! Nothing here waits without an end: every wait has its time, after which the caller gets an error. A card that is
//! pulled is an error at the next transfer, and one that comes back is taken up again if it is the same one.
//!
//! [`registers`] names what the controller has, `controller` moves commands and words, [`card`] reads what a card says of
//! itself, and [`SdCard`] brings it up and moves blocks.

pub mod card;
pub mod command;
mod controller;
pub mod error;
pub mod registers;

pub use card::{Block, Identity};
pub use error::SdError;

use crate::barrier;
use card::{Addressing, blocks_of_csd};
use command::Command;
use controller::Controller;
use core::time::Duration;
use registers::SdhciPort;

const SLOW_HZ: u32 = 400_000;
const FAST_HZ: u32 = 25_000_000;
/// 2.7 to 3.6 volts, and a pattern that has to come back.
const SUPPLY_CHECK: u32 = 0x1AA;
/// All supplies from 2.7 to 3.6 volts.
const SUPPLIES: u32 = 0x00FF_8000;
/// The host takes cards that count in blocks; the card is one.
const HIGH_CAPACITY: u32 = 1 << 30;
/// The card is ready.
const READY: u32 = 1 << 31;
/// How long a card may take to be ready: a second, by the specification.
const READY_TIME: Duration = Duration::from_millis(1500);
const ASK_AGAIN: Duration = Duration::from_millis(5);
/// The bits of a card's status that tell of errors (ch. 4.10.1).
const STATUS_ERRORS: u32 = 0xFDF9_8008;
const STATE_SHIFT: u32 = 9;
const STATE_TRANSFER: u32 = 4;
/// Blocks that one command moves.
const MOST_BLOCKS: usize = 2048;
/// How often a transfer is tried when what comes is damaged.
const ATTEMPTS: u32 = 3;

/// What is known of a card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Facts {
    /// The address that it took, where commands want it.
    relative_address: u32,
    addressing: Addressing,
    blocks: u64,
    identity: Identity,
}

/// A card that is ready for transfers.
pub struct SdCard<P> {
    controller: Controller<P>,
    facts: Facts,
}

impl<P: SdhciPort> SdCard<P> {
    /// Looks for a card and brings it up. The controller's clock is derived from one of `base_clock_hz`.
    pub fn start(port: P, base_clock_hz: u32) -> Result<Self, SdError> {
        let mut controller = Controller::new(port, base_clock_hz);
        barrier::complete_all();
        let facts = bring_up(&mut controller);
        barrier::complete_all();
        Ok(Self { controller, facts: facts? })
    }

    /// The number of blocks.
    pub const fn blocks(&self) -> u64 {
        self.facts.blocks
    }

    /// Who made the card, and which it is.
    pub const fn identity(&self) -> Identity {
        self.facts.identity
    }

    /// The registers and the clock.
    pub const fn port(&mut self) -> &mut P {
        self.controller.port()
    }

    /// Reads blocks from number `first` on. On an error some of `blocks` may hold what was read.
    pub fn read(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), SdError> {
        self.check_range(first, blocks.len())?;
        let mut at = first;
        for part in blocks.chunks_mut(MOST_BLOCKS) {
            self.persist(|card| card.read_part(at, part))?;
            at += part.len() as u64;
        }
        Ok(())
    }

    /// Writes blocks from number `first` on; they are on the card when this returns. On an error some may be.
    pub fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), SdError> {
        self.check_range(first, blocks.len())?;
        let mut at = first;
        for part in blocks.chunks(MOST_BLOCKS) {
            self.persist(|card| card.write_part(at, part))?;
            at += part.len() as u64;
        }
        Ok(())
    }

    fn check_range(&self, first: u64, count: usize) -> Result<(), SdError> {
        match first.checked_add(count as u64) {
            Some(end) if end <= self.facts.blocks => Ok(()),
            _ => Err(SdError::OutOfRange),
        }
    }

    fn read_part(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), SdError> {
        let command = if blocks.len() == 1 { Command::READ_ONE } else { Command::READ_MANY };
        self.begin(command, first, blocks.len())?;
        for block in blocks {
            self.controller.take_block(command, block)?;
        }
        self.controller.finish(command)
    }

    fn write_part(&mut self, first: u64, blocks: &[Block]) -> Result<(), SdError> {
        let command = if blocks.len() == 1 { Command::WRITE_ONE } else { Command::WRITE_MANY };
        self.begin(command, first, blocks.len())?;
        for block in blocks {
            self.controller.give_block(command, block)?;
        }
        self.controller.finish(command)?;
        // What the card could not program it tells afterwards.
        self.wait_for_transfer_state()
    }

    fn begin(&mut self, command: Command, first: u64, count: usize) -> Result<(), SdError> {
        let address = match self.facts.addressing {
            Addressing::Blocks => first,
            Addressing::Bytes => first * card::BLOCK_BYTES as u64,
        };
        // A card that counts in bytes has 2 GiB at most, one that counts in blocks 2 TiB.
        let address = u32::try_from(address).map_err(|_| SdError::OutOfRange)?;
        self.controller.announce(u16::try_from(count).unwrap_or(u16::MAX));
        let status = self.controller.command(command, address)?;
        check_status(command, status)
    }

    /// Tries again what came damaged, and brings up again a card that no longer answers.
    fn persist(
        &mut self,
        mut transfer: impl FnMut(&mut Self) -> Result<(), SdError>,
    ) -> Result<(), SdError> {
        // Accesses to two devices may overtake each other (BCM2837 ARM Peripherals, 1.3): others are done before
        // this one's begin, and the other way round.
        barrier::complete_all();
        let outcome = self.persist_alone(&mut transfer);
        barrier::complete_all();
        outcome
    }

    fn persist_alone(
        &mut self,
        transfer: &mut impl FnMut(&mut Self) -> Result<(), SdError>,
    ) -> Result<(), SdError> {
        let mut outcome = transfer(self);
        for _ in 1..ATTEMPTS {
            match outcome {
                Ok(()) | Err(SdError::OutOfRange) => return outcome,
                Err(_) => self.recover()?,
            }
            outcome = transfer(self);
        }
        outcome
    }

    /// Ends what is under way. A card that does not take part in that was pulled, or has lost its supply.
    fn recover(&mut self) -> Result<(), SdError> {
        self.controller.reset_lines()?;
        // Refused where nothing is under way, which is as good.
        let _ = self.controller.command(Command::STOP, 0);
        if self.wait_for_transfer_state().is_ok() {
            return Ok(());
        }
        let facts = bring_up(&mut self.controller)?;
        if (facts.identity, facts.blocks) != (self.facts.identity, self.facts.blocks) {
            return Err(SdError::OtherCard);
        }
        self.facts = facts;
        Ok(())
    }

    /// Waits until the card has programmed what it got.
    fn wait_for_transfer_state(&mut self) -> Result<(), SdError> {
        let command = Command::SEND_STATUS;
        let deadline = self.port().now().saturating_add(Duration::from_secs(1));
        loop {
            let status = self.controller.command(command, self.facts.relative_address)?;
            check_status(command, status)?;
            if status >> STATE_SHIFT & 0xF == STATE_TRANSFER {
                return Ok(());
            }
            if self.port().now() >= deadline {
                return Err(SdError::TimedOut(command.number()));
            }
        }
    }
}

fn check_status(command: Command, status: u32) -> Result<(), SdError> {
    match status & STATUS_ERRORS {
        0 => Ok(()),
        status => Err(SdError::Refused { command: command.number(), status }),
    }
}

/// From the slot's power to a card that is ready for transfers (ch. 4.2, figure 4-1).
fn bring_up(controller: &mut Controller<impl SdhciPort>) -> Result<Facts, SdError> {
    controller.start(SLOW_HZ)?;
    controller.command(Command::GO_IDLE, 0)?;
    let capacity = match controller.command(Command::SEND_IF_COND, SUPPLY_CHECK) {
        Ok(answer) if answer & 0xFFF == SUPPLY_CHECK => HIGH_CAPACITY,
        Ok(_) => return Err(SdError::Unsupported("does not take the slot's supply")),
        // Cards before version 2 do not know the command; no card does not either.
        Err(SdError::NoAnswer(_)) => 0,
        Err(error) => return Err(error),
    };
    let conditions = wait_until_ready(controller, SUPPLIES | capacity)?;
    let large = capacity != 0 && conditions & HIGH_CAPACITY != 0;
    let addressing = if large { Addressing::Blocks } else { Addressing::Bytes };
    controller.command(Command::ALL_SEND_CID, 0)?;
    let identity = Identity::of_cid(controller.long_response());
    let relative_address = controller.command(Command::SEND_RELATIVE_ADDRESS, 0)? & 0xFFFF_0000;
    controller.command(Command::SEND_CSD, relative_address)?;
    let blocks = blocks_of_csd(controller.long_response())
        .ok_or(SdError::Unsupported("tells its size in a way that is not known"))?;
    controller.set_clock(FAST_HZ)?;
    check_status(Command::SELECT, controller.command(Command::SELECT, relative_address)?)?;
    let length = controller.command(Command::SET_BLOCK_LENGTH, card::BLOCK_BYTES as u32)?;
    check_status(Command::SET_BLOCK_LENGTH, length)?;
    controller.command(Command::APPLICATION, relative_address)?;
    controller.command(Command::SET_BUS_WIDTH, 2)?;
    controller.use_four_lines();
    Ok(Facts { relative_address, addressing, blocks, identity })
}

/// Asks for the card's conditions until it has them; returns them.
fn wait_until_ready(
    controller: &mut Controller<impl SdhciPort>,
    wanted: u32,
) -> Result<u32, SdError> {
    let deadline = controller.port().now().saturating_add(READY_TIME);
    loop {
        match controller.command(Command::APPLICATION, 0) {
            // Every card answers this one.
            Err(SdError::NoAnswer(_)) => return Err(SdError::NoCard),
            answer => answer?,
        };
        let conditions = match controller.command(Command::SEND_OP_COND, wanted) {
            Err(SdError::NoAnswer(_)) => return Err(SdError::Unsupported("is no SD memory card")),
            answer => answer?,
        };
        if conditions & READY != 0 {
            return Ok(conditions);
        }
        if controller.port().now() >= deadline {
            return Err(SdError::TimedOut(Command::SEND_OP_COND.number()));
        }
        controller.port().pause(ASK_AGAIN);
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
