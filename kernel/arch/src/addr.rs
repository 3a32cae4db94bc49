//! Addresses as types: physical, virtual, ranges of pages, frames.
//!
//! Granule 4 KiB, three levels of tables, 39-bit halves: a level-3 table spans one *unit* of 2 MiB.

use core::fmt;

/// Bits of an offset within a page.
pub const PAGE_SHIFT: u32 = 12;
/// The size of a page and of a frame.
pub const PAGE_SIZE: usize = 1 << PAGE_SHIFT;
/// Bits of an offset within a unit, the span of one level-3 table.
pub const UNIT_SHIFT: u32 = 21;
/// The span of one level-3 table: 2 MiB.
pub const UNIT_SIZE: usize = 1 << UNIT_SHIFT;
/// Entries of a table on any level.
pub const TABLE_ENTRIES: usize = 512;
/// The end of the half of the address space that programs have: 512 GiB.
pub const USER_END: usize = 1 << 39;

/// A physical address.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct PhysAddr(u64);

impl PhysAddr {
    /// The address with this value.
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The address `bytes` further.
    #[must_use]
    pub const fn add(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }

    /// The number of the frame that it lies in.
    pub const fn frame_number(self) -> usize {
        (self.0 >> PAGE_SHIFT) as usize
    }

    /// Whether it is where a frame begins.
    pub const fn is_frame_start(self) -> bool {
        self.0.is_multiple_of(PAGE_SIZE as u64)
    }
}

impl fmt::Debug for PhysAddr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "p{:#x}", self.0)
    }
}

/// A virtual address, of a program or of the kernel.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct VirtAddr(usize);

impl VirtAddr {
    /// The address with this value.
    pub const fn new(value: usize) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn value(self) -> usize {
        self.0
    }

    /// The address `bytes` further; wraps.
    #[must_use]
    pub const fn add(self, bytes: usize) -> Self {
        Self(self.0.wrapping_add(bytes))
    }

    /// The start of its page.
    #[must_use]
    pub const fn page_start(self) -> Self {
        Self(self.0 & !(PAGE_SIZE - 1))
    }

    /// The start of its unit.
    #[must_use]
    pub const fn unit_start(self) -> Self {
        Self(self.0 & !(UNIT_SIZE - 1))
    }

    /// The offset within its page.
    pub const fn page_offset(self) -> usize {
        self.0 & (PAGE_SIZE - 1)
    }

    /// Whether it is where a page begins.
    pub const fn is_page_start(self) -> bool {
        self.page_offset() == 0
    }

    /// Whether it is where a unit begins.
    pub const fn is_unit_start(self) -> bool {
        self.0.is_multiple_of(UNIT_SIZE)
    }

    /// Its index in the level-1 table.
    pub const fn level1_index(self) -> usize {
        (self.0 >> 30) & (TABLE_ENTRIES - 1)
    }

    /// Its index in the level-2 table.
    pub const fn level2_index(self) -> usize {
        (self.0 >> UNIT_SHIFT) & (TABLE_ENTRIES - 1)
    }

    /// Its index in the level-3 table.
    pub const fn level3_index(self) -> usize {
        (self.0 >> PAGE_SHIFT) & (TABLE_ENTRIES - 1)
    }
}

impl fmt::Display for PhysAddr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#x}", self.0)
    }
}

impl fmt::Debug for VirtAddr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#x}", self.0)
    }
}

impl fmt::Display for VirtAddr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#x}", self.0)
    }
}

/// Whole pages of the user half: from `start` up to but without `end`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageRange {
    start: VirtAddr,
    end: VirtAddr,
}

impl PageRange {
    /// The pages that `bytes` bytes from `start` on touch.
    ///
    /// `None` if `start` is not a page's start, `bytes` is 0, or the end is not in the user half.
    pub fn from_bytes(start: VirtAddr, bytes: usize) -> Option<Self> {
        let end = start.value().checked_add(bytes)?.checked_next_multiple_of(PAGE_SIZE)?;
        if !start.is_page_start() || bytes == 0 || end > USER_END {
            return None;
        }
        Some(Self { start, end: VirtAddr::new(end) })
    }

    /// From a start and an end that are page starts with `start < end <= USER_END`.
    pub fn from_bounds(start: VirtAddr, end: VirtAddr) -> Option<Self> {
        let valid =
            start < end && end.value() <= USER_END && start.is_page_start() && end.is_page_start();
        valid.then_some(Self { start, end })
    }

    /// The first address.
    pub const fn start(self) -> VirtAddr {
        self.start
    }

    /// The first address behind the range.
    pub const fn end(self) -> VirtAddr {
        self.end
    }

    /// The length in bytes.
    pub const fn bytes(self) -> usize {
        self.end.value() - self.start.value()
    }

    /// The length in pages.
    pub const fn pages(self) -> usize {
        self.bytes() >> PAGE_SHIFT
    }

    /// Whether the address lies within.
    pub fn contains(self, address: VirtAddr) -> bool {
        self.start <= address && address < self.end
    }

    /// The pages that both have.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::from_bounds(self.start.max(other.start), self.end.min(other.end))
    }

    /// Splits the range at unit borders, in order.
    pub fn units(self) -> impl Iterator<Item = Self> {
        let mut next = self.start;
        core::iter::from_fn(move || {
            let end = self.end.min(next.unit_start().add(UNIT_SIZE));
            let part = Self::from_bounds(next, end)?;
            next = end;
            Some(part)
        })
    }

    /// The part that consists of whole units, if there is one.
    pub fn whole_units(self) -> Option<Self> {
        let start = self.start.value().checked_next_multiple_of(UNIT_SIZE)?;
        Self::from_bounds(VirtAddr::new(start), self.end.unit_start())
    }

    /// Every page's start, in order.
    pub fn iter(self) -> impl Iterator<Item = VirtAddr> {
        (self.start.value()..self.end.value()).step_by(PAGE_SIZE).map(VirtAddr::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_whole_units_of_a_range_lie_in_it_as_far_as_there_are_any() {
        let unit = |number: usize| number * UNIT_SIZE;
        let whole = |start, end| {
            let range = PageRange::from_bounds(VirtAddr::new(start), VirtAddr::new(end)).unwrap();
            range.whole_units().map(|whole| (whole.start().value(), whole.end().value()))
        };
        assert_eq!(whole(unit(1), unit(3)), Some((unit(1), unit(3))));
        let odd = (unit(1) - PAGE_SIZE, unit(3) + PAGE_SIZE);
        assert_eq!(whole(odd.0, odd.1), Some((unit(1), unit(3))));
        assert_eq!(whole(unit(1) + PAGE_SIZE, unit(3) - PAGE_SIZE), None);
        assert_eq!(whole(unit(1), unit(2) - PAGE_SIZE), None);
    }

    #[test]
    fn a_range_that_wraps_or_leaves_the_user_half_does_not_exist() {
        let page = VirtAddr::new(PAGE_SIZE);
        assert_eq!(PageRange::from_bytes(page, usize::MAX), None);
        assert_eq!(PageRange::from_bytes(page, USER_END), None);
        assert_eq!(PageRange::from_bytes(page, 0), None);
        assert_eq!(PageRange::from_bytes(VirtAddr::new(1), 1), None);
        assert_eq!(PageRange::from_bytes(page, 1).map(PageRange::pages), Some(1));
    }

    #[test]
    fn a_range_falls_apart_at_unit_borders() {
        let start = VirtAddr::new(UNIT_SIZE - PAGE_SIZE);
        let range = PageRange::from_bytes(start, UNIT_SIZE + 2 * PAGE_SIZE).expect("valid");
        let pages: Vec<usize> = range.units().map(PageRange::pages).collect();
        assert_eq!(pages, [1, 512, 1]);
    }
}
