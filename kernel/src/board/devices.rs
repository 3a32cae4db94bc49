//! The claims of the devices: each block of registers gets its one driver here.

use arch::addr::PhysAddr;
use arch::layout::linear_address;
use bsp::Mmio;
use bsp::gpio::Gpio;
use bsp::interrupts::{Bcm2837Interrupts, Gic400, InterruptController};
use bsp::mailbox::{MailboxRegisters, MessageBuffer};
use bsp::pl011::{Pl011, PolledUart};
use bsp::power::Power;
use bsp::rng::{Bcm2835Rng, Rng, Rng200};
use bsp::sdhci::registers::SdhciBlock;
use bsp::soc::{InterruptChip, RandomChip, SocFacts};
use core::cell::UnsafeCell;

/// A page that messages to the firmware lie in.
#[repr(C, align(4096))]
struct MessagePage(UnsafeCell<[u8; 4096]>);

const _: () = assert!(size_of::<MessageBuffer>() <= size_of::<MessagePage>());

// SAFETY: the page is reached only through the one claim that `mailbox_parts` makes.
unsafe impl Sync for MessagePage {}

static MESSAGE: MessagePage = MessagePage(UnsafeCell::new([0; 4096]));

/// The interrupt controller.
pub fn interrupts(facts: &SocFacts) -> InterruptController {
    match facts.interrupts {
        InterruptChip::Bcm2837 { local, legacy } => {
            InterruptController::Bcm2837(Bcm2837Interrupts::new(claim(local), claim(legacy)))
        }
        InterruptChip::Gic400 { distributor, cpu_interface } => {
            InterruptController::Gic400(Gic400::new(claim(distributor), claim(cpu_interface)))
        }
    }
}

/// The power manager.
pub fn power(facts: &SocFacts) -> Power {
    Power::new(claim(facts.power))
}

/// The pins.
pub fn pins(facts: &SocFacts) -> Gpio {
    Gpio::new(claim(facts.gpio), facts.pull_control)
}

/// The console's UART.
pub fn uart(facts: &SocFacts) -> Pl011 {
    Pl011::new(claim(facts.uart))
}

/// The same for a panic, which may come before the console is started.
pub fn polled_uart(facts: &SocFacts) -> PolledUart {
    PolledUart::new(claim(facts.uart))
}

/// The generator of random numbers, if it answers: an emulator may lack it.
pub fn random(facts: &SocFacts) -> Option<Rng> {
    let (RandomChip::Bcm2835(base) | RandomChip::Rng200(base)) = facts.random;
    arch::probe::load_u32(mapped(base))?;
    Some(match facts.random {
        RandomChip::Bcm2835(base) => Rng::Bcm2835(Bcm2835Rng::new(claim(base))),
        RandomChip::Rng200(base) => Rng::Rng200(Rng200::new(claim(base))),
    })
}

/// The registers of the controllers that may have the card, the likeliest first.
pub fn card_controllers(facts: &SocFacts) -> impl Iterator<Item = Mmio<SdhciBlock>> {
    facts.card_controllers.iter().map(|base| claim(*base))
}

/// The mailbox's registers, and the memory for its messages.
pub fn mailbox_parts(facts: &SocFacts) -> (Mmio<MailboxRegisters>, Mmio<MessageBuffer>) {
    // SAFETY: the page is aligned, large enough, stays for ever and is used for nothing else.
    let buffer = unsafe { Mmio::claim(MESSAGE.0.get().expose_provenance()) };
    (claim(facts.mailbox), buffer)
}

/// Claims a device's registers.
fn claim<T>(physical: u64) -> Mmio<T> {
    // SAFETY: the address is in one of the board's windows, mapped as device memory at boot; each
    // device has one driver at a time, made when the board starts, when a card is opened, or by a
    // panic, as `PolledUart` allows.
    unsafe { Mmio::claim(mapped(physical)) }
}

/// Where the kernel sees a physical address.
fn mapped(physical: u64) -> usize {
    linear_address(PhysAddr::new(physical)).value()
}
