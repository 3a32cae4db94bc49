//! What memory there is: asked of the firmware, and of the device tree where it hands one over.

use super::firmware::Answers;
use arch::addr::PhysAddr;
use arch::{boot, memory_map, ram};
use bsp::device_tree::{self, COMMAND_LINE_BYTES, DeviceTree, HEAD_BYTES};
use bsp::soc::PhysRange;
use core::ops::Range;
use heapless::{String, Vec};
use kcore::kernel_log::KEPT_BYTES;
use spin::Once;

/// Ranges of RAM: one below 1 GiB, and those above.
const RANGES: usize = 1 + bsp::board::HIGH_RANGES;
/// The firmware's words, the image, a device tree and the log for the next run.
const RESERVED: usize = 4;
/// Where the log for the next run is kept: below the image, where firmware puts nothing when it starts a
/// kernel, and QEMU neither.
const KEPT_LOG: u64 = 0x6_0000;

/// RAM, all of it mapped.
pub struct Memory {
    /// What the processor may use.
    pub ram: Vec<Range<PhysAddr>, RANGES>,
    /// What of it is in use for ever.
    pub reserved: Vec<Range<PhysAddr>, RESERVED>,
    /// Where the log for the next run is kept, unless that is in use.
    pub kept_log: Option<PhysAddr>,
    /// The words that the device tree has the kernel started with.
    pub command_line: &'static str,
}

static COMMAND_LINE: Once<String<COMMAND_LINE_BYTES>> = Once::new();

/// Maps the RAM below 1 GiB, looks for a device tree in it, and maps the rest; called once.
pub fn find(answers: &Answers, tree_at: PhysAddr) -> Memory {
    let low = answers.board.low_ram(answers.arm_memory).map(range_of);
    let mut ram: Vec<_, RANGES> = low.iter().cloned().collect();
    memory_map::add_ram(&ram);
    let mut reserved: Vec<_, RESERVED> = memory_map::reserved().into_iter().collect();
    let tree = low.clone().and_then(|low| tree_in(&low, &reserved, tree_at));
    let (banks, command_line) = match tree.as_ref().and_then(|range| read(range.clone())) {
        Some(tree) => (tree.memory(), tree.command_line()),
        None => Default::default(),
    };
    reserved.extend(tree);
    let kept = PhysAddr::new(KEPT_LOG)..PhysAddr::new(KEPT_LOG + KEPT_BYTES);
    let kept = Some(kept).filter(|kept| low.is_some_and(|low| is_free(&low, &reserved, kept)));
    reserved.extend(kept.clone());
    let high: Vec<_, RANGES> = answers.board.high_ram(&banks).into_iter().map(range_of).collect();
    memory_map::add_ram(&high);
    ram.extend(high);
    let line = COMMAND_LINE.call_once(|| {
        let line = command_line.unwrap_or_default();
        line.as_str().try_into().expect("invariant: both hold as many bytes")
    });
    Memory { ram, reserved, kept_log: kept.map(|kept| kept.start), command_line: line }
}

fn range_of(range: PhysRange) -> Range<PhysAddr> {
    PhysAddr::new(range.start)..PhysAddr::new(range.end())
}

/// Where the tree lies that begins at an address, if that is in RAM and nothing else is there.
fn tree_in(
    ram: &Range<PhysAddr>,
    taken: &[Range<PhysAddr>],
    at: PhysAddr,
) -> Option<Range<PhysAddr>> {
    let is_free = |range: &Range<PhysAddr>| is_free(ram, taken, range);
    let up_to = |bytes: usize| Some(at..PhysAddr::new(at.value().checked_add(bytes as u64)?));
    if !at.value().is_multiple_of(4) {
        return None;
    }
    up_to(HEAD_BYTES).filter(is_free)?;
    let mut head = [0; HEAD_BYTES];
    // SAFETY: these bytes are mapped RAM that is in nobody's use.
    unsafe { ram::read_bytes(at, &mut head) };
    up_to(device_tree::length(head)?).filter(is_free)
}

/// Whether a range is RAM that nothing is in.
fn is_free(ram: &Range<PhysAddr>, taken: &[Range<PhysAddr>], range: &Range<PhysAddr>) -> bool {
    let is_inside = ram.start <= range.start && range.start < range.end && range.end <= ram.end;
    let is_apart = |other: &Range<PhysAddr>| range.end <= other.start || other.end <= range.start;
    is_inside && taken.iter().all(is_apart)
}

/// Checks the tree that lies in a range.
fn read(range: Range<PhysAddr>) -> Option<DeviceTree<'static>> {
    // SAFETY: it is mapped RAM in nobody's use, and is reserved from now on.
    DeviceTree::new(unsafe { boot::ram_bytes(range) })
}
