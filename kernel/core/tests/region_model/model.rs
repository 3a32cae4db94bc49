//! What regions should be, as plainly as it can be said.

use abi::Errno;
use abi::region::{RegionFlags, Seals};
use std::collections::BTreeSet;

/// Pages of a unit.
pub const UNIT: usize = 512;

/// A handle that a process has, or a view.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    pub process: usize,
    pub writes: bool,
}

/// A region.
#[derive(Debug)]
pub struct ModelRegion {
    pub name: Option<usize>,
    pub flags: RegionFlags,
    pub maximum: usize,
    pub pages: usize,
    pub seals: Seals,
    /// The process that made it, which is also its user.
    pub creator: usize,
    pub resident: BTreeSet<usize>,
    /// Units that have a table, which stays.
    pub tables: BTreeSet<usize>,
    pub handles: Vec<Use>,
    pub views: Vec<Use>,
    pub opens: u64,
    pub faults: u64,
}

impl ModelRegion {
    pub fn is_alive(&self) -> bool {
        self.name.is_some() || !self.handles.is_empty() || !self.views.is_empty()
    }

    pub fn writers(&self) -> usize {
        self.handles.iter().chain(&self.views).filter(|one| one.writes).count()
    }

    /// What opening it says.
    pub fn open(&self, writes: bool) -> Result<(), Errno> {
        let single = self.flags.contains(RegionFlags::SINGLE_WRITER);
        if writes && single && self.writers() > 0 { Err(Errno::EBUSY) } else { Ok(()) }
    }

    /// What a length says, as long as there is memory.
    pub fn resize(&self, pages: usize) -> Result<(), Errno> {
        if pages > self.maximum {
            return Err(Errno::EFBIG);
        }
        let seal = if pages < self.pages { Seals::SHRINK } else { Seals::GROW };
        let sealed = pages != self.pages && self.seals.contains(seal);
        if sealed { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// What a seal says.
    pub fn seal(&self, seals: Seals) -> Result<(), Errno> {
        let has_writer = self.views.iter().any(|view| view.writes);
        if self.seals.contains(Seals::SEAL) {
            return Err(Errno::EPERM);
        }
        let forbids = seals.contains(Seals::WRITE) && !self.seals.contains(Seals::WRITE);
        if forbids && has_writer { Err(Errno::EBUSY) } else { Ok(()) }
    }

    /// Whether a view from a handle may ever write, or why it can't be made.
    pub fn map(&self, handle_writes: bool, wants_write: bool) -> Result<bool, Errno> {
        let may_write = handle_writes && !self.flags.contains(RegionFlags::VIEWS_READ_ONLY);
        let sealed = self.seals.intersects(Seals::WRITE | Seals::FUTURE_WRITE);
        match (wants_write, may_write, sealed) {
            (true, false, _) => Err(Errno::EACCES),
            (true, true, true) => Err(Errno::EPERM),
            _ => Ok(may_write && !sealed),
        }
    }

    /// Frames that should be set aside for it.
    pub fn promised(&self) -> usize {
        if self.flags.contains(RegionFlags::SPARSE) || !self.is_alive() {
            return 0;
        }
        let units = self.pages.div_ceil(UNIT);
        let tables = self.tables.iter().filter(|unit| **unit < units).count();
        self.pages - self.resident.len() + units - tables
    }
}
