//! What a child of fork gets of each view, and the parent's later word on what was withheld.

use super::map_error::MapError;
use super::space::{AddressSpace, State};
use super::view::{Backing, Sharing, View};
use abi::memory::Protection;
use abi::region::Inheritance;
use arch::addr::{PageRange, VirtAddr};
use core::ops::Range;

impl View {
    /// What a child gets, once all rules have been applied.
    ///
    /// A copy is made only of what is shared: private memory is copied by its first store anyway.
    /// What was withheld from a process is not its to hand on.
    pub(super) fn inherited(&self) -> Inheritance {
        let Backing::Object { attachment, sharing, .. } = &self.backing else {
            return Inheritance::Share;
        };
        match (self.inheritance, sharing) {
            _ if self.withheld.is_some() => Inheritance::None,
            (Inheritance::Copy, Sharing::Private) => Inheritance::Share,
            (Inheritance::Share, Sharing::Shared)
                if self.maximum.contains(Protection::WRITE)
                    && attachment.object.has_single_writer() =>
            {
                Inheritance::ShareReadOnly
            }
            (policy, _) => policy,
        }
    }

    /// This view as a child has it, but for its attachment; `None` if it has none.
    pub(super) fn for_child(&self) -> Option<Self> {
        let view = self.clone();
        let without_write = |rights: Protection| rights - Protection::WRITE;
        match self.inherited() {
            Inheritance::Share => Some(view),
            Inheritance::ShareReadOnly => Some(Self {
                protection: without_write(view.protection),
                maximum: without_write(view.maximum),
                ..view
            }),
            Inheritance::Copy => {
                Some(Self::new(view.protection, Protection::all(), Backing::Anonymous))
            }
            Inheritance::None => None,
            Inheritance::Ask => {
                let may_write = match &view.backing {
                    Backing::Object { attachment, sharing: Sharing::Shared, .. } => {
                        !attachment.object.has_single_writer()
                    }
                    _ => true,
                };
                let kept = |rights| if may_write { rights } else { without_write(rights) };
                Some(Self {
                    protection: Protection::empty(),
                    maximum: Protection::empty(),
                    withheld: Some((kept(view.protection), kept(view.maximum))),
                    ..view
                })
            }
        }
    }
}

impl AddressSpace {
    /// Says what children get of the view at the address; returns what was said before.
    ///
    /// `BadRange` for memory that is not an object's, which children always get as a copy;
    /// `Unsupported` for a copy of an object that is kept elsewhere, which may be longer than memory.
    pub fn set_inheritance(
        &self,
        address: VirtAddr,
        inheritance: Inheritance,
    ) -> Result<Inheritance, MapError> {
        let mut state = self.state.lock();
        state.views.make_own()?;
        let (range, view) = state.view(address).ok_or(MapError::Unmapped)?;
        if view.backing == Backing::Anonymous {
            return Err(MapError::BadRange);
        }
        let before = view.inheritance;
        if let Backing::Object { attachment, .. } = &view.backing
            && inheritance == Inheritance::Copy
            && attachment.object.is_paged()
        {
            return Err(MapError::Unsupported);
        }
        state.views.get_mut().insert(range, View { inheritance, ..view });
        drop(state);
        Ok(before)
    }

    /// Gives the withheld views of an object at most these rights, or ends them for none; returns
    /// how many there were.
    ///
    /// The tables are left as they are: what they allow less than a view is widened by faults.
    pub fn decide(&self, object_id: u64, rights: Protection) -> Result<usize, MapError> {
        let mut state = self.state.lock();
        let mut gather = self.gather();
        state.views.make_own()?;
        let mut count = 0;
        let mut next = 0;
        while let Some((range, view)) = state.withheld_from(object_id, next) {
            next = range.end;
            count += 1;
            let (protection, maximum) = view.withheld.unwrap_or_default();
            if rights.is_empty() {
                let bounds = (VirtAddr::new(range.start), VirtAddr::new(range.end));
                let range = PageRange::from_bounds(bounds.0, bounds.1).ok_or(MapError::BadRange)?;
                state.unmap_range(range, &mut gather)?;
                continue;
            }
            let granted = View {
                protection: protection & rights,
                maximum: maximum & rights,
                withheld: None,
                ..view
            };
            state.views.get_mut().insert(range, granted);
        }
        Ok(count)
    }
}

impl State {
    /// The first view of an object, from an address on, whose rights are withheld.
    fn withheld_from(&self, object_id: u64, from: usize) -> Option<(Range<usize>, View)> {
        let is_meant = |view: &View| match &view.backing {
            Backing::Object { attachment, .. } => {
                view.withheld.is_some() && attachment.object.id() == object_id
            }
            Backing::Anonymous => false,
        };
        let mut views = self.views.overlapping(from..usize::MAX);
        let (range, view) = views.find(|(_, view)| is_meant(view))?;
        Some((range.clone(), view.clone()))
    }
}
