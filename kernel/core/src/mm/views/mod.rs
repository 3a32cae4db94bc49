//! The views of an address space: which one shows an address, and where there is room for more.
//!
//! Views do not overlap, and equal neighbours are one view.

mod balance;
mod gaps;
mod home;
mod slots;
#[cfg(test)]
mod tests;
mod tree;

use super::frames::OutOfMemory;
use super::placement::Shape;
use super::view::View;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};
use gaps::Hint;
use slots::Slots;
use tree::{HEIGHT, Link, Node, Tree};

/// Areas that views are placed in, each with a hint of its own.
pub const AREAS: usize = 4;

/// All views of one address space.
pub struct Views {
    tree: Tree,
    bytes: usize,
    hints: [Hint; AREAS],
    /// Whether children are known to get all of them as they are.
    pass_whole: AtomicBool,
}

impl Views {
    /// None.
    pub const fn new() -> Self {
        Self::of_tree(Tree::new(), 0)
    }

    const fn of_tree(tree: Tree, bytes: usize) -> Self {
        Self { tree, bytes, hints: [Hint::NONE; AREAS], pass_whole: AtomicBool::new(false) }
    }

    /// Whether `passes` says of each view that children get it as it is; asked once for as long as
    /// the views stay what they are.
    pub fn pass_whole(&self, passes: impl Fn(&View) -> bool) -> bool {
        let known = self.pass_whole.load(Ordering::Relaxed);
        let all_pass = known || self.iter().all(|(_, view)| passes(view));
        if all_pass && !known {
            self.pass_whole.store(true, Ordering::Relaxed);
        }
        all_pass
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.tree.len()
    }

    /// The bytes that they show.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Checks that there is kernel memory for so many more.
    pub fn check_growth(&self, more: usize) -> Result<(), OutOfMemory> {
        self.tree.check_growth(more)
    }

    /// The view that shows an address.
    #[inline]
    pub fn get(&self, address: usize) -> Option<&View> {
        Some(&self.tree.find(address)?.view)
    }

    /// The view that shows an address, with its range.
    #[inline]
    pub fn get_key_value(&self, address: usize) -> Option<(&Range<usize>, &View)> {
        self.tree.find(address).map(of_node)
    }

    /// The first view that ends behind an address.
    #[inline]
    pub fn first_ending_after(&self, address: usize) -> Option<(&Range<usize>, &View)> {
        self.tree.first_ending_after(address).map(of_node)
    }

    /// The last view that begins before an address.
    pub fn last_starting_before(&self, address: usize) -> Option<(&Range<usize>, &View)> {
        self.tree.last_starting_before(address).map(of_node)
    }

    /// Whether some of the range is shown.
    #[inline]
    pub fn overlaps(&self, range: &Range<usize>) -> bool {
        let first = self.tree.first_ending_after(range.start);
        first.is_some_and(|node| node.range.start < range.end)
    }

    /// Whether all of the range is shown.
    pub fn cover(&self, range: &Range<usize>) -> bool {
        let mut next = range.start;
        while next < range.end {
            let Some(node) = self.tree.find(next) else { return false };
            next = node.range.end;
        }
        true
    }

    /// The views that show some of the range, in the order of their addresses.
    pub fn overlapping(&self, range: Range<usize>) -> Overlapping<'_> {
        let mut views = Overlapping { tree: &self.tree, end: range.end, way: heapless::Vec::new() };
        views.descend(self.tree.root(), range.start);
        views
    }

    /// All views, in the order of their addresses.
    pub fn iter(&self) -> Overlapping<'_> {
        self.overlapping(0..usize::MAX)
    }

    /// Shows a view in a range, in place of what is there.
    #[inline]
    pub fn insert(&mut self, range: Range<usize>, view: View) {
        let vacancy = self.tree.vacancy();
        let touches = |free: &Range<usize>| free.start >= range.start || range.end >= free.end;
        if vacancy.is_none_or(touches) {
            return self.insert_beside(range, view);
        }
        self.bytes += range.len();
        *self.pass_whole.get_mut() = false;
        self.tree.move_in(range, view);
    }

    /// As [`Self::insert`], where others may be in the way or be equal neighbours.
    #[inline(never)]
    fn insert_beside(&mut self, range: Range<usize>, view: View) {
        let (before, behind) = self.tree.around(range.start);
        let is_free = before.is_none_or(|node| node.range.end <= range.start)
            && behind.is_none_or(|node| range.end <= node.range.start);
        if !is_free {
            self.remove(range.clone());
            return self.insert_beside(range, view);
        }
        self.bytes += range.len();
        *self.pass_whole.get_mut() = false;
        let before = before.filter(|node| node.range.end == range.start && node.view == view);
        let behind = behind.filter(|node| node.range.start == range.end && node.view == view);
        let (before, behind) =
            (before.map(|node| node.range.clone()), behind.map(|node| node.range.clone()));
        if before.is_none() && behind.is_none() {
            self.tree.insert(range, view);
        } else {
            self.join(range, view, before, behind);
        }
    }

    /// Shows a view in a range and in that of equal neighbours.
    fn join(
        &mut self,
        range: Range<usize>,
        view: View,
        before: Option<Range<usize>>,
        behind: Option<Range<usize>>,
    ) {
        let mut all = range;
        if let Some(behind) = behind {
            self.tree.remove(behind.start);
            all.end = behind.end;
        }
        match before {
            Some(before) => {
                if let Some(node) = self.tree.node_at(before.start) {
                    node.range.end = all.end;
                }
            }
            None => self.tree.insert(all, view),
        }
    }

    /// Whether the range is one view's, as far as is known without a search.
    #[inline]
    pub fn is_known_view(&self, range: &Range<usize>) -> bool {
        self.tree.was_found_last(range)
    }

    /// The same, and no other view shows some of `around`.
    pub fn is_known_alone(&self, range: &Range<usize>, around: &Range<usize>) -> bool {
        self.tree.is_alone(range, around)
    }

    /// Shows nothing in a range.
    #[inline]
    pub fn remove(&mut self, range: Range<usize>) {
        for hint in &mut self.hints {
            hint.note_free(&range);
        }
        if self.tree.is_at_home(&range) {
            self.bytes -= range.len();
            self.tree.move_out();
        } else {
            self.remove_all_in(range);
        }
    }

    #[inline(never)]
    fn remove_all_in(&mut self, range: Range<usize>) {
        while let Some(node) = self.tree.first_ending_after(range.start) {
            let found = node.range.clone();
            if found.start >= range.end {
                return;
            }
            self.bytes -= found.end.min(range.end) - found.start.max(range.start);
            if found.start >= range.start && found.end <= range.end {
                self.tree.remove(found.start);
            } else {
                self.cut(found.clone(), &range);
            }
            if found.end >= range.end {
                return;
            }
        }
    }

    /// Cuts a range out of a view that goes beyond it.
    #[cold]
    fn cut(&mut self, found: Range<usize>, range: &Range<usize>) {
        let Some(node) = self.tree.node_at(found.start) else { return };
        if found.start >= range.start {
            node.range.start = range.end;
            return;
        }
        node.range.end = range.start;
        if found.end > range.end {
            let view = node.view.clone();
            self.tree.insert(range.end..found.end, view);
        }
    }

    /// The lowest place in an area, of all that has the number `index`, with room for so many
    /// bytes, which are not 0.
    pub fn find_gap(
        &mut self,
        index: usize,
        area: &Range<usize>,
        shape: Shape,
        bytes: usize,
    ) -> Option<usize> {
        self.tree.find_gap(area, shape, bytes, &mut self.hints[index % AREAS])
    }

    /// Other views in the same places, made one by one in the order of their addresses; none where
    /// `make` gives none.
    pub fn copy(&self, mut make: impl FnMut(&Range<usize>, &View) -> Option<View>) -> Self {
        let mut nodes = Slots::new();
        let mut bytes = 0;
        for (range, view) in self {
            let Some(view) = make(range, view) else { continue };
            bytes += range.len();
            match nodes.last_mut() {
                Some(last) if last.range.end == range.start && last.view == view => {
                    last.range.end = range.end;
                }
                _ => nodes.push(Node::new(range.clone(), view)),
            }
        }
        Self::of_tree(Tree::of_sorted(nodes), bytes)
    }
}

impl<'a> IntoIterator for &'a Views {
    type Item = (&'a Range<usize>, &'a View);
    type IntoIter = Overlapping<'a>;

    fn into_iter(self) -> Overlapping<'a> {
        self.iter()
    }
}

fn of_node(node: &Node) -> (&Range<usize>, &View) {
    (&node.range, &node.view)
}

/// Views in the order of their addresses.
pub struct Overlapping<'a> {
    tree: &'a Tree,
    end: usize,
    /// The nodes that are still to come, of which the last is the next, each before its right
    /// subtree.
    way: heapless::Vec<Link, HEIGHT>,
}

impl Overlapping<'_> {
    /// Goes down to the first view of a subtree that ends behind an address.
    fn descend(&mut self, top: Link, from: usize) {
        let mut next = top;
        while let Some(node) = self.tree.node(next) {
            if node.range.end <= from {
                next = node.right;
                continue;
            }
            self.way.push(next).expect("invariant: no tree is higher");
            next = node.left;
        }
    }
}

impl<'a> Iterator for Overlapping<'a> {
    type Item = (&'a Range<usize>, &'a View);

    fn next(&mut self) -> Option<Self::Item> {
        let node = loop {
            let node = self.tree.node(self.way.pop()?)?;
            if !node.is_vacant() {
                break node;
            }
        };
        if node.range.start >= self.end {
            self.way.clear();
            return None;
        }
        self.descend(node.right, 0);
        Some(of_node(node))
    }
}
