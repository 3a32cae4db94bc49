//! A list of nodes in small pieces: memory that is in pieces itself has room for it, however long it
//! gets, and what is short is one piece.

use super::tree::{Link, Node};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// Nodes in a piece.
const PIECE: usize = 8;
/// Pieces that are found without a detour: more than most processes need.
const NEAR: usize = 4;
/// Pieces that are found by one pointer, of those further on.
const GROUP: usize = 32;

type Piece = Vec<Node>;

/// Nodes by their numbers.
pub struct Slots {
    near: [Piece; NEAR],
    #[expect(
        clippy::vec_box,
        reason = "the list of groups is one piece of memory: pointers keep it short"
    )]
    far: Vec<Box<[Piece; GROUP]>>,
    len: usize,
}

impl Slots {
    pub const fn new() -> Self {
        Self { near: [const { Vec::new() }; NEAR], far: Vec::new(), len: 0 }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// How many there are pieces for.
    pub const fn capacity(&self) -> usize {
        self.len.next_multiple_of(PIECE)
    }

    /// The last one.
    pub fn last_mut(&mut self) -> Option<&mut Node> {
        let last = self.len.checked_sub(1)?;
        self.get_mut(last as Link)
    }

    /// Adds one; its number is the length before.
    pub fn push(&mut self, node: Node) {
        let piece = self.len / PIECE;
        if piece >= NEAR + self.far.len() * GROUP {
            self.far.push(Box::new([const { Vec::new() }; GROUP]));
        }
        if let Some(piece) = self.piece_mut(piece) {
            if piece.is_empty() {
                *piece = Vec::with_capacity(PIECE);
            }
            piece.push(node);
            self.len += 1;
        }
    }

    #[inline]
    pub fn get(&self, link: Link) -> Option<&Node> {
        let (piece, index) = (link as usize / PIECE, link as usize % PIECE);
        match self.near.get(piece) {
            Some(piece) => piece.get(index),
            None => self.far_piece(piece)?.get(index),
        }
    }

    #[inline]
    pub fn get_mut(&mut self, link: Link) -> Option<&mut Node> {
        let (piece, index) = (link as usize / PIECE, link as usize % PIECE);
        self.piece_mut(piece)?.get_mut(index)
    }

    fn far_piece(&self, piece: usize) -> Option<&Piece> {
        let piece = piece - NEAR;
        Some(&self.far.get(piece / GROUP)?[piece % GROUP])
    }

    #[inline]
    fn piece_mut(&mut self, piece: usize) -> Option<&mut Piece> {
        match piece.checked_sub(NEAR) {
            None => self.near.get_mut(piece),
            Some(piece) => Some(&mut self.far.get_mut(piece / GROUP)?[piece % GROUP]),
        }
    }
}

impl Index<Link> for Slots {
    type Output = Node;

    #[inline]
    fn index(&self, link: Link) -> &Node {
        self.get(link).expect("invariant: a link leads to a node")
    }
}

impl IndexMut<Link> for Slots {
    #[inline]
    fn index_mut(&mut self, link: Link) -> &mut Node {
        self.get_mut(link).expect("invariant: a link leads to a node")
    }
}
