//! The heap: talc over memory that `brk` gives, or `mmap` where `brk` can't.

use crate::syscall::memory;
use abi::limits::PAGE_SIZE;
use abi::memory::Protection;
use core::alloc::Layout;
use core::ptr::NonNull;
use talc::TalcLock;
use talc::base::Talc;
use talc::base::binning::Binning;
use talc::source::Source;

/// The least that the heap grows by: a few page faults less, and hardly a page wasted, because
/// memory is charged when it is touched.
const GROWTH: usize = 64 * 1024;

/// What the allocator needs beside the allocation itself.
const OVERHEAD: usize = 4096;

// There are no threads, so the lock is always free: only the allocator's type asks for it.
#[global_allocator]
static HEAP: TalcLock<spin::Mutex<()>, Segment> = TalcLock::new(Segment { end: None });

/// The data segment, which grows upwards from behind the program.
#[derive(Debug)]
struct Segment {
    /// The allocator's end of the segment, once it has begun.
    end: Option<NonNull<u8>>,
}

// SAFETY: the end is used under the allocator's lock only.
unsafe impl Send for Segment {}

// SAFETY: growing makes system calls only, which do not allocate.
unsafe impl Source for Segment {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let needed =
            layout.size().checked_add(layout.align()).and_then(|n| n.checked_add(OVERHEAD));
        let bytes = needed.ok_or(())?.max(GROWTH).next_multiple_of(PAGE_SIZE);
        grow_segment(talc, bytes).or_else(|()| map_another(talc, bytes))
    }
}

fn grow_segment<B: Binning>(talc: &mut Talc<Segment, B>, bytes: usize) -> Result<(), ()> {
    // SAFETY: address 0 only asks where the end is.
    let old_end = unsafe { memory::brk(0) }.map_err(drop)?;
    let new_end = old_end.checked_add(bytes).ok_or(())?;
    // SAFETY: the segment grows; nothing is given back.
    let reached = unsafe { memory::brk(new_end) }.map_err(drop)?;
    if reached < new_end {
        return Err(());
    }
    let base = old_end as *mut u8;
    talc.source.end = match talc.source.end {
        Some(heap_end) if heap_end.as_ptr() as usize + OVERHEAD >= old_end => {
            // SAFETY: only the allocator moves the segment's end, so its heap goes on to the new one.
            Some(unsafe { talc.extend(heap_end, base.wrapping_add(bytes)) })
        }
        // SAFETY: the kernel has just given this memory to the process, for the allocator alone.
        _ => unsafe { talc.claim(base, bytes) },
    };
    talc.source.end.map(drop).ok_or(())
}

fn map_another<B: Binning>(talc: &mut Talc<Segment, B>, bytes: usize) -> Result<(), ()> {
    let address =
        memory::map_anonymous(bytes, Protection::READ | Protection::WRITE).map_err(drop)?;
    // SAFETY: the mapping is new, writable and never ended.
    unsafe { talc.claim(address as *mut u8, bytes) }.map(drop).ok_or(())
}
