//! Views that a parent and its children have in common until one of them changes its own.
//!
//! Most children never do: they exec, or run in the memory that they have. So fork copies no view and
//! announces none. What a view shows is told of the whole family at once ([`Sharers`]), which knows
//! its members.

use super::fork::VIEW_COST;
use super::frames::{self, OutOfMemory};
use super::space::AddressSpace;
use super::view::{Attachment, Backing, View};
use super::views::Views;
use crate::room;
use crate::sync::{Lock, Rank};
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::ops::Deref;
use core::sync::atomic::{AtomicU64, Ordering};
use spin::Once;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The address spaces that have the same views.
///
/// Who changes its views leaves, for one of its own with a higher number: whoever visits all that
/// show an object, in the order of [`SpaceKey`], finds it there.
pub struct Sharers {
    id: u64,
    spaces: Lock<Spaces>,
}

/// By their numbers: mostly so few that they need no memory beside these places.
struct Spaces {
    near: [Option<(u64, Weak<AddressSpace>)>; NEAR],
    others: BTreeMap<u64, Weak<AddressSpace>>,
}

const NEAR: usize = 4;

/// An address space's place among those that show an object: its family's number, then its own.
pub type SpaceKey = (u64, u64);

impl Sharers {
    /// Without members.
    pub fn new() -> Arc<Self> {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let spaces = Spaces { near: [const { None }; NEAR], others: BTreeMap::new() };
        Arc::new(Self { id, spaces: Lock::new(Rank::Sharers, spaces) })
    }

    /// The number of the family, never used again.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let spaces = self.spaces.lock();
        spaces.near.iter().flatten().count() + spaces.others.len()
    }

    fn find(&self, space_id: u64) -> Option<Weak<AddressSpace>> {
        let (key, space) = self.next_behind(space_id.checked_sub(1)?)?;
        (key.1 == space_id).then_some(space)
    }

    /// The first with a higher number than this.
    pub fn next_behind(&self, space_id: u64) -> Option<(SpaceKey, Weak<AddressSpace>)> {
        let spaces = self.spaces.lock();
        let near = spaces.near.iter().flatten().map(|(id, space)| (id, space));
        let near = near.filter(|(id, _)| **id > space_id);
        let other = spaces.others.range(space_id + 1..).next();
        let (id, space) = near.chain(other).min_by_key(|(id, _)| **id)?;
        Some(((self.id, *id), space.clone()))
    }

    /// An address space has these views from now on.
    pub fn join(&self, space_id: u64, space: Weak<AddressSpace>) {
        let mut spaces = self.spaces.lock();
        if let Some(place) = spaces.near.iter_mut().find(|place| place.is_none()) {
            *place = Some((space_id, space));
        } else {
            spaces.others.insert(space_id, space);
        }
    }

    /// It has them no longer, or has ended.
    fn leave(&self, space_id: u64) -> Option<Weak<AddressSpace>> {
        let mut spaces = self.spaces.lock();
        let is_meant =
            |place: &&mut Option<(u64, _)>| place.as_ref().is_some_and(|(id, _)| *id == space_id);
        if let Some(place) = spaces.near.iter_mut().find(is_meant) {
            return place.take().map(|(_, space)| space);
        }
        let space = spaces.others.remove(&space_id);
        room::give_back_map(&mut spaces.others);
        space
    }
}

/// The views of one address space.
pub struct SharedViews {
    views: Arc<Views>,
    sharers: Arc<Sharers>,
    space_id: u64,
}

impl SharedViews {
    /// None, for the address space with this number, which is still to join its sharers.
    pub fn new(space_id: u64) -> Self {
        // Made with the first space: whoever ends counts on taking no memory.
        nothing();
        Self { views: Arc::new(Views::new()), sharers: Sharers::new(), space_id }
    }

    /// None, for a space that is over: takes no memory.
    pub fn over(space_id: u64) -> Self {
        let (views, sharers) = nothing();
        Self { views: views.clone(), sharers: sharers.clone(), space_id }
    }

    /// Who has the same views, to be told to objects that are shown from now on.
    pub const fn sharers(&self) -> &Arc<Sharers> {
        &self.sharers
    }

    /// The same views for a child, which is still to join.
    pub fn share(&self, child_id: u64) -> Self {
        let (views, sharers) = (self.views.clone(), self.sharers.clone());
        Self { views, sharers, space_id: child_id }
    }

    /// Views of a child's own, made by `make` of each of these; the child is still to join.
    pub fn copy(&self, child_id: u64, make: impl FnMut(&View) -> Option<View>) -> Self {
        let sharers = Sharers::new();
        Self {
            views: Arc::new(announced(&self.views, &sharers, make)),
            sharers,
            space_id: child_id,
        }
    }

    /// Makes sure that nobody else has them: a copy, each view of which is announced to its object, if
    /// somebody does.
    #[inline]
    pub fn make_own(&mut self) -> Result<(), OutOfMemory> {
        if Arc::strong_count(&self.views) == 1 { Ok(()) } else { self.copy_own() }
    }

    #[cold]
    fn copy_own(&mut self) -> Result<(), OutOfMemory> {
        frames::check_heap_growth(self.views.len() * VIEW_COST)?;
        let own = self.copy(self.space_id, |view| Some(view.clone()));
        if let Some(space) = self.sharers.find(self.space_id) {
            own.sharers.join(self.space_id, space);
        }
        *self = own;
        Ok(())
    }

    /// To be changed; [`Self::make_own`] comes first, under the same lock.
    #[inline]
    pub fn get_mut(&mut self) -> &mut Views {
        Arc::get_mut(&mut self.views).expect("invariant: the views were made this space's own")
    }
}

impl Deref for SharedViews {
    type Target = Views;

    #[inline]
    fn deref(&self) -> &Views {
        &self.views
    }
}

impl Drop for SharedViews {
    fn drop(&mut self) {
        // First: who is left alone with the views is alone among the sharers, too.
        drop(self.sharers.leave(self.space_id));
    }
}

/// What all spaces that are over have in common.
#[inline]
fn nothing() -> &'static (Arc<Views>, Arc<Sharers>) {
    static NOTHING: Once<(Arc<Views>, Arc<Sharers>)> = Once::new();
    NOTHING.call_once(|| (Arc::new(Views::new()), Sharers::new()))
}

/// A copy of views for other sharers: each mapping of an object becomes a mapping of their own.
fn announced(
    views: &Views,
    sharers: &Arc<Sharers>,
    mut make: impl FnMut(&View) -> Option<View>,
) -> Views {
    let mut attachments = BTreeMap::new();
    views.copy(|_, view| {
        let mut view = make(view)?;
        // Pieces of one mapping may differ in what may ever be done with them.
        let access = view.access();
        if let Backing::Object { attachment, .. } = &mut view.backing {
            let announce = || Attachment::new(attachment.object.clone(), sharers, access);
            // A mapping that was never cut has one view here, and the copy of it.
            *attachment = if Arc::strong_count(attachment) == 2 {
                announce()
            } else {
                let key = (Arc::as_ptr(attachment), access);
                attachments.entry(key).or_insert_with(announce).clone()
            };
        }
        Some(view)
    })
}
