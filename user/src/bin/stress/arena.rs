//! The memory whose addresses calls get.

use abi::limits::PAGE_SIZE;
use abi::memory::{MapFlags, Protection};
use core::sync::atomic::AtomicU32;
use user::error::{Context, Result};
use user::fuzz::Arena;
use user::syscall::{self, memory};

const PAGE: usize = PAGE_SIZE;
const SCRATCH: usize = 16 * PAGE;
pub const VANISHING: usize = 16 * PAGE;
const PLAYGROUND: usize = 64 * PAGE;
/// One page of nothing between the parts.
const TOTAL: usize = SCRATCH + PAGE + PAGE + PAGE + VANISHING + PAGE + PLAYGROUND;

fn map(address: usize, bytes: usize, protection: Protection) -> Result<()> {
    let flags = MapFlags::PRIVATE | MapFlags::ANONYMOUS | MapFlags::FIXED;
    // SAFETY: the addresses are within what `make` has set aside.
    let mapped = unsafe { memory::mmap(address, bytes, protection, flags, -1, 0) };
    mapped.context("memory for calls").map(drop)
}

/// Sets the memory aside; the words are in the first bytes of a page that all processes of the round have.
pub fn make(words: &[AtomicU32], handler: extern "C" fn(i32)) -> Result<Arena> {
    let base = memory::map_anonymous(TOTAL, Protection::empty()).context("memory for calls")?;
    let read_write = Protection::READ | Protection::WRITE;
    map(base, SCRATCH, read_write)?;
    let constant = base + SCRATCH + PAGE;
    map(constant, PAGE, Protection::READ)?;
    let vanishing = constant + 2 * PAGE;
    map(vanishing, VANISHING, read_write)?;
    let playground = vanishing + VANISHING + PAGE;
    map(playground, PLAYGROUND, read_write)?;
    let local = 0_u64;
    Ok(Arena {
        scratch: (base as u64, SCRATCH as u64),
        constant: constant as u64,
        vanishing: (vanishing as u64, VANISHING as u64),
        playground: (playground as u64, PLAYGROUND as u64),
        words: words.as_ptr() as u64,
        own: [
            make as *const () as u64,
            (&raw const local) as u64 & !0xFFF,
            syscall::raw as *const () as u64,
        ],
        handler: handler as *const () as u64,
    })
}

/// Stores bytes where they are wanted. They may have been unmapped since: then the process ends, as any does.
pub fn store(address: u64, bytes: &[u8]) {
    let target = core::ptr::with_exposed_provenance_mut::<u8>(address as usize);
    for (index, byte) in bytes.iter().enumerate() {
        // SAFETY: the grammar stores within scratch memory only, of which no reference exists.
        unsafe { target.wrapping_add(index).write_volatile(*byte) };
    }
}

/// The two words that a call has stored, where that is scratch memory.
pub fn pair(arena: &Arena, address: u64) -> Option<[u32; 2]> {
    let (begin, bytes) = arena.scratch;
    let is_inside =
        address >= begin && address.checked_add(8)? <= begin + bytes && address.is_multiple_of(4);
    is_inside.then(|| {
        let words = core::ptr::with_exposed_provenance::<[u32; 2]>(address as usize);
        // SAFETY: both words are in scratch memory, which holds plain numbers.
        unsafe { words.read_volatile() }
    })
}
