//! What is known by the numbers of processes, in their order.
//!
//! Numbers are given out one after the other, so those in use mostly lie together: they stand in leaves
//! of 16 places. Most of what is asked for is in the last leaf, which the newest have in common; to
//! put something there or to take it out moves nothing else.

use crate::room;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Places in a leaf.
const PLACES: u32 = u16::BITS;

/// Numbers that lie together.
struct Leaf<T> {
    /// The first of them, divided by their number.
    index: u32,
    /// A bit for each place that is taken.
    taken: u16,
    places: Box<[Option<T>; PLACES as usize]>,
}

/// A map from numbers.
pub struct NumberMap<T> {
    /// None is empty; in the order of the numbers.
    leaves: Vec<Leaf<T>>,
    length: usize,
}

impl<T> NumberMap<T> {
    /// Nothing.
    pub const fn new() -> Self {
        Self { leaves: Vec::new(), length: 0 }
    }

    /// How many numbers there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// What has this number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<&T> {
        let leaf = self.find(number).ok()?;
        self.leaves[leaf].places[(number % PLACES) as usize].as_ref()
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let leaf = self.find(number).ok()?;
        self.leaves[leaf].places[(number % PLACES) as usize].as_mut()
    }

    /// Gives something a number that nothing has.
    pub fn insert(&mut self, number: u32, value: T) {
        let leaf = match self.find(number) {
            Ok(leaf) => leaf,
            Err(leaf) => {
                let places = Box::new([const { None }; PLACES as usize]);
                self.leaves.insert(leaf, Leaf { index: number / PLACES, taken: 0, places });
                leaf
            }
        };
        let leaf = &mut self.leaves[leaf];
        leaf.taken |= 1 << (number % PLACES);
        leaf.places[(number % PLACES) as usize] = Some(value);
        self.length += 1;
    }

    /// Takes out what has this number.
    pub fn remove(&mut self, number: u32) -> Option<T> {
        let index = self.find(number).ok()?;
        let leaf = &mut self.leaves[index];
        let value = leaf.places[(number % PLACES) as usize].take()?;
        leaf.taken &= !(1 << (number % PLACES));
        if leaf.taken == 0 {
            self.leaves.remove(index);
            room::give_back(&mut self.leaves);
        }
        self.length -= 1;
        Some(value)
    }

    /// What has the lowest number above this one.
    pub fn next(&self, number: u32) -> Option<&T> {
        let first = number.checked_add(1)?;
        let (found, leaf) = match self.find(first) {
            Ok(leaf) => (true, leaf),
            Err(leaf) => (false, leaf),
        };
        let within = if found { self.leaves[leaf].first_from(first % PLACES) } else { None };
        within.or_else(|| self.leaves.get(leaf + usize::from(found))?.first_from(0))
    }

    /// All, in the order of their numbers.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.leaves.iter().flat_map(|leaf| leaf.places.iter().flatten())
    }

    /// Where the leaf for a number is, or would have to be.
    #[inline]
    fn find(&self, number: u32) -> Result<usize, usize> {
        let index = number / PLACES;
        match self.leaves.last() {
            Some(last) if last.index == index => Ok(self.leaves.len() - 1),
            Some(last) if last.index > index => {
                self.leaves.binary_search_by_key(&index, |leaf| leaf.index)
            }
            _ => Err(self.leaves.len()),
        }
    }
}

impl<T> Leaf<T> {
    /// The first that there is from a place on.
    fn first_from(&self, place: u32) -> Option<&T> {
        let left = self.taken & u16::MAX << place;
        // Without any this is no place.
        self.places.get(left.trailing_zeros() as usize)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_does_what_a_plain_map_does(
            steps in prop::collection::vec((any::<bool>(), 0..130_u32), 1..200),
        ) {
            let (mut map, mut model) = (NumberMap::new(), BTreeMap::new());
            for (value, (adds, number)) in (0..).zip(steps) {
                if adds && !model.contains_key(&number) {
                    map.insert(number, value);
                    model.insert(number, value);
                } else {
                    prop_assert_eq!(map.remove(number), model.remove(&number));
                }
                prop_assert_eq!(map.len(), model.len());
                prop_assert_eq!(map.get(number), model.get(&number));
                let behind = model.range(number + 1..).next().map(|(_, value)| value);
                prop_assert_eq!(map.next(number), behind);
                prop_assert!(map.values().eq(model.values()));
            }
        }
    }

    #[test]
    fn the_highest_number_and_a_storm_leave_nothing_behind() {
        let mut map = NumberMap::new();
        map.insert(u32::MAX, 1);
        assert_eq!((map.next(u32::MAX - 1), map.next(u32::MAX)), (Some(&1), None));
        (0..10_000).for_each(|number| map.insert(number, number));
        *map.get_mut(9_999).unwrap() = 7;
        assert_eq!(map.remove(9_999), Some(7));
        (0..9_999).for_each(|number| assert_eq!(map.remove(number), Some(number)));
        assert_eq!(map.remove(u32::MAX), Some(1));
        assert_eq!((map.leaves.capacity(), map.len()), (0, 0));
    }
}
