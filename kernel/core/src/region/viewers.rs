//! The address spaces that show a region.
//!
//! Most often it is one, or nobody: that one needs no memory of its own, and the tree of the others
//! is empty.

use crate::mm::{AddressSpace, ViewAccess};
use crate::room;
use alloc::collections::BTreeMap;
use alloc::sync::Weak;

/// An address space that shows the region.
struct Viewer {
    space: Weak<AddressSpace>,
    mappings: u32,
    /// Those of the mappings that can write to the region.
    writable: u32,
}

/// All of them, by their numbers, so that a child stands behind its parent.
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

    /// How many there are.
    pub fn len(&self) -> usize {
        usize::from(self.one.is_some()) + self.others.len()
    }

    /// The address space with this number has one more mapping.
    pub fn add(&mut self, space_id: u64, space: Weak<AddressSpace>, access: ViewAccess) {
        let new = Viewer { space, mappings: 0, writable: 0 };
        let is_free = self.one.is_none() && !self.others.contains_key(&space_id);
        let viewer = match &mut self.one {
            one @ None if is_free => &mut one.insert((space_id, new)).1,
            Some((id, viewer)) if *id == space_id => viewer,
            _ => self.others.entry(space_id).or_insert(new),
        };
        viewer.mappings += 1;
        viewer.writable += u32::from(access == ViewAccess::Write);
    }

    /// It has one less.
    pub fn remove(&mut self, space_id: u64, access: ViewAccess) {
        let end_one = |viewer: &mut Viewer| {
            viewer.mappings -= 1;
            viewer.writable -= u32::from(access == ViewAccess::Write);
            viewer.mappings == 0
        };
        match &mut self.one {
            Some((id, viewer)) if *id == space_id => {
                if end_one(viewer) {
                    self.one = None;
                }
            }
            _ => {
                if self.others.get_mut(&space_id).is_some_and(end_one) {
                    self.others.remove(&space_id);
                    room::give_back_map(&mut self.others);
                }
            }
        }
    }

    /// Mappings of all.
    pub fn mappings(&self) -> u32 {
        self.all().map(|viewer| viewer.mappings).sum()
    }

    /// Mappings that can write.
    pub fn writable(&self) -> u32 {
        self.all().map(|viewer| viewer.writable).sum()
    }

    /// Address spaces that can write.
    pub fn writers(&self) -> usize {
        self.all().filter(|viewer| viewer.writable > 0).count()
    }

    /// The first that has a higher number, with its number.
    pub fn next_behind(&self, space_id: u64) -> Option<(u64, Weak<AddressSpace>)> {
        let one = self.one.as_ref().map(|(id, viewer)| (*id, viewer));
        let one = one.filter(|(id, _)| *id > space_id);
        let other = self.others.range(space_id + 1..).next().map(|(id, viewer)| (*id, viewer));
        let first = [one, other].into_iter().flatten().min_by_key(|(id, _)| *id);
        first.map(|(id, viewer)| (id, viewer.space.clone()))
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
        Add(u64, ViewAccess),
        Remove(prop::sample::Index),
    }

    fn step() -> impl Strategy<Value = Step> {
        let access = prop_oneof![Just(ViewAccess::Read), Just(ViewAccess::Write)];
        prop_oneof![
            (1..6_u64, access).prop_map(|(id, access)| Step::Add(id, access)),
            any::<prop::sample::Index>().prop_map(Step::Remove),
        ]
    }

    proptest! {
        #[test]
        fn each_address_space_counts_once_and_is_visited_in_order(
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let (mut viewers, mut model) = (Viewers::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Add(id, access) => {
                        viewers.add(id, Weak::new(), access);
                        model.push((id, access));
                    }
                    Step::Remove(_) if model.is_empty() => {}
                    Step::Remove(index) => {
                        let (id, access) = model.swap_remove(index.index(model.len()));
                        viewers.remove(id, access);
                    }
                }
                let ids = |writing: bool| {
                    let mut ids: Vec<u64> = model
                        .iter()
                        .filter(|(_, access)| !writing || *access == ViewAccess::Write)
                        .map(|(id, _)| *id)
                        .collect();
                    let count = ids.len();
                    ids.sort_unstable();
                    ids.dedup();
                    (count, ids)
                };
                let (all, writing) = (ids(false), ids(true));
                prop_assert_eq!((viewers.mappings() as usize, viewers.len()), (all.0, all.1.len()));
                let writers = (viewers.writable() as usize, viewers.writers());
                prop_assert_eq!(writers, (writing.0, writing.1.len()));
                let next = |id: &u64| viewers.next_behind(*id).map(|(id, _)| id);
                let visited: Vec<u64> = std::iter::successors(next(&0), next).collect();
                prop_assert_eq!(visited, all.1);
            }
        }
    }
}
