//! Handing pages over, against a plain model: after any sequence of mapping, storing, forking,
//! handing over with any flags, protecting, unmapping and exit, every page of every space shows what
//! the model says, allows what it says, and no frame is lost.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use kcore::mm::{
    Access, AddressSpace, FaultError, Granted, Handover, LoosePages, MapError, MapRequest,
    MemoryObject, Placement, frames,
};
use kcore::region::{Region, RegionAttributes};
use proptest::prelude::*;
use proptest::sample::Index;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

const SPACES: usize = 3;
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

#[derive(Clone, Debug)]
enum Step {
    Map { space: usize, pages: usize },
    Store { space: usize, page: Index, value: u32 },
    Protect { space: usize, page: Index, protection: Protection },
    Unmap { space: usize, page: Index },
    Fork { from: usize, to: usize },
    HandOver { from: usize, to: usize, page: Index, pages: usize, flags: u32 },
    Exit { space: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let space = || 0..SPACES;
    let page = any::<Index>;
    let protection = prop_oneof![
        Just(READ_WRITE),
        Just(Protection::READ),
        Just(Protection::READ | Protection::EXECUTE)
    ];
    let length = || prop_oneof![3 => 1..6_usize, 1 => Just(520_usize)];
    let step = prop_oneof![
        2 => (space(), length()).prop_map(|(space, pages)| Step::Map { space, pages }),
        8 => (space(), page(), 1..u32::MAX)
            .prop_map(|(space, page, value)| Step::Store { space, page, value }),
        1 => (space(), page(), protection)
            .prop_map(|(space, page, protection)| Step::Protect { space, page, protection }),
        1 => (space(), page()).prop_map(|(space, page)| Step::Unmap { space, page }),
        2 => (space(), space()).prop_map(|(from, to)| Step::Fork { from, to }),
        6 => (space(), space(), page(), length(), prop_oneof![0..64_u32, Just(63), Just(7)])
            .prop_map(|(from, to, page, pages, flags)| Step::HandOver { from, to, page, pages, flags }),
        1 => space().prop_map(|space| Step::Exit { space }),
    ];
    prop::collection::vec(step, 1..60)
}

/// A page as the model has it: its value, which others may have, too, and what may be done.
#[derive(Clone)]
struct Page {
    value: Rc<Cell<u32>>,
    is_shared: bool,
    protection: Protection,
    maximum: Protection,
}

type Pages = BTreeMap<usize, Page>;

#[derive(Default)]
struct Machine {
    real: [Option<Arc<AddressSpace>>; SPACES],
    model: [Pages; SPACES],
}

fn object_of(loose: LoosePages) -> Result<Arc<dyn MemoryObject>, MapError> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    match Region::of_loose_pages(attributes, loose) {
        Ok(region) => Ok(region),
        Err(_) => Err(MapError::OutOfMemory),
    }
}

/// What the receiver gets of a page; `None` where that is refused.
fn granted(page: &Page, bits: u32) -> Option<Protection> {
    if bits == 7 {
        return Some(page.protection);
    }
    let mut wanted = Protection::from_bits_truncate(bits);
    if !wanted.is_empty() {
        wanted |= Protection::READ;
    }
    let both = wanted.contains(Protection::WRITE | Protection::EXECUTE);
    (!both && page.maximum.contains(wanted)).then_some(wanted)
}

impl Machine {
    fn space(&mut self, index: usize) -> Arc<AddressSpace> {
        let space = &mut self.real[index];
        space.get_or_insert_with(|| AddressSpace::new().expect("memory is plenty")).clone()
    }

    fn some_page(&self, space: usize, page: Index) -> Option<usize> {
        let count = self.model[space].len();
        (count > 0).then(|| *self.model[space].keys().nth(page.index(count)).expect("counted"))
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Map { space, pages } => self.map(space, pages),
            Step::Store { space, page, value } => self.store(space, page, value),
            Step::Protect { space, page, protection } => {
                let Some(at) = self.some_page(space, page) else { return };
                let entry = self.model[space].get_mut(&at).expect("it is there");
                let may = entry.maximum.contains(protection);
                entry.protection = if may { protection } else { entry.protection };
                let done = self.space(space).protect(VirtAddr::new(at), PAGE_SIZE, protection);
                assert_eq!(done.is_ok(), may);
            }
            Step::Unmap { space, page } => {
                let Some(at) = self.some_page(space, page) else { return };
                self.model[space].remove(&at);
                self.space(space).unmap(VirtAddr::new(at), PAGE_SIZE).expect("memory is plenty");
            }
            Step::Fork { from, to } if from != to => {
                self.real[to] = Some(self.space(from).fork().expect("memory is plenty"));
                let child = self.model[from].iter().map(|(at, page)| {
                    let mut page = page.clone();
                    if !page.is_shared {
                        page.value = Rc::new(Cell::new(page.value.get()));
                    }
                    (*at, page)
                });
                self.model[to] = child.collect();
            }
            Step::HandOver { from, to, page, pages, flags } if from != to => {
                self.hand_over((from, to), page, pages, flags);
            }
            Step::Fork { .. } | Step::HandOver { .. } => {}
            Step::Exit { space } => {
                self.real[space] = None;
                self.model[space].clear();
            }
        }
    }

    fn map(&mut self, space: usize, pages: usize) {
        let request = MapRequest {
            placement: Placement::Anywhere,
            bytes: pages * PAGE_SIZE,
            protection: READ_WRITE,
            maximum: Protection::all(),
            object: None,
        };
        let start = self.space(space).map(request).expect("memory is plenty");
        for page in 0..pages {
            let page_at = start.value() + page * PAGE_SIZE;
            let value = Rc::new(Cell::new(0));
            let (protection, maximum) = (READ_WRITE, Protection::all());
            let entry = Page { value, is_shared: false, protection, maximum };
            assert!(self.model[space].insert(page_at, entry).is_none(), "it was free");
        }
    }

    fn store(&mut self, space: usize, page: Index, value: u32) {
        let Some(at) = self.some_page(space, page) else { return };
        let entry = &self.model[space][&at];
        let may = entry.protection.contains(Protection::WRITE);
        if may {
            entry.value.set(value);
        }
        let done = self.space(space).store(VirtAddr::new(at), &value.to_le_bytes());
        assert_eq!(done, if may { Ok(()) } else { Err(FaultError::Denied) });
    }

    fn hand_over(&mut self, (from, to): (usize, usize), page: Index, pages: usize, flags: u32) {
        let Some(start) = self.some_page(from, page) else { return };
        let addresses: Vec<usize> = (0..pages).map(|page| start + page * PAGE_SIZE).collect();
        let range = PageRange::from_bytes(VirtAddr::new(start), pages * PAGE_SIZE);
        let range = range.expect("it is in the user half");
        let grant = match flags & 7 {
            7 => Granted::All,
            bits => Granted::Only(Protection::from_bits_truncate(bits)),
        };
        let dropped = Protection::from_bits_truncate(flags >> 3);
        let handover = Handover { range, granted: grant, dropped };
        let outcome = self.space(from).hand_over(&self.space(to), &handover, &mut object_of);
        let found: Option<Vec<Page>> =
            addresses.iter().map(|at| self.model[from].get(at).cloned()).collect();
        let Some(found) = found else {
            assert_eq!(outcome, Err(MapError::Unmapped));
            return;
        };
        let grants: Option<Vec<_>> = found.iter().map(|page| granted(page, flags & 7)).collect();
        let Some(grants) = grants else {
            assert_eq!(outcome, Err(MapError::Denied));
            return;
        };
        let there = outcome.expect("it is allowed").value();
        for ((at, page), granted) in addresses.iter().zip(found).zip(grants) {
            let given =
                Page { protection: granted, maximum: granted, is_shared: true, ..page.clone() };
            let before = self.model[to].insert(there + at - start, given);
            assert!(before.is_none(), "it was free");
            let (protection, maximum) = (page.protection - dropped, page.maximum - dropped);
            if dropped.contains(Protection::READ) {
                self.model[from].remove(at);
            } else {
                self.model[from].insert(*at, Page { protection, maximum, is_shared: true, ..page });
            }
        }
    }

    fn check(&mut self) {
        for space in 0..SPACES {
            let real = self.space(space);
            let views: u64 = real.usage().0;
            assert_eq!(views, (self.model[space].len() * PAGE_SIZE) as u64);
            for (at, page) in &self.model[space] {
                let expected = if page.protection.is_empty() {
                    Err(FaultError::Denied)
                } else {
                    Ok(page.value.get())
                };
                let found = real.page_for(VirtAddr::new(*at), Access::Read).map(|frame| {
                    let mut bytes = [0; 4];
                    frame.read(0, &mut bytes);
                    u32::from_le_bytes(bytes)
                });
                assert_eq!(found, expected, "space {space} at {at:#x}");
                let may_write = page.protection.contains(Protection::WRITE);
                let rights = real.translation(VirtAddr::new(*at)).map(|(_, rights)| rights);
                let allowed = kcore::mm::Rights::from(page.protection);
                assert!(rights.is_none_or(|rights| allowed.contains(rights)));
                if !may_write {
                    let write = real.fault(VirtAddr::new(*at), Access::Write);
                    assert_eq!(write, Err(FaultError::Denied));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pages_are_where_the_model_has_them_and_none_is_lost(steps in steps()) {
        let _memory = common::memory();
        let before = frames::statistics().free;
        let mut machine = Machine::default();
        for step in &steps {
            machine.apply(step);
        }
        machine.check();
        drop(machine);
        prop_assert_eq!(frames::statistics().free, before);
    }
}
