//! A balanced tree of views in one list of nodes (AVL: Adelson-Velsky and Landis, 1962).
//!
//! Links are numbers in the list, so the views of most address spaces take one or two pieces of
//! kernel memory, whoever maps and unmaps needs none, and a child of fork copies them in a row. A
//! node that is free is kept in a list by its left link.
//!
//! A leaf whose view goes stays where it is: see `home`. How the tree is kept low is in `balance`.

use super::gaps::Gaps;
use super::home::Home;
use super::slots::Slots;
use crate::mm::frames::{self, OutOfMemory};
use crate::mm::view::{Backing, View};
use abi::memory::Protection;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

/// The number of a node, or [`NONE`].
pub type Link = u32;
/// No node: a number that no node has.
pub const NONE: Link = Link::MAX;
/// From this capacity on the list gets shorter when half of it is free.
const WORTH_SHRINKING: usize = 32;
/// A tree of the most views that there may be is not higher.
pub const HEIGHT: usize = 24;

/// A view in its place.
pub struct Node {
    pub range: Range<usize>,
    pub view: View,
    pub left: Link,
    pub right: Link,
    pub(super) height: u8,
    /// What the subtree leaves free; looked at only by a search for room.
    pub gaps: Gaps,
}

impl Node {
    pub const fn new(range: Range<usize>, view: View) -> Self {
        Self { range, view, left: NONE, right: NONE, height: 1, gaps: Gaps::STALE }
    }

    /// Whether it is the leaf that waits for a view.
    #[inline]
    pub const fn is_vacant(&self) -> bool {
        self.range.start == self.range.end
    }
}

/// The views of an address space, by their addresses; they do not overlap.
pub struct Tree {
    pub(super) nodes: Slots,
    root: Link,
    free: Link,
    pub(super) home: Home,
    /// Where an address was found last; it tells by itself whether it shows the next one.
    pub(super) last: AtomicU32,
    pub(super) len: usize,
}

impl Tree {
    pub const fn new() -> Self {
        Self::of_nodes(Slots::new())
    }

    const fn of_nodes(nodes: Slots) -> Self {
        let (len, last) = (nodes.len(), AtomicU32::new(NONE));
        Self { nodes, root: NONE, free: NONE, home: Home::NONE, last, len }
    }

    /// A tree of nodes in the order of their addresses, as low as can be.
    pub fn of_sorted(nodes: Slots) -> Self {
        let mut tree = Self::of_nodes(nodes);
        tree.root = tree.link_sorted(0..tree.len);
        tree
    }

    fn link_sorted(&mut self, nodes: Range<usize>) -> Link {
        if nodes.is_empty() {
            return NONE;
        }
        let middle = nodes.start + nodes.len() / 2;
        let left = self.link_sorted(nodes.start..middle);
        let right = self.link_sorted(middle + 1..nodes.end);
        let height = 1 + self.height(left).max(self.height(right));
        let node = &mut self.nodes[middle as Link];
        (node.left, node.right, node.height) = (left, right, height);
        node.gaps = Gaps::STALE;
        middle as Link
    }

    pub const fn len(&self) -> usize {
        self.len
    }

    pub const fn root(&self) -> Link {
        self.root
    }

    #[inline]
    pub fn node(&self, link: Link) -> Option<&Node> {
        self.nodes.get(link)
    }

    pub fn node_mut(&mut self, link: Link) -> Option<&mut Node> {
        self.nodes.get_mut(link)
    }

    /// Checks that there is kernel memory for so many more nodes.
    #[inline]
    pub fn check_growth(&self, more: usize) -> Result<(), OutOfMemory> {
        if self.len + more <= self.nodes.capacity() {
            return Ok(());
        }
        frames::check_heap_growth(2 * more * size_of::<Node>())
    }

    /// The view that shows the address.
    #[inline]
    pub fn find(&self, address: usize) -> Option<&Node> {
        let last = self.node(self.last.load(Ordering::Relaxed));
        if let Some(node) = last.filter(|node| node.range.contains(&address)) {
            return Some(node);
        }
        let mut next = self.root;
        while let Some(node) = self.node(next) {
            if address < node.range.start {
                next = node.left;
            } else if address < node.range.end {
                self.last.store(next, Ordering::Relaxed);
                return Some(node);
            } else {
                next = node.right;
            }
        }
        None
    }

    /// The first view that ends behind the address.
    #[inline]
    pub fn first_ending_after(&self, address: usize) -> Option<&Node> {
        let (mut next, mut found) = (self.root, None);
        while let Some(node) = self.node(next) {
            if node.range.end <= address {
                next = node.right;
                continue;
            }
            if node.is_vacant() {
                break;
            }
            found = Some(node);
            if node.range.start <= address {
                break;
            }
            next = node.left;
        }
        found
    }

    /// The last view that begins before the address, and the first that does not.
    #[inline]
    pub fn around(&self, address: usize) -> (Option<&Node>, Option<&Node>) {
        let (mut next, mut before, mut behind) = (self.root, None, None);
        while let Some(node) = self.node(next).filter(|node| !node.is_vacant()) {
            if node.range.start < address {
                before = Some(node);
                next = node.right;
            } else {
                behind = Some(node);
                next = node.left;
            }
        }
        (before, behind)
    }

    /// The last view that begins before the address.
    pub fn last_starting_before(&self, address: usize) -> Option<&Node> {
        self.around(address).0
    }

    /// The view that begins there, which is about to change: what was known of the gaps around it
    /// is forgotten.
    pub fn node_at(&mut self, start: usize) -> Option<&mut Node> {
        self.purge();
        let (link, _) = self.link_at(start);
        self.nodes.get_mut(link)
    }

    /// The node that begins there, and what lies between the views above it that are next to it.
    fn link_at(&mut self, start: usize) -> (Link, Range<usize>) {
        let (mut next, mut between) = (self.root, 0..usize::MAX);
        while let Some(node) = self.nodes.get_mut(next) {
            node.gaps = Gaps::STALE;
            if node.range.start == start {
                break;
            }
            if start < node.range.start {
                (next, between.end) = (node.left, node.range.start);
            } else {
                (next, between.start) = (node.right, node.range.end);
            }
        }
        (next, between)
    }

    /// Puts a view where none is.
    pub fn insert(&mut self, range: Range<usize>, view: View) {
        if self.has_vacancy(&range) {
            return self.move_in(range, view);
        }
        self.purge();
        let start = range.start;
        let link = self.free;
        let link = match self.nodes.get_mut(link) {
            Some(node) => {
                self.free = node.left;
                node.range = range;
                node.view = view;
                (node.left, node.right, node.height, node.gaps) = (NONE, NONE, 1, Gaps::STALE);
                link
            }
            None => {
                self.nodes.push(Node::new(range, view));
                (self.nodes.len() - 1) as Link
            }
        };
        self.len += 1;
        let mut has_grown = true;
        self.root = self.insert_below(self.root, link, start, &mut has_grown);
    }

    fn insert_below(&mut self, top: Link, new: Link, start: usize, has_grown: &mut bool) -> Link {
        let Some(node) = self.nodes.get_mut(top) else { return new };
        node.gaps = Gaps::STALE;
        if start < node.range.start {
            let below = node.left;
            self.nodes[top].left = self.insert_below(below, new, start, has_grown);
        } else {
            let below = node.right;
            self.nodes[top].right = self.insert_below(below, new, start, has_grown);
        }
        self.balance(top, has_grown)
    }

    /// Takes out the view that begins there.
    pub fn remove(&mut self, start: usize) {
        self.purge();
        let (link, between) = self.link_at(start);
        let Some(node) = self.nodes.get_mut(link) else { return };
        if node.left == NONE && node.right == NONE {
            self.home = Home::new(link, between);
            self.move_out();
        } else {
            self.len -= 1;
            self.unlink(start);
            self.shrink();
        }
    }

    /// Takes out the node that begins there.
    pub(super) fn unlink(&mut self, start: usize) {
        let (mut removed, mut has_shrunk) = (NONE, false);
        self.root = self.remove_below(self.root, start, &mut removed, &mut has_shrunk);
        let free = self.free;
        if let Some(node) = self.node_mut(removed) {
            node.range = 0..0;
            node.view = NO_VIEW;
            node.left = free;
            self.free = removed;
        }
    }

    fn remove_below(
        &mut self,
        top: Link,
        start: usize,
        removed: &mut Link,
        has_shrunk: &mut bool,
    ) -> Link {
        let Some(node) = self.nodes.get_mut(top) else { return NONE };
        node.gaps = Gaps::STALE;
        let (left, right, height) = (node.left, node.right, node.height);
        if start < node.range.start {
            self.nodes[top].left = self.remove_below(left, start, removed, has_shrunk);
        } else if start > node.range.start {
            self.nodes[top].right = self.remove_below(right, start, removed, has_shrunk);
        } else {
            *removed = top;
            if left == NONE || right == NONE {
                *has_shrunk = true;
                return if left == NONE { right } else { left };
            }
            let mut first = NONE;
            let rest = self.take_first(right, &mut first, has_shrunk);
            let heir = &mut self.nodes[first];
            (heir.left, heir.right, heir.height) = (left, rest, height);
            return self.balance(first, has_shrunk);
        }
        self.balance(top, has_shrunk)
    }

    /// Takes the first node out of a subtree that is not empty; returns what is left of it.
    fn take_first(&mut self, top: Link, first: &mut Link, has_shrunk: &mut bool) -> Link {
        let node = &mut self.nodes[top];
        node.gaps = Gaps::STALE;
        if node.left == NONE {
            (*first, *has_shrunk) = (top, true);
            return node.right;
        }
        let below = node.left;
        self.nodes[top].left = self.take_first(below, first, has_shrunk);
        self.balance(top, has_shrunk)
    }

    /// Gives memory back when half of it is free; when memory is short the list stays.
    #[inline]
    pub(super) fn shrink(&mut self) {
        if self.len == 0 {
            *self = Self::new();
        } else if self.nodes.capacity() > WORTH_SHRINKING && self.len < self.nodes.capacity() / 2 {
            self.shorten();
        }
    }

    #[cold]
    fn shorten(&mut self) {
        if frames::check_heap_growth(2 * self.len * size_of::<Node>()).is_ok() {
            self.purge();
            let mut nodes = Slots::new();
            self.move_to(self.root, &mut nodes);
            *self = Self::of_sorted(nodes);
        }
    }

    fn move_to(&mut self, top: Link, to: &mut Slots) {
        let Some(node) = self.nodes.get_mut(top) else { return };
        let view = core::mem::replace(&mut node.view, NO_VIEW);
        let (left, right, range) = (node.left, node.right, node.range.clone());
        self.move_to(left, to);
        to.push(Node::new(range, view));
        self.move_to(right, to);
    }
}

/// What a free node holds.
pub(super) const NO_VIEW: View =
    View::new(Protection::empty(), Protection::empty(), Backing::Anonymous);
