//! Page faults: making what a view promises. Those that have to wait for a page are in `absent`.
//!
//! A fault that finds everything in place was overtaken by another core, or by an entry that was
//! made wider without invalidating what processors remember: it invalidates and tries again.

use super::ahead::make_ahead;
use super::descriptor::{Ownership, PageEntry, Rights, TableEntry, TableKind};
use super::directory::Borrowed;
use super::frame::Frame;
use super::frames::OutOfMemory;
use super::gather::Gather;
use super::object::PageError;
use super::space::{AddressSpace, State, view_rights};
use super::table::LeafTable;
use super::view::{Attachment, Backing, Sharing, View};
use abi::memory::Protection;
use arch::addr::VirtAddr;
use arch::tlb;

/// What a program, or the kernel for it, wanted to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Execute,
}

impl Access {
    const fn protection(self) -> Protection {
        match self {
            Self::Read => Protection::READ,
            Self::Write => Protection::WRITE,
            Self::Execute => Protection::EXECUTE,
        }
    }

    pub(super) fn rights(self) -> Rights {
        Rights::from_bits_truncate(self.protection().bits() as u8)
    }
}

/// Why an access can't be allowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FaultError {
    /// No view shows the address.
    Unmapped,
    /// The view does not allow it.
    Denied,
    /// The view's object ends before the page.
    BeyondEnd,
    /// There is no memory for the page.
    OutOfMemory,
    /// The page is kept elsewhere, and cannot be read there.
    Unreadable,
    /// The page at this address has to be brought in by somebody who may sleep; only those who hold
    /// an address space's lock see this.
    Absent(VirtAddr),
}

impl From<OutOfMemory> for FaultError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl FaultError {
    /// What an object says of the page that a view shows at this address.
    pub(super) const fn of_page(error: PageError, address: VirtAddr) -> Self {
        match error {
            PageError::BeyondEnd => Self::BeyondEnd,
            PageError::OutOfMemory => Self::OutOfMemory,
            PageError::Absent => Self::Absent(address),
            PageError::Unreadable => Self::Unreadable,
        }
    }
}

/// What a fault changed in the tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Change {
    /// A page appeared where none was: processors remember nothing of it.
    Added,
    /// A page that was there allows more, or did already: what processors remember is stale.
    Widened,
}

impl AddressSpace {
    /// As [`Self::fault`], without waiting for anything.
    pub(super) fn try_fault(&self, address: VirtAddr, access: Access) -> Result<(), FaultError> {
        let state = self.state.lock();
        let mut gather = self.gather();
        state.fault_in(address, access, &mut gather)?;
        tlb::publish();
        Ok(())
    }

    /// Lets the program store again to memory that it shared with a relative, which has let go of it;
    /// `false` if that is not all that the store needs.
    ///
    /// No view is looked at: a page may be stored to as far as its entry says so.
    pub fn regain(&self, address: VirtAddr) -> bool {
        let state = self.state.lock();
        let is_regained = state.directory.regain(address);
        if is_regained {
            // What processors remember of the other pages of the unit is stale, too.
            tlb::flush_asid(self.asid());
        }
        is_regained
    }

    /// As [`Self::page_for`], without waiting for anything.
    pub(super) fn try_page_for(
        &self,
        address: VirtAddr,
        access: Access,
    ) -> Result<Frame, FaultError> {
        let state = self.state.lock();
        let mut gather = self.gather();
        state.fault_in(address, access, &mut gather)?;
        let table = state.directory.table(address).ok_or(FaultError::Unmapped)?;
        let frame = table.frame(address.level3_index()).ok_or(FaultError::Unmapped)?;
        tlb::publish();
        Ok(frame)
    }
}

impl State {
    /// Makes the page at the address accessible; what processors remember of it is gathered.
    pub(super) fn fault_in(
        &self,
        address: VirtAddr,
        access: Access,
        gather: &mut Gather,
    ) -> Result<(), FaultError> {
        if self.fault(address, access, gather)? == Change::Widened {
            gather.page(address, None);
        }
        Ok(())
    }

    fn fault(
        &self,
        address: VirtAddr,
        access: Access,
        gather: &mut Gather,
    ) -> Result<Change, FaultError> {
        let (range, view) =
            self.views.get_key_value(address.value()).ok_or(FaultError::Unmapped)?;
        if !view.protection.contains(access.protection()) {
            return Err(FaultError::Denied);
        }
        let unit = address.unit_start();
        if let Backing::Object { attachment, .. } = &view.backing
            && let Some(index) = view.linked_table(range, unit)
            && self.unit_is_free_or_linked(unit)
        {
            return self.link(unit, view, attachment, index, address);
        }
        let table = match self.private_table(unit, address, access, gather)? {
            Some(table) => table,
            None => return Ok(Change::Widened),
        };
        let index = address.level3_index();
        let entry = table.entry(index);
        if entry.frame().is_none() {
            let (frame, rights, ownership) = new_page(view, address, access)?;
            if rights.contains(Rights::EXECUTE) && !view.is_of_image() {
                frame.synchronise_instructions();
            }
            table.set(index, frame, rights, ownership);
            if view.backing == Backing::Anonymous {
                make_ahead(&table, address, range, rights);
            }
            return Ok(Change::Added);
        }
        if access == Access::Write && !entry.rights().contains(Rights::WRITE) {
            break_copy(&table, address, view_rights(view), gather)?;
        } else if !entry.rights().contains(access.rights()) {
            // Write rights come with the first store, which knows whether the page is shared.
            table.widen(index, entry.rights() | (view_rights(view) - Rights::WRITE));
        }
        Ok(Change::Widened)
    }

    fn unit_is_free_or_linked(&self, unit: VirtAddr) -> bool {
        let entry = self.directory.entry(unit);
        entry.table().is_none() || entry.kind() == TableKind::Linked
    }

    /// Links the object's table into the unit, and makes the object have the page.
    fn link(
        &self,
        unit: VirtAddr,
        view: &View,
        attachment: &Attachment,
        index: usize,
        address: VirtAddr,
    ) -> Result<Change, FaultError> {
        drop(page_of(attachment, view, address)?);
        if self.directory.entry(unit).table().is_none() {
            self.link_table(unit, view_rights(view), attachment.object.table(index)?)?;
            return Ok(Change::Added);
        }
        Ok(Change::Widened)
    }

    /// The unit's private table, of which this address space is the only owner.
    ///
    /// `None` if a table shared with a relative allows the access already: it stays shared.
    fn private_table(
        &self,
        unit: VirtAddr,
        address: VirtAddr,
        access: Access,
        gather: &mut Gather,
    ) -> Result<Option<Borrowed>, FaultError> {
        let Some(table) = self.directory.table(unit) else {
            self.directory.prepare(unit)?;
            let table = LeafTable::new()?;
            let entry = TableEntry::own(table.address());
            self.directory.set(unit, table, entry);
            return Ok(self.directory.table(unit));
        };
        let entry = self.directory.entry(unit);
        if entry.kind() == TableKind::Linked {
            // The view no longer shows the whole unit: it gets entries of its own.
            self.cut_link(unit, gather)?;
            return Ok(self.directory.table(unit));
        }
        if entry.allows_write() {
            return Ok(Some(table));
        }
        if table.is_exclusive() {
            self.directory.narrow(unit, TableEntry::own(table.address()));
            gather.unit(unit, None);
            return Ok(Some(table));
        }
        let page = table.entry(address.level3_index());
        let serves = page.frame().is_some() && page.rights().contains(access.rights());
        if serves && access != Access::Write {
            return Ok(None);
        }
        self.split_table(unit, gather)?;
        Ok(self.directory.table(unit))
    }

    /// Gives the unit a table of its own in place of one that is shared with relatives.
    pub(super) fn split_table(
        &self,
        unit: VirtAddr,
        gather: &mut Gather,
    ) -> Result<(), OutOfMemory> {
        let Some(shared) = self.directory.table(unit) else { return Ok(()) };
        let own = shared.split()?;
        self.replace_table(unit, own, gather);
        Ok(())
    }
}

/// The page of an object that a view shows at an address.
fn page_of(attachment: &Attachment, view: &View, address: VirtAddr) -> Result<Frame, FaultError> {
    let page = attachment.object.page(view.page_index(address));
    page.map_err(|error| FaultError::of_page(error, address))
}

/// The page that a view promises at an address where there is none yet.
fn new_page(
    view: &View,
    address: VirtAddr,
    access: Access,
) -> Result<(Frame, Rights, Ownership), FaultError> {
    let rights = view_rights(view);
    match &view.backing {
        Backing::Anonymous => Ok((Frame::zeroed()?, rights, Ownership::Private)),
        Backing::Object { attachment, sharing: Sharing::Shared, .. } => {
            let frame = page_of(attachment, view, address)?;
            Ok((frame, rights, Ownership::Shared))
        }
        Backing::Object { attachment, sharing: Sharing::Private, .. } => {
            let frame = page_of(attachment, view, address)?;
            if access == Access::Write {
                return Ok((frame.copied()?, rights, Ownership::Private));
            }
            Ok((frame, rights - Rights::WRITE, Ownership::Private))
        }
    }
}

/// Makes a page writable: in place if nobody else refers to it, else as a copy.
fn break_copy(
    table: &LeafTable,
    address: VirtAddr,
    rights: Rights,
    gather: &mut Gather,
) -> Result<(), OutOfMemory> {
    let index = address.level3_index();
    let entry: PageEntry = table.entry(index);
    let Some(frame) = table.frame(index) else { return Ok(()) };
    // One reference is the table's, one is `frame`.
    if entry.ownership() == Ownership::Shared || frame.count() == 2 {
        table.set_rights(index, rights);
        return Ok(());
    }
    let copy = frame.copied()?;
    gather.page(address, table.take(index));
    gather.flush();
    table.set(index, copy, rights, Ownership::Private);
    Ok(())
}
