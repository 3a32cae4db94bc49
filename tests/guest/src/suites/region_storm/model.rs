//! What a process expects of its own regions: lengths, the first word of every page, and what each
//! page of each view allows.

use crate::os::PAGE;
use abi::memory::Protection;
use abi::region::Seals;

/// Pages that a region may grow to: two units of 2 MiB and a part of a third.
pub const PAGES: usize = 1100;
/// Regions that a process has at a time.
pub const SLOTS: usize = 3;
/// Views of one region.
pub const VIEWS: usize = 2;

/// What may be done with a page of a view.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Right {
    /// The page is not the view's any more.
    Unmapped,
    /// It is, and allows nothing.
    Nothing,
    /// Loads.
    Read,
    /// Loads and stores.
    ReadWrite,
}

impl Right {
    /// The right that a protection gives.
    pub fn of(protection: Protection) -> Self {
        if protection.contains(Protection::WRITE) {
            Self::ReadWrite
        } else if protection.contains(Protection::READ) {
            Self::Read
        } else {
            Self::Nothing
        }
    }
}

/// What an access must come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It reaches this page of this slot.
    Reaches(usize, usize),
    /// SIGSEGV.
    Forbidden,
    /// SIGBUS: the region does not reach that far.
    Beyond,
}

/// A view.
#[derive(Clone, Copy)]
pub struct View {
    /// The first address.
    pub start: u64,
    /// Bytes of addresses.
    pub span: u64,
    /// The region's page that comes first.
    pub first: usize,
    /// Pages that the model looks at.
    pub pages: usize,
    /// What each allows.
    pub rights: [Right; PAGES],
}

impl View {
    /// Whether every page of a range is still the view's.
    pub fn has_all(&self, from: usize, count: usize) -> bool {
        self.rights[from..from + count].iter().all(|right| *right != Right::Unmapped)
    }
}

/// Through which calls a region was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Family {
    /// `region_create`.
    Native,
    /// A file of `/dev/shm`.
    Posix,
}

/// A region of one's own.
pub struct Slot {
    /// How it was made.
    pub family: Family,
    /// The descriptor; -1 where there is no region.
    pub fd: i32,
    /// Whether its name is there.
    pub is_named: bool,
    /// Its length in bytes.
    pub length: u64,
    /// Its seals.
    pub seals: Seals,
    /// The first word of each page.
    pub values: [u64; PAGES],
    /// Its views.
    pub views: [Option<View>; VIEWS],
}

impl Slot {
    /// No region.
    pub const NONE: Self = Self {
        family: Family::Native,
        fd: -1,
        is_named: false,
        length: 0,
        seals: Seals::empty(),
        values: [0; PAGES],
        views: [None; VIEWS],
    };

    /// Pages of which a byte is within the length.
    pub fn pages(&self) -> usize {
        self.length.div_ceil(PAGE) as usize
    }

    /// Takes a new length: what is cut off is zero when it comes back.
    pub fn set_length(&mut self, length: u64) {
        self.length = length;
        let pages = self.pages();
        self.values[pages..].fill(0);
    }
}

/// The regions of a process.
pub struct Model {
    /// One after the other.
    pub slots: [Slot; SLOTS],
}

impl Model {
    /// None yet.
    pub const fn new() -> Self {
        Self { slots: [Slot::NONE; SLOTS] }
    }

    /// What an access to an address must come to.
    pub fn access(&self, address: u64, wanted: Right) -> Outcome {
        for (number, slot) in self.slots.iter().enumerate() {
            for view in slot.views.iter().flatten() {
                let Some(bytes) = address.checked_sub(view.start) else { continue };
                let page = (bytes / PAGE) as usize;
                if page >= view.pages || view.rights[page] == Right::Unmapped {
                    continue;
                }
                let right = view.rights[page];
                if right == Right::Nothing || (wanted == Right::ReadWrite && right == Right::Read) {
                    return Outcome::Forbidden;
                }
                let page = view.first + page;
                let is_there = page < slot.pages();
                return if is_there { Outcome::Reaches(number, page) } else { Outcome::Beyond };
            }
        }
        Outcome::Forbidden
    }
}
