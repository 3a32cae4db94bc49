//! Frames for translation tables, empty: each core keeps a few, so that a table that was taken down
//! entry by entry, and so is all zero again, is not zeroed for its next use.
#![allow(unsafe_code, reason = "the bottom of memory: raw frames are zeroed here")]

use super::frames::{self, FrameUse, OutOfMemory};
use crate::sync::{Lock, PerCore, Rank};
use arch::addr::PhysAddr;
use heapless::Vec;

/// Frames that a core keeps: enough for the tables of two small processes.
const KEPT: usize = 16;

type Stash = Lock<Vec<PhysAddr, KEPT>>;

static EMPTY: PerCore<Stash> = PerCore::new([const { Lock::new(Rank::FrameCache, Vec::new()) }; 4]);

/// A frame for a table of any level, all entries empty.
pub fn take() -> Result<PhysAddr, OutOfMemory> {
    frames::admit(FrameUse::Table)?;
    let kept = EMPTY.mine().lock().pop();
    match kept {
        Some(frame) => {
            frames::begin_use(frame, FrameUse::Table);
            Ok(frame)
        }
        None => Ok(zeroed(frames::take_admitted(FrameUse::Table)?)),
    }
}

/// The same, in a frame that the caller has been promised.
pub fn take_promised() -> Result<PhysAddr, OutOfMemory> {
    Ok(zeroed(frames::allocate_promised(FrameUse::Table)?))
}

/// Gives a table's frame back, all of whose entries are empty.
///
/// # Safety
///
/// - The frame came from here, it is zero, and nobody else refers to it.
pub unsafe fn give_back(frame: PhysAddr) {
    let refused = EMPTY.mine().lock().push(frame);
    match refused {
        Ok(()) => frames::note_use(FrameUse::Table, -1),
        Err(frame) => frames::free(frame, FrameUse::Table),
    }
}

/// One of this core's, for another use: the last that there is when all other memory is out.
pub fn give_up() -> Option<PhysAddr> {
    EMPTY.mine().lock().pop()
}

/// How many all cores keep.
pub fn kept() -> usize {
    EMPTY.iter().map(|stash| stash.lock().len()).sum()
}

fn zeroed(frame: PhysAddr) -> PhysAddr {
    // SAFETY: the frame was just allocated, so nobody else refers to it.
    unsafe { arch::ram::zero_frame(frame) };
    frame
}
