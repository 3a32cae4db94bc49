//! What programs are told of a region.

use super::lock::Condition;
use super::name_table::Name;
use super::object::{Kind, Region};
use abi::region::{RegionRecord, RegionState};
use core::sync::atomic::Ordering;
use smallvec::SmallVec;

impl Region {
    /// The record for `region_list` and `region_stat`.
    pub fn record(&self) -> RegionRecord {
        let (holder, condition) = self.lock_status();
        let mut region_state = RegionState::empty();
        region_state.set(RegionState::LOCKED, holder.is_some());
        region_state.set(RegionState::DIRTY, condition == Condition::Dirty);
        let attributes = self.attributes();
        let state = self.state();
        let views = state.viewers.mappings();
        let descriptors = self.descriptors.load(Ordering::Relaxed);
        let mut record = RegionRecord {
            id: self.id(),
            length: state.length,
            maximum: self.maximum(),
            resident_pages: state.pages.resident() as u64,
            changes: self.sync().changes.number(),
            state: region_state.bits(),
            lock_owner: holder.unwrap_or(0),
            opens: self.opens.load(Ordering::Relaxed),
            faults: self.faults.load(Ordering::Relaxed),
            address: self.common_address().map_or(0, |address| address.start().value() as u64),
            descriptors,
            views,
            readers: state.viewers.readers() as u32,
            writers: state.viewers.writers() as u32,
            users: descriptors + views,
            mode: attributes.mode,
            uid: attributes.uid,
            gid: attributes.gid,
            flags: self.flags().bits(),
            seals: state.seals.bits(),
            charged_uid: state.charge.as_ref().map_or(attributes.uid, |charge| charge.uid()),
            ..RegionRecord::empty()
        };
        match (state.names.first(), self.kind()) {
            (Some(name), _) => tell_name(&mut record, name),
            (None, Kind::Device(path)) => record.set_name(path.as_bytes()),
            _ => {}
        }
        record
    }

    /// Names that lead to the region.
    pub fn names(&self) -> u32 {
        self.state().names.len() as u32
    }

    /// The names that lead to it.
    pub fn all_names(&self) -> SmallVec<[Name; 1]> {
        self.state().names.clone()
    }

    /// The exact length in bytes.
    pub fn length(&self) -> u64 {
        self.state().length
    }

    /// Pages that hold memory.
    pub fn resident_pages(&self) -> usize {
        self.state().pages.resident()
    }
}

/// Puts a name into a record, with its slash.
pub fn tell_name(record: &mut RegionRecord, name: &[u8]) {
    let mut full: SmallVec<[u8; 32]> = SmallVec::from_slice(b"/");
    full.extend_from_slice(name);
    record.set_name(&full);
}
