//! The screen, which the firmware was asked for at boot.

use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::memory_map;
use bsp::mailbox::screen::FrameBuffer;
use kcore::screen::{self, Screen};

/// Makes the frame buffer known to the kernel and maps it; called once, when the kernel's map has all RAM.
pub fn start(buffer: Option<FrameBuffer>) {
    let Some(buffer) = buffer else { return };
    let start = PhysAddr::new(buffer.memory.start);
    let end = PhysAddr::new(buffer.memory.end().next_multiple_of(PAGE_SIZE as u64));
    memory_map::add_ram(&[start..end]);
    let FrameBuffer { width, height, rows, pitch, .. } = buffer;
    screen::install(Screen::new(start..end, [width, height], rows, pitch));
}
