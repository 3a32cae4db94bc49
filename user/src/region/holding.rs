//! What processes have of regions, and what a child gets of that.

use super::name::all;
use super::open::Region;
use super::{Inheritance, Protection};
use crate::error::{Context, Result};
use crate::process::Pid;
use crate::syscall::region_holding as call;
use abi::Errno;
use abi::region::{HandleRecord, ViewRecord};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use zerocopy::FromZeros;

/// A descriptor of a region that a process has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Handle {
    /// The descriptor.
    pub fd: u32,
    /// The region's number.
    pub region: u64,
    /// The region's name; empty if it has none.
    pub name: String,
    /// The region's length.
    pub length: u64,
    /// What the descriptor allows.
    pub rights: Protection,
    /// What children get.
    pub inheritance: Inheritance,
}

/// Mapped memory that a process has: of a region, of a file, or private.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holding {
    /// The first address.
    pub start: u64,
    /// Bytes of addresses.
    pub bytes: u64,
    /// Where in the region it begins.
    pub offset: u64,
    /// The region's number; `None` for private memory.
    pub region: Option<u64>,
    /// The region's name or what the memory is for; may be empty.
    pub name: String,
    /// Pages that are reached without a fault.
    pub resident_pages: u64,
    /// 2 MiB units that are linked to the region's own tables.
    pub linked_units: u32,
    /// What may be done now.
    pub protection: Protection,
    /// What it can ever be changed to.
    pub maximum: Protection,
    /// Whether stores reach others.
    pub is_shared: bool,
    /// What children get.
    pub inheritance: Inheritance,
}

impl Holding {
    /// What the memory is, for people.
    pub fn label(&self) -> String {
        let name = match (self.region, self.name.as_str()) {
            (None, "") => "(memory)".into(),
            (Some(number), "") => format!("(region {number})"),
            (_, name) => name.into(),
        };
        if self.offset == 0 { name } else { format!("{name} from {:#x}", self.offset) }
    }
}

/// The descriptors of regions that a process has; `None` is this one.
pub fn handles(pid: Option<Pid>) -> Result<Vec<Handle>> {
    let number = pid.map_or(0, |pid| pid.0);
    let records = all(HandleRecord::new_zeroed(), |records| call::region_handles(number, records));
    Ok(records.context(whose(pid))?.iter().map(handle).collect())
}

/// The mapped memory of a process, by address; `None` is this one.
pub fn views(pid: Option<Pid>) -> Result<Vec<Holding>> {
    let number = pid.map_or(0, |pid| pid.0);
    let records = all(ViewRecord::new_zeroed(), |records| call::region_views(number, records));
    Ok(records.context(whose(pid))?.iter().map(holding).collect())
}

fn whose(pid: Option<Pid>) -> String {
    pid.map_or_else(|| "this process".into(), |pid| format!("process {pid}"))
}

fn handle(record: &HandleRecord) -> Handle {
    Handle {
        fd: record.fd,
        region: record.region,
        name: name(&record.name, record.name_length),
        length: record.length,
        rights: Protection::from_bits_truncate(record.rights),
        inheritance: Inheritance::from_number(record.inheritance).unwrap_or_default(),
    }
}

fn holding(record: &ViewRecord) -> Holding {
    Holding {
        start: record.start,
        bytes: record.bytes,
        offset: record.offset,
        region: (record.region != 0).then_some(record.region),
        name: name(&record.name, record.name_length),
        resident_pages: record.resident_pages,
        linked_units: record.linked_units,
        protection: Protection::from_bits_truncate(record.protection),
        maximum: Protection::from_bits_truncate(record.maximum),
        is_shared: record.shared != 0,
        inheritance: Inheritance::from_number(record.inheritance).unwrap_or_default(),
    }
}

fn name(bytes: &[u8], length: u32) -> String {
    let length = bytes.len().min(length as usize);
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

impl Region {
    /// Sets what children get of this descriptor, and returns what it was.
    pub fn set_inheritance(&self, inheritance: Inheritance) -> Result<Inheritance> {
        self.told(call::region_inherit_handle(self.as_raw(), inheritance))
    }

    /// Gives a child what it was to ask for: its descriptors and views of this region get these
    /// rights, which are never more than this descriptor's.
    pub fn approve(&self, child: Pid, rights: Protection) -> Result<()> {
        let outcome = call::region_approve(child.0, self.as_raw(), rights);
        outcome.map_err(|errno| match errno {
            Errno::ESRCH => {
                self.error(errno).problem(format!("process {child} is no child of this one"))
            }
            Errno::ENOENT => {
                self.error(errno).problem(format!("process {child} does not ask for it"))
            }
            Errno::EACCES => self.error(errno).problem("these rights are not the parent's to give"),
            errno => self.error(errno),
        })
    }

    /// Takes away from a child what it was to ask for.
    pub fn deny(&self, child: Pid) -> Result<()> {
        self.approve(child, Protection::empty())
    }
}
