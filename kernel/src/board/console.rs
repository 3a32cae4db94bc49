//! The serial console: the UART, and what it has received until somebody reads it.

use super::devices;
use bsp::pl011::Pl011;
use bsp::soc::SocFacts;
use heapless::Deque;
use kcore::board::TransmitInterrupt;
use kcore::sync::{Lock, Rank};

const BAUD: u32 = 115_200;
/// Bytes that the UART may deliver in one interrupt: the emulator refills it while it is drained.
const RECEIVED_BYTES: usize = 16_384;

/// The UART with its input: larger than a kernel stack, so it is nowhere but here.
static CONSOLE: Lock<Console> =
    Lock::new(Rank::Log, Console { uart: None, received: Deque::new() });

struct Console {
    uart: Option<Pl011>,
    received: Deque<u8, RECEIVED_BYTES>,
}

/// Brings the UART to the pins of the serial cable and sets its speed.
pub fn start(facts: &SocFacts, clock_hz: u32) {
    devices::pins(facts).route_serial_console();
    let mut uart = devices::uart(facts);
    // A rate that cannot be set leaves the firmware's: still better than no console.
    let _ = uart.init(clock_hz, BAUD);
    CONSOLE.lock().uart = Some(uart);
}

/// Lets input interrupt; what came before is kept.
pub fn enable_receive_interrupts() {
    with_uart(|uart, received| uart.enable_receive_interrupts(|byte| keep(received, byte)));
}

/// Answers the UART's interrupt.
pub fn acknowledge() {
    with_uart(|uart, received| {
        uart.handle_interrupt(|byte| keep(received, byte));
    });
}

/// The next byte of input.
pub fn read() -> Option<u8> {
    CONSOLE.lock().received.pop_front()
}

/// Sends a byte if there is room for it; without a UART it is lost.
pub fn try_write(byte: u8) -> bool {
    CONSOLE.lock().uart.as_mut().is_none_or(|uart| uart.try_write(byte).is_ok())
}

/// Switches the interrupt that comes when there is room again.
pub fn set_transmit_interrupt(interrupt: TransmitInterrupt) {
    with_uart(|uart, _| match interrupt {
        TransmitInterrupt::On => uart.enable_transmit_interrupt(),
        TransmitInterrupt::Off => uart.disable_transmit_interrupt(),
    });
}

fn with_uart(act: impl FnOnce(&mut Pl011, &mut Deque<u8, RECEIVED_BYTES>)) {
    let mut console = CONSOLE.lock();
    let Console { uart, received } = &mut *console;
    if let Some(uart) = uart {
        act(uart, received);
    }
}

/// What there is no room for is lost, as in the UART itself.
fn keep(received: &mut Deque<u8, RECEIVED_BYTES>, byte: u8) {
    let _ = received.push_back(byte);
}
