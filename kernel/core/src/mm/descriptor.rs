//! The bits of translation table entries (Arm ARM, D8.3: VMSAv8-64 descriptor formats).
//!
//! Level 3 entries are pages, level 1 and 2 entries lead to tables and may narrow what the
//! tables below allow (hierarchical attributes). Bits that the processor ignores carry notes.

use abi::memory::Protection;
use arch::addr::PhysAddr;
use bitflags::bitflags;

const VALID: u64 = 1;
/// A page on level 3, a table on the levels above.
const PAGE_OR_TABLE: u64 = 1 << 1;
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

const ATTRIBUTES: u64 = (arch::tlb::NORMAL_MEMORY_INDEX as u64) << 2;
const EL0_ACCESS: u64 = 1 << 6;
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
const ACCESSED: u64 = 1 << 10;
const NOT_GLOBAL: u64 = 1 << 11;
const NEVER_EXECUTE_EL1: u64 = 1 << 53;
const NEVER_EXECUTE_EL0: u64 = 1 << 54;
/// Note: the page belongs to a shared view, so fork leaves it alone.
const SHARED_NOTE: u64 = 1 << 55;

const TABLE_NEVER_EXECUTE_EL1: u64 = 1 << 59;
const TABLE_NEVER_EXECUTE_EL0: u64 = 1 << 60;
const TABLE_READ_ONLY: u64 = 1 << 62;
/// Note: the table belongs to a region.
const LINKED_NOTE: u64 = 1 << 52;

bitflags! {
    /// What a program may do with a page, as far as its own entry says.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Rights: u8 {
        /// Loads.
        const READ = 1;
        /// Stores.
        const WRITE = 2;
        /// Instruction fetches.
        const EXECUTE = 4;
    }
}

impl From<Protection> for Rights {
    /// Writing and executing imply reading: the architecture has no other way for EL0.
    fn from(protection: Protection) -> Self {
        let rights = Self::from_bits_truncate(protection.bits() as u8);
        if rights.is_empty() { rights } else { rights | Self::READ }
    }
}

/// Whose page an entry shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ownership {
    /// The process's own: fork copies it when one side writes.
    Private,
    /// A region's: fork shares it.
    Shared,
}

/// A level-3 entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageEntry(u64);

impl PageEntry {
    /// No page.
    pub const EMPTY: Self = Self(0);

    /// A page of normal memory.
    pub fn new(frame: PhysAddr, rights: Rights, ownership: Ownership) -> Self {
        let mut bits = VALID | PAGE_OR_TABLE | ATTRIBUTES | INNER_SHAREABLE | ACCESSED | NOT_GLOBAL;
        bits |= frame.value() & ADDRESS;
        bits |= NEVER_EXECUTE_EL1;
        if rights.contains(Rights::READ) {
            bits |= EL0_ACCESS;
        }
        if !rights.contains(Rights::WRITE) {
            bits |= READ_ONLY;
        }
        if !rights.contains(Rights::EXECUTE) {
            bits |= NEVER_EXECUTE_EL0;
        }
        if ownership == Ownership::Shared {
            bits |= SHARED_NOTE;
        }
        Self(bits)
    }

    /// From the bits in memory.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits for memory.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The frame, if there is a page.
    pub const fn frame(self) -> Option<PhysAddr> {
        if self.0 & VALID == 0 { None } else { Some(PhysAddr::new(self.0 & ADDRESS)) }
    }

    /// What programs may do.
    pub const fn rights(self) -> Rights {
        if self.0 & (VALID | EL0_ACCESS) != VALID | EL0_ACCESS {
            return Rights::empty();
        }
        let write = if self.0 & READ_ONLY == 0 { Rights::WRITE } else { Rights::empty() };
        let execute =
            if self.0 & NEVER_EXECUTE_EL0 == 0 { Rights::EXECUTE } else { Rights::empty() };
        Rights::READ.union(write).union(execute)
    }

    /// Whether programs may store to it.
    pub const fn allows_write(self) -> bool {
        self.0 & (VALID | EL0_ACCESS | READ_ONLY) == VALID | EL0_ACCESS
    }

    /// An entry that programs may store by if they may by each of two.
    pub const fn narrower(self, other: Self) -> Self {
        Self(self.0 & other.0 | (self.0 | other.0) & READ_ONLY)
    }

    /// Whose page it is.
    pub const fn ownership(self) -> Ownership {
        if self.0 & SHARED_NOTE == 0 { Ownership::Private } else { Ownership::Shared }
    }

    /// The same page, with stores forbidden.
    pub const fn without_write(self) -> Self {
        Self(self.0 | READ_ONLY)
    }

    /// The same page as an object's, which allows all: the ways to it narrow that.
    pub const fn for_object(self) -> Self {
        Self(self.0 & !(READ_ONLY | NEVER_EXECUTE_EL0) | EL0_ACCESS | SHARED_NOTE)
    }

    /// The same page with other rights.
    pub fn with_rights(self, rights: Rights) -> Self {
        match self.frame() {
            Some(frame) => Self::new(frame, rights, self.ownership()),
            None => Self::EMPTY,
        }
    }
}

/// Whose table a level-2 entry leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TableKind {
    /// The address space's own, perhaps shared with relatives since a fork.
    Private,
    /// A region's.
    Linked,
}

/// An entry of level 1 or 2: the way to a table, and what it narrows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TableEntry(u64);

impl TableEntry {
    /// No table.
    pub const EMPTY: Self = Self(0);

    /// The way to a table of a directory's lower level; narrows nothing for EL0.
    pub const fn directory(table: PhysAddr) -> Self {
        Self(VALID | PAGE_OR_TABLE | TABLE_NEVER_EXECUTE_EL1 | (table.value() & ADDRESS))
    }

    /// The way to an address space's own table that nobody else has.
    pub fn own(table: PhysAddr) -> Self {
        Self::new(table, TableKind::Private, Rights::all())
    }

    /// The way to a level-3 table, allowing at most `rights`.
    ///
    /// `rights` must contain `READ`: an entry that allows nothing is [`Self::EMPTY`].
    pub fn new(table: PhysAddr, kind: TableKind, rights: Rights) -> Self {
        let mut bits = Self::directory(table).0;
        if kind == TableKind::Linked {
            bits |= LINKED_NOTE;
        }
        if !rights.contains(Rights::WRITE) {
            bits |= TABLE_READ_ONLY;
        }
        if !rights.contains(Rights::EXECUTE) {
            bits |= TABLE_NEVER_EXECUTE_EL0;
        }
        Self(bits)
    }

    /// Links to a region's tables that allow at most `rights`, as of [`Self::new`], by where they lie.
    pub fn links(rights: Rights) -> impl Fn(PhysAddr) -> Self {
        let way = Self::new(PhysAddr::new(0), TableKind::Linked, rights);
        move |table| Self(way.0 | table.value() & ADDRESS)
    }

    /// From the bits in memory.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits for memory.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The table, if the entry leads to one.
    pub const fn table(self) -> Option<PhysAddr> {
        if self.0 & VALID == 0 { None } else { Some(PhysAddr::new(self.0 & ADDRESS)) }
    }

    /// Whose table it is.
    pub const fn kind(self) -> TableKind {
        if self.0 & LINKED_NOTE == 0 { TableKind::Private } else { TableKind::Linked }
    }

    /// Whether stores are allowed as far as this entry goes.
    pub const fn allows_write(self) -> bool {
        self.0 & TABLE_READ_ONLY == 0
    }

    /// What the entry lets through.
    pub const fn rights(self) -> Rights {
        let write = if self.allows_write() { Rights::WRITE } else { Rights::empty() };
        let execute =
            if self.0 & TABLE_NEVER_EXECUTE_EL0 == 0 { Rights::EXECUTE } else { Rights::empty() };
        Rights::READ.union(write).union(execute)
    }

    /// The same way, with stores forbidden.
    #[must_use]
    pub const fn without_write(self) -> Self {
        Self(self.0 | TABLE_READ_ONLY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: PhysAddr = PhysAddr::new(0x1234_5000);

    #[test]
    fn a_page_entry_tells_its_frame_rights_and_owner() {
        for bits in 0..8 {
            let rights = Rights::from(Protection::from_bits_truncate(bits));
            let entry = PageEntry::new(FRAME, rights, Ownership::Shared);
            assert_eq!(entry.frame(), Some(FRAME));
            assert_eq!(entry.rights(), rights);
            assert_eq!(entry.allows_write(), rights.contains(Rights::WRITE));
            assert_eq!(entry.ownership(), Ownership::Shared);
        }
    }

    #[test]
    fn a_page_without_rights_keeps_its_frame_and_is_closed_to_programs() {
        let entry = PageEntry::new(FRAME, Rights::empty(), Ownership::Private);
        assert_eq!(entry.bits() & EL0_ACCESS, 0);
        assert_eq!(entry.frame(), Some(FRAME));
    }

    #[test]
    fn of_two_pages_programs_may_store_to_both_or_not() {
        let page = |bits| {
            PageEntry::new(FRAME, Protection::from_bits_truncate(bits).into(), Ownership::Private)
        };
        let pages = [PageEntry::EMPTY, page(0), page(1), page(3), page(5)];
        for (one, other) in pages.iter().flat_map(|one| pages.map(|other| (*one, other))) {
            let both = one.allows_write() && other.allows_write();
            assert_eq!(one.narrower(other).allows_write(), both, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_page_of_an_object_allows_all() {
        for bits in 0..8 {
            let rights = Rights::from(Protection::from_bits_truncate(bits));
            let entry = PageEntry::new(FRAME, rights, Ownership::Private).for_object();
            assert_eq!(entry, PageEntry::new(FRAME, Rights::all(), Ownership::Shared));
        }
    }

    #[test]
    fn the_kernel_never_executes_what_programs_can_reach() {
        let entry = PageEntry::new(FRAME, Rights::all(), Ownership::Private);
        assert_ne!(entry.bits() & NEVER_EXECUTE_EL1, 0);
        assert_ne!(TableEntry::directory(FRAME).bits() & TABLE_NEVER_EXECUTE_EL1, 0);
    }

    #[test]
    fn a_link_narrows_without_touching_the_table() {
        let entry = TableEntry::new(FRAME, TableKind::Linked, Rights::READ);
        assert!(!entry.allows_write());
        assert_ne!(entry.bits() & TABLE_NEVER_EXECUTE_EL0, 0);
        assert_eq!(entry.kind(), TableKind::Linked);
        assert_eq!(entry.table(), Some(FRAME));
    }
}
