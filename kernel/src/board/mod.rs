//! The board: joins the drivers in `bsp` to what the kernel asks of it. Nothing else names `bsp`.

mod card;
mod console;
mod devices;
mod entropy;
mod firmware;
mod light;
mod memory;
mod screen;

use alloc::boxed::Box;
use arch::addr::PhysAddr;
use arch::upcall::DeviceWindows;
use arch::{boot, clock, cpu};
use bsp::board::Board as BoardFacts;
use bsp::interrupts::{self, CoreMask, InterruptController, Line, Pending};
use bsp::power::Power;
use bsp::soc::SocFacts;
use core::fmt::Write;
use core::time::Duration;
use entropy::Entropy;
use heapless::String;
use kcore::board::{Board, Interrupt, Storage, StorageError, TransmitInterrupt};
use kcore::light::{self as shown, Light};
use kcore::sync::{Lock, PerCore, Rank};
use light::Led;
use memory::Memory;
use spin::Once;

/// What the board and its firmware told about the machine.
pub struct Machine {
    /// The board's name, for a person.
    pub name: &'static str,
    /// Its memory.
    pub memory: Memory,
    /// The words that the kernel was started with.
    pub command_line: &'static str,
}

struct Devices {
    name: String<48>,
    interrupts: InterruptController,
    /// What each core is handling.
    pending: PerCore<Lock<Option<Pending>>>,
    power: Lock<Power>,
    led: Option<Led>,
    entropy: Lock<Entropy>,
    facts: &'static SocFacts,
    card_clock_hz: u32,
}

static DEVICES: Once<Devices> = Once::new();

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

/// Asks the firmware, brings the devices up, and makes the board known; once, on core 0.
///
/// The firmware may have left a device tree at `device_tree`.
pub fn start(device_tree: PhysAddr) -> Machine {
    let answers = firmware::ask(identify());
    let facts = answers.board.facts();
    console::start(facts, answers.uart_clock_hz);
    let memory = memory::find(&answers, device_tree);
    screen::start(answers.frame_buffer);
    devices::pins(facts).route_card();
    let mut name = String::new();
    // A name that is too long is cut.
    let _ = write!(name, "{}", answers.board);
    let devices = DEVICES.call_once(|| Devices {
        name,
        interrupts: devices::interrupts(facts),
        pending: PerCore::new([const { Lock::new(Rank::Log, None) }; cpu::MAX_CORES]),
        power: Lock::new(Rank::Log, devices::power(facts)),
        led: Led::find(&answers.board),
        entropy: Lock::new(Rank::Log, Entropy::start(facts)),
        facts,
        card_clock_hz: answers.card_clock_hz,
    });
    devices.interrupts.init_boot();
    start_core();
    kcore::board::install(devices);
    console::enable_receive_interrupts();
    devices.interrupts.enable(Line::UART);
    let told = [answers.command_line, memory.command_line];
    let command_line = told.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    Machine { name: &devices.name, memory, command_line }
}

/// Lets this core have interrupts.
pub fn start_core() {
    if let Some(devices) = DEVICES.get() {
        devices.interrupts.init_core(cpu::core_id());
    }
}

/// Where a core that has not started waits for its entry's address.
pub fn release_word(core: usize) -> Option<PhysAddr> {
    bsp::spin_table::release_address(core).map(PhysAddr::new)
}

/// Makes the other cores look up from what they do, in a panic.
pub fn alert_other_cores() {
    if let Some(devices) = DEVICES.get() {
        devices.interrupts.send_ipi(CoreMask::all_but(cpu::core_id()));
    }
}

/// A way to print that needs nothing that may be broken, for a panic.
pub fn panic_console() -> impl Write {
    devices::polled_uart(identify().facts())
}

/// Ends an emulator that listens with a status; returns on a board.
pub fn end_emulator(status: u32) {
    bsp::semihosting::try_exit(status);
}

/// Shows on the activity LED that the kernel has panicked: for ever, or until the board is restarted.
pub fn show_panic(restart: Option<Duration>) -> ! {
    // Nobody feeds the watchdog from here on.
    let power = devices::power(identify().facts());
    power.disarm();
    let led = DEVICES.get().and_then(|devices| devices.led.as_ref());
    let end = restart.map(|time| clock::now().saturating_add(time.as_nanos() as u64));
    let Some(led) = led else {
        if let Some(end) = end {
            rest_until(end);
            power.reboot();
        }
        stop_core()
    };
    for (light, time) in shown::panic_pattern(shown::stage()).cycle() {
        led.show(light);
        rest_until(clock::now() + time.as_nanos() as u64);
        if end.is_some_and(|end| clock::now() >= end) {
            power.reboot();
            break;
        }
    }
    stop_core()
}

/// Rests this core until the time, whatever interrupts it.
fn rest_until(time: u64) {
    while clock::now() < time {
        // The timer's interrupt goes with its deadline; what else is pending would end the rest at once.
        clock::set_deadline(None);
        if let Some(devices) = DEVICES.get() {
            devices.drop_interrupts();
        }
        clock::set_deadline(Some(clock::ticks_at(time)));
        cpu::wait_for_interrupt();
    }
}

/// Rests this core for ever, whatever interrupts it: something that stays pending would end each
/// rest at once.
pub fn stop_core() -> ! {
    clock::set_deadline(None);
    loop {
        if let Some(devices) = DEVICES.get() {
            devices.drop_interrupts();
        }
        cpu::wait_for_interrupt();
    }
}

/// The board by its processor; known before anything is mapped.
fn identify() -> BoardFacts {
    match BoardFacts::from_midr(boot::processor_id()) {
        Ok(board) => board,
        Err(_) => cpu::park(),
    }
}

impl Devices {
    fn drop_interrupts(&self) {
        while let Some(pending) = self.interrupts.next_pending(cpu::core_id()) {
            if let interrupts::Interrupt::Peripheral(line) = pending.interrupt {
                self.interrupts.disable(line);
            }
            self.interrupts.end_of_interrupt(pending);
        }
    }
}

impl Board for Devices {
    fn name(&self) -> &str {
        &self.name
    }

    fn next_interrupt(&self) -> Option<Interrupt> {
        loop {
            let pending = self.interrupts.next_pending(cpu::core_id())?;
            let interrupt = match pending.interrupt {
                interrupts::Interrupt::Timer => Interrupt::Timer,
                interrupts::Interrupt::Ipi => Interrupt::Ipi,
                interrupts::Interrupt::Peripheral(Line::UART) => Interrupt::Console,
                interrupts::Interrupt::Peripheral(line) => {
                    self.interrupts.disable(line);
                    Interrupt::Other(line.number().into())
                }
                interrupts::Interrupt::Spurious => {
                    self.interrupts.end_of_interrupt(pending);
                    continue;
                }
            };
            *self.pending.mine().lock() = Some(pending);
            return Some(interrupt);
        }
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
        console::acknowledge();
    }

    fn console_read(&self) -> Option<u8> {
        console::read()
    }

    fn console_try_write(&self, byte: u8) -> bool {
        console::try_write(byte)
    }

    fn console_transmit_interrupt(&self, interrupt: TransmitInterrupt) {
        console::set_transmit_interrupt(interrupt);
    }

    fn entropy(&self) -> u64 {
        self.entropy.lock().word()
    }

    fn shows_card(&self) -> bool {
        devices::card_controllers(self.facts).any(|controller| controller.sees_card())
    }

    fn open_card(&self) -> Result<Box<dyn Storage>, StorageError> {
        let card = card::Card::open(self.facts, self.card_clock_hz)?;
        Ok(Box::new(card))
    }

    fn show_screen(&self, row: u32) {
        firmware::show_from_row(row);
    }

    fn show(&self, light: Light) {
        if let Some(led) = &self.led {
            led.show(light);
        }
    }

    fn feed_watchdog(&self, time: Duration) {
        self.power.lock().feed(time);
    }

    // The lock stays taken below: nobody may feed the watchdog any more, which would put the reset off.
    fn restart(&self) -> ! {
        let power = self.power.lock();
        power.reboot();
        stop_core()
    }

    fn power_off(&self, status: u8) -> ! {
        let power = self.power.lock();
        if status != 0 {
            // Switching off is an end with status 0.
            end_emulator(status.into());
        }
        power.power_off();
        stop_core()
    }
}
