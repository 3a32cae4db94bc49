//! How the tree of views is kept low: no node's sides differ by more than one in height.

use super::gaps::Gaps;
use super::tree::{Link, Tree};

impl Tree {
    #[inline]
    pub(super) fn height(&self, link: Link) -> u8 {
        self.node(link).map_or(0, |node| node.height)
    }

    /// Notes a subtree's height after that of one side `has_changed` by one, turning it if that
    /// makes the sides differ by more; returns its root, and whether its own height is another.
    #[inline]
    pub(super) fn balance(&mut self, top: Link, has_changed: &mut bool) -> Link {
        if !*has_changed {
            return top;
        }
        let node = &self.nodes[top];
        let (left, right, before) = (node.left, node.right, node.height);
        let (high, low) = (self.height(left), self.height(right));
        let root = if high.abs_diff(low) <= 1 {
            self.nodes[top].height = 1 + high.max(low);
            top
        } else {
            self.turn(top, left, right)
        };
        *has_changed = self.nodes[root].height != before;
        root
    }

    /// Turns a subtree whose sides differ by two.
    #[cold]
    fn turn(&mut self, top: Link, left: Link, right: Link) -> Link {
        if self.height(left) > self.height(right) {
            let inner = &self.nodes[left];
            if self.height(inner.right) > self.height(inner.left) {
                self.nodes[top].left = self.turn_left(left);
            }
            self.turn_right(top)
        } else {
            let inner = &self.nodes[right];
            if self.height(inner.left) > self.height(inner.right) {
                self.nodes[top].right = self.turn_right(right);
            }
            self.turn_left(top)
        }
    }

    fn turn_right(&mut self, top: Link) -> Link {
        let up = self.nodes[top].left;
        self.nodes[top].left = self.nodes[up].right;
        self.nodes[up].right = top;
        self.note_turned(top, up)
    }

    fn turn_left(&mut self, top: Link) -> Link {
        let up = self.nodes[top].right;
        self.nodes[top].right = self.nodes[up].left;
        self.nodes[up].left = top;
        self.note_turned(top, up)
    }

    fn note_turned(&mut self, down: Link, up: Link) -> Link {
        for link in [down, up] {
            let node = &self.nodes[link];
            let height = 1 + self.height(node.left).max(self.height(node.right));
            let node = &mut self.nodes[link];
            node.height = height;
            node.gaps = Gaps::STALE;
        }
        up
    }
}
