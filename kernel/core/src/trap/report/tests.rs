use super::*;
use crate::mm::{Access, MapRequest, Placement, Sharing};
use crate::region::names::{self, Exclusive, Found};
use crate::region::{RegionAttributes, RegionSpec};
use crate::testing::set_up_memory;
use abi::region::Inheritance;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use arch::addr::PAGE_SIZE;

const START: usize = 0x1040_0000;

fn named(name: &[u8], length: u64) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 1000, gid: 100 };
    match names::create(name, Exclusive::Yes, || RegionSpec::file(attributes, length)).unwrap() {
        Found::Created(region) | Found::Existing(region) => region,
    }
}

/// A space with a view of the region, two pages long from its second page on.
fn viewer(region: &Arc<Region>, protection: Protection) -> Arc<AddressSpace> {
    let space = AddressSpace::new().unwrap();
    space
        .map(MapRequest {
            placement: Placement::Fixed(VirtAddr::new(START)),
            bytes: 2 * PAGE_SIZE,
            protection,
            maximum: Protection::READ | Protection::WRITE,
            object: Some((region.clone(), PAGE_SIZE as u64, Sharing::Shared)),
        })
        .unwrap();
    space
}

fn told(space: &AddressSpace, kind: FaultKind, address: usize) -> String {
    let access = match kind {
        FaultKind::Write => Access::Write,
        FaultKind::Fetch => Access::Execute,
        _ => Access::Read,
    };
    let address = VirtAddr::new(address);
    let error = space.fault(address, access).err();
    assert!(error.is_some(), "the access is allowed");
    let fault = Fault { kind, is_permission: true, address, esr: 0 };
    format!("{}", Explanation { fault: &fault, error, space })
}

#[test]
fn a_missing_right_is_told_with_region_owner_and_offset() {
    set_up_memory();
    let region = named(b"/report-right", 5 * PAGE_SIZE as u64);
    let space = viewer(&region, Protection::READ);
    assert_eq!(
        told(&space, FaultKind::Write, START + 0x10),
        "store to 0x10400010: offset 0x1010 of region /report-right (owner 1000): the view is r-- \
         (at most rw-), with no right to write"
    );
    space.set_inheritance(VirtAddr::new(START), Inheritance::Ask).unwrap();
    let child = space.fork().unwrap();
    assert_eq!(
        told(&child, FaultKind::Read, START),
        "load from 0x10400000: offset 0x1000 of region /report-right (owner 1000): the right to \
         read waits for the parent's approval"
    );
    names::unlink_if(b"/report-right", |_| Ok(())).unwrap();
}

#[test]
fn an_access_behind_the_end_of_a_region_is_told_with_length_and_maximum() {
    set_up_memory();
    let region = named(b"/report-end", 100);
    let space = viewer(&region, Protection::READ | Protection::WRITE);
    let maximum = region.record().maximum;
    assert_eq!(
        told(&space, FaultKind::Write, START + 8),
        format!(
            "store to 0x10400008: offset 0x1008 is behind the end of region /report-end (owner \
             1000), with nothing to write: its length is 100 of at most {maximum} bytes"
        )
    );
    names::unlink_if(b"/report-end", |_| Ok(())).unwrap();
}

#[test]
fn a_near_miss_is_told_with_the_view_and_the_bytes() {
    set_up_memory();
    let region = named(b"/report-gap", 5 * PAGE_SIZE as u64);
    let space = viewer(&region, Protection::READ | Protection::WRITE);
    let length = format!("its length is 20480 of at most {} bytes", region.record().maximum);
    assert_eq!(
        told(&space, FaultKind::Write, START + 2 * PAGE_SIZE + 7),
        format!(
            "store to 0x10402007: nothing is mapped there to write; 8 bytes behind the last byte \
             at 0x10401fff of the view of region /report-gap (owner 1000), as offset 0x3007: {length}"
        )
    );
    assert_eq!(
        told(&space, FaultKind::Read, START - 1),
        format!(
            "load from 0x103fffff: nothing is mapped there to read; 1 bytes before the view at \
             0x10400000 of region /report-gap (owner 1000): {length}"
        )
    );
    assert_eq!(
        told(&space, FaultKind::Read, START + 2 * UNIT_SIZE),
        "load from 0x10800000: nothing is mapped there to read"
    );
    names::unlink_if(b"/report-gap", |_| Ok(())).unwrap();
    let number = region.id();
    let text = told(&space, FaultKind::Read, START - 1);
    assert!(text.contains(&format!("region {number} (owner 1000)")), "{text}");
}
