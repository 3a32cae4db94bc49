//! The leaf that a view has left, or that one has come into since.
//!
//! Programs map and unmap in a loop. A leaf whose view goes stays where it is, without a range: vacant.
//! The next view in that place takes it again, and the tree is as it was. What lies between the views
//! next to it is known, and what was known of the gaps above it is forgotten already, so that views
//! come and go there without a walk. It is so as long as nothing else changes the tree or counts its
//! gaps: [`Tree::purge`] is called before that.

use super::tree::{Link, NO_VIEW, NONE, Tree};
use crate::mm::view::View;
use core::ops::Range;
use core::sync::atomic::Ordering;

/// The leaf, or none.
pub struct Home {
    link: Link,
    is_vacant: bool,
    /// From the end of the view before it to the start of the one behind.
    between: Range<usize>,
}

impl Home {
    pub const NONE: Self = Self { link: NONE, is_vacant: false, between: 0..0 };

    /// A leaf that has a view.
    pub const fn new(link: Link, between: Range<usize>) -> Self {
        Self { link, is_vacant: false, between }
    }
}

impl Tree {
    /// What lies around the vacant leaf, if there is one.
    #[inline]
    pub fn vacancy(&self) -> Option<&Range<usize>> {
        self.home.is_vacant.then_some(&self.home.between)
    }

    /// Whether there is a vacant leaf for a view of this range.
    #[inline]
    pub fn has_vacancy(&self, range: &Range<usize>) -> bool {
        self.vacancy().is_some_and(|free| free.start <= range.start && range.end <= free.end)
    }

    /// Puts a view into the vacant leaf, which [`Self::has_vacancy`] has told of.
    #[inline]
    pub fn move_in(&mut self, range: Range<usize>, view: View) {
        let link = self.home.link;
        let Some(node) = self.nodes.get_mut(link) else { return };
        node.range = range;
        node.view = view;
        self.home.is_vacant = false;
        *self.last.get_mut() = link;
        self.len += 1;
    }

    /// Whether the leaf has the view of this range.
    #[inline]
    pub fn is_at_home(&self, range: &Range<usize>) -> bool {
        !self.home.is_vacant && self.node(self.home.link).is_some_and(|node| node.range == *range)
    }

    /// The same, and no other view shows some of `around`.
    pub fn is_alone(&self, range: &Range<usize>, around: &Range<usize>) -> bool {
        let between = &self.home.between;
        between.start <= around.start && around.end <= between.end && self.is_at_home(range)
    }

    /// Takes the leaf's view out.
    #[inline]
    pub fn move_out(&mut self) {
        let Some(node) = self.nodes.get_mut(self.home.link) else { return };
        node.range.end = node.range.start;
        node.view = NO_VIEW;
        self.home.is_vacant = true;
        self.len -= 1;
        self.shrink();
    }

    /// Whether the view that was found last, or came last, has this range.
    #[inline]
    pub fn was_found_last(&self, range: &Range<usize>) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        self.node(last).is_some_and(|node| node.range == *range)
    }

    /// Forgets the leaf, and takes it out of the tree if it is vacant.
    pub fn purge(&mut self) {
        let home = core::mem::replace(&mut self.home, Home::NONE);
        if home.is_vacant
            && let Some(node) = self.node(home.link)
        {
            let start = node.range.start;
            self.unlink(start);
        }
    }
}
