//! Simulated memory and a simulated board for the kernel's code.

use arch::addr::PhysAddr;
use kcore::board::{self, Board, Interrupt, Storage, StorageError, TransmitInterrupt};
use kcore::light::Light;
use kcore::mm::frames;
use std::process::abort;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

/// Gives memory to the frame pool, once. One run at a time has the machine, so that each can count frames
/// and use names that others use, too.
fn machine() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    static ONCE: Once = Once::new();
    let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x800_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], PhysAddr::new(0)) };
        board::install(&Simulated);
    });
    guard
}

/// Runs something that leaves no memory behind, with the machine to itself. What is made once and kept, as caches
/// are, is made by the first runs of it.
pub fn without_leak(run: impl Fn()) {
    let _machine = machine();
    for _ in 0..3 {
        let free = frames::statistics().free;
        run();
        if frames::statistics().free >= free {
            return;
        }
    }
    panic!("memory is left behind, again and again");
}

/// A board that has nothing but random bits, which are the same in every run.
struct Simulated;

impl Board for Simulated {
    fn name(&self) -> &str {
        "simulated"
    }

    fn next_interrupt(&self) -> Option<Interrupt> {
        None
    }

    fn end_of_interrupt(&self, _: Interrupt) {}

    fn send_ipi(&self, _: u32) {}

    fn console_acknowledge(&self) {}

    fn console_read(&self) -> Option<u8> {
        None
    }

    fn console_try_write(&self, _: u8) -> bool {
        true
    }

    fn console_transmit_interrupt(&self, _: TransmitInterrupt) {}

    fn entropy(&self) -> u64 {
        4
    }

    fn shows_card(&self) -> bool {
        false
    }

    fn open_card(&self) -> Result<Box<dyn Storage>, StorageError> {
        Err(StorageError::Absent)
    }

    fn show(&self, _: Light) {}

    fn feed_watchdog(&self, _: Duration) {}

    fn show_screen(&self, _: u32) {}

    fn restart(&self) -> ! {
        abort()
    }

    fn power_off(&self, _: u8) -> ! {
        abort()
    }
}
