//! Physical memory: who may take a frame, how many are left, and how often each is referred to.
//!
//! Every frame has a reference count. Each core keeps a few free frames to itself, with its own
//! books of what frames are used for, so that most allocations touch no memory that another core
//! wants; frames move between a core and the common pool in bulk.
//!
//! When memory runs out, the uses of frames are refused one after the other (`FrameUse::floor`):
//! what a program can ask for must not take what the kernel needs to say no and to end a process.

mod counts;
mod figures;
mod promises;
mod rows;

pub use counts::count_of;
pub use figures::{is_handed_out, is_pool_consistent, statistics, visit_free};
pub use promises::{allocate_promised, promise, withdraw_promise};
pub use rows::{allocate_row, free_all};

use super::chunks::Chunks;
use super::empty_tables;
use super::kernel_stack;
use super::refusals;
use crate::sync::{Lock, PerCore, Rank};
use abi::Errno;
use arch::addr::{PAGE_SIZE, PhysAddr};
use core::ops::Range;
use core::sync::atomic::{AtomicIsize, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use heapless::Vec;
use spin::Once;

/// Frames that a core keeps to itself at most.
const CACHE_FRAMES: usize = 64;
/// Ranges of memory that boards have, at most.
const RANGES: usize = 16;
/// Frames that move between a core and the common pool at once.
const BATCH: usize = 32;
/// Frames that user memory leaves to the kernel, so that it can end processes when memory is out.
const RESERVE_FRAMES: usize = 256;
/// Frames that a user's programs leave besides, so that root can look at what they do, and end them.
const ROOT_FRAMES: usize = 1024;
/// How much deeper into the reserve an essential process may go.
const ESSENTIAL_DEPTH: usize = 4;

/// There is no memory left for this use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OutOfMemory;

impl From<OutOfMemory> for Errno {
    fn from(_: OutOfMemory) -> Self {
        Self::ENOMEM
    }
}

/// What a frame is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrameUse {
    /// Contents that programs see.
    User,
    /// A translation table.
    Table,
    /// Part of a kernel stack.
    Stack,
    /// The kernel's heap.
    Heap,
}

impl FrameUse {
    /// Frames that an allocation for this use leaves free.
    ///
    /// User memory stops first, then what a fault or fork makes for a program; both can fail. The
    /// kernel's heap, much of which can't, has the rest.
    const fn floor(self) -> usize {
        match self {
            Self::User => RESERVE_FRAMES,
            Self::Table | Self::Stack => RESERVE_FRAMES / 2,
            Self::Heap => 0,
        }
    }
}

/// How far a core's thread may go into what is kept back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Claim {
    /// As far as root's programs and the kernel.
    Root,
    /// Less far.
    User,
    /// Further: the system can't go on without the process.
    Essential,
}

const USES: usize = 4;

/// What a core has to itself.
struct CoreFrames {
    free: Vec<PhysAddr, CACHE_FRAMES>,
    /// For each use: the frames that were taken here, less those given back here. All cores' sum
    /// is what is in use.
    used: [isize; USES],
}

struct Pool {
    counts: &'static [AtomicU32],
    chunks: Lock<Chunks>,
    cores: PerCore<Lock<CoreFrames>>,
    /// Free frames in `chunks`, readable without its lock.
    shared_free: AtomicUsize,
    total: usize,
    /// Where the frames lie.
    ranges: Vec<Range<PhysAddr>, RANGES>,
}

static POOL: Once<Pool> = Once::new();
/// What each core's uses of the heap have added; the sum is what is in use.
static HEAP_BYTES: PerCore<AtomicIsize> = PerCore::new([const { AtomicIsize::new(0) }; 4]);
/// Per core: its thread's claim.
static CLAIM: PerCore<AtomicU8> = PerCore::new([const { AtomicU8::new(Claim::Root as u8) }; 4]);

fn pool() -> &'static Pool {
    POOL.get().expect("invariant: frames are set up before anything allocates")
}

/// Takes over the memory of the board; called once, at boot.
///
/// The book-keeping is placed in the first free range that is large enough. It counts the references to
/// all frames below `counted_to`, if that is more: a device's memory has no frames to give, but is mapped.
///
/// # Panics
///
/// If the free memory has no room for the book-keeping.
///
/// # Safety
///
/// - `free` are disjoint ranges of RAM, page aligned, mapped in the linear map for ever.
/// - Nothing else uses them.
#[allow(unsafe_code, reason = "this is where RAM becomes frames")]
pub unsafe fn set_up(free: &[Range<PhysAddr>], counted_to: PhysAddr) {
    let ends = free.iter().map(|range| range.end.frame_number());
    let end = ends.max().unwrap_or(0).max(counted_to.frame_number());
    let (free_words, partial_words) = Chunks::bitmap_words(end);
    let bytes = (free_words + partial_words) * size_of::<u64>() + end * size_of::<AtomicU32>();
    let pages = bytes.div_ceil(PAGE_SIZE);
    let home = free
        .iter()
        .position(|range| range.end.frame_number() - range.start.frame_number() >= pages)
        .expect("not enough memory for the table of frames");
    let start = free[home].start;
    for page in 0..pages {
        // SAFETY: the caller gives this RAM away, and it is within one of its ranges.
        unsafe { arch::ram::zero_frame(start.add((page * PAGE_SIZE) as u64)) };
    }
    let words = arch::ram::linear(start).cast::<u64>();
    // SAFETY: `pages` zeroed pages at `start` hold all three tables and are used for nothing else.
    let free_map = unsafe { core::slice::from_raw_parts_mut(words, free_words) };
    let partial = words.wrapping_add(free_words);
    // SAFETY: as above, directly behind the first table.
    let partial_map = unsafe { core::slice::from_raw_parts_mut(partial, partial_words) };
    let counts = partial.wrapping_add(partial_words).cast::<AtomicU32>();
    // SAFETY: as above, directly behind the second; zero is a valid count.
    let counts = unsafe { core::slice::from_raw_parts(counts, end) };
    let mut chunks = Chunks::new(free_map, partial_map);
    for (index, range) in free.iter().enumerate() {
        let skipped = if index == home { pages } else { 0 };
        let frames = range.start.frame_number() + skipped..range.end.frame_number();
        // SAFETY: the caller's promise, less the pages that were just used.
        unsafe { chunks.add(frames) };
    }
    let total = chunks.free_frames();
    counts::note(counts);
    POOL.call_once(|| Pool {
        counts,
        chunks: Lock::new(Rank::Frames, chunks),
        cores: PerCore::new([const { Lock::new(Rank::FrameCache, CoreFrames::new()) }; 4]),
        shared_free: AtomicUsize::new(total),
        total,
        ranges: free.iter().take(RANGES).cloned().collect(),
    });
}

impl CoreFrames {
    const fn new() -> Self {
        Self { free: Vec::new(), used: [0; USES] }
    }
}

impl Pool {
    #[inline]
    fn take(&self, purpose: FrameUse) -> Result<PhysAddr, OutOfMemory> {
        let mut core = self.cores.mine().lock();
        let frame = match core.free.pop() {
            Some(frame) => frame,
            None => match self.refill(&mut core.free) {
                Ok(frame) => frame,
                Err(refusal) => {
                    drop(core);
                    return self.take_kept(purpose).ok_or(refusal);
                }
            },
        };
        core.used[purpose as usize] += 1;
        Ok(frame)
    }

    /// Takes what this core keeps ready for other uses.
    #[cold]
    fn take_kept(&self, purpose: FrameUse) -> Option<PhysAddr> {
        let frame = match empty_tables::give_up() {
            Some(frame) => frame,
            None => {
                let [frame, others @ ..] = kernel_stack::give_up()?;
                self.note(FrameUse::Stack, others.len() as isize);
                free_all(&others, FrameUse::Stack);
                frame
            }
        };
        self.note(purpose, 1);
        Some(frame)
    }

    /// Takes a batch out of the common pool, and one more for who asks.
    #[cold]
    fn refill(&self, free: &mut Vec<PhysAddr, CACHE_FRAMES>) -> Result<PhysAddr, OutOfMemory> {
        let mut chunks = self.chunks.lock();
        let frame = chunks.take()?;
        while free.len() < BATCH && chunks.take_some(BATCH - free.len(), free) > 0 {}
        self.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
        Ok(frame)
    }

    #[inline]
    fn give(&self, frame: PhysAddr, purpose: FrameUse) {
        let mut core = self.cores.mine().lock();
        core.used[purpose as usize] -= 1;
        if let Err(frame) = core.free.push(frame) {
            self.drain(&mut core.free, frame);
        }
    }

    /// Gives a batch to the common pool, with one more that there is no room for.
    #[cold]
    fn drain(&self, free: &mut Vec<PhysAddr, CACHE_FRAMES>, last: PhysAddr) {
        let mut chunks = self.chunks.lock();
        chunks.give(last);
        let kept = free.len() - BATCH;
        chunks.give_some(&free[kept..]);
        free.truncate(kept);
        self.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
    }

    fn note(&self, purpose: FrameUse, frames: isize) {
        self.cores.mine().lock().used[purpose as usize] += frames;
    }
}

/// Takes a frame; its contents are whatever was there, its count is 1.
pub fn allocate(purpose: FrameUse) -> Result<PhysAddr, OutOfMemory> {
    admit(purpose)?;
    take_admitted(purpose)
}

/// Whether a frame may be taken for this use now.
pub(super) fn admit(purpose: FrameUse) -> Result<(), OutOfMemory> {
    refusals::check(purpose)?;
    if unpromised() < allowed_floor(purpose) { Err(OutOfMemory) } else { Ok(()) }
}

/// Takes a frame for a use that [`admit`] allows.
pub(super) fn take_admitted(purpose: FrameUse) -> Result<PhysAddr, OutOfMemory> {
    let frame = pool().take(purpose)?;
    count_of(frame).store(1, Ordering::Relaxed);
    Ok(frame)
}

/// Notes that a free frame is in use, with a count of 1.
pub(super) fn begin_use(frame: PhysAddr, purpose: FrameUse) {
    pool().note(purpose, 1);
    count_of(frame).store(1, Ordering::Relaxed);
}

/// Notes that this use has so many frames more, or fewer.
pub(super) fn note_use(purpose: FrameUse, frames: isize) {
    pool().note(purpose, frames);
}

/// Free frames that nobody was promised; those that cores keep to themselves are not counted.
fn unpromised() -> usize {
    let free = pool().shared_free.load(Ordering::Relaxed);
    free.saturating_sub(promises::outstanding())
}

/// Whether so much is free that some may be taken on suspicion: an eighth of all.
pub fn are_plenty() -> bool {
    unpromised() > pool().total / 8
}

/// Gives a frame back whose count has come down to 0.
pub fn free(frame: PhysAddr, purpose: FrameUse) {
    pool().give(frame, purpose);
}

/// Takes `pages` frames in a row, aligned to their number rounded up to a power of two.
pub fn allocate_run(pages: usize, purpose: FrameUse) -> Option<PhysAddr> {
    if pages == 1 {
        return allocate(purpose).ok();
    }
    refusals::check(purpose).ok()?;
    let pool = pool();
    let mut chunks = pool.chunks.lock();
    let rounded = pages.checked_next_power_of_two()?;
    if chunks.free_frames() < allowed_floor(purpose).checked_add(rounded)? {
        return None;
    }
    let start = chunks.take_run(pages).ok()?;
    pool.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
    drop(chunks);
    pool.note(purpose, rounded as isize);
    Some(start)
}

/// Gives frames back that [`allocate_run`] gave for the same number.
pub fn free_run(start: PhysAddr, pages: usize, purpose: FrameUse) {
    if pages == 1 {
        return free(start, purpose);
    }
    let pool = pool();
    let mut chunks = pool.chunks.lock();
    chunks.give_run(start, pages);
    pool.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
    drop(chunks);
    pool.note(purpose, -(pages.next_power_of_two() as isize));
}

/// The reference counts of all frames that the pool manages, by their numbers.
pub(super) fn counts() -> &'static [AtomicU32] {
    pool().counts
}

/// Says how far the thread that this core goes on with may go into the reserve.
pub fn set_claim(claim: Claim) {
    CLAIM.mine().store(claim as u8, Ordering::Relaxed);
}

#[inline]
fn allowed_floor(purpose: FrameUse) -> usize {
    const USER: u8 = Claim::User as u8;
    const ESSENTIAL: u8 = Claim::Essential as u8;
    let floor = purpose.floor();
    match CLAIM.mine().load(Ordering::Relaxed) {
        // What can't be refused is not.
        USER if floor > 0 => floor + ROOT_FRAMES,
        ESSENTIAL => floor / ESSENTIAL_DEPTH,
        _ => floor,
    }
}

/// Refuses a growth of the kernel's heap that would go into the reserve.
///
/// For what is made of many small allocations, none of which can fail; 0 bytes stand for a few.
pub fn check_heap_growth(bytes: usize) -> Result<(), OutOfMemory> {
    refusals::check(FrameUse::Table)?;
    let left = unpromised().saturating_sub(bytes.div_ceil(PAGE_SIZE));
    // Mostly it is not even asked who asks.
    if left < FrameUse::Table.floor() + ROOT_FRAMES && left < allowed_floor(FrameUse::Table) {
        Err(OutOfMemory)
    } else {
        Ok(())
    }
}

/// Notes that the kernel's heap has `bytes` more, or fewer, in use.
#[inline]
pub fn note_heap_bytes(bytes: isize) {
    // Nobody else writes this core's sum, and nothing interrupts the kernel.
    let mine = HEAP_BYTES.mine();
    mine.store(mine.load(Ordering::Relaxed) + bytes, Ordering::Relaxed);
}
