//! The names of regions: all that exist, one that is to appear, one that is to go.

use super::RegionRecord;
use crate::error::{Context, Error, Result};
use crate::syscall::region as call;
use crate::syscall::region_data::region_pages;
use crate::time;
use abi::Errno;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

/// Removes a region's name; the memory goes with the last user.
pub fn unlink(name: &str) -> Result<()> {
    call::region_unlink(name).map_err(|errno| failed(errno, name))
}

/// All regions with a name.
pub fn list() -> Result<Vec<RegionRecord>> {
    all(RegionRecord::empty(), call::region_list).context("region list")
}

/// Waits until a region of that name exists, at most for the time, and says whether it does. It may
/// be gone again by then.
pub fn wait_for_name(name: &str, timeout: Option<Duration>) -> Result<bool> {
    time::within(timeout, |left| call::region_wait_name(name, left))
        .map(|outcome| outcome.is_some())
        .map_err(|errno| failed(errno, name))
}

/// Whether a region of that name exists now.
pub fn exists(name: &str) -> Result<bool> {
    wait_for_name(name, Some(Duration::ZERO))
}

/// Tells of each `stride`th page from `first` on, as far as there are any: 0 if it has no memory yet, else a number that
/// changes when some of its bytes do. Returns how many words were filled.
///
/// Who asks does not become a user of the region.
pub fn pages(name: &str, first: u64, stride: u64, words: &mut [u32]) -> Result<usize> {
    region_pages(name, first, stride, words).map_err(|errno| failed(errno, name))
}

/// Asks for records with more and more room, until all fit.
pub(crate) fn all<T: Clone>(
    empty: T,
    ask: impl Fn(&mut [T]) -> core::result::Result<usize, Errno>,
) -> core::result::Result<Vec<T>, Errno> {
    let mut capacity = 16;
    loop {
        let mut records = vec![empty.clone(); capacity];
        let count = ask(&mut records)?;
        if count <= capacity {
            records.truncate(count);
            return Ok(records);
        }
        // A few more may come before the next attempt.
        capacity = count + 8;
    }
}

/// What a call about a name failed with, in words.
pub(super) fn failed(errno: Errno, name: &str) -> Error {
    let error = Error::new(errno, name);
    match errno {
        Errno::ENOENT => error
            .problem("no such region")
            .advice(format!("create one with: region create {name} 64K")),
        Errno::EEXIST => error.problem("a region of that name exists already"),
        Errno::EINVAL => error.advice("a region's name is / and up to 255 characters without /"),
        Errno::ENAMETOOLONG => error.advice("a region's name is / and up to 255 characters"),
        Errno::EBUSY => error.problem("the region has its one writer").advice("open it read-only"),
        Errno::EDQUOT => error.advice("root changes quotas with: limit"),
        _ => error,
    }
}
