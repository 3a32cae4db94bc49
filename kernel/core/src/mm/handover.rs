//! Handing pages from one address space to another in one step: the claim of an offer.
//!
//! Both spaces are locked, the one with the lower number first. All that can fail comes before the
//! first change that anybody can see, so a failure leaves both as they were. Private memory
//! becomes an object's, made of the very same frames, whose table entries move; views of objects are
//! handed on as they are.

use super::frames;
use super::map_error::MapError;
use super::object::{MemoryObject, ViewAccess};
use super::placement;
use super::separate::LoosePages;
use super::space::{AddressSpace, State};
use super::view::{Backing, Sharing, View};
use crate::sync::{Guard, Rank};
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::{PageRange, VirtAddr};
use arch::tlb;
use core::ops::Range;
use smallvec::SmallVec;

/// What the receiver may do with what it gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Granted {
    /// What the giver may do in that moment.
    All,
    /// This.
    Only(Protection),
}

/// What is handed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Handover {
    /// The giver's addresses.
    pub range: PageRange,
    /// What the receiver may do.
    pub granted: Granted,
    /// What the giver may do no more.
    pub dropped: Protection,
}

/// Makes an object of pages that were private.
pub type MakeObject<'a> = &'a mut dyn FnMut(LoosePages) -> Result<Arc<dyn MemoryObject>, MapError>;

/// A part of the range that lies in one view of the giver.
struct Piece {
    range: PageRange,
    view: View,
    granted: Protection,
}

/// What a piece becomes.
struct Ready {
    range: PageRange,
    kept: Option<View>,
    given: View,
    /// The object that is to have the pages, which are private still.
    moves_to: Option<Arc<dyn MemoryObject>>,
}

/// Most often there is one.
type Few<T> = SmallVec<[T; 1]>;

impl AddressSpace {
    /// Fails as [`Self::hand_over`] would because of what the giver has.
    pub fn check_handover(&self, handover: &Handover) -> Result<(), MapError> {
        self.state.lock().each_piece(handover, |_, _, _| Ok(()))
    }

    /// Hands pages over; returns where the receiver, another address space, has them.
    ///
    /// `BadRange` if it is the same one: a child of `vfork` shares its parent's.
    pub fn hand_over(
        self: &Arc<Self>,
        receiver: &Arc<Self>,
        handover: &Handover,
        make: MakeObject<'_>,
    ) -> Result<VirtAddr, MapError> {
        if self.id() == receiver.id() {
            return Err(MapError::BadRange);
        }
        let (mut from, mut to) = lock_both(self, receiver);
        let mut gather = self.gather();
        from.views.make_own()?;
        to.views.make_own()?;
        let pieces = from.pieces(handover)?;
        let target = to.place_for(handover.range)?;
        to.check_room(pieces.len())?;
        let added = from.added_by_unmap(handover.range) + pieces.len();
        from.check_room(added)?;
        frames::check_heap_growth(pieces.len() * size_of::<Ready>() * 4)?;
        let shift = target.start().value().wrapping_sub(handover.range.start().value());
        let mut ready: Few<Ready> = Few::new();
        ready.try_reserve_exact(pieces.len()).map_err(|_| MapError::OutOfMemory)?;
        for piece in pieces {
            let shown = from.object_of(&piece, make, &mut gather)?;
            let kept = kept_view(&from, &piece, handover.dropped, &shown)?;
            let given = given_view(&to, &piece, &shown, shift)?;
            let moves_to = shown.is_new.then_some(shown.object);
            ready.push(Ready { range: piece.range, kept, given, moves_to });
        }
        from.prepare_ends(handover.range, &mut gather)?;
        // Nothing fails from here on.
        for Ready { range, moves_to, .. } in &ready {
            if let Some(object) = moves_to {
                from.move_pages(*range, &**object);
                gather.moved(*range);
            }
        }
        from.clear_range(handover.range, &mut gather);
        for Ready { range, kept, given, .. } in ready {
            if let Some(view) = kept {
                from.show(range, view);
            }
            let start = VirtAddr::new(range.start().value().wrapping_add(shift));
            if let Some(range) = PageRange::from_bytes(start, range.bytes()) {
                to.show(range, given);
            }
        }
        tlb::publish();
        Ok(target.start())
    }
}

/// Locks two address spaces, in the order of their numbers; returns them in the caller's.
fn lock_both<'a>(
    one: &'a AddressSpace,
    other: &'a AddressSpace,
) -> (Guard<'a, State>, Guard<'a, State>) {
    debug_assert_ne!(one.id(), other.id());
    if one.id() < other.id() {
        let first = one.state.lock();
        (first, other.state.lock_as(Rank::SecondSpace))
    } else {
        let first = other.state.lock();
        (one.state.lock_as(Rank::SecondSpace), first)
    }
}

/// What a program can have of these rights: nobody stores or executes without loading.
fn with_read(rights: Protection) -> Protection {
    if rights.is_empty() { rights } else { rights | Protection::READ }
}

/// What the receiver gets of a view, unless the giver may not do it itself.
fn granted(view: &View, granted: Granted) -> Result<Protection, MapError> {
    let has_one_writer = match &view.backing {
        Backing::Object { attachment, sharing: Sharing::Shared, .. } => {
            attachment.object.has_single_writer()
        }
        _ => false,
    };
    let possible = if has_one_writer { view.maximum - Protection::WRITE } else { view.maximum };
    let rights = match granted {
        Granted::All => with_read(view.protection) & with_read(possible),
        Granted::Only(rights) => with_read(rights),
    };
    super::space::check_protection(rights, with_read(possible))?;
    Ok(rights)
}

/// The object that a piece shows from now on, with the address of its first byte in the giver.
struct Shown {
    object: Arc<dyn MemoryObject>,
    base: usize,
    /// It was made of private pages, which are to be moved there.
    is_new: bool,
}

impl State {
    /// The views of the range, with what the receiver gets of each.
    fn pieces(&self, handover: &Handover) -> Result<Few<Piece>, MapError> {
        let mut pieces = Few::new();
        self.each_piece(handover, |range, view, granted| {
            pieces.try_reserve(1).map_err(|_| MapError::OutOfMemory)?;
            pieces.push(Piece { range, view: view.clone(), granted });
            Ok(())
        })?;
        Ok(pieces)
    }

    /// Looks at the views of the range, each with its part of it and what the receiver gets.
    fn each_piece(
        &self,
        handover: &Handover,
        mut look: impl FnMut(PageRange, &View, Protection) -> Result<(), MapError>,
    ) -> Result<(), MapError> {
        let range = handover.range;
        let bounds = range.start().value()..range.end().value();
        let mut part = |place: &Range<usize>, view: &View| {
            if view.withheld.is_some() {
                return Err(MapError::Denied);
            }
            let start = VirtAddr::new(place.start.max(bounds.start));
            let end = VirtAddr::new(place.end.min(bounds.end));
            let range = PageRange::from_bounds(start, end).ok_or(MapError::BadRange)?;
            let granted = granted(view, handover.granted)?;
            look(range, view, granted)
        };
        match self.views.get_key_value(bounds.start) {
            // Most often it lies in one.
            Some((place, view)) if bounds.end <= place.end => part(place, view),
            Some(_) if self.views.cover(&bounds) => self
                .views
                .overlapping(bounds.clone())
                .try_for_each(|(place, view)| part(place, view)),
            _ => Err(MapError::Unmapped),
        }
    }

    /// Where the receiver shows the range: in the same place if that is the same for all.
    fn place_for(&mut self, range: PageRange) -> Result<PageRange, MapError> {
        if placement::is_in_commons(range) {
            let bounds = range.start().value()..range.end().value();
            return if self.views.overlaps(&bounds) { Err(MapError::Occupied) } else { Ok(range) };
        }
        let shape = placement::Shape::Units;
        placement::find_gap(self.views.get_mut(), &self.slides, shape, range.bytes())
            .ok_or(MapError::NoRoom)
    }

    /// The object that a piece shows, made if its pages are private.
    fn object_of(
        &self,
        piece: &Piece,
        make: MakeObject<'_>,
        gather: &mut super::gather::Gather,
    ) -> Result<Shown, MapError> {
        if let Backing::Object { attachment, base, sharing: Sharing::Shared } = &piece.view.backing
        {
            return Ok(Shown { object: attachment.object.clone(), base: *base, is_new: false });
        }
        let object = make(self.loose_pages(piece.range, &piece.view, gather)?)?;
        Ok(Shown { object, base: piece.range.start().value(), is_new: true })
    }

    /// Shows a view where nothing is.
    fn show(&mut self, range: PageRange, view: View) {
        let bounds = range.start().value()..range.end().value();
        self.link_view(range, &bounds, &view);
        self.views.get_mut().insert(bounds, view);
    }
}

/// What the giver keeps of a piece; `None` if it can't even read it any more.
fn kept_view(
    giver: &State,
    piece: &Piece,
    dropped: Protection,
    shown: &Shown,
) -> Result<Option<View>, MapError> {
    if dropped.contains(Protection::READ) {
        return Ok(None);
    }
    let mut view = piece.view.clone();
    view.protection -= dropped;
    view.maximum -= dropped;
    let is_as_before = match &view.backing {
        Backing::Object { attachment, sharing: Sharing::Shared, .. } => {
            attachment.access() == view.access()
        }
        _ => false,
    };
    if !is_as_before {
        view.backing = attach(giver, shown, view.maximum, 0)?;
    }
    Ok(Some(view))
}

fn given_view(
    receiver: &State,
    piece: &Piece,
    shown: &Shown,
    shift: usize,
) -> Result<View, MapError> {
    let backing = attach(receiver, shown, piece.granted, shift)?;
    Ok(View::new(piece.granted, piece.granted, backing))
}

/// A view's share in an object, which it shows `shift` bytes further on than the giver.
fn attach(
    space: &State,
    shown: &Shown,
    maximum: Protection,
    shift: usize,
) -> Result<Backing, MapError> {
    let writes = maximum.contains(Protection::WRITE);
    let access = if writes { ViewAccess::Write } else { ViewAccess::Read };
    let attachment = space.attach(&shown.object, access)?;
    let base = shown.base.wrapping_add(shift);
    Ok(Backing::Object { attachment, base, sharing: Sharing::Shared })
}
