//! The call `copy_file_range`: bytes from one file to another, or to another place in it.

use super::arguments::{load, store};
use super::file::get;
use super::transfer::{TRANSFER_MAX, copy, offset_of};
use crate::fs::{Fd, OpenFile};
use crate::user_memory::UserData;
use abi::Errno;
use abi::file::{OpenFlags, S_IFDIR, S_IFMT, S_IFREG};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// A file, and the address of the offset in it; 0 for the file's own offset.
struct Side {
    file: Arc<OpenFile>,
    place: VirtAddr,
    offset: u64,
}

impl Side {
    fn new(fd: Fd, place: VirtAddr) -> Result<Self, Errno> {
        Ok(Self { file: get(fd)?, place, offset: 0 })
    }

    fn find_offset(&mut self) -> Result<(), Errno> {
        self.offset = match self.place.value() {
            0 => self.file.offset()?,
            _ => offset_of(load(self.place)?)?,
        };
        Ok(())
    }

    fn kind(&self) -> u32 {
        self.file.node().permissions().mode & S_IFMT
    }

    fn advance(&self, count: usize) -> Result<(), Errno> {
        let end = self.offset + count as u64;
        match self.place.value() {
            0 => self.file.set_offset(end),
            _ => store(self.place, &end),
        }
    }
}

pub fn copy_file_range(
    (from, from_place): (Fd, VirtAddr),
    (to, to_place): (Fd, VirtAddr),
    count: usize,
    flags: u32,
) -> Result<u64, Errno> {
    let (mut from, mut to) = (Side::new(from, from_place)?, Side::new(to, to_place)?);
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    check_files(&from, &to)?;
    from.find_offset()?;
    to.find_offset()?;
    let count = room(&from, &to, count as u64)?.min(TRANSFER_MAX as u64) as usize;
    let put = |done: usize, bytes: &[u8]| {
        to.file.write_at(to.offset + done as u64, &mut UserData::kernel(bytes))
    };
    let done = copy(&from.file, from.offset, count, put)?;
    if done > 0 {
        from.advance(done)?;
        to.advance(done)?;
    }
    Ok(done as u64)
}

fn check_files(from: &Side, to: &Side) -> Result<(), Errno> {
    let kinds = [from.kind(), to.kind()];
    if kinds.contains(&S_IFDIR) {
        return Err(Errno::EISDIR);
    }
    if kinds != [S_IFREG; 2] {
        return Err(Errno::EINVAL);
    }
    let appends = to.file.status_flags().contains(OpenFlags::APPEND);
    if from.file.reads() && to.file.writes() && !appends { Ok(()) } else { Err(Errno::EBADF) }
}

/// How much of it there is to copy; a file's bytes are not copied onto themselves.
fn room(from: &Side, to: &Side, count: u64) -> Result<u64, Errno> {
    let is_within =
        |offset: u64| offset.checked_add(count).is_some_and(|end| i64::try_from(end).is_ok());
    if !is_within(from.offset) || !is_within(to.offset) {
        return Err(Errno::EOVERFLOW);
    }
    let count = count.min(from.file.node().length().saturating_sub(from.offset));
    let is_same = from.file.node().identity() == to.file.node().identity();
    if is_same && overlaps(from.offset, to.offset, count) {
        return Err(Errno::EINVAL);
    }
    Ok(count)
}

const fn overlaps(one: u64, other: u64, count: u64) -> bool {
    one.abs_diff(other) < count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_if_a_byte_is_in_both() {
        assert!(overlaps(0, 4, 5) && overlaps(4, 0, 5) && overlaps(3, 3, 1));
        assert!(!overlaps(0, 5, 5) && !overlaps(5, 0, 5) && !overlaps(3, 3, 0));
    }
}
