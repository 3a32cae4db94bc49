//! Lists and trees that grow in a storm and must not keep what they grew to.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use smallvec::{Array, SmallVec};

/// Leaves a list room for as much again as it holds, so that what it keeps depends on what it
/// holds and not on what it once held. Without memory for a smaller one it stays as it is.
pub fn give_back<T>(list: &mut Vec<T>) {
    let wanted = 2 * list.len();
    if list.capacity() <= wanted {
        return;
    }
    let mut smaller = Vec::new();
    if smaller.try_reserve_exact(wanted).is_ok() {
        smaller.append(list);
        *list = smaller;
    }
}

/// The same for a list that has room for a few in its place: those need no other.
pub fn give_back_few<A: Array>(list: &mut SmallVec<A>) {
    if list.spilled() && list.capacity() > 2 * list.len() {
        let mut smaller = SmallVec::new();
        if smaller.try_reserve_exact(2 * list.len()).is_ok() {
            smaller.append(list);
            *list = smaller;
        }
    }
}

/// Gives back the room of a queue that has become empty.
pub fn give_back_queue<T>(queue: &mut VecDeque<T>) {
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
}

/// Gives back the node that a tree keeps when it has become empty.
pub fn give_back_map<K, V>(map: &mut BTreeMap<K, V>) {
    if map.is_empty() {
        *map = BTreeMap::new();
    }
}

/// As [`give_back_map`], for a set.
pub fn give_back_set<T>(set: &mut BTreeSet<T>) {
    if set.is_empty() {
        *set = BTreeSet::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_items_and_room_for_as_many() {
        let mut list: Vec<u32> = (0..100).collect();
        list.truncate(3);
        give_back(&mut list);
        assert_eq!((list.as_slice(), list.capacity()), (&[0, 1, 2][..], 6));
        list.clear();
        give_back(&mut list);
        assert_eq!(list.capacity(), 0);
    }

    #[test]
    fn a_few_items_need_no_room_beside_their_list() {
        let mut list: SmallVec<[u32; 4]> = (0..100).collect();
        list.truncate(10);
        give_back_few(&mut list);
        assert_eq!((list.len(), list.capacity()), (10, 20));
        list.truncate(2);
        give_back_few(&mut list);
        assert_eq!((list.as_slice(), list.spilled()), (&[0, 1][..], false));
        give_back_few(&mut list);
        assert_eq!(list.as_slice(), [0, 1]);
    }

    #[test]
    fn what_is_not_empty_is_left_alone() {
        let (mut map, mut set, mut queue) =
            (BTreeMap::from([(1, 2)]), BTreeSet::from([3]), VecDeque::from([4]));
        give_back_map(&mut map);
        give_back_set(&mut set);
        give_back_queue(&mut queue);
        assert_eq!((map.len(), set.len(), queue.len()), (1, 1, 1));
        queue.clear();
        give_back_queue(&mut queue);
        assert_eq!(queue.capacity(), 0);
    }
}
