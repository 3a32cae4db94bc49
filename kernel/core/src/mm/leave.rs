//! Ending all views of one object.

use super::map_error::MapError;
use super::space::{AddressSpace, State};
use super::view::Backing;
use arch::addr::{PageRange, VirtAddr};

impl AddressSpace {
    /// Ends every view of the object; one that cannot be ended stays, with those behind it.
    pub fn unmap_object(&self, object_id: u64) -> Result<(), MapError> {
        let mut state = self.state.lock();
        let mut gather = self.gather();
        while let Some(range) = state.view_of(object_id) {
            state.unmap_range(range, &mut gather)?;
        }
        Ok(())
    }
}

impl State {
    /// The range of a view of the object.
    fn view_of(&self, object_id: u64) -> Option<PageRange> {
        let shows = |backing: &Backing| match backing {
            Backing::Object { attachment, .. } => attachment.object.id() == object_id,
            Backing::Anonymous => false,
        };
        let (range, _) = self.views.iter().find(|(_, view)| shows(&view.backing))?;
        PageRange::from_bounds(VirtAddr::new(range.start), VirtAddr::new(range.end))
    }
}
