//! A process's message pool: memory that it alone writes and that its subscribers read.

use super::size::{VARIABLE, first_size};
use crate::error::{Error, Result};
use crate::region::{Options, Protection, Region};
use crate::{env, process};
use abi::Errno;
use alloc::format;
use core::alloc::Layout;
use core::cell::RefCell;
use core::ptr::NonNull;
use talc::DefaultBinning;
use talc::base::Talc;
use talc::source::Manual;

/// How far a pool may grow.
const MAXIMUM: u64 = 256 * 1024 * 1024;
/// What the allocator may need beside an allocation.
const OVERHEAD: u64 = 4096;

struct Heap {
    talc: Talc<Manual, DefaultBinning>,
    /// Where the allocator's memory ends.
    end: NonNull<u8>,
    /// The pool's length.
    length: u64,
}

/// A message pool; publishers of any number of topics share it.
///
/// It is the region `/pool@PID`. It grows when it is full, and subscribers see that at once.
pub struct Pool {
    region: Region,
    base: *mut u8,
    heap: RefCell<Heap>,
}

impl Pool {
    /// The process's pool; its first size is `MEMPOOL_SIZE` bytes, or 100 kB.
    pub fn new() -> Result<Self> {
        let length = first_size(env::var(VARIABLE))?;
        let name = format!("/pool@{}", process::id());
        let options = Options::new().bytes(length).maximum(MAXIMUM.max(length));
        let options = options.same_address().single_writer().ephemeral().exclusive();
        let region = options.close_on_exec().create(&name)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        let base = view.address() as *mut u8;
        // Messages may be read for as long as the process lives.
        view.leak();
        let mut talc = Talc::new(Manual);
        // SAFETY: the memory is mapped for good, and this pool is the only one who writes to it.
        let end = unsafe { talc.claim(base, length as usize) };
        let end = end.ok_or_else(|| Error::new(Errno::ENOMEM, name))?;
        Ok(Self { region, base, heap: RefCell::new(Heap { talc, end, length }) })
    }

    /// The descriptor of the pool's region.
    pub(super) const fn as_raw(&self) -> i32 {
        self.region.as_raw()
    }

    /// The pool's length now.
    pub fn length(&self) -> u64 {
        self.heap.borrow().length
    }

    /// Memory in the pool, which grows if it is full. It holds whatever was there before.
    pub(super) fn allocate(&self, layout: Layout) -> Result<NonNull<u8>> {
        let mut heap = self.heap.borrow_mut();
        loop {
            // SAFETY: no layout of a message has size 0: `advertise` refuses those.
            if let Some(found) = unsafe { heap.talc.allocate(layout) } {
                return Ok(found);
            }
            self.grow(&mut heap, layout)?;
        }
    }

    /// Doubles the pool, or more if one message needs that.
    fn grow(&self, heap: &mut Heap, layout: Layout) -> Result<()> {
        let needed = (layout.size() + layout.align()) as u64 + OVERHEAD;
        let limit = self.region.stat()?.maximum;
        let length = (heap.length * 2).min(limit).max(heap.length + needed);
        self.region.set_length(length)?;
        let new_end = self.base.wrapping_add(length as usize);
        // SAFETY: the pool's memory goes on to its new end, and nobody else has it.
        heap.end = unsafe { heap.talc.extend(heap.end, new_end) };
        heap.length = length;
        Ok(())
    }

    /// Gives memory back.
    ///
    /// # Safety
    /// - [`Self::allocate`] gave it for this layout, and nobody reads or writes it any more.
    pub(super) unsafe fn free(&self, at: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's duty.
        unsafe { self.heap.borrow_mut().talc.deallocate(at.as_ptr(), layout) };
    }
}
