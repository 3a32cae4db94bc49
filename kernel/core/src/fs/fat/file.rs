//! Reading and writing a file's bytes, and its length.
//!
//! Bytes go through a buffer of the kernel's: user memory is not touched while the volume's lock
//! is held, and the card gets many blocks at a time.

use super::mapped::Mapped;
use super::node::FatNode;
use crate::fs::node::{Place, Written};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::vec::Vec;
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
        let region = self.bytes.lock().as_ref().map(|mapped| mapped.region.clone());
        if let Some(region) = region {
            return region.read(offset, to);
        }
        let mut buffer = part(to.remaining())?;
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
        let mut bytes = self.bytes.lock();
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
            self.grow(&mut bytes, length, start)?;
        }
        let mut at = start;
        let outcome = self.write_parts(&mut bytes, &mut at, from);
        // What is in the file counts, whatever happened afterwards.
        match outcome {
            Err(error) if at == start => Err(error),
            _ => Ok(Written { count: (at - start) as usize, end: at }),
        }
    }

    /// Writes all there is from `at` on, which moves along with what is in the file.
    fn write_parts(
        &self,
        mapped: &mut Option<Mapped>,
        at: &mut u64,
        from: &mut UserData<'_>,
    ) -> Result<(), Errno> {
        let mut buffer = part(from.remaining())?;
        while from.remaining() > 0 {
            let taken = from.take(&mut buffer)?;
            let room = (LENGTH_MAX - *at).min(taken as u64) as usize;
            if room == 0 {
                return Err(Errno::EFBIG);
            }
            self.write_part(mapped, *at, &buffer[..room])?;
            *at += room as u64;
            check_ending()?;
        }
        Ok(())
    }

    /// Writes bytes to the card, and to the region if there is one: that gets its length first,
    /// because it may lack the memory.
    fn write_part(&self, mapped: &mut Option<Mapped>, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        let before = self.length.load(Ordering::Relaxed);
        let length = before.max(at + bytes.len() as u64);
        let write = || self.change(|mounted| Ok(mounted.fs.write(self.id, at, bytes)?));
        match mapped {
            Some(mapped) => {
                mapped.set_length(length)?;
                if let Err(error) = write() {
                    let _ = mapped.set_length(before);
                    return Err(error);
                }
                mapped.put(at, bytes)?;
            }
            None => {
                write()?;
            }
        }
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the file longer or shorter.
    pub(super) fn change_length(&self, length: u64) -> Result<(), Errno> {
        self.check_file()?;
        if length > LENGTH_MAX {
            return Err(Errno::EFBIG);
        }
        let mut bytes = self.bytes.lock();
        let before = self.length.load(Ordering::Relaxed);
        if length > before {
            self.grow(&mut bytes, before, length)
        } else {
            self.cut(&mut bytes, length)
        }
    }

    /// Adds zeroes, which FAT writes to the card; all of them or none.
    fn grow(&self, mapped: &mut Option<Mapped>, before: u64, length: u64) -> Result<(), Errno> {
        if let Some(mapped) = mapped {
            mapped.set_length(length)?;
        }
        let mut at = before;
        while at < length {
            let next = length.min(at + STEP);
            let step = check_ending()
                .and_then(|()| self.change(|mounted| Ok(mounted.fs.truncate(self.id, next)?)));
            if let Err(error) = step {
                // What cannot be taken back is zeroes at the end.
                let _ = self.cut(mapped, before);
                return Err(error);
            }
            self.length.store(next, Ordering::Relaxed);
            at = next;
        }
        Ok(())
    }

    fn cut(&self, mapped: &mut Option<Mapped>, length: u64) -> Result<(), Errno> {
        self.change(|mounted| Ok(mounted.fs.truncate(self.id, length)?))?;
        self.length.store(length, Ordering::Relaxed);
        mapped.as_mut().map_or(Ok(()), |mapped| mapped.set_length(length))
    }
}
