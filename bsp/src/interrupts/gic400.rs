//! The GIC-400 of the BCM2711. Source: ARM IHI 0048, Generic Interrupt Controller Architecture version 2.
//!
//! The kernel sees the non-secure side, where bit 0 of both control registers enables group 1, into which the
//! firmware has put all interrupts; QEMU's GIC has one side only, and the same writes do the same.
//!
//! The arm-gic crate's GICv2 driver does not fit: it wants `&mut self` to take an interrupt, which four cores do at
//! once; it enables group 1 by the secure side's bit; it cannot set a peripheral's target core.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::{ReadOnly, ReadWrite, WriteOnly};
use tock_registers::{register_bitfields, register_structs};

use super::{CoreMask, Interrupt, Line, Pending};
use crate::barrier;
use crate::mmio::Mmio;

register_bitfields! { u32,
    TYPE [
        /// The number of 32-interrupt registers less one.
        LINES OFFSET(0) NUMBITS(5) []
    ],
    SOFTWARE_INTERRUPT [
        /// Which of the core-private interrupts 0 to 15.
        ID OFFSET(0) NUMBITS(4) [],
        /// The cores, a bit each.
        TARGETS OFFSET(16) NUMBITS(8) []
    ],
    ACKNOWLEDGE [
        /// The interrupt; the bits above name the sender of a call.
        ID OFFSET(0) NUMBITS(10) []
    ]
}

register_structs! {
    /// The distributor (GICD).
    pub DistributorRegisters {
        (0x000 => control: ReadWrite<u32>),
        (0x004 => kind: ReadOnly<u32, TYPE::Register>),
        (0x008 => _reserved0),
        (0x100 => set_enable: [ReadWrite<u32>; 32]),
        (0x180 => clear_enable: [ReadWrite<u32>; 32]),
        (0x200 => _set_pending: [ReadWrite<u32>; 32]),
        (0x280 => clear_pending: [ReadWrite<u32>; 32]),
        (0x300 => _set_active: [ReadWrite<u32>; 32]),
        (0x380 => clear_active: [ReadWrite<u32>; 32]),
        (0x400 => priority: [ReadWrite<u32>; 256]),
        (0x800 => targets: [ReadWrite<u32>; 256]),
        (0xC00 => configuration: [ReadWrite<u32>; 64]),
        (0xD00 => _reserved1),
        (0xF00 => software_interrupt: WriteOnly<u32, SOFTWARE_INTERRUPT::Register>),
        (0xF04 => @END),
    }
}

register_structs! {
    /// The interface to the cores (GICC): each core sees its own at the same address.
    pub CpuInterfaceRegisters {
        (0x00 => control: ReadWrite<u32>),
        (0x04 => priority_mask: ReadWrite<u32>),
        (0x08 => binary_point: ReadWrite<u32>),
        (0x0C => acknowledge: ReadOnly<u32, ACKNOWLEDGE::Register>),
        (0x10 => end_of_interrupt: WriteOnly<u32>),
        (0x14 => @END),
    }
}

const ENABLE: u32 = 1;
const DISABLE: u32 = 0;
/// The same for all: interrupts do not interrupt each other.
const PRIORITY_OF_FOUR: u32 = 0xA0A0_A0A0;
/// Lets every priority through that is more urgent.
const PRIORITY_MASK: u32 = 0xF0;
const CORE_0_FOR_FOUR: u32 = 0x0101_0101;
const LEVEL_FOR_SIXTEEN: u32 = 0;

const IPI_ID: u32 = 0;
const TIMER_ID: u32 = 27;
const PERIPHERAL_BASE: u32 = 96;
const FIRST_SPECIAL_ID: u32 = 1020;
const FIRST_PPI: u32 = 16;

/// The driver of the controller.
pub struct Gic400 {
    distributor: Mmio<DistributorRegisters>,
    cpu_interface: Mmio<CpuInterfaceRegisters>,
}

impl Gic400 {
    /// Takes the controller as it is.
    pub const fn new(
        distributor: Mmio<DistributorRegisters>,
        cpu_interface: Mmio<CpuInterfaceRegisters>,
    ) -> Self {
        Self { distributor, cpu_interface }
    }

    /// Disables every shared interrupt and makes it level-triggered, for core 0.
    pub fn init_boot(&self) {
        let gicd = &*self.distributor;
        gicd.control.set(DISABLE);
        // Register 0 of each kind is private to the core and belongs to `init_core`.
        let registers = gicd.kind.read(TYPE::LINES) as usize + 1;
        for index in 1..registers {
            gicd.clear_enable[index].set(u32::MAX);
            gicd.clear_pending[index].set(u32::MAX);
            gicd.clear_active[index].set(u32::MAX);
        }
        for index in 8..registers * 8 {
            gicd.priority[index].set(PRIORITY_OF_FOUR);
            gicd.targets[index].set(CORE_0_FOR_FOUR);
        }
        for index in 2..registers * 2 {
            gicd.configuration[index].set(LEVEL_FOR_SIXTEEN);
        }
        gicd.control.set(ENABLE);
    }

    /// Enables the virtual timer and calls on the core it runs on.
    pub fn init_core(&self) {
        let gicd = &*self.distributor;
        gicd.clear_enable[0].set(u32::MAX << FIRST_PPI);
        gicd.clear_active[0].set(u32::MAX);
        gicd.priority[..8].iter().for_each(|register| register.set(PRIORITY_OF_FOUR));
        gicd.set_enable[0].set(1 << TIMER_ID | 1 << IPI_ID);
        self.cpu_interface.priority_mask.set(PRIORITY_MASK);
        self.cpu_interface.binary_point.set(0);
        self.cpu_interface.control.set(ENABLE);
    }

    /// Lets a peripheral interrupt core 0.
    pub fn enable(&self, line: Line) {
        let (register, bit) = position(line);
        self.distributor.set_enable[register].set(bit);
    }

    /// Keeps a peripheral from interrupting.
    pub fn disable(&self, line: Line) {
        let (register, bit) = position(line);
        self.distributor.clear_enable[register].set(bit);
        barrier::complete_all();
    }

    /// Interrupts the cores in `targets`.
    pub fn send_ipi(&self, targets: CoreMask) {
        // The write must not overtake what the called core is to see.
        barrier::publish_stores();
        self.distributor.software_interrupt.write(
            SOFTWARE_INTERRUPT::ID.val(IPI_ID)
                + SOFTWARE_INTERRUPT::TARGETS.val(u32::from(targets.0)),
        );
    }

    /// Takes the next interrupt of the core it runs on.
    pub fn next_pending(&self) -> Option<Pending> {
        let acknowledged = self.cpu_interface.acknowledge.extract();
        let interrupt = match acknowledged.read(ACKNOWLEDGE::ID) {
            FIRST_SPECIAL_ID.. => return None,
            IPI_ID => Interrupt::Ipi,
            TIMER_ID => Interrupt::Timer,
            id => peripheral(id).map_or(Interrupt::Spurious, Interrupt::Peripheral),
        };
        // The whole word goes back at the end: it names the sender of a call.
        Some(Pending { interrupt, token: acknowledged.get() })
    }

    /// Ends an interrupt, once the removal of its cause has reached the device, so that it is not taken twice.
    pub fn end_of_interrupt(&self, pending: Pending) {
        barrier::complete_all();
        self.cpu_interface.end_of_interrupt.set(pending.token);
    }
}

fn peripheral(id: u32) -> Option<Line> {
    let number = id.checked_sub(PERIPHERAL_BASE)?;
    Line::new(u8::try_from(number).ok()?)
}

fn position(line: Line) -> (usize, u32) {
    let id = PERIPHERAL_BASE + u32::from(line.number());
    ((id / 32) as usize, 1 << (id % 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    const IAR: usize = 0x0C;
    const EOIR: usize = 0x10;

    struct Fake {
        gicd: FakeRegisters,
        gicc: FakeRegisters,
        chip: Gic400,
    }

    fn fake() -> Fake {
        let (gicd, gicc) = (FakeRegisters::new(), FakeRegisters::new());
        // 224 interrupts and 4 cores, as QEMU's says.
        gicd.set(0x004, 0x66);
        Fake { gicd, gicc, chip: Gic400::new(gicd.claim(), gicc.claim()) }
    }

    fn take(fake: &Fake, iar: u32) -> Option<Interrupt> {
        fake.gicc.set(IAR, iar);
        fake.chip.next_pending().map(|pending| pending.interrupt)
    }

    #[test]
    fn the_boot_sets_up_exactly_the_shared_interrupts_there_are() {
        let fake = fake();
        fake.gicd.set(0xC08, u32::MAX);
        fake.chip.init_boot();
        assert_eq!([0x180, 0x184, 0x198, 0x19C].map(|r| fake.gicd.get(r)), [0, !0, !0, 0]);
        assert_eq!(
            [0x41C, 0x420, 0x4DC, 0x4E0].map(|r| fake.gicd.get(r)),
            [0, 0xA0A0_A0A0, 0xA0A0_A0A0, 0]
        );
        assert_eq!([0x81C, 0x820, 0x8DC].map(|r| fake.gicd.get(r)), [0, 0x0101_0101, 0x0101_0101]);
        assert_eq!((fake.gicd.get(0xC08), fake.gicd.get(0x000)), (0, 1));
    }

    #[test]
    fn a_controller_that_claims_the_most_lines_is_set_up_within_its_registers() {
        let fake = fake();
        fake.gicd.set(0x004, 0x1F);
        fake.chip.init_boot();
        assert_eq!(fake.gicd.get(0xF00), 0);
    }

    #[test]
    fn a_core_gets_its_virtual_timer_and_calls() {
        let fake = fake();
        fake.chip.init_core();
        assert_eq!(fake.gicd.get(0x180), 0xFFFF_0000);
        assert_eq!(fake.gicd.get(0x100), 1 << 27 | 1);
        assert_eq!((fake.gicc.get(0x00), fake.gicc.get(0x04)), (1, 0xF0));
    }

    #[test]
    fn the_uart_is_interrupt_153() {
        let fake = fake();
        fake.chip.enable(Line::UART);
        assert_eq!(fake.gicd.get(0x110), 1 << 25);
        fake.chip.disable(Line::UART);
        assert_eq!(fake.gicd.get(0x190), 1 << 25);
        assert_eq!(take(&fake, 153), Some(Interrupt::Peripheral(Line::UART)));
    }

    #[test]
    fn a_call_goes_to_the_listed_cores() {
        let fake = fake();
        fake.chip.send_ipi(CoreMask::all_but(1));
        assert_eq!(fake.gicd.get(0xF00), 0b1101 << 16);
    }

    #[test]
    fn the_end_of_a_call_names_its_sender_again() {
        let fake = fake();
        fake.gicc.set(IAR, 3 << 10);
        let pending = fake.chip.next_pending().unwrap();
        assert_eq!(pending.interrupt, Interrupt::Ipi);
        fake.chip.end_of_interrupt(pending);
        assert_eq!(fake.gicc.get(EOIR), 3 << 10);
    }

    #[test]
    fn interrupt_numbers_decode() {
        let fake = fake();
        assert_eq!(take(&fake, 27), Some(Interrupt::Timer));
        assert_eq!(take(&fake, 30), Some(Interrupt::Spurious));
        assert_eq!(take(&fake, 95), Some(Interrupt::Spurious));
        assert_eq!(take(&fake, 96), Line::new(0).map(Interrupt::Peripheral));
        assert_eq!(take(&fake, 160), Some(Interrupt::Spurious));
        assert_eq!(take(&fake, 1019), Some(Interrupt::Spurious));
        for special in 1020..=1023 {
            assert_eq!(take(&fake, special), None);
        }
    }
}
