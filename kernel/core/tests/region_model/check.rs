//! What the kernel says of its regions, and what the model does.

use crate::machine::{Machine, name_of, uid_of};
use crate::model::ModelRegion;
use crate::step::NAMES;
use abi::memory::MemoryInfo;
use arch::addr::PAGE_SIZE;
use kcore::mm::frames;
use kcore::region::quota::{self, Subject};
use kcore::region::{Region, names};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Machine {
    /// Compares everything.
    pub fn check(&self, before: MemoryInfo) {
        for name in 0..NAMES {
            let found = names::open(&name_of(name)).map(|region| Arc::downgrade(&region));
            let expected = self.named(name).map(|model| &self.regions[model]);
            assert_eq!(found.is_some(), expected.is_some(), "name {name}");
            let same = found.zip(expected).is_none_or(|(found, own)| found.ptr_eq(own));
            assert!(same, "name {name} leads elsewhere");
        }
        for (model, region) in self.models.iter().zip(&self.regions) {
            let region = region.upgrade();
            assert_eq!(region.is_some(), model.is_alive(), "{model:?}");
            if let Some(region) = region {
                check_region(model, &region);
            }
        }
        let alive = || self.models.iter().filter(|model| model.is_alive());
        let promised: usize = alive().map(ModelRegion::promised).sum();
        let resident: usize = alive().map(|model| model.resident.len()).sum();
        let now = frames::statistics();
        assert_eq!(now.promised - before.promised, promised as u64);
        assert_eq!(now.user - before.user, resident as u64);
        for (process, own) in self.processes.iter().enumerate() {
            let sum = self.charged(process);
            assert_eq!(quota::tell(Subject::User(uid_of(process))).used, sum);
            assert_eq!(quota::tell(Subject::Process(&own.ledger)).used, sum);
        }
        let longest = alive().map(|model| model.pages as u64).max().unwrap_or(0);
        assert_eq!(quota::tell(Subject::Region).used, longest);
    }
}

fn check_region(model: &ModelRegion, region: &Region) {
    let record = region.record();
    let spaces = |writes: bool| {
        let of = |wanted: bool| -> BTreeSet<usize> {
            let views = model.views.iter().filter(|view| view.writes == wanted);
            views.map(|view| view.process).collect()
        };
        if writes { of(true).len() } else { of(false).difference(&of(true)).count() }
    };
    let name = model.name.map(name_of).unwrap_or_default();
    assert_eq!(record.name(), name);
    assert_eq!(record.length, (model.pages * PAGE_SIZE) as u64);
    assert_eq!(record.resident_pages, model.resident.len() as u64);
    assert_eq!(record.seals, model.seals.bits());
    let users = (record.descriptors as usize, record.views as usize);
    assert_eq!(users, (model.handles.len(), model.views.len()));
    assert_eq!(record.users as usize, model.handles.len() + model.views.len());
    let shows = (record.readers as usize, record.writers as usize);
    assert_eq!(shows, (spaces(false), spaces(true)));
    assert_eq!((record.opens, record.faults), (model.opens, model.faults));
    assert_eq!(region.promised_frames(), model.promised());
}
