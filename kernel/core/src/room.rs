//! Lists that grow in a storm and must not keep what they grew to.

use alloc::vec::Vec;

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
}
