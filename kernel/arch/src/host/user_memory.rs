//! Copies from and to simulated programs, by walking the tables of the active address space.

use super::walk::walk;
use super::{ram, upcall};
use crate::addr::{PAGE_SIZE, PhysAddr, USER_END, VirtAddr};
use crate::fault::FaultKind;

pub use crate::user_access::{BadAddress, StringError};

/// Copies from a program. After an error some of `to` may be overwritten.
pub fn copy_in(to: &mut [u8], from: VirtAddr) -> Result<(), BadAddress> {
    for (start, length, done) in pieces(from, to.len())? {
        let frame = reach(start, FaultKind::Read)?;
        // SAFETY: the walk found the bytes in a frame of simulated RAM.
        unsafe { ram::read_bytes(frame, &mut to[done..done + length]) };
    }
    Ok(())
}

/// Copies to a program. After an error some bytes may be there.
pub fn copy_out(to: VirtAddr, from: &[u8]) -> Result<(), BadAddress> {
    for (start, length, done) in pieces(to, from.len())? {
        let frame = reach(start, FaultKind::Write)?;
        // SAFETY: the walk found the bytes in a frame of simulated RAM.
        unsafe { ram::write_bytes(frame, &from[done..done + length]) };
    }
    Ok(())
}

/// As [`copy_in`], but fails where a page would have to be brought in: so it may be called with locks
/// held.
pub fn try_copy_in(to: &mut [u8], from: VirtAddr) -> Result<(), BadAddress> {
    for (start, length, done) in pieces(from, to.len())? {
        let frame = walk(start, FaultKind::Read).map_err(|_| BadAddress)?;
        // SAFETY: the walk found the bytes in a frame of simulated RAM.
        unsafe { ram::read_bytes(frame, &mut to[done..done + length]) };
    }
    Ok(())
}

/// As [`copy_out`], but fails where a page would have to be brought in: so it may be called with
/// locks held.
pub fn try_copy_out(to: VirtAddr, from: &[u8]) -> Result<(), BadAddress> {
    for (start, length, done) in pieces(to, from.len())? {
        let frame = walk(start, FaultKind::Write).map_err(|_| BadAddress)?;
        // SAFETY: the walk found the bytes in a frame of simulated RAM.
        unsafe { ram::write_bytes(frame, &from[done..done + length]) };
    }
    Ok(())
}

/// Zeroes a program's memory. After an error some of it may be.
pub fn zero_out(to: VirtAddr, bytes: usize) -> Result<(), BadAddress> {
    for (start, length, _) in pieces(to, bytes)? {
        copy_out(start, &[0; PAGE_SIZE][..length])?;
    }
    Ok(())
}

/// Reads a word.
pub fn load_u32(at: VirtAddr) -> Result<u32, BadAddress> {
    let mut bytes = [0; size_of::<u32>()];
    copy_in(&mut bytes, at)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Writes a word.
pub fn store_u32(at: VirtAddr, value: u32) -> Result<(), BadAddress> {
    copy_out(at, &value.to_le_bytes())
}

/// Replaces a word if it is as expected; returns what was there.
pub fn compare_exchange_u32(at: VirtAddr, expected: u32, new: u32) -> Result<u32, BadAddress> {
    if !at.value().is_multiple_of(size_of::<u32>()) {
        return Err(BadAddress);
    }
    let found = load_u32(at)?;
    if found == expected {
        store_u32(at, new)?;
    }
    Ok(found)
}

/// Copies a string without the NUL that ends it, and returns its length.
pub fn read_string(from: VirtAddr, to: &mut [u8]) -> Result<usize, StringError> {
    for index in 0..to.len() {
        copy_in(&mut to[index..=index], from.add(index))?;
        if to[index] == 0 {
            return Ok(index);
        }
    }
    Err(StringError::TooLong)
}

/// A range page by page: where each piece begins, how long it is, and how much comes before it.
fn pieces(
    start: VirtAddr,
    bytes: usize,
) -> Result<impl Iterator<Item = (VirtAddr, usize, usize)>, BadAddress> {
    let end = start.value().checked_add(bytes).ok_or(BadAddress)?;
    if end > USER_END {
        return Err(BadAddress);
    }
    let mut done = 0;
    Ok(std::iter::from_fn(move || {
        let at = start.add(done);
        let length = (bytes - done).min(PAGE_SIZE - at.page_offset());
        let piece = (at, length, done);
        done += length;
        (length > 0).then_some(piece)
    }))
}

fn reach(address: VirtAddr, kind: FaultKind) -> Result<PhysAddr, BadAddress> {
    loop {
        match walk(address, kind) {
            Ok(frame) => return Ok(frame),
            Err(fault) if upcall::commons_kernel_fault(&fault) => {}
            Err(_) => return Err(BadAddress),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::space;
    use crate::tlb::Asid;

    const PAGE: u64 = 1 << 11 | 1 << 10 | 3 << 8 | 3;
    const EL0: u64 = 1 << 6;
    const READ_ONLY: u64 = 1 << 7;
    const TABLE: u64 = 3;

    /// An address space with pages at 0 (writable), 0x1000 (read-only) and 0x2000 (kernel's).
    fn enter_space() {
        let frames: Vec<_> = (0..6).map(|_| ram::claim(1).start).collect();
        for frame in &frames {
            // SAFETY: the frames are this test's alone.
            unsafe { ram::zero_frame(*frame) };
        }
        let entries = [
            (0, 0, frames[1].value() | TABLE),
            (1, 0, frames[2].value() | TABLE),
            (2, 0, frames[3].value() | PAGE | EL0),
            (2, 1, frames[4].value() | PAGE | EL0 | READ_ONLY),
            (2, 2, frames[5].value() | PAGE),
        ];
        for (table, index, entry) in entries {
            // SAFETY: as above.
            unsafe { ram::write_entry(frames[table], index, entry) };
        }
        space::activate(space::LowerHalf::new(frames[0], Asid::new(1)));
    }

    fn set_entry(address: VirtAddr, entry: u64) {
        let mut table = space::root().expect("active");
        for index in [address.level1_index(), address.level2_index()] {
            // SAFETY: the tables are this test's alone.
            table = PhysAddr::new(unsafe { ram::read_entry(table, index) } & !0xFFF);
        }
        // SAFETY: as above.
        unsafe { ram::write_entry(table, address.level3_index(), entry) };
    }

    #[test]
    fn bytes_go_to_a_program_and_come_back() {
        enter_space();
        let at = VirtAddr::new(0xFF9);
        assert_eq!(copy_out(VirtAddr::new(0xFF0), b"hello"), Ok(()));
        let mut bytes = [0; 5];
        assert_eq!(copy_in(&mut bytes, VirtAddr::new(0xFF0)), Ok(()));
        assert_eq!(&bytes, b"hello");
        assert_eq!(store_u32(VirtAddr::new(8), 7).and_then(|()| load_u32(VirtAddr::new(8))), Ok(7));
        // The second half of it would go to the read-only page.
        assert_eq!(copy_out(at, &[1; 16]), Err(BadAddress));
    }

    #[test]
    fn a_program_without_the_right_to_an_address_gets_an_error() {
        enter_space();
        let mut byte = [0];
        assert_eq!(copy_in(&mut byte, VirtAddr::new(0x1000)), Ok(()));
        assert_eq!(copy_in(&mut byte, VirtAddr::new(0x2000)), Err(BadAddress));
        assert_eq!(copy_in(&mut byte, VirtAddr::new(0x3000)), Err(BadAddress));
        assert_eq!(copy_in(&mut byte, VirtAddr::new(USER_END)), Err(BadAddress));
        assert_eq!(copy_in(&mut byte, VirtAddr::new(usize::MAX)), Err(BadAddress));
    }

    #[test]
    fn a_string_ends_at_its_nul_and_may_not_leave_what_is_mapped() {
        enter_space();
        let mut room = [0; 8];
        copy_out(VirtAddr::new(0x10), b"name\0").expect("mapped");
        assert_eq!(read_string(VirtAddr::new(0x10), &mut room), Ok(4));
        assert_eq!(read_string(VirtAddr::new(0x10), &mut room[..4]), Err(StringError::TooLong));
        let end = VirtAddr::new(0x2FFF);
        assert_eq!(read_string(end, &mut room), Err(StringError::BadAddress));
    }

    #[test]
    fn a_fault_that_is_mended_is_tried_again() {
        enter_space();
        upcall::set_kernel_fault(|fault| {
            assert_eq!((fault.kind, fault.is_permission), (FaultKind::Write, true));
            let frame = walk(VirtAddr::new(0), FaultKind::Read).expect("mapped");
            set_entry(fault.address, frame.value() | PAGE | EL0);
            true
        });
        assert_eq!(try_copy_out(VirtAddr::new(0x1000), b"x"), Err(BadAddress), "not in this kind");
        assert_eq!(copy_out(VirtAddr::new(0x1000), b"x"), Ok(()));
        assert_eq!(try_copy_out(VirtAddr::new(0x1000), b"y"), Ok(()));
        let mut byte = [0];
        assert_eq!((try_copy_in(&mut byte, VirtAddr::new(0x1000)), byte), (Ok(()), *b"y"));
    }
}
