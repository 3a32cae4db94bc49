//! The board's drivers, joined to the kernel's logic: the only file that names them.

use crate::firmware::FirmwareFacts;
use arch::addr::PhysAddr;
use arch::layout::linear_address;
use arch::upcall::DeviceWindows;
use arch::{boot, cpu};
use bsp::board::Board as BoardFacts;
use bsp::gpio::Gpio;
use bsp::interrupts::{
    self, Bcm2837Interrupts, CoreMask, Gic400, InterruptController, Line, Pending,
};
use bsp::mmio::Mmio;
use bsp::pl011::{Pl011, PolledUart};
use bsp::power::Power;
use bsp::rng::{Bcm2835Rng, Rng};
use bsp::soc::{InterruptChip, RandomChip};
use core::fmt::Write;
use heapless::{Deque, String};
use kcore::board::{Board, Interrupt, TransmitInterrupt};
use kcore::sync::{Lock, PerCore, Rank};
use spin::Once;

const BAUD: u32 = 115_200;
/// Bytes that the UART may deliver in one interrupt: the emulator refills it while it is drained.
const RECEIVED_BYTES: usize = 16_384;

struct Console {
    uart: Pl011,
    received: Deque<u8, RECEIVED_BYTES>,
}

struct Devices {
    name: String<48>,
    interrupts: InterruptController,
    /// What each core is handling.
    pending: PerCore<Lock<Option<Pending>>>,
    console: Lock<Console>,
    power: Power,
    random: Option<Lock<Rng>>,
}

static DEVICES: Once<Devices> = Once::new();

/// The board by its processor; known before anything is mapped.
pub fn identify() -> BoardFacts {
    match BoardFacts::from_midr(boot::processor_id()) {
        Ok(board) => board,
        Err(_) => cpu::park(),
    }
}

/// Where the board has its devices; none for a board that nobody knows.
pub fn windows() -> DeviceWindows {
    let Ok(board) = BoardFacts::from_midr(boot::processor_id()) else {
        return DeviceWindows::new();
    };
    board
        .facts()
        .mmio
        .iter()
        .map(|window| PhysAddr::new(window.start)..PhysAddr::new(window.end()))
        .collect()
}

/// Claims a device's registers.
fn claim<T>(physical: u64) -> Mmio<T> {
    let base = linear_address(PhysAddr::new(physical)).value();
    // SAFETY: the address is in one of the board's windows, mapped as device memory at boot; each
    // device is claimed once, by `start`, or by a panic, after which nobody else runs.
    unsafe { Mmio::claim(base) }
}

/// Brings the devices up; called once, on core 0.
pub fn start(firmware: &FirmwareFacts) {
    let facts = firmware.board.facts();
    let interrupts = match facts.interrupts {
        InterruptChip::Bcm2837 { local, legacy } => {
            InterruptController::Bcm2837(Bcm2837Interrupts::new(claim(local), claim(legacy)))
        }
        InterruptChip::Gic400 { distributor, cpu_interface } => {
            InterruptController::Gic400(Gic400::new(claim(distributor), claim(cpu_interface)))
        }
    };
    Gpio::new(claim(facts.gpio), facts.pull_control).route_serial_console();
    let mut uart = Pl011::new(claim(facts.uart));
    // A rate that cannot be set leaves the firmware's: still better than no console.
    let _ = uart.init(firmware.uart_clock_hz, BAUD);
    let random = match facts.random {
        RandomChip::Bcm2835(base) => {
            let mut random = Rng::Bcm2835(Bcm2835Rng::new(claim(base)));
            random.start();
            Some(Lock::new(Rank::Log, random))
        }
        // The emulator has none there, and access to it ends the kernel.
        RandomChip::Rng200(_) => None,
    };
    let mut name = String::new();
    let _ = write!(name, "{}", firmware.board);
    let devices = DEVICES.call_once(|| Devices {
        name,
        interrupts,
        pending: PerCore::new([const { Lock::new(Rank::Log, None) }; cpu::MAX_CORES]),
        console: Lock::new(Rank::Log, Console { uart, received: Deque::new() }),
        power: Power::new(claim(facts.power)),
        random,
    });
    devices.interrupts.init_boot();
    start_core(0);
    kcore::board::install(devices);
    devices.interrupts.enable(Line::UART);
    let mut console = devices.console.lock();
    let Console { uart, received } = &mut *console;
    uart.enable_receive_interrupts(|byte| {
        let _ = received.push_back(byte);
    });
}

/// Lets this core have interrupts.
pub fn start_core(core: usize) {
    if let Some(devices) = DEVICES.get() {
        devices.interrupts.init_core(core);
    }
}

/// Makes the other cores look up from what they do, in a panic.
pub fn alert_other_cores() {
    if let Some(devices) = DEVICES.get() {
        devices.interrupts.send_ipi(CoreMask::all_but(cpu::core_id()));
    }
}

/// A way to print that needs nothing that may be broken, for a panic.
pub fn panic_console() -> PolledUart {
    PolledUart::new(claim(identify().facts().uart))
}

impl Board for Devices {
    fn name(&self) -> &str {
        &self.name
    }

    fn next_interrupt(&self) -> Option<Interrupt> {
        let pending = self.interrupts.next_pending(cpu::core_id())?;
        let interrupt = match pending.interrupt {
            interrupts::Interrupt::Timer => Interrupt::Timer,
            interrupts::Interrupt::Ipi => Interrupt::Ipi,
            interrupts::Interrupt::Peripheral(Line::UART) => Interrupt::Console,
            interrupts::Interrupt::Peripheral(line) => {
                self.interrupts.disable(line);
                Interrupt::Other(line.number().into())
            }
            interrupts::Interrupt::Spurious => return None,
        };
        *self.pending.mine().lock() = Some(pending);
        Some(interrupt)
    }

    fn end_of_interrupt(&self, _interrupt: Interrupt) {
        let pending = self.pending.mine().lock().take();
        if let Some(pending) = pending {
            self.interrupts.end_of_interrupt(pending);
        }
    }

    fn send_ipi(&self, cores: u32) {
        self.interrupts.send_ipi(CoreMask::from_bits(cores as u8));
    }

    fn console_acknowledge(&self) {
        let mut console = self.console.lock();
        let Console { uart, received } = &mut *console;
        uart.handle_interrupt(|byte| {
            let _ = received.push_back(byte);
        });
    }

    fn console_read(&self) -> Option<u8> {
        self.console.lock().received.pop_front()
    }

    fn console_try_write(&self, byte: u8) -> bool {
        self.console.lock().uart.try_write(byte).is_ok()
    }

    fn console_transmit_interrupt(&self, interrupt: TransmitInterrupt) {
        let mut console = self.console.lock();
        match interrupt {
            TransmitInterrupt::On => console.uart.enable_transmit_interrupt(),
            TransmitInterrupt::Off => console.uart.disable_transmit_interrupt(),
        }
    }

    fn entropy(&self) -> u64 {
        let device = self.random.as_ref().and_then(|random| {
            let mut random = random.lock();
            let (high, low) = (random.try_read()?, random.try_read()?);
            Some(u64::from(high) << 32 | u64::from(low))
        });
        device.unwrap_or(0) ^ arch::random::seed()
    }

    fn restart(&self) -> ! {
        self.power.reboot();
        cpu::park()
    }

    fn power_off(&self) -> ! {
        self.power.power_off();
        cpu::park()
    }
}
