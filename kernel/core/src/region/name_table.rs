//! A table of names, hashed: finding one among a hundred thousand costs what finding one among ten
//! does.
//!
//! The slot of a name is told by the first bits of its hash, and the names of a slot stand in the
//! order of their hashes. So all names have one order, which stays the same when the number of slots
//! changes: a listing can go on behind a name that has gone meanwhile. There are about as many slots
//! as names; without memory for more of them the lists become longer, and nothing fails.

use crate::bytes;
use alloc::boxed::Box;
use alloc::vec::Vec;
use smallvec::SmallVec;

/// A name; most need no memory of their own.
pub type Name = SmallVec<[u8; 24]>;

/// Slots that there always are.
const FIRST: usize = 16;

type Slot<T> = Option<Box<Entry<T>>>;

struct Entry<T> {
    hash: u64,
    next: Slot<T>,
    name: Name,
    value: T,
}

impl<T> Entry<T> {
    fn is(&self, hash: u64, name: &[u8]) -> bool {
        self.hash == hash && bytes::same(&self.name, name)
    }

    fn is_before(&self, hash: u64, name: &[u8]) -> bool {
        self.hash < hash || self.hash == hash && !self.is(hash, name) && *self.name < *name
    }
}

/// Names, each with what it leads to; the caller hashes them.
pub struct NameTable<T> {
    first: [Slot<T>; FIRST],
    /// In place of the first ones, if there are more.
    more: Vec<Slot<T>>,
    count: usize,
}

/// Where a name belongs that is not in the table.
pub struct Place<'a, T> {
    slot: &'a mut Slot<T>,
    count: &'a mut usize,
}

impl<T> Place<'_, T> {
    /// Adds the name.
    pub fn insert(self, hash: u64, name: &[u8], value: T) {
        let next = self.slot.take();
        *self.slot = Some(Box::new(Entry { hash, next, name: Name::from_slice(name), value }));
        *self.count += 1;
    }
}

impl<T> NameTable<T> {
    /// No names.
    pub const fn new() -> Self {
        Self { first: [const { None }; FIRST], more: Vec::new(), count: 0 }
    }

    /// How many names there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// What a name leads to.
    pub fn get(&self, hash: u64, name: &[u8]) -> Option<&T> {
        let slots = self.slots();
        let mut slot = &slots[slot_of(hash, slots.len())];
        while let Some(entry) = slot {
            if entry.is(hash, name) {
                return Some(&entry.value);
            }
            slot = &entry.next;
        }
        None
    }

    /// What a name leads to, or the place where it belongs.
    pub fn place(&mut self, hash: u64, name: &[u8]) -> Result<&T, Place<'_, T>> {
        if self.count >= self.slots().len() {
            self.grow();
        }
        let slots = if self.more.is_empty() { &mut self.first[..] } else { &mut self.more };
        let index = slot_of(hash, slots.len());
        match seek(&mut slots[index], hash, name) {
            (slot, true) => Ok(&slot.as_ref().expect("invariant: it was found").value),
            (slot, false) => Err(Place { slot, count: &mut self.count }),
        }
    }

    /// Takes a name out; returns what it led to.
    pub fn remove(&mut self, hash: u64, name: &[u8]) -> Option<T> {
        self.remove_if(hash, name, |_| Ok::<(), ()>(())).ok()?
    }

    /// Takes a name out if what it leads to allows that.
    #[inline]
    pub fn remove_if<E>(
        &mut self,
        hash: u64,
        name: &[u8],
        may: impl FnOnce(&T) -> Result<(), E>,
    ) -> Result<Option<T>, E> {
        let slots = self.slots_mut();
        let index = slot_of(hash, slots.len());
        let (slot, true) = seek(&mut slots[index], hash, name) else { return Ok(None) };
        if let Some(entry) = slot {
            may(&entry.value)?;
        }
        let Some(entry) = slot.take() else { return Ok(None) };
        let Entry { next, value, .. } = *entry;
        *slot = next;
        self.count -= 1;
        if self.count < self.more.len() / 4 {
            self.shrink();
        }
        Ok(Some(value))
    }

    /// The name that follows this one, which may be gone; the first one for none.
    pub fn after(&self, last: Option<(u64, &[u8])>) -> Option<(&Name, &T)> {
        let slots = self.slots();
        let from = last.map_or(0, |(hash, _)| slot_of(hash, slots.len()));
        let is_behind = |entry: &Entry<T>| {
            last.is_none_or(|(hash, name)| !entry.is_before(hash, name) && !entry.is(hash, name))
        };
        slots[from..].iter().find_map(|slot| {
            let mut entries =
                core::iter::successors(slot.as_deref(), |entry| entry.next.as_deref());
            let entry = entries.find(|entry| is_behind(entry))?;
            Some((&entry.name, &entry.value))
        })
    }

    fn slots(&self) -> &[Slot<T>] {
        if self.more.is_empty() { &self.first } else { &self.more }
    }

    fn slots_mut(&mut self) -> &mut [Slot<T>] {
        if self.more.is_empty() { &mut self.first } else { &mut self.more }
    }

    /// Twice as many slots: each list is cut in two.
    fn grow(&mut self) {
        let length = self.slots().len();
        let mut more = Vec::new();
        if more.try_reserve_exact(2 * length).is_err() {
            return;
        }
        for (index, slot) in self.slots_mut().iter_mut().enumerate() {
            let mut low = slot.take();
            let is_low = |entry: &Entry<T>| slot_of(entry.hash, 2 * length) == 2 * index;
            let high = skip(&mut low, is_low).take();
            more.push(low);
            more.push(high);
        }
        self.more = more;
    }

    /// Half as many slots: each list has the next one behind it.
    fn shrink(&mut self) {
        let length = self.more.len() / 2;
        let mut fewer = Vec::new();
        if length > FIRST && fewer.try_reserve_exact(length).is_err() {
            return;
        }
        for (index, pair) in self.more.chunks_exact_mut(2).enumerate() {
            let mut slot = pair[0].take();
            *skip(&mut slot, |_| true) = pair[1].take();
            if length > FIRST {
                fewer.push(slot);
            } else {
                self.first[index] = slot;
            }
        }
        self.more = fewer;
    }
}

/// The slot of a hash, of so many slots: a power of two.
const fn slot_of(hash: u64, slots: usize) -> usize {
    (hash >> (u64::BITS - slots.trailing_zeros())) as usize
}

/// The place of a name in its slot's list, and whether it is there.
#[inline]
fn seek<'a, T>(slot: &'a mut Slot<T>, hash: u64, name: &[u8]) -> (&'a mut Slot<T>, bool) {
    let slot = skip(slot, |entry| entry.hash < hash);
    if slot.as_ref().is_some_and(|entry| entry.is(hash, name)) {
        return (slot, true);
    }
    // Only among names of the same hash, which are rare, there is more to skip.
    let slot = skip(slot, |entry| entry.is_before(hash, name));
    let is_there = slot.as_ref().is_some_and(|entry| entry.is(hash, name));
    (slot, is_there)
}

/// The place in a list behind all entries of which this is so.
fn skip<T>(mut slot: &mut Slot<T>, is_so: impl Fn(&Entry<T>) -> bool) -> &mut Slot<T> {
    while slot.as_ref().is_some_and(|entry| is_so(entry)) {
        slot = &mut slot.as_mut().expect("invariant: there is an entry").next;
    }
    slot
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    /// Few hashes, far apart and close together: names collide in all ways.
    fn hash(name: u8) -> u64 {
        u64::from(name % 3) << 62 | u64::from(name % 7)
    }

    fn insert<T>(table: &mut NameTable<T>, hash: u64, name: &[u8], value: T) {
        match table.place(hash, name) {
            Ok(_) => panic!("the name is there"),
            Err(place) => place.insert(hash, name, value),
        }
    }

    fn listed(table: &NameTable<u8>) -> Vec<(u64, u8)> {
        let mut last = None;
        let mut all = Vec::new();
        while let Some((name, value)) =
            table.after(last.as_ref().map(|(h, n): &(u64, Name)| (*h, &n[..])))
        {
            assert_eq!(name[0], *value);
            last = Some((hash(*value), name.clone()));
            all.push((hash(*value), *value));
        }
        all
    }

    proptest! {
        #[test]
        fn it_holds_what_a_sorted_map_does_in_the_same_order(
            steps in prop::collection::vec(any::<(bool, u8)>(), 0..400),
        ) {
            let mut table = NameTable::new();
            let mut model = BTreeMap::new();
            for (adds, name) in steps {
                let key = (hash(name), name);
                prop_assert_eq!(table.get(key.0, &[name]), model.get(&key));
                if adds && !model.contains_key(&key) {
                    insert(&mut table, key.0, &[name], name);
                    model.insert(key, name);
                } else if !adds {
                    prop_assert_eq!(table.remove(key.0, &[name]), model.remove(&key));
                }
                prop_assert_eq!(table.len(), model.len());
            }
            prop_assert_eq!(listed(&table), model.into_keys().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_table_that_has_become_empty_holds_no_memory() {
        let spread = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut table = NameTable::new();
        for number in 0..1000_u64 {
            insert(&mut table, spread(number), &number.to_le_bytes(), number);
        }
        assert_eq!(table.slots().len(), 1024);
        for number in 0..1000_u64 {
            let name = number.to_le_bytes();
            assert_eq!(table.get(spread(number), &name), Some(&number));
            assert_eq!(table.remove(spread(number), &name), Some(number));
        }
        assert_eq!((table.slots().len(), table.more.capacity()), (FIRST, 0));
    }

    #[test]
    fn a_listing_goes_on_behind_a_name_that_has_gone() {
        let mut table = NameTable::new();
        for name in [1, 5, 9] {
            insert(&mut table, u64::from(name), &[name], name);
        }
        table.remove(5, &[5]);
        assert_eq!(table.after(Some((5, &[5]))).map(|(_, value)| *value), Some(9));
        assert_eq!(table.after(Some((9, &[9]))).map(|(_, value)| *value), None);
    }
}
