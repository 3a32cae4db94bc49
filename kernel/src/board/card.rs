//! The SD card: joins the driver to what the kernel asks of it.

use super::{devices, firmware};
use arch::{clock, cpu};
use bsp::Mmio;
use bsp::sdhci::registers::{Register, SdhciBlock, SdhciPort};
use bsp::sdhci::{Block, SdCard, SdError};
use bsp::soc::SocFacts;
use core::time::Duration;
use kcore::board::{Storage, StorageError};
use kcore::sched;

/// Below this, a switch to another thread would take longer than the pause.
const WORTH_SLEEPING: Duration = Duration::from_micros(100);

/// A controller's registers, with the kernel's clock, and the firmware where it has the supply in hand.
struct Port(Mmio<SdhciBlock>, &'static SocFacts);

impl SdhciPort for Port {
    fn read(&mut self, register: Register) -> u32 {
        self.0.get(register)
    }

    fn write(&mut self, register: Register, value: u32) {
        self.0.set(register, value);
    }

    fn supply(&mut self) {
        for (pin, level) in self.1.card_supply {
            firmware::set_expander_pin(*pin, *level);
        }
    }

    fn now(&mut self) -> Duration {
        Duration::from_nanos(clock::now())
    }

    fn pause(&mut self, time: Duration) {
        let end = clock::now() + time.as_nanos() as u64;
        while clock::now() < end {
            if time >= WORTH_SLEEPING { sched::park(Some(end)) } else { cpu::relax() }
        }
    }
}

/// A card that is ready.
pub struct Card(SdCard<Port>);

impl Card {
    /// Brings up the card in the slot.
    pub fn open(facts: &'static SocFacts, clock_hz: u32) -> Result<Self, StorageError> {
        let mut controllers = devices::card_controllers(facts);
        let last = devices::card_controllers(facts).last();
        let controller = controllers.find(Mmio::sees_card).or(last).ok_or(StorageError::Absent)?;
        let started = SdCard::start(Port(controller, facts), clock_hz);
        let card = started.map_err(|error| match error {
            // An empty slot is no news; a card that was pulled is.
            SdError::NoCard => StorageError::Absent,
            error => tell(error),
        })?;
        log::info!("SD card {}, {} MiB", card.identity(), card.blocks() >> 11);
        Ok(Self(card))
    }
}

impl Storage for Card {
    fn blocks(&self) -> u64 {
        self.0.blocks()
    }

    fn read(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), StorageError> {
        self.0.read(first, blocks).map_err(tell)
    }

    fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), StorageError> {
        self.0.write(first, blocks).map_err(tell)
    }
}

/// The kernel's log has what a program's error number cannot say.
fn tell(error: SdError) -> StorageError {
    log::warn!("SD card: {error}");
    match error {
        SdError::NoCard | SdError::OtherCard => StorageError::Absent,
        _ => StorageError::Failed,
    }
}
