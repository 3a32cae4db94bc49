//! Free frames: chunks of 64 frames from a buddy allocator, and a bitmap within each chunk.
//!
//! The buddy allocator looks for a freed block's buddy by walking a list, so it is asked only for
//! whole chunks and for runs longer than one; single frames cost a bit in a word, whatever is
//! free around them.

use super::frames::OutOfMemory;
use alloc::alloc::Layout;
use arch::addr::{PAGE_SHIFT, PAGE_SIZE, PhysAddr};
use buddy_system_allocator::Heap;
use core::ops::Range;

/// Frames in a chunk: one bit each in a `u64`.
pub const CHUNK_FRAMES: usize = 64;
const CHUNK_BYTES: usize = CHUNK_FRAMES * PAGE_SIZE;
/// Blocks of up to 2 GiB.
const ORDERS: usize = 32;

/// All free frames that no core has put aside.
pub struct Chunks {
    /// Whole free chunks, by their addresses in the linear map.
    whole: Heap<ORDERS>,
    /// Per chunk: which of its frames are free; 0 for chunks that are whole or not memory.
    free: &'static mut [u64],
    /// Bit per chunk: it has some free frames, but is not whole.
    partial: &'static mut [u64],
    free_frames: usize,
}

impl Chunks {
    /// Words that the two bitmaps need for memory up to frame number `frames`.
    pub const fn bitmap_words(frames: usize) -> (usize, usize) {
        let chunks = frames.div_ceil(CHUNK_FRAMES);
        (chunks, chunks.div_ceil(64))
    }

    /// With no free frames yet; the bitmaps are zero and of [`Self::bitmap_words`] lengths.
    pub const fn new(free: &'static mut [u64], partial: &'static mut [u64]) -> Self {
        Self { whole: Heap::new(), free, partial, free_frames: 0 }
    }

    /// Frames that are free.
    pub const fn free_frames(&self) -> usize {
        self.free_frames
    }

    /// Adds free memory, given by frame numbers.
    ///
    /// # Safety
    ///
    /// - The frames are RAM that nobody uses, mapped in the linear map for ever.
    /// - They were not added before.
    #[allow(unsafe_code, reason = "the buddy allocator writes its lists into free memory")]
    pub unsafe fn add(&mut self, frames: Range<usize>) {
        let first_chunk = frames.start.div_ceil(CHUNK_FRAMES);
        let end_chunk = frames.end / CHUNK_FRAMES;
        // Only what lies beside whole chunks is looked at frame by frame.
        let before = frames.start..frames.end.min(first_chunk * CHUNK_FRAMES);
        let behind = frames.end.min(before.end.max(end_chunk * CHUNK_FRAMES))..frames.end;
        for frame in before.chain(behind) {
            self.mark_free(frame / CHUNK_FRAMES, 1 << (frame % CHUNK_FRAMES));
        }
        self.free_frames += frames.len();
        if first_chunk < end_chunk {
            let start = arch::ram::linear(chunk_address(first_chunk)).addr();
            let bytes = (end_chunk - first_chunk) * CHUNK_BYTES;
            // SAFETY: the caller vouches for the frames; whole chunks of them stay mapped at `start`.
            unsafe { self.whole.add_to_heap(start, start + bytes) };
        }
    }

    /// Calls `visit` with each free frame of the chunks that are free in part.
    pub fn visit_free(&self, visit: &mut dyn FnMut(PhysAddr)) {
        for (chunk, free) in self.free.iter().enumerate() {
            let frames = (0..CHUNK_FRAMES).filter(|frame| free & 1 << frame != 0);
            frames.for_each(|frame| visit(frame_address(chunk * CHUNK_FRAMES + frame)));
        }
    }

    /// Whether the bitmaps and the whole chunks make up as many free frames as are counted.
    pub fn is_consistent(&self) -> bool {
        let bits = self.free.iter().map(|free| free.count_ones() as usize);
        let whole = (self.whole.stats_total_bytes() - self.whole.stats_alloc_actual()) / PAGE_SIZE;
        let is_partial = |chunk: usize| self.partial[chunk / 64] & 1 << (chunk % 64) != 0;
        let mut marked = self.free.iter().enumerate();
        bits.sum::<usize>() + whole == self.free_frames
            && marked.all(|(chunk, free)| is_partial(chunk) == (*free != 0))
    }

    /// Takes a single frame.
    pub fn take(&mut self) -> Result<PhysAddr, OutOfMemory> {
        let chunk = match self.first_partial() {
            Some(chunk) => chunk,
            None => self.open_chunk()?,
        };
        let bit = self.free[chunk].trailing_zeros() as usize;
        self.mark_used(chunk, 1 << bit);
        self.free_frames -= 1;
        Ok(frame_address(chunk * CHUNK_FRAMES + bit))
    }

    /// Takes single frames of one chunk, `wanted` at most, for a list that has room for them;
    /// returns how many it took.
    pub fn take_some<const N: usize>(
        &mut self,
        wanted: usize,
        list: &mut heapless::Vec<PhysAddr, N>,
    ) -> usize {
        let Some(chunk) = self.first_partial().or_else(|| self.open_chunk().ok()) else { return 0 };
        let mut left = self.free[chunk];
        let before = list.len();
        while left != 0 && list.len() - before < wanted {
            let frame = frame_address(chunk * CHUNK_FRAMES + left.trailing_zeros() as usize);
            if list.push(frame).is_err() {
                break;
            }
            left &= left - 1;
        }
        self.mark_used(chunk, self.free[chunk] & !left);
        self.free_frames -= list.len() - before;
        list.len() - before
    }

    /// Gives frames back that were taken one by one; neighbours cost least.
    pub fn give_some(&mut self, frames: &[PhysAddr]) {
        let mut rest = frames;
        while let [first, ..] = rest {
            let chunk = first.frame_number() / CHUNK_FRAMES;
            let mut mask = 0;
            let mut count = 0;
            for frame in rest {
                let number = frame.frame_number();
                let bit = 1 << (number % CHUNK_FRAMES);
                if number / CHUNK_FRAMES != chunk || mask & bit != 0 {
                    break;
                }
                mask |= bit;
                count += 1;
            }
            self.give_mask(chunk, mask);
            self.free_frames += count;
            rest = &rest[count..];
        }
    }

    /// Takes `frames` frames in a row, aligned to their number rounded up to a power of two.
    pub fn take_run(&mut self, frames: usize) -> Result<PhysAddr, OutOfMemory> {
        let rounded = frames.max(1).checked_next_power_of_two().ok_or(OutOfMemory)?;
        if rounded >= CHUNK_FRAMES {
            return self.take_chunks(rounded);
        }
        let chunk = match self.partial_with_run(rounded) {
            Some(chunk) => chunk,
            None => self.open_chunk()?,
        };
        let bit = runs_of(self.free[chunk], rounded).trailing_zeros() as usize;
        self.mark_used(chunk, run_mask(rounded) << bit);
        self.free_frames -= rounded;
        Ok(frame_address(chunk * CHUNK_FRAMES + bit))
    }

    /// Gives a frame back that [`Self::take`] gave.
    pub fn give(&mut self, frame: PhysAddr) {
        self.give_run(frame, 1);
    }

    /// Gives frames back that [`Self::take_run`] gave for the same number.
    pub fn give_run(&mut self, start: PhysAddr, frames: usize) {
        let rounded = frames.max(1).next_power_of_two();
        self.free_frames += rounded;
        let number = start.frame_number();
        let chunk = number / CHUNK_FRAMES;
        if rounded >= CHUNK_FRAMES {
            self.give_chunks(start, rounded);
            return;
        }
        self.give_mask(chunk, run_mask(rounded) << (number % CHUNK_FRAMES));
    }

    fn give_mask(&mut self, chunk: usize, mask: u64) {
        assert!(self.free[chunk] & mask == 0, "a frame of chunk {chunk} is freed twice");
        self.mark_free(chunk, mask);
        if self.free[chunk] == u64::MAX {
            self.mark_used(chunk, u64::MAX);
            self.give_chunks(chunk_address(chunk), CHUNK_FRAMES);
        }
    }

    fn mark_free(&mut self, chunk: usize, mask: u64) {
        self.free[chunk] |= mask;
        self.partial[chunk / 64] |= 1 << (chunk % 64);
    }

    fn mark_used(&mut self, chunk: usize, mask: u64) {
        self.free[chunk] &= !mask;
        if self.free[chunk] == 0 {
            self.partial[chunk / 64] &= !(1 << (chunk % 64));
        }
    }

    fn first_partial(&self) -> Option<usize> {
        let word = self.partial.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.partial[word].trailing_zeros() as usize)
    }

    fn partial_with_run(&self, frames: usize) -> Option<usize> {
        (0..self.free.len()).find(|chunk| runs_of(self.free[*chunk], frames) != 0)
    }

    fn open_chunk(&mut self) -> Result<usize, OutOfMemory> {
        let chunk = self.take_whole(CHUNK_FRAMES)?.frame_number() / CHUNK_FRAMES;
        self.mark_free(chunk, u64::MAX);
        Ok(chunk)
    }

    fn take_chunks(&mut self, frames: usize) -> Result<PhysAddr, OutOfMemory> {
        let start = self.take_whole(frames)?;
        self.free_frames -= frames;
        Ok(start)
    }

    fn take_whole(&mut self, frames: usize) -> Result<PhysAddr, OutOfMemory> {
        let layout = layout(frames)?;
        let pointer = self.whole.alloc(layout).map_err(|()| OutOfMemory)?;
        let base = arch::ram::linear(PhysAddr::new(0)).addr();
        Ok(PhysAddr::new((pointer.as_ptr().addr() - base) as u64))
    }

    #[allow(unsafe_code, reason = "the buddy allocator takes memory on trust")]
    fn give_chunks(&mut self, start: PhysAddr, frames: usize) {
        let layout = layout(frames).expect("invariant: a block that was taken has a layout");
        let pointer = core::ptr::NonNull::new(arch::ram::linear(start))
            .expect("invariant: the linear map does not begin at 0");
        // SAFETY: the block was taken with this layout, or is a chunk all of whose frames were
        // given back one by one; in both cases nobody else uses it.
        unsafe { self.whole.dealloc(pointer, layout) };
    }
}

const fn frame_address(frame: usize) -> PhysAddr {
    PhysAddr::new((frame << PAGE_SHIFT) as u64)
}

const fn chunk_address(chunk: usize) -> PhysAddr {
    frame_address(chunk * CHUNK_FRAMES)
}

fn layout(frames: usize) -> Result<Layout, OutOfMemory> {
    let bytes = frames.checked_mul(PAGE_SIZE).ok_or(OutOfMemory)?;
    Layout::from_size_align(bytes, bytes).map_err(|_| OutOfMemory)
}

const fn run_mask(frames: usize) -> u64 {
    (1 << frames) - 1
}

/// The bits at which an aligned run of `frames` (a power of two below 64) set bits begins.
const fn runs_of(free: u64, frames: usize) -> u64 {
    let mut starts = free;
    let mut covered = 1;
    while covered < frames {
        starts &= starts >> covered;
        covered *= 2;
    }
    // A word with every `frames`-th bit set: all ones divided by one run's mask.
    starts & (u64::MAX / run_mask(frames))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_begin_where_enough_aligned_bits_are_set() {
        assert_eq!(runs_of(0b1111_0110, 1), 0b1111_0110);
        assert_eq!(runs_of(0b1111_0110, 2), 0b0101_0000);
        assert_eq!(runs_of(0b1111_0110, 4), 0b0001_0000);
        assert_eq!(runs_of(u64::MAX, 32), 1 | 1 << 32);
    }

    /// Chunks on simulated memory that this test alone has.
    #[allow(unsafe_code, reason = "frames are given away on trust")]
    fn chunks(frames: usize) -> Chunks {
        let range = arch::ram::claim(frames);
        chunks_of(range.start.frame_number()..range.end.frame_number())
    }

    #[allow(unsafe_code, reason = "frames are given away on trust")]
    fn chunks_of(range: Range<usize>) -> Chunks {
        let (free, partial) = Chunks::bitmap_words(range.end);
        let mut chunks = Chunks::new(vec![0; free].leak(), vec![0; partial].leak());
        // SAFETY: nobody else has claimed the frames.
        unsafe { chunks.add(range) };
        chunks
    }

    #[test]
    fn a_range_is_added_to_its_last_frame_wherever_it_begins_and_ends() {
        for (skipped, length) in
            [(0, 64), (0, 1), (1, 62), (1, 63), (1, 64), (63, 2), (5, 200), (64, 130)]
        {
            let range = arch::ram::claim(512);
            let start = range.start.frame_number().next_multiple_of(CHUNK_FRAMES) + skipped;
            let mut chunks = chunks_of(start..start + length);
            assert_eq!(chunks.free_frames(), length);
            let taken =
                core::iter::from_fn(|| chunks.take().ok()).map(|frame| frame.frame_number());
            let mut taken: Vec<usize> = taken.collect();
            taken.sort_unstable();
            assert_eq!(taken, (start..start + length).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_pool_that_counts_wrongly_is_found() {
        let mut chunks = chunks(200);
        let taken: Vec<_> = (0..70).map(|_| chunks.take().unwrap()).collect();
        assert!(chunks.is_consistent());
        chunks.free_frames += 1;
        assert!(!chunks.is_consistent());
        chunks.free_frames -= 1;
        chunks.partial[0] ^= 1;
        assert!(!chunks.is_consistent());
        chunks.partial[0] ^= 1;
        taken.into_iter().for_each(|frame| chunks.give(frame));
        assert!(chunks.is_consistent());
    }

    #[test]
    fn frames_that_are_taken_in_bulk_differ_and_come_back_in_bulk() {
        let mut chunks = chunks(200);
        let mut taken: heapless::Vec<PhysAddr, 256> = heapless::Vec::new();
        while chunks.take_some(30, &mut taken) > 0 {}
        assert_eq!((taken.len(), chunks.free_frames()), (200, 0));
        let mut sorted: Vec<_> = taken.iter().map(|frame| frame.frame_number()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 200);
        // Neighbours and strangers.
        chunks.give_some(&taken[100..]);
        let scattered: Vec<_> = (0..100).map(|index| taken[index * 37 % 100]).collect();
        chunks.give_some(&scattered);
        assert_eq!(chunks.free_frames(), 200);
        assert!(chunks.take_run(64).is_ok(), "whole chunks are made of them again");
    }

    #[test]
    #[should_panic(expected = "freed twice")]
    fn a_frame_that_comes_back_twice_in_bulk_is_noticed() {
        let mut chunks = chunks(64);
        let (frame, _stays) = (chunks.take().unwrap(), chunks.take().unwrap());
        chunks.give_some(&[frame, frame]);
    }
}
