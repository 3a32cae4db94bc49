//! Mapping a region whose pages are there, the first touch of one of them, and unmapping it.

use super::{Question, RIGHTS, touch as touch_page};
use crate::clock::Samples;
use abi::limits::PAGE_SIZE;
use abi::memory::MapFlags;
use alloc::vec;
use alloc::vec::Vec;
use core::ptr;
use user::error::{Context, Result};
use user::offer::Pages;
use user::region::Region;
use user::syscall::memory::{mmap, munmap};

pub const OF_REGIONS: Question = Question {
    name: "mapping",
    columns: &["PAGES", "MAP", "TOUCH", "UNMAP", "PRIVATE-FAULT"],
    most: 1 << 16,
    measure,
};

fn measure(pages: usize, rounds: u32) -> Result<Vec<u64>> {
    let bytes = pages * PAGE_SIZE;
    let region = Region::options().bytes(bytes as u64).anonymous()?;
    let view = region.map(RIGHTS)?;
    (0..bytes).step_by(PAGE_SIZE).for_each(|offset| touch_page(view.memory(), offset));
    let samples = || Samples::new(rounds.into());
    let (map, touch, unmap, fault) = (samples()?, samples()?, samples()?, samples()?);
    for _ in 0..rounds {
        let place = map.time(|| {
            // SAFETY: without `FIXED` the kernel chooses addresses that are not in use.
            unsafe { mmap(0, bytes, RIGHTS, MapFlags::SHARED, region.as_raw(), 0) }
        });
        let place = place.context("mapping")?;
        let middle = (place + bytes / 2) as *const u64;
        // SAFETY: it is mapped, and any byte is valid.
        touch.time(|| unsafe { ptr::read_volatile(middle) });
        // SAFETY: nobody else knows the place.
        unmap.time(|| unsafe { munmap(place, bytes) }).context("unmapping")?;
        let private = Pages::new(bytes)?;
        fault.time(|| touch_page(private.memory(), bytes / 2));
    }
    Ok(vec![map.median(), touch.median(), unmap.median(), fault.median()])
}
