//! Numbers and keys of objects.
//!
//! A number is a place in the table and, above it, how often the table has begun anew: a number
//! whose object has gone does not soon mean another one.

use crate::room::give_back_map;
use abi::Errno;
use abi::ipc::{IPC_CREAT, IPC_EXCL, IPC_PRIVATE};
use alloc::collections::BTreeMap;

/// Bits of a number that are the place.
const PLACE_BITS: u32 = 15;
const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;
/// Places that are used at least before one is used again.
const CYCLE: u32 = 256;

/// What an object is found by.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key(pub i32);

/// What a number says besides the place.
pub(super) const fn sequence_of(id: u32) -> u16 {
    (id >> PLACE_BITS) as u16
}

struct Slot<T> {
    id: u32,
    key: i32,
    object: T,
}

/// Objects of one kind.
pub(super) struct Table<T> {
    slots: BTreeMap<u32, Slot<T>>,
    keys: BTreeMap<i32, u32>,
    next: u32,
    sequence: u16,
    maximum: usize,
}

impl<T> Table<T> {
    /// An empty one, for so many.
    pub const fn new(maximum: usize) -> Self {
        Self { slots: BTreeMap::new(), keys: BTreeMap::new(), next: 0, sequence: 0, maximum }
    }

    fn slot(&self, id: u32) -> Result<&Slot<T>, Errno> {
        if id > i32::MAX as u32 {
            return Err(Errno::EINVAL);
        }
        let slot = self.slots.get(&(id & PLACE_MASK)).ok_or(Errno::EINVAL)?;
        if slot.id == id { Ok(slot) } else { Err(Errno::EIDRM) }
    }

    /// The object of this number: `EINVAL` if there is none, `EIDRM` if another one has its place.
    pub fn get(&self, id: u32) -> Result<&T, Errno> {
        Ok(&self.slot(id)?.object)
    }

    /// As [`Self::get`], to change it.
    pub fn get_mut(&mut self, id: u32) -> Result<&mut T, Errno> {
        self.slot(id)?;
        self.slots.get_mut(&(id & PLACE_MASK)).map(|slot| &mut slot.object).ok_or(Errno::EINVAL)
    }

    /// The key of the object; `IPC_PRIVATE` if there is none.
    pub fn key_of(&self, id: u32) -> i32 {
        self.slot(id).map_or(IPC_PRIVATE, |slot| slot.key)
    }

    /// All objects, in the order of their places.
    pub fn objects(&self) -> impl Iterator<Item = &T> {
        self.slots.values().map(|slot| &slot.object)
    }

    /// The number of the object at a place.
    pub fn id_at(&self, place: u32) -> Result<u32, Errno> {
        self.slots.get(&place).map(|slot| slot.id).ok_or(Errno::EINVAL)
    }

    /// The highest place that is taken; 0 also for none.
    pub fn highest(&self) -> u64 {
        self.slots.last_key_value().map_or(0, |(place, _)| u64::from(*place))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.values().map(|slot| &slot.object)
    }

    /// The first object from a place on, with its place.
    pub fn first_from(&self, place: u32) -> Option<(u32, &T)> {
        self.slots.range(place..).next().map(|(place, slot)| (*place, &slot.object))
    }

    /// What `…get` does: the object of a key if `check` lets it be had, or a new one.
    pub fn find_or_make(
        &mut self,
        Key(key): Key,
        flags: u32,
        check: impl FnOnce(&T) -> Result<(), Errno>,
        make: impl FnOnce(u32) -> Result<T, Errno>,
    ) -> Result<u32, Errno> {
        let found = if key == IPC_PRIVATE { None } else { self.keys.get(&key).copied() };
        let Some(id) = found else {
            if key != IPC_PRIVATE && flags & IPC_CREAT == 0 {
                return Err(Errno::ENOENT);
            }
            return self.add(key, make);
        };
        if flags & (IPC_CREAT | IPC_EXCL) == IPC_CREAT | IPC_EXCL {
            return Err(Errno::EEXIST);
        }
        check(self.get(id)?)?;
        Ok(id)
    }

    fn add(&mut self, key: i32, make: impl FnOnce(u32) -> Result<T, Errno>) -> Result<u32, Errno> {
        if self.slots.len() >= self.maximum {
            return Err(Errno::ENOSPC);
        }
        let place = self.free_place();
        let wraps = place < self.next;
        let sequence = self.sequence.wrapping_add(u16::from(wraps));
        let id = u32::from(sequence) << PLACE_BITS | place;
        let object = make(id)?;
        (self.next, self.sequence) = (place + 1, sequence);
        self.slots.insert(place, Slot { id, key, object });
        if key != IPC_PRIVATE {
            self.keys.insert(key, id);
        }
        Ok(id)
    }

    /// The next place that is free, from the beginning again at the end of the cycle.
    fn free_place(&self) -> u32 {
        let end = (self.slots.len() as u32 * 3 / 2).clamp(CYCLE, PLACE_MASK);
        let is_free = |place: &u32| !self.slots.contains_key(place);
        let behind = (self.next..end).find(is_free);
        behind.or_else(|| (0..=PLACE_MASK).find(is_free)).unwrap_or(0)
    }

    /// Nobody finds the object by its key any more.
    pub fn forget_key(&mut self, id: u32) {
        if let Some(slot) = self.slots.get_mut(&(id & PLACE_MASK)).filter(|slot| slot.id == id) {
            self.keys.remove(&slot.key);
            slot.key = IPC_PRIVATE;
        }
        give_back_map(&mut self.keys);
    }

    /// Takes the object out.
    pub fn remove(&mut self, id: u32) -> Option<T> {
        self.slot(id).ok()?;
        self.forget_key(id);
        let slot = self.slots.remove(&(id & PLACE_MASK));
        give_back_map(&mut self.slots);
        slot.map(|slot| slot.object)
    }
}
