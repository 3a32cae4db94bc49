//! The address spaces that show a region: those with the same views, parents and children, as one.
//!
//! Most often it is one, or nobody: that one needs no memory of its own, and the tree of the others
//! is empty.

use crate::mm::{AddressSpace, Sharers, SpaceKey, ViewAccess};
use crate::room;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};

/// Address spaces with the same views, which show the region.
struct Viewer {
    sharers: Arc<Sharers>,
    /// By each of them.
    mappings: u32,
    /// Those of the mappings that can write to the region.
    writable: u32,
}

/// All of them, by their numbers.
pub struct Viewers {
    /// Any one of them, with its number; `None` while there is none.
    one: Option<(u64, Viewer)>,
    others: BTreeMap<u64, Viewer>,
}

impl Viewers {
    /// Nobody.
    pub const fn new() -> Self {
        Self { one: None, others: BTreeMap::new() }
    }

    /// These have one more mapping each.
    pub fn add(&mut self, sharers: &Arc<Sharers>, access: ViewAccess) {
        let new = || Viewer { sharers: sharers.clone(), mappings: 0, writable: 0 };
        let is_free = self.one.is_none() && !self.others.contains_key(&sharers.id());
        let viewer = match &mut self.one {
            one @ None if is_free => &mut one.insert((sharers.id(), new())).1,
            Some((id, viewer)) if *id == sharers.id() => viewer,
            _ => self.others.entry(sharers.id()).or_insert_with(new),
        };
        viewer.mappings += 1;
        viewer.writable += u32::from(access == ViewAccess::Write);
    }

    /// Those with this number have one less each.
    pub fn remove(&mut self, sharers_id: u64, access: ViewAccess) {
        let end_one = |viewer: &mut Viewer| {
            viewer.mappings -= 1;
            viewer.writable -= u32::from(access == ViewAccess::Write);
            viewer.mappings == 0
        };
        match &mut self.one {
            Some((id, viewer)) if *id == sharers_id => {
                if end_one(viewer) {
                    self.one = None;
                }
            }
            _ => {
                if self.others.get_mut(&sharers_id).is_some_and(end_one) {
                    self.others.remove(&sharers_id);
                    room::give_back_map(&mut self.others);
                }
            }
        }
    }

    /// Mappings of all.
    pub fn mappings(&self) -> u32 {
        self.all().map(|viewer| viewer.mappings * viewer.sharers.count() as u32).sum()
    }

    /// Mappings that can write.
    pub fn writable(&self) -> u32 {
        self.all().map(|viewer| viewer.writable * viewer.sharers.count() as u32).sum()
    }

    /// Address spaces that can write.
    pub fn writers(&self) -> usize {
        let can_write = self.all().filter(|viewer| viewer.writable > 0);
        can_write.map(|viewer| viewer.sharers.count()).sum()
    }

    /// Address spaces that can't write. Families grow and shrink meanwhile, so this is no difference
    /// of two sums.
    pub fn readers(&self) -> usize {
        let can_only_read = self.all().filter(|viewer| viewer.writable == 0);
        can_only_read.map(|viewer| viewer.sharers.count()).sum()
    }

    /// The first address space behind this place, with its own.
    pub fn next_behind(&self, key: SpaceKey) -> Option<(SpaceKey, Weak<AddressSpace>)> {
        let (mut sharers_id, mut space_id) = key;
        loop {
            let one = self.one.as_ref().map(|(id, viewer)| (*id, viewer));
            let one = one.filter(|(id, _)| *id >= sharers_id);
            let other = self.others.range(sharers_id..).next().map(|(id, viewer)| (*id, viewer));
            let (id, first) = [one, other].into_iter().flatten().min_by_key(|(id, _)| *id)?;
            let from = if id == sharers_id { space_id } else { 0 };
            if let Some(next) = first.sharers.next_behind(from) {
                return Some(next);
            }
            (sharers_id, space_id) = (id + 1, 0);
        }
    }

    fn all(&self) -> impl Iterator<Item = &Viewer> {
        self.one.iter().map(|(_, viewer)| viewer).chain(self.others.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Add(usize, ViewAccess),
        Remove(prop::sample::Index),
    }

    /// Families with up to so many address spaces each.
    const FAMILIES: usize = 5;
    const MEMBERS: u64 = 3;

    fn step() -> impl Strategy<Value = Step> {
        let access = prop_oneof![Just(ViewAccess::Read), Just(ViewAccess::Write)];
        prop_oneof![
            (0..FAMILIES, access).prop_map(|(family, access)| Step::Add(family, access)),
            any::<prop::sample::Index>().prop_map(Step::Remove),
        ]
    }

    fn families(sizes: &[u64]) -> Vec<Arc<Sharers>> {
        let mut next = 0;
        let mut family = |size: &u64| {
            let sharers = Sharers::new();
            for _ in 0..*size {
                next += 1;
                sharers.join(next, Weak::new());
            }
            sharers
        };
        sizes.iter().map(&mut family).collect()
    }

    proptest! {
        #[test]
        fn each_address_space_counts_once_and_is_visited_in_order(
            sizes in prop::collection::vec(0..=MEMBERS, FAMILIES),
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let families = families(&sizes);
            let first = |family: usize| 1 + sizes[..family].iter().sum::<u64>();
            let (mut viewers, mut model) = (Viewers::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Add(family, access) => {
                        viewers.add(&families[family], access);
                        model.push((family, access));
                    }
                    Step::Remove(_) if model.is_empty() => {}
                    Step::Remove(index) => {
                        let (family, access) = model.swap_remove(index.index(model.len()));
                        viewers.remove(families[family].id(), access);
                    }
                }
                let count = |writing: bool| {
                    let kept = |entry: &&(usize, ViewAccess)| {
                        !writing || entry.1 == ViewAccess::Write
                    };
                    let mut found: Vec<usize> =
                        model.iter().filter(kept).map(|(family, _)| *family).collect();
                    let mappings: u64 = found.iter().map(|family| sizes[*family]).sum();
                    found.sort_unstable();
                    found.dedup();
                    let keys: Vec<SpaceKey> = found
                        .iter()
                        .flat_map(|family| {
                            let spaces = first(*family)..first(*family) + sizes[*family];
                            spaces.map(|space| (families[*family].id(), space))
                        })
                        .collect();
                    (mappings as usize, keys)
                };
                let (all, writing) = (count(false), count(true));
                let all_spaces = viewers.readers() + viewers.writers();
                prop_assert_eq!((viewers.mappings() as usize, all_spaces), (all.0, all.1.len()));
                let writers = (viewers.writable() as usize, viewers.writers());
                prop_assert_eq!(writers, (writing.0, writing.1.len()));
                let next = |key: &SpaceKey| viewers.next_behind(*key).map(|(key, _)| key);
                let visited: Vec<SpaceKey> = std::iter::successors(next(&(0, 0)), next).collect();
                prop_assert_eq!(visited, all.1);
            }
        }
    }
}
