//! Regions whose pages are there from the beginning: bytes of the kernel's image, in place, which nobody can change, and
//! the memory of a device.

use super::attributes::{RegionAttributes, RegionSpec};
use super::length::pages_for;
use super::object::{Kind, Region};
use super::pages::Pages;
use crate::mm::{Frame, MemoryObject, PageError, Rights};
use abi::Errno;
use abi::region::Seals;
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, PhysAddr};

impl Region {
    /// A region of bytes that lie in the image, from a page's start on.
    pub fn of_image(start: PhysAddr, length: u64) -> Result<Arc<Self>, Errno> {
        if !start.is_frame_start() {
            return Err(Errno::EINVAL);
        }
        Self::of_frames(length, |index| {
            let frame = Frame::of_image(start.add(index * PAGE_SIZE as u64));
            let bytes = (length - index * PAGE_SIZE as u64).min(PAGE_SIZE as u64) as usize;
            if bytes == PAGE_SIZE { Ok(frame) } else { with_zeroed_tail(&frame, bytes) }
        })
    }

    /// A region of memory that belongs to the device with this path: as long as it is, and written by
    /// everybody who may.
    pub fn of_device(path: &'static str, start: PhysAddr, length: u64) -> Result<Arc<Self>, Errno> {
        if !start.is_frame_start() {
            return Err(Errno::EINVAL);
        }
        let mut pages = Pages::new(Rights::all());
        for index in 0..pages_for(length) {
            let address = start.add((index * PAGE_SIZE) as u64);
            pages.put(index, Frame::of_image(address))?;
        }
        let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
        let seals = Seals::SHRINK | Seals::GROW | Seals::SEAL;
        let spec = RegionSpec { maximum: length, seals, ..RegionSpec::file(attributes, length) };
        Self::with_pages(Kind::Device(path), spec, pages)
    }

    /// A fixed, read-only region whose pages are given by their indices.
    fn of_frames(
        length: u64,
        mut frame: impl FnMut(u64) -> Result<Frame, Errno>,
    ) -> Result<Arc<Self>, Errno> {
        let mut pages = Pages::new(Rights::READ | Rights::EXECUTE);
        for index in 0..pages_for(length) {
            pages.put(index, frame(index as u64)?)?;
        }
        let attributes = RegionAttributes { mode: 0o555, uid: 0, gid: 0 };
        Self::with_pages(Kind::Image, RegionSpec::file(attributes, length), pages)
    }

    /// Whether the region is a part of the image, which nobody can change.
    pub fn is_image(&self) -> bool {
        self.kind() == Kind::Image
    }

    /// The part of an image's region from a page's start on, as a region of its own.
    pub fn part_of_image(&self, offset: u64, length: u64) -> Result<Arc<Self>, Errno> {
        let end = offset.checked_add(length).ok_or(Errno::EINVAL)?;
        if !self.is_image() || end > self.length() || length == 0 {
            return Err(Errno::EINVAL);
        }
        let first = offset / PAGE_SIZE as u64;
        Self::of_frames(length, |index| self.page((first + index) as usize).map_err(errno_of))
    }
}

/// A copy of a page's first bytes, for the end of a file: what follows it in the image is not its.
fn with_zeroed_tail(frame: &Frame, bytes: usize) -> Result<Frame, Errno> {
    let copy = Frame::zeroed()?;
    let mut bounce = [0; 256];
    for offset in (0..bytes).step_by(bounce.len()) {
        let part = &mut bounce[..(bytes - offset).min(256)];
        frame.read(offset, part);
        copy.write(offset, part);
    }
    copy.synchronise_instructions();
    Ok(copy)
}

fn errno_of(error: PageError) -> Errno {
    match error {
        PageError::OutOfMemory => Errno::ENOMEM,
        _ => Errno::EINVAL,
    }
}
