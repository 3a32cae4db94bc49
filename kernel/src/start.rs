//! The boot as a list: from a mapped kernel on one core to programs on four.

use crate::{board, console_log, panic};
use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::boot::{self, BootInfo};
use arch::cores;
use core::ops::Range;
use kcore::boot::BootConfig;
use kcore::kernel_log::{self, Ending};
use kcore::light::{self, Stage};
use kcore::mm::frames;
use kcore::watch;

/// What tells a kernel that checks itself from the usual one.
const KIND: &str = if cfg!(debug_assertions) { " (checked)" } else { "" };

/// Core 0, with everything mapped but RAM.
pub fn first_core(info: &BootInfo) -> ! {
    panic::set_symbols(boot::payload_bytes(info.symbols.clone()));
    let machine = board::start(info.device_tree);
    console_log::start();
    kcore::boot::take_command_line(machine.command_line);
    watch::arm();
    light::reach(Stage::Devices);
    let memory = &machine.memory;
    // SAFETY: the firmware says that this is RAM, and it is mapped; what is in use of it is reserved.
    unsafe { kcore::boot::set_up_memory(&memory.ram, &memory.reserved) };
    if let Some(area) = memory.kept_log {
        // SAFETY: it is mapped RAM, and reserved for this.
        unsafe { kernel_log::keep_in(area) };
    }
    let ram_pages: u64 = memory.ram.iter().map(pages).sum();
    let megabytes = (ram_pages * PAGE_SIZE as u64) >> 20;
    log::info!("Commons {}{KIND} on {}, {megabytes} MiB", env!("CARGO_PKG_VERSION"), machine.name);
    if kernel_log::last_run().is_some_and(|run| run.ending == Ending::Panic) {
        log::warn!("the run before this one ended in a panic: dmesg --last tells it");
    }
    light::reach(Stage::Cores);
    let running = cores::start(board::release_word);
    log::info!("{} cores run", running.count_ones());
    kcore::boot::start(&BootConfig {
        archive_start: info.archive.start,
        archive: boot::payload_bytes(info.archive.clone()),
        image_pages: ram_pages - frames::statistics().total,
    })
}

/// Another core.
pub fn other_core() -> ! {
    board::start_core();
    kcore::boot::secondary()
}

fn pages(range: &Range<PhysAddr>) -> u64 {
    (range.end.value() - range.start.value()) / PAGE_SIZE as u64
}
