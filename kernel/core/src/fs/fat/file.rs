//! Reading and writing a file's bytes, and its length.
//!
//! Bytes go through a buffer of the kernel's: user memory is not touched while the volume's lock
//! is held, and the card gets many blocks at a time.

use super::node::FatNode;
use crate::fs::node::{Place, Written};
use crate::region::Purpose;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use core::sync::atomic::Ordering;

/// Bytes that are read or written under one hold of the volume's lock.
pub(super) const PART: usize = 64 << 10;
/// Bytes of zeroes that a file is made longer by at a time.
const STEP: u64 = 1 << 20;
/// The most that a file can hold.
const LENGTH_MAX: u64 = u32::MAX as u64;

/// Room for a part, or for less if less is asked for.
pub(super) fn part(wanted: usize) -> Result<Vec<u8>, Errno> {
    let length = wanted.min(PART);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// Room for a part, or for as many pages of it as there is memory for.
pub(super) fn part_or_less(wanted: usize) -> Result<Vec<u8>, Errno> {
    let mut length = wanted.min(PART);
    loop {
        match part(length) {
            Err(_) if length > PAGE_SIZE => length = (length / 2).next_multiple_of(PAGE_SIZE),
            outcome => return outcome,
        }
    }
}

/// A process that is to end does not wait for the rest of a long transfer.
pub(super) fn check_ending() -> Result<(), Errno> {
    match sched::current_if_any() {
        Some(thread) if thread.is_ending() => Err(Errno::EINTR),
        _ => Ok(()),
    }
}

impl FatNode {
    /// Copies bytes from `offset` on into the buffer.
    pub(super) fn read_bytes(&self, offset: u64, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        self.check_file()?;
        if let Some(region) = self.mapped_region() {
            return region.read(offset, to);
        }
        let mut buffer = part_or_less(to.remaining())?;
        let mut at = offset;
        to.counted(|to| {
            while to.remaining() > 0 {
                let room = buffer.len().min(to.remaining());
                let bytes = &mut buffer[..room];
                let count = self.with(|mounted| Ok(mounted.fs.read(self.id, at, bytes)?))?;
                if count == 0 {
                    break;
                }
                to.put(&buffer[..count])?;
                at += count as u64;
                check_ending()?;
            }
            Ok(())
        })
    }

    /// Writes the data; no other write is in between.
    pub(super) fn write_bytes(
        &self,
        place: Place,
        from: &mut UserData<'_>,
    ) -> Result<Written, Errno> {
        self.check_file()?;
        let _alone = self.writes.lock();
        let region = self.mapped_region();
        let _turn = region.as_ref().map(|region| region.turn(Purpose::Write)).transpose()?;
        let length = self.length.load(Ordering::Relaxed);
        let start = match place {
            Place::Offset(offset) => offset,
            Place::End => length,
        };
        if from.remaining() == 0 {
            return Ok(Written { count: 0, end: start });
        }
        if start >= LENGTH_MAX {
            return Err(Errno::EFBIG);
        }
        if start > length {
            self.grow(length, start)?;
        }
        let mut at = start;
        let outcome = self.write_parts(&mut at, from);
        // What is in the file counts, whatever happened afterwards.
        match outcome {
            Err(error) if at == start => {
                if start > length {
                    // So do not the zeroes before bytes that are not there.
                    let _ = self.cut(length);
                }
                Err(error)
            }
            _ => Ok(Written { count: (at - start) as usize, end: at }),
        }
    }

    /// Writes all there is from `at` on, which moves along with what is in the file.
    fn write_parts(&self, at: &mut u64, from: &mut UserData<'_>) -> Result<(), Errno> {
        let mut buffer = part_or_less(from.remaining())?;
        while from.remaining() > 0 {
            let taken = from.take(&mut buffer)?;
            let room = (LENGTH_MAX - *at).min(taken as u64) as usize;
            if room == 0 {
                return Err(Errno::EFBIG);
            }
            self.write_part(*at, &buffer[..room])?;
            *at += room as u64;
            check_ending()?;
        }
        Ok(())
    }

    /// Writes bytes to the card, and to those pages of the region that are there if it is mapped.
    fn write_part(&self, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        let mut mapped = self.bytes.lock();
        let mut page = if mapped.is_some() { part(PAGE_SIZE)? } else { Vec::new() };
        let before = self.length.load(Ordering::Relaxed);
        let length = before.max(at + bytes.len() as u64);
        let written = self.change(|mounted| Ok(mounted.fs.write(self.id, at, bytes)?));
        if let Some(mapped) = &mut *mapped {
            if written.is_err() {
                mapped.forget_sums(at, bytes.len());
            }
            written?;
            if let Err(error) = mapped.set_length(length) {
                let _ = self.change(|mounted| Ok(mounted.fs.truncate(self.id, before)?));
                mapped.forget_sums(at, bytes.len());
                return Err(error);
            }
            mapped.put(at, bytes, &mut page);
        }
        written?;
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the file longer or shorter.
    pub(super) fn change_length(&self, length: u64) -> Result<(), Errno> {
        self.check_file()?;
        let _alone = self.writes.lock();
        match self.mapped_region() {
            Some(region) => {
                let _turn = region.turn(Purpose::Write)?;
                region.set_length(length)
            }
            None => self.resize(length),
        }
    }

    /// Makes the file and its region longer or shorter. The caller keeps others who would do so out.
    pub(super) fn resize(&self, length: u64) -> Result<(), Errno> {
        if length > LENGTH_MAX {
            return Err(Errno::EFBIG);
        }
        let before = self.length.load(Ordering::Relaxed);
        if length > before { self.grow(before, length) } else { self.cut(length) }
    }

    /// Adds zeroes, which FAT writes to the card; all of them or none.
    fn grow(&self, before: u64, length: u64) -> Result<(), Errno> {
        let mut at = before;
        while at < length {
            let next = length.min(at + STEP);
            let step = check_ending()
                .and_then(|()| self.change(|mounted| Ok(mounted.fs.truncate(self.id, next)?)));
            if let Err(error) = step {
                // What cannot be taken back is zeroes at the end.
                let _ = self.cut(before);
                return Err(error);
            }
            at = next;
        }
        let outcome = match &mut *self.bytes.lock() {
            Some(mapped) => mapped.set_length(length),
            None => Ok(()),
        };
        match outcome {
            Ok(()) => self.length.store(length, Ordering::Relaxed),
            Err(_) => drop(self.cut(before)),
        }
        outcome
    }

    /// Pages come in neither before nor after it is cut in one place only.
    fn cut(&self, length: u64) -> Result<(), Errno> {
        let mut bytes = self.bytes.lock();
        self.change(|mounted| Ok(mounted.fs.truncate(self.id, length)?))?;
        self.length.store(length, Ordering::Relaxed);
        bytes.as_mut().map_or(Ok(()), |mapped| mapped.set_length(length))
    }
}
