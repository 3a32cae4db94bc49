//! The interrupt controllers of the BCM2837: one local to the cores, and the legacy one for peripherals.
//!
//! Source: "BCM2836 ARM-local peripherals" (QA7) and BCM2837 ARM Peripherals ch. 7. Neither acknowledges nor
//! prioritises: a source is pending until its cause is gone. Each core has its own registers in the local block, and
//! all others that are written after start are write-1, so cores do not disturb each other.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::{ReadOnly, ReadWrite, WriteOnly};
use tock_registers::{register_bitfields, register_structs};

use super::{CoreMask, Interrupt, Line, Pending};
use crate::barrier;
use crate::board::CORE_COUNT;
use crate::mmio::Mmio;

register_bitfields! { u32,
    TIMERS [
        /// The EL1 virtual timer.
        VIRTUAL OFFSET(3) NUMBITS(1) []
    ],
    MAILBOXES [
        /// Mailbox 0, for calls between cores.
        MAILBOX0 OFFSET(0) NUMBITS(1) []
    ],
    SOURCES [
        /// The EL1 virtual timer.
        TIMER_VIRTUAL OFFSET(3) NUMBITS(1) [],
        /// Mailbox 0.
        MAILBOX0 OFFSET(4) NUMBITS(1) [],
        /// The legacy controller.
        PERIPHERALS OFFSET(8) NUMBITS(1) []
    ]
}

register_structs! {
    /// The controller local to the cores.
    pub LocalRegisters {
        (0x00 => _reserved0),
        (0x0C => peripheral_routing: ReadWrite<u32>),
        (0x10 => _reserved1),
        (0x40 => timer_control: [ReadWrite<u32, TIMERS::Register>; CORE_COUNT]),
        (0x50 => mailbox_control: [ReadWrite<u32, MAILBOXES::Register>; CORE_COUNT]),
        (0x60 => irq_source: [ReadOnly<u32, SOURCES::Register>; CORE_COUNT]),
        (0x70 => _reserved2),
        (0x80 => mailbox_set: [[WriteOnly<u32>; 4]; CORE_COUNT]),
        (0xC0 => mailbox_clear: [[ReadWrite<u32>; 4]; CORE_COUNT]),
        (0x100 => @END),
    }
}

register_structs! {
    /// The legacy controller.
    pub LegacyRegisters {
        (0x00 => _basic_pending: ReadOnly<u32>),
        (0x04 => pending: [ReadOnly<u32>; 2]),
        (0x0C => fiq_control: ReadWrite<u32>),
        (0x10 => enable: [WriteOnly<u32>; 2]),
        (0x18 => _basic_enable: WriteOnly<u32>),
        (0x1C => disable: [WriteOnly<u32>; 2]),
        (0x24 => basic_disable: WriteOnly<u32>),
        (0x28 => @END),
    }
}

/// The mailbox of each core that carries calls.
const IPI_MAILBOX: usize = 0;
const IPI_BIT: u32 = 1;
const ROUTE_ALL_TO_CORE_0: u32 = 0;

/// The driver of both controllers.
pub struct Bcm2837Interrupts {
    local: Mmio<LocalRegisters>,
    legacy: Mmio<LegacyRegisters>,
}

impl Bcm2837Interrupts {
    /// Takes both controllers as they are.
    pub const fn new(local: Mmio<LocalRegisters>, legacy: Mmio<LegacyRegisters>) -> Self {
        Self { local, legacy }
    }

    /// Disables every peripheral and routes them to core 0.
    pub fn init_boot(&self) {
        self.legacy.fiq_control.set(0);
        self.legacy.disable.iter().for_each(|register| register.set(u32::MAX));
        self.legacy.basic_disable.set(u32::MAX);
        self.local.peripheral_routing.set(ROUTE_ALL_TO_CORE_0);
    }

    /// Enables the core's virtual timer and its mailbox 0, and nothing else.
    pub fn init_core(&self, core: usize) {
        self.local.mailbox_clear[core][IPI_MAILBOX].set(u32::MAX);
        self.local.timer_control[core].write(TIMERS::VIRTUAL::SET);
        self.local.mailbox_control[core].write(MAILBOXES::MAILBOX0::SET);
    }

    /// Lets a peripheral interrupt core 0.
    pub fn enable(&self, line: Line) {
        let (register, bit) = position(line);
        self.legacy.enable[register].set(bit);
    }

    /// Keeps a peripheral from interrupting.
    pub fn disable(&self, line: Line) {
        let (register, bit) = position(line);
        self.legacy.disable[register].set(bit);
        barrier::complete_all();
    }

    /// Interrupts the cores in `targets`.
    pub fn send_ipi(&self, targets: CoreMask) {
        // The mailbox write must not overtake what the called core is to see.
        barrier::publish_stores();
        for (core, mailboxes) in self.local.mailbox_set.iter().enumerate() {
            if targets.contains(core) {
                mailboxes[IPI_MAILBOX].set(IPI_BIT);
            }
        }
    }

    /// Takes the core's next interrupt: calls first, then the timer, then peripherals.
    pub fn next_pending(&self, core: usize) -> Option<Pending> {
        let source = self.local.irq_source[core].extract();
        let interrupt = if source.is_set(SOURCES::MAILBOX0) {
            self.take_ipi(core);
            Interrupt::Ipi
        } else if source.is_set(SOURCES::TIMER_VIRTUAL) {
            Interrupt::Timer
        } else if source.is_set(SOURCES::PERIPHERALS) {
            Interrupt::Peripheral(self.pending_line()?)
        } else {
            return None;
        };
        Some(Pending { interrupt, token: 0 })
    }

    /// Waits until the removal of the cause has reached the device, so that it is not seen pending again.
    pub fn end_of_interrupt(&self, _pending: Pending) {
        barrier::complete_all();
    }

    /// Clears only what was read: a call that comes in between stays pending.
    fn take_ipi(&self, core: usize) {
        let mailbox = &self.local.mailbox_clear[core][IPI_MAILBOX];
        mailbox.set(mailbox.get());
        barrier::complete_all();
    }

    /// Boards and QEMU differ in the summary bits of the basic register, so both words are always read.
    fn pending_line(&self) -> Option<Line> {
        let low = u64::from(self.legacy.pending[0].get());
        let high = u64::from(self.legacy.pending[1].get());
        Line::new((low | high << 32).trailing_zeros() as u8)
    }
}

fn position(line: Line) -> (usize, u32) {
    (usize::from(line.number() / 32), 1 << (line.number() % 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    struct Fake {
        local: FakeRegisters,
        legacy: FakeRegisters,
        chip: Bcm2837Interrupts,
    }

    fn fake() -> Fake {
        let (local, legacy) = (FakeRegisters::new(), FakeRegisters::new());
        Fake { local, legacy, chip: Bcm2837Interrupts::new(local.claim(), legacy.claim()) }
    }

    fn take(fake: &Fake, core: usize) -> Option<Interrupt> {
        fake.chip.next_pending(core).map(|pending| pending.interrupt)
    }

    #[test]
    fn the_boot_disables_every_peripheral() {
        let fake = fake();
        fake.local.set(0x0C, 0xF);
        fake.chip.init_boot();
        assert_eq!([0x1C, 0x20, 0x24].map(|offset| fake.legacy.get(offset)), [u32::MAX; 3]);
        assert_eq!(fake.local.get(0x0C), 0);
    }

    #[test]
    fn a_core_gets_its_virtual_timer_and_mailbox_0_only() {
        let fake = fake();
        fake.chip.init_core(2);
        assert_eq!((fake.local.get(0x48), fake.local.get(0x58)), (0b1000, 1));
        assert_eq!((fake.local.get(0x44), fake.local.get(0x54)), (0, 0));
        assert_eq!(fake.local.get(0xE0), u32::MAX);
    }

    #[test]
    fn the_uart_is_bit_25_of_the_second_word() {
        let fake = fake();
        fake.chip.enable(Line::UART);
        assert_eq!((fake.legacy.get(0x10), fake.legacy.get(0x14)), (0, 1 << 25));
        fake.chip.disable(Line::UART);
        assert_eq!((fake.legacy.get(0x1C), fake.legacy.get(0x20)), (0, 1 << 25));
    }

    #[test]
    fn a_call_is_written_to_mailbox_0_of_each_target() {
        let fake = fake();
        fake.chip.send_ipi(CoreMask::all_but(1));
        assert_eq!([0x80, 0x90, 0xA0, 0xB0].map(|offset| fake.local.get(offset)), [1, 0, 1, 1]);
    }

    #[test]
    fn a_call_is_taken_before_the_timer_by_writing_back_what_was_read() {
        let fake = fake();
        fake.local.set(0x6C, 1 << 4 | 1 << 3);
        fake.local.set(0xF0, 1);
        assert_eq!(take(&fake, 3), Some(Interrupt::Ipi));
        assert_eq!(fake.local.get(0xF0), 1);
        fake.local.set(0x6C, 1 << 3);
        assert_eq!(take(&fake, 3), Some(Interrupt::Timer));
    }

    #[test]
    fn a_pending_peripheral_is_found_without_the_summary_bits() {
        let fake = fake();
        fake.local.set(0x60, 1 << 8);
        fake.legacy.set(0x08, 1 << 25);
        assert_eq!(take(&fake, 0), Some(Interrupt::Peripheral(Line::UART)));
    }

    #[test]
    fn nothing_pending_is_none_also_when_a_peripheral_changed_its_mind() {
        let fake = fake();
        assert_eq!(take(&fake, 0), None);
        fake.local.set(0x60, 1 << 8);
        assert_eq!(take(&fake, 0), None);
        fake.local.set(0x60, 1 << 9);
        assert_eq!(take(&fake, 0), None);
    }
}
