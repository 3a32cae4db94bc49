//! The boot as a list: from a mapped kernel on one core to programs on four.

use crate::{board, console_log, firmware, panic};
use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::boot::{self, BootInfo};
use arch::{cores, memory_map};
use core::ops::Range;
use kcore::boot::BootConfig;

/// Core 0, with everything mapped but RAM.
pub fn first_core(info: &BootInfo) -> ! {
    panic::set_symbols(boot::payload_bytes(info.symbols.clone()));
    let facts = firmware::ask(board::identify());
    let ram: heapless::Vec<Range<PhysAddr>, 3> = facts
        .board
        .ram_ranges(facts.arm_memory)
        .iter()
        .map(|range| PhysAddr::new(range.start)..PhysAddr::new(range.end()))
        .collect();
    let reserved = memory_map::add_ram(&ram);
    // SAFETY: the firmware says that this is RAM, and it is mapped now; what is in use of it
    // is what `add_ram` returned.
    unsafe { kcore::boot::set_up_memory(&ram, &reserved) };
    board::start(&facts);
    console_log::start();
    let megabytes: u64 =
        ram.iter().map(|range| (range.end.value() - range.start.value()) >> 20).sum();
    log::info!("Commons {} on {}, {megabytes} MiB", env!("CARGO_PKG_VERSION"), facts.board);
    let running = cores::start(|core| bsp::spin_table::release_address(core).map(PhysAddr::new));
    log::info!("{} cores run", running.count_ones());
    let image = info.archive.end.value() - info.image.start.value();
    kcore::boot::start(&BootConfig {
        archive_start: info.archive.start,
        archive: boot::payload_bytes(info.archive.clone()),
        command_line: facts.command_line,
        image_pages: image.div_ceil(PAGE_SIZE as u64),
    })
}

/// Another core.
pub fn other_core(core: usize) -> ! {
    board::start_core(core);
    kcore::boot::secondary()
}
