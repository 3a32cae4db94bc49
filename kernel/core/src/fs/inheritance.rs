//! What a child of fork gets of its parent's descriptors, and the parent's later word on those that
//! were withheld.

use super::descriptors::{Descriptor, DescriptorTable, Fd, Standing};
use super::open_file::OpenFile;
use crate::mm::MemoryObject;
use crate::region::Region;
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::Protection;
use abi::region::Inheritance;
use alloc::sync::Arc;

/// A descriptor that leads to a region.
pub struct Handle {
    /// Its number.
    pub fd: Fd,
    /// The region.
    pub region: Arc<Region>,
    /// What views and calls may do by it.
    pub rights: Protection,
    /// What a child gets of it.
    pub inheritance: Inheritance,
}

/// What can be done to a region by an open file.
pub fn rights(file: &OpenFile) -> Protection {
    let mut rights = Protection::empty();
    rights.set(Protection::READ | Protection::EXECUTE, file.reads());
    rights.set(Protection::WRITE, file.writes());
    rights
}

/// The file with at most these rights: itself, a new open file, or none if nothing is left.
fn narrowed(file: &Arc<OpenFile>, allowed: Protection) -> Result<Option<Arc<OpenFile>>, Errno> {
    let reads = file.reads() && allowed.contains(Protection::READ);
    let writes = file.writes() && allowed.contains(Protection::WRITE);
    let access = match (reads, writes) {
        _ if (reads, writes) == (file.reads(), file.writes()) => return Ok(Some(file.clone())),
        (true, true) => OpenFlags::READ_WRITE,
        (true, false) => OpenFlags::empty(),
        (false, true) => OpenFlags::WRITE_ONLY,
        (false, false) => return Ok(None),
    };
    let status = file.status_flags() - OpenFlags::READ_WRITE - OpenFlags::WRITE_ONLY;
    OpenFile::located(file.place(), access | status).map(Some)
}

impl Descriptor {
    /// Whether a child gets the same, as it does of most.
    #[inline]
    fn is_for_everybody(&self) -> bool {
        self.file.is_plain()
            && self.inheritance == Inheritance::Share
            && self.standing == Standing::Granted
    }

    /// The descriptor that a child gets.
    fn for_child(&self) -> Result<Option<Self>, Errno> {
        let is_private = self.file.node().is_private();
        if is_private
            || self.standing == Standing::Withheld
            || self.inheritance == Inheritance::None
        {
            return Ok(None);
        }
        let has_single_writer =
            || self.file.region().is_ok_and(|region| region.has_single_writer());
        let reads_only = self.inheritance == Inheritance::ShareReadOnly
            || self.file.writes() && has_single_writer();
        let file = if reads_only {
            let Some(file) = narrowed(&self.file, Protection::READ)? else { return Ok(None) };
            file
        } else {
            self.file.clone()
        };
        let standing = match self.inheritance {
            Inheritance::Ask => Standing::Withheld,
            _ => Standing::Granted,
        };
        let mut child = Self::new(file, self.close_on_exec);
        (child.inheritance, child.standing) = (self.inheritance, standing);
        Ok(Some(child))
    }

    fn leads_to(&self, region_id: u64) -> bool {
        self.file.region().is_ok_and(|region| region.id() == region_id)
    }
}

impl DescriptorTable {
    /// The descriptors for a child, which shares the open files as far as it may have them.
    pub fn duplicate(&self) -> Result<Self, Errno> {
        let mut copy = Self::new();
        copy.set_limit(self.limit);
        copy.slots.try_reserve_exact(self.slots.len()).map_err(|_| Errno::ENOMEM)?;
        for (index, slot) in self.slots.iter().enumerate() {
            let child = match slot {
                Some(descriptor) if descriptor.is_for_everybody() => {
                    Some(Descriptor::new(descriptor.file.clone(), descriptor.close_on_exec))
                }
                Some(descriptor) => descriptor.for_child()?,
                None => None,
            };
            if child.is_some() {
                copy.mark(index);
            }
            copy.slots.push(child);
        }
        Ok(copy)
    }

    /// Says what a child gets of a descriptor; returns what was said before.
    pub fn set_inheritance(
        &mut self,
        fd: Fd,
        inheritance: Inheritance,
    ) -> Result<Inheritance, Errno> {
        self.get(fd)?;
        let slot = self.slots.get_mut(fd.0 as usize).ok_or(Errno::EBADF)?;
        let descriptor = slot.as_mut().ok_or(Errno::EBADF)?;
        Ok(core::mem::replace(&mut descriptor.inheritance, inheritance))
    }

    /// Gives the first withheld descriptor of a region at most these rights, or closes it if that
    /// leaves none; `None` if there is none.
    ///
    /// Returns the file that it had, to be dropped without the table's lock.
    pub fn decide_next(
        &mut self,
        region_id: u64,
        rights: Protection,
    ) -> Result<Option<Arc<OpenFile>>, Errno> {
        let is_meant = |slot: &Option<Descriptor>| {
            slot.as_ref().is_some_and(|descriptor| {
                descriptor.standing == Standing::Withheld && descriptor.leads_to(region_id)
            })
        };
        let Some(index) = self.slots.iter().position(is_meant) else { return Ok(None) };
        let Some(descriptor) = &self.slots[index] else { return Ok(None) };
        let (close, inheritance) = (descriptor.close_on_exec, descriptor.inheritance);
        let old = descriptor.file.clone();
        let granted = narrowed(&old, rights)?.map(|file| {
            let mut granted = Descriptor::new(file, close);
            granted.inheritance = inheritance;
            granted
        });
        self.put(index, granted);
        Ok(Some(old))
    }

    /// The first descriptor that leads to a region, from a number on.
    pub fn handle_from(&self, fd: Fd) -> Option<Handle> {
        let mut slots = self.slots.iter().enumerate().skip(fd.0 as usize);
        slots.find_map(|(index, slot)| {
            let Descriptor { file, inheritance, standing, .. } = slot.as_ref()?;
            // Programs and other files of the image are no handles, and need not become regions.
            if file.node().is_read_only() {
                return None;
            }
            let rights = match standing {
                Standing::Granted => rights(file),
                Standing::Withheld => Protection::empty(),
            };
            let (fd, inheritance) = (Fd(index as u32), *inheritance);
            Some(Handle { fd, region: file.region().ok()?, rights, inheritance })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{self, CloseOnExec};
    use crate::region::RegionAttributes;

    const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

    /// A table whose descriptor 0 leads to a region, and a child's copy of it by that policy.
    fn family(policy: Inheritance, flags: OpenFlags) -> (Arc<Region>, DescriptorTable) {
        let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
        let region = Region::create(attributes, 4096).unwrap();
        let mut table = DescriptorTable::new();
        let file = fs::open_region(region.clone(), flags).unwrap();
        table.insert(file, CloseOnExec::Yes).unwrap();
        assert_eq!(table.set_inheritance(Fd(0), policy), Ok(Inheritance::Share));
        (region, table.duplicate().unwrap())
    }

    fn access(table: &DescriptorTable) -> Result<(bool, bool), Errno> {
        table.get(Fd(0)).map(|file| (file.reads(), file.writes()))
    }

    #[test]
    fn a_child_gets_what_the_policy_says() {
        let cases = [
            (Inheritance::Share, Ok((true, true))),
            (Inheritance::Copy, Ok((true, true))),
            (Inheritance::ShareReadOnly, Ok((true, false))),
            (Inheritance::None, Err(Errno::EBADF)),
            (Inheritance::Ask, Err(Errno::EACCES)),
        ];
        for (policy, expected) in cases {
            let (_, child) = family(policy, OpenFlags::READ_WRITE);
            assert_eq!(access(&child), expected, "{policy:?}");
        }
        let (_, child) = family(Inheritance::ShareReadOnly, OpenFlags::WRITE_ONLY);
        assert_eq!(access(&child), Err(Errno::EBADF), "nothing is left of it");
    }

    #[test]
    fn what_is_withheld_is_closed_granted_or_narrowed_and_never_handed_on() {
        for (rights, expected) in [
            (Protection::empty(), Err(Errno::EBADF)),
            (Protection::READ, Ok((true, false))),
            (READ_WRITE, Ok((true, true))),
        ] {
            let (region, mut child) = family(Inheritance::Ask, OpenFlags::READ_WRITE);
            assert_eq!(access(&child.duplicate().unwrap()), Err(Errno::EBADF));
            assert_eq!(child.handle_from(Fd(0)).unwrap().rights, Protection::empty());
            assert!(child.decide_next(region.id() + 1, rights).unwrap().is_none());
            assert!(child.decide_next(region.id(), rights).unwrap().is_some());
            assert!(child.decide_next(region.id(), rights).unwrap().is_none(), "once only");
            assert_eq!(access(&child), expected);
            if expected.is_ok() {
                assert_eq!(child.close_on_exec(Fd(0)), Ok(CloseOnExec::Yes));
            }
        }
    }

    #[test]
    fn a_grant_gives_no_more_than_the_descriptor_had() {
        let (region, mut child) = family(Inheritance::Ask, OpenFlags::empty());
        drop(child.decide_next(region.id(), READ_WRITE).unwrap());
        assert_eq!(access(&child), Ok((true, false)));
        child.remove(Fd(0)).unwrap();
        assert_eq!(region.record().descriptors, 0);
    }
}
