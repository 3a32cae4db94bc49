//! A process's message pool: memory that it alone writes and that its subscribers read.

use super::left::LeftBehind;
use super::size::{VARIABLE, first_size};
use crate::error::{Error, Result};
use crate::region::{Inheritance, Options, Protection, Region};
use crate::{env, process};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::cell::{OnceCell, RefCell};
use core::ptr::NonNull;
use talc::DefaultBinning;
use talc::base::Talc;
use talc::source::Manual;

/// How far a pool may grow.
const MAXIMUM: u64 = 256 * 1024 * 1024;
/// What the allocator may need beside an allocation.
const OVERHEAD: u64 = 4096;

/// Memory of the pool that was allocated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Where it begins.
    pub at: NonNull<u8>,
    /// What it was allocated for.
    pub layout: Layout,
}

struct Heap {
    talc: Talc<Manual, DefaultBinning>,
    /// Where the allocator's memory ends.
    end: NonNull<u8>,
    /// The pool's length.
    length: u64,
}

/// The region, once there is one.
struct Memory {
    region: Region,
    base: *mut u8,
    heap: RefCell<Heap>,
}

/// A message pool; publishers of any number of topics share it.
///
/// It becomes the region `/pool@PID` when the first publisher needs it: a process that only
/// subscribes has none. It grows when it is full, and subscribers see that at once.
pub struct Pool {
    first_size: u64,
    memory: OnceCell<Memory>,
    left: RefCell<Vec<LeftBehind>>,
}

impl Pool {
    /// The process's pool; its first size is `MEMPOOL_SIZE` bytes, or 100 kB.
    pub fn new() -> Result<Self> {
        let first_size = first_size(env::var(VARIABLE))?;
        Ok(Self { first_size, memory: OnceCell::new(), left: RefCell::default() })
    }

    /// The descriptor of the pool's region, which is made if need be.
    pub(super) fn as_raw(&self) -> Result<i32> {
        Ok(self.memory()?.region.as_raw())
    }

    /// The pool's length now; 0 as long as nothing is published.
    pub fn length(&self) -> u64 {
        self.memory.get().map_or(0, |memory| memory.heap.borrow().length)
    }

    fn memory(&self) -> Result<&Memory> {
        if let Some(memory) = self.memory.get() {
            return Ok(memory);
        }
        let made = Memory::new(self.first_size)?;
        Ok(self.memory.get_or_init(|| made))
    }

    /// Memory in the pool, which grows if it is full. It holds whatever was there before.
    ///
    /// The layout's size is not 0.
    pub(super) fn allocate(&self, layout: Layout) -> Result<Piece> {
        let memory = self.memory()?;
        if let Some(at) = memory.allocate(layout) {
            return Ok(Piece { at, layout });
        }
        self.collect();
        loop {
            if let Some(at) = memory.allocate(layout) {
                return Ok(Piece { at, layout });
            }
            memory.grow(layout)?;
        }
    }

    /// Gives memory back.
    ///
    /// # Safety
    /// - [`Self::allocate`] gave it, and nobody reads or writes it any more.
    pub(super) unsafe fn free(&self, piece: Piece) {
        if let Some(memory) = self.memory.get() {
            let mut heap = memory.heap.borrow_mut();
            // SAFETY: the caller's duty.
            unsafe { heap.talc.deallocate(piece.at.as_ptr(), piece.layout) };
        }
    }

    /// Keeps what a publisher leaves behind until it was read.
    pub(super) fn leave_behind(&self, topic: &str, member: u32, pieces: VecDeque<Piece>) {
        if !pieces.is_empty() {
            self.left.borrow_mut().push(LeftBehind { topic: topic.into(), member, pieces });
        }
        self.collect();
    }

    /// Takes back what publishers that have gone have left, as far as it was read.
    fn collect(&self) {
        let address = self.memory.get().map_or(0, |memory| memory.base as u64);
        let mut left = self.left.borrow_mut();
        for read in left.extract_if(.., |behind| !behind.is_needed(address)) {
            for piece in read.pieces {
                // SAFETY: it was published, and the kernel has forgotten all of the publisher's
                // messages, so nobody reads it any more.
                unsafe { self.free(piece) };
            }
        }
    }
}

impl Memory {
    fn new(length: u64) -> Result<Self> {
        let name = format!("/pool@{}", process::id());
        let options = Options::new().bytes(length).maximum(MAXIMUM.max(length));
        let options = options.same_address().single_writer().ephemeral().exclusive();
        let region = options.close_on_exec().create(&name)?;
        region.set_inheritance(Inheritance::None)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        // A child has a pool of its own.
        view.set_inheritance(Inheritance::None)?;
        let base = view.address() as *mut u8;
        // Messages may be read for as long as the process lives.
        view.leak();
        let mut talc = Talc::new(Manual);
        // SAFETY: the memory is mapped for good, and this pool is the only one who writes to it.
        let end = unsafe { talc.claim(base, length as usize) };
        let end = end.ok_or_else(|| Error::new(Errno::ENOMEM, name))?;
        Ok(Self { region, base, heap: RefCell::new(Heap { talc, end, length }) })
    }

    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: whoever asks the pool does so for more than 0 bytes.
        unsafe { self.heap.borrow_mut().talc.allocate(layout) }
    }

    /// Doubles the pool, or more if one message needs that.
    fn grow(&self, layout: Layout) -> Result<()> {
        let mut heap = self.heap.borrow_mut();
        let heap = &mut *heap;
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
}
