//! Mappings that become longer or shorter, or move: `mremap`.
//!
//! A view of a shared object shows the same object elsewhere. Private pages go along: they are the same
//! frames, with the same rights, and are not copied. For a moment they are shown at both places, so
//! that a failure leaves them where they were.

use super::descriptor::TableEntry;
use super::gather::Gather;
use super::map_error::MapError;
use super::map_request::{MapRequest, Placement};
use super::space::{AddressSpace, State};
use super::table::LeafTable;
use super::view::{Backing, Sharing, View};
use arch::addr::{PageRange, USER_END, VirtAddr};
use arch::tlb;

/// Where a mapping may go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Destination {
    /// It stays where it is.
    Here,
    /// It stays if it can, or else goes anywhere.
    Anywhere,
    /// It goes there, in place of what is there.
    Fixed(VirtAddr),
}

/// What becomes of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Remap {
    /// Where it is.
    pub old: VirtAddr,
    /// How long it is: whole pages. 0 for one more view of a shared object.
    pub old_bytes: usize,
    /// How long it is to be: whole pages, and some.
    pub new_bytes: usize,
    /// Where it may go.
    pub destination: Destination,
}

impl Backing {
    /// The same contents at an address that is so much higher.
    fn moved(&self, shift: usize) -> Self {
        match self {
            Self::Anonymous => Self::Anonymous,
            Self::Object { attachment, base, sharing } => Self::Object {
                attachment: attachment.clone(),
                base: base.wrapping_add(shift),
                sharing: *sharing,
            },
        }
    }
}

impl AddressSpace {
    /// Makes a mapping longer or shorter, or moves it; returns where it is then.
    ///
    /// `Unmapped` if what is to be moved is not one view, `NoRoom` if there is none where it may go.
    pub fn remap(&self, remap: &Remap) -> Result<VirtAddr, MapError> {
        let mut state = self.state.lock();
        let mut gather = self.gather();
        state.views.make_own()?;
        let (range, view) = state.view(remap.old).ok_or(MapError::Unmapped)?;
        let is_shared = matches!(view.backing, Backing::Object { sharing: Sharing::Shared, .. });
        if remap.old_bytes == 0 && !is_shared {
            return Err(MapError::BadRange);
        }
        let is_fixed = matches!(remap.destination, Destination::Fixed(_));
        if remap.new_bytes <= remap.old_bytes && !is_fixed {
            let tail = remap.old_bytes - remap.new_bytes;
            if let Some(tail) = PageRange::from_bytes(remap.old.add(remap.new_bytes), tail) {
                state.unmap_range(tail, &mut gather)?;
            }
            return Ok(remap.old);
        }
        if remap.old_bytes > range.end - remap.old.value() {
            return Err(MapError::Unmapped);
        }
        if view.withheld.is_some() {
            return Err(MapError::Denied);
        }
        let ends_there = remap.old.value() + remap.old_bytes == range.end;
        let may_stay = !is_fixed && remap.old_bytes > 0 && ends_there;
        if may_stay && state.extend(remap, &view)? {
            return Ok(remap.old);
        }
        if remap.destination == Destination::Here {
            return Err(MapError::NoRoom);
        }
        state.move_view(remap, view, &mut gather)
    }
}

impl State {
    /// Makes a view longer where it is, if there is room.
    fn extend(&mut self, remap: &Remap, view: &View) -> Result<bool, MapError> {
        let end = remap.old.add(remap.old_bytes);
        let more = remap.new_bytes - remap.old_bytes;
        let fits = PageRange::from_bytes(end, more).filter(|more| {
            let bounds = more.start().value()..more.end().value();
            bounds.end <= USER_END && !self.views.overlaps(&bounds)
        });
        let Some(more) = fits else { return Ok(false) };
        self.check_room(1)?;
        self.views.get_mut().insert(more.start().value()..more.end().value(), view.clone());
        Ok(true)
    }

    /// Shows a view elsewhere and, unless it stays as well, no longer where it was.
    fn move_view(
        &mut self,
        remap: &Remap,
        view: View,
        gather: &mut Gather,
    ) -> Result<VirtAddr, MapError> {
        self.check_room(2)?;
        let object = match &view.backing {
            Backing::Anonymous => None,
            Backing::Object { attachment, sharing, .. } => {
                Some((attachment.object.clone(), 0, *sharing))
            }
        };
        let placement = match remap.destination {
            Destination::Fixed(address) => Placement::Fixed(address),
            Destination::Here | Destination::Anywhere => Placement::Anywhere,
        };
        let request = MapRequest {
            placement,
            bytes: remap.new_bytes,
            protection: view.protection,
            maximum: view.maximum,
            object,
        };
        let target = self.place(&request, gather)?;
        gather.flush();
        let kept = remap.old_bytes.min(remap.new_bytes);
        let is_private = !matches!(view.backing, Backing::Object { sharing: Sharing::Shared, .. });
        let pages = PageRange::from_bytes(remap.old, kept).filter(|_| is_private);
        if let Some(pages) = pages {
            self.show_pages(pages, target.start(), gather)?;
        }
        if let Some(old) = PageRange::from_bytes(remap.old, remap.old_bytes)
            && let Err(error) = self.unmap_range(old, gather)
        {
            if pages.is_some() {
                self.hide_pages(target, gather);
            }
            return Err(error);
        }
        gather.flush();
        let shift = target.start().value().wrapping_sub(remap.old.value());
        let backing = view.backing.moved(shift);
        self.views
            .get_mut()
            .insert(target.start().value()..target.end().value(), View { backing, ..view });
        if !is_private {
            self.link_existing(target);
        }
        tlb::publish();
        Ok(target.start())
    }

    /// Shows private pages where no view is yet, too, with the same rights.
    ///
    /// All that needs memory comes first, so that a failure leaves all as it was.
    fn show_pages(
        &self,
        from: PageRange,
        to: VirtAddr,
        gather: &mut Gather,
    ) -> Result<(), MapError> {
        let shift = to.value().wrapping_sub(from.start().value());
        let target = |page: VirtAddr| VirtAddr::new(page.value().wrapping_add(shift));
        for part in from.units() {
            self.make_own(part.start().unit_start(), gather)?;
            let Some(table) = self.directory.table(part.start()) else { continue };
            let is_there = |page: &VirtAddr| table.entry(page.level3_index()).frame().is_some();
            for page in part.iter().filter(is_there) {
                self.make_table(target(page).unit_start(), gather)?;
            }
        }
        for part in from.units() {
            let Some(table) = self.directory.table(part.start()) else { continue };
            for page in part.iter() {
                let entry = table.entry(page.level3_index());
                if let Some(frame) = table.frame(page.level3_index())
                    && let Some(new) = self.directory.table(target(page))
                {
                    let index = target(page).level3_index();
                    new.set(index, frame, entry.rights(), entry.ownership());
                }
            }
        }
        Ok(())
    }

    /// Takes pages back that were shown where no view is.
    fn hide_pages(&self, range: PageRange, gather: &mut Gather) {
        for part in range.units() {
            let Some(table) = self.directory.table(part.start()) else { continue };
            for page in part.iter() {
                if let Some(frame) = table.take(page.level3_index()) {
                    gather.page(page, Some(frame));
                }
            }
        }
    }

    /// Makes sure that a unit has a table of this address space's own.
    fn make_table(&self, unit: VirtAddr, gather: &mut Gather) -> Result<(), MapError> {
        self.make_own(unit, gather)?;
        if self.directory.table(unit).is_none() {
            self.directory.prepare(unit)?;
            let table = LeafTable::new()?;
            let entry = TableEntry::own(table.address());
            self.directory.set(unit, table, entry);
        }
        Ok(())
    }
}
