//! A sorted map that mostly has one entry, and then needs no memory of its own.

use alloc::collections::BTreeMap;

/// The entry that came first stays where it is while others come and go beside it.
pub struct SmallMap<K, V> {
    first: Option<(K, V)>,
    others: BTreeMap<K, V>,
}

impl<K: Copy + Ord, V> SmallMap<K, V> {
    /// No entries.
    pub const fn new() -> Self {
        Self { first: None, others: BTreeMap::new() }
    }

    /// The value of a key.
    pub fn get(&self, key: K) -> Option<&V> {
        match &self.first {
            Some((first, value)) if *first == key => Some(value),
            _ => self.others.get(&key),
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        match &mut self.first {
            Some((first, value)) if *first == key => Some(value),
            _ => self.others.get_mut(&key),
        }
    }

    /// The value of a key, made if it is not there.
    pub fn get_or_insert(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let is_first = match &self.first {
            Some((first, _)) => *first == key,
            None => !self.others.contains_key(&key),
        };
        if is_first {
            &mut self.first.get_or_insert_with(|| (key, make())).1
        } else {
            self.others.entry(key).or_insert_with(make)
        }
    }

    /// Takes an entry out; what the others no longer need is given back.
    pub fn remove(&mut self, key: K) -> Option<V> {
        if let Some((_, value)) = self.first.take_if(|(first, _)| *first == key) {
            return Some(value);
        }
        let value = self.others.remove(&key)?;
        crate::room::give_back_map(&mut self.others);
        Some(value)
    }

    /// The greatest key.
    pub fn last_key(&self) -> Option<K> {
        let first = self.first.as_ref().map(|(key, _)| *key);
        first.max(self.others.last_key_value().map(|(key, _)| *key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_sorted_map_does(steps in prop::collection::vec((0..3_u8, 0..6_u32), 0..60)) {
            let mut map = SmallMap::new();
            let mut model = BTreeMap::new();
            for (step, key) in steps {
                match step {
                    0 => prop_assert_eq!(map.remove(key), model.remove(&key)),
                    1 => {
                        *map.get_or_insert(key, || 0) += 1;
                        *model.entry(key).or_insert(0) += 1;
                    }
                    _ => prop_assert_eq!(map.get_mut(key), model.get_mut(&key)),
                }
                prop_assert_eq!(map.get(key), model.get(&key));
                prop_assert_eq!(map.last_key(), model.keys().last().copied());
            }
        }
    }

    #[test]
    fn one_entry_needs_no_memory_of_its_own() {
        let mut map = SmallMap::new();
        map.get_or_insert(7, || 'a');
        assert!(map.others.is_empty());
        map.get_or_insert(3, || 'b');
        assert_eq!((map.first, map.others.len()), (Some((7, 'a')), 1));
    }
}
