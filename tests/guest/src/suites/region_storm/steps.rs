//! The steps of a process on regions of its own, each beside what the model expects.

use super::model::{Family, Model, Outcome, PAGES, Right, SLOTS, Slot, VIEWS, View};
use crate::os::{PAGE, READ_WRITE};
use crate::random::Random;
use crate::{os, touch};
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::{Inheritance, RegionFlags, RegionRequest, Seals};
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;
use core::fmt::Debug;

const UNIT: u64 = 512 * PAGE;
const MAXIMUM: u64 = PAGES as u64 * PAGE;
const RIGHTS: [Protection; 3] = [Protection::empty(), Protection::READ, READ_WRITE];

/// What was found, and what the model says.
pub type Checked = Result<(), Mismatch>;

/// A difference between the kernel and the model.
#[derive(Debug)]
pub struct Mismatch(pub &'static str);

/// Holds what was found against what the model says, and prints both where they differ.
fn same<T: PartialEq + Debug>(what: &'static str, found: T, wanted: T) -> Checked {
    if found == wanted {
        return Ok(());
    }
    crate::say!("{what}: it was {found:x?} and not {wanted:x?}");
    Err(Mismatch(what))
}

/// A process's name for one of its regions, as a path; without `/dev/shm` it is the native one.
pub struct Name([u8; 20]);

impl Name {
    /// Of a process's slot.
    pub fn of(process: usize, slot: usize) -> Self {
        let mut bytes = *b"/dev/shm/storm-0000\0";
        bytes[15] += (process / 10) as u8;
        bytes[16] += (process % 10) as u8;
        bytes[18] += slot as u8;
        Self(bytes)
    }

    /// As a path.
    pub fn path(&self) -> &CStr {
        CStr::from_bytes_with_nul(&self.0).unwrap_or(c"")
    }

    /// As a region's name.
    pub fn native(&self) -> &[u8] {
        &self.0[8..19]
    }
}

/// A process of the storm: its regions, and the numbers that decide what it does.
pub struct Process<'a> {
    /// Which one.
    pub number: usize,
    /// What it expects.
    pub model: &'a mut Model,
    /// What it does.
    pub random: Random,
}

impl Process<'_> {
    /// One step.
    pub fn step(&mut self) -> Checked {
        let slot = self.random.below(SLOTS as u64) as usize;
        if self.model.slots[slot].fd < 0 {
            return self.create(slot);
        }
        match self.random.below(24) {
            0 => self.open_again(slot),
            1..=3 => self.map(slot),
            4 => self.unmap(slot),
            5..=6 => self.protect(slot),
            7..=14 => self.touch(slot),
            15..=16 => self.fork(slot),
            17..=18 => self.resize(slot),
            19 => self.seal(slot),
            20 => self.unlink(slot),
            21..=22 => self.copy(slot),
            _ => self.leave(slot),
        }
    }

    fn pick_length(&mut self) -> u64 {
        // Never so short in the last page that its first word is cut.
        (1 + self.random.below(PAGES as u64)) * PAGE - self.random.pick(&[0, 5, 4000])
    }

    fn create(&mut self, slot: usize) -> Checked {
        let name = Name::of(self.number, slot);
        let length = self.pick_length();
        let family = self.random.pick(&[Family::Native, Family::Posix]);
        let sparse = self.random.pick(&[RegionFlags::empty(), RegionFlags::SPARSE]);
        let flags = (sparse | RegionFlags::EXCLUSIVE).bits();
        let request = RegionRequest {
            bytes: length,
            maximum: MAXIMUM,
            flags,
            mode: 0o600,
            ..Default::default()
        };
        let made = match family {
            Family::Native => os::region_create(name.native(), &request),
            Family::Posix => {
                let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
                let fd = os::open(name.path(), flags, 0o600);
                fd.and_then(|fd| os::set_length(fd, length).map(|_| fd))
            }
        };
        let fd = made.unwrap_or(-1);
        same("a region is made", made, Ok(fd))?;
        self.model.slots[slot] = Slot { family, fd, is_named: true, length, ..Slot::NONE };
        Ok(())
    }

    fn open_again(&self, number: usize) -> Checked {
        let (name, slot) = (Name::of(self.number, number), &self.model.slots[number]);
        let opened = os::region_open(name.native(), RegionFlags::READ_ONLY);
        same("a name leads to a region", opened.is_ok(), slot.is_named)?;
        if let Ok(fd) = opened {
            same("its length", os::region_stat(fd).length, slot.length)?;
            same("the same one", os::region_stat(fd).id, os::region_stat(slot.fd).id)?;
            same("one that reads cannot change it", os::region_set_length(fd, 1).is_err(), true)?;
            same("it closes", os::close(fd), Ok(0))?;
        }
        Ok(())
    }

    fn map(&mut self, number: usize) -> Checked {
        let rights = self.random.pick(&RIGHTS[1..]);
        let whole = self.random.below(2) == 0;
        let first = self.random.below(PAGES as u64) as usize;
        let count = 1 + self.random.below((PAGES - first) as u64) as usize;
        let slot = &mut self.model.slots[number];
        let Some(place) = slot.views.iter_mut().find(|view| view.is_none()) else { return Ok(()) };
        let (first, pages) = if whole { (0, PAGES) } else { (first, count) };
        let (offset, bytes) = (first as u64 * PAGE, pages as u64 * PAGE);
        let (mapped, span) = match slot.family {
            Family::Native if whole => {
                (os::region_map(slot.fd, rights), MAXIMUM.next_multiple_of(UNIT))
            }
            Family::Native => (os::region_map_part(slot.fd, rights, offset, bytes), bytes),
            Family::Posix => {
                (os::map_at(0, bytes, rights, MapFlags::SHARED, (slot.fd, offset)), bytes)
            }
        };
        let start = mapped.unwrap_or(0);
        same("a view is made", mapped, Ok(start))?;
        *place = Some(View { start, span, first, pages, rights: [Right::of(rights); PAGES] });
        Ok(())
    }

    /// A view of the region and a range of its pages.
    fn pick_range(&mut self, slot: usize) -> Option<(usize, usize, usize)> {
        let view = self.random.below(VIEWS as u64) as usize;
        let pages = self.model.slots[slot].views[view]?.pages as u64;
        let from = self.random.below(pages);
        Some((view, from as usize, 1 + self.random.below(pages - from) as usize))
    }

    fn unmap(&mut self, slot: usize) -> Checked {
        let Some((number, from, count)) = self.pick_range(slot) else { return Ok(()) };
        let whole = self.random.below(2) == 0;
        let place = &mut self.model.slots[slot].views[number];
        let Some(view) = place else { return Ok(()) };
        // Where the view has lost pages, another one may be by now: those are left alone.
        if whole && view.has_all(0, view.pages) {
            same("a view ends", os::unmap(view.start, view.span), Ok(0))?;
            *place = None;
        } else if view.has_all(from, count) && from + count < view.pages {
            let at = view.start + from as u64 * PAGE;
            same("a part of a view ends", os::unmap(at, count as u64 * PAGE), Ok(0))?;
            view.rights[from..from + count].fill(Right::Unmapped);
        }
        Ok(())
    }

    fn protect(&mut self, slot: usize) -> Checked {
        let Some((number, from, count)) = self.pick_range(slot) else { return Ok(()) };
        let rights = self.random.pick(&RIGHTS);
        let Some(view) = &mut self.model.slots[slot].views[number] else { return Ok(()) };
        if view.has_all(from, count) {
            let at = view.start + from as u64 * PAGE;
            same("rights change", os::protect(at, count as u64 * PAGE, rights), Ok(0))?;
            view.rights[from..from + count].fill(Right::of(rights));
        }
        Ok(())
    }

    /// An address within a view, mapped or not.
    fn pick_address(&mut self, slot: usize) -> Option<u64> {
        let (view, page, _) = self.pick_range(slot)?;
        let start = self.model.slots[slot].views[view]?.start;
        Some(start + page as u64 * PAGE)
    }

    fn touch(&mut self, slot: usize) -> Checked {
        let Some(address) = self.pick_address(slot) else { return Ok(()) };
        let wanted = self.random.pick(&[Right::Read, Right::ReadWrite]);
        let signal = match self.model.access(address, wanted) {
            Outcome::Reaches(slot, page) => {
                let value = &mut self.model.slots[slot].values[page];
                same("a load", touch::load(address), *value)?;
                if wanted == Right::ReadWrite {
                    *value = self.random.number();
                    touch::store(address, *value);
                }
                return Ok(());
            }
            Outcome::Forbidden => Signal::SEGV,
            Outcome::Beyond => Signal::BUS,
        };
        let status = in_silent_child(|| {
            match wanted {
                Right::ReadWrite => touch::store(address, 1),
                _ => touch::probe(address),
            }
            0
        });
        same("a touch that must fault", status, Ok(ExitStatus::Signalled(signal as u8)))
    }

    fn fork(&mut self, slot: usize) -> Checked {
        let Some(address) = self.pick_address(slot) else { return Ok(()) };
        let policy = Inheritance::from_number(self.random.below(5) as u32).unwrap_or_default();
        let Outcome::Reaches(owner, page) = self.model.access(address, Right::Read) else {
            return Ok(());
        };
        let writes = matches!(self.model.access(address, Right::ReadWrite), Outcome::Reaches(..));
        let (value, new) = (self.model.slots[owner].values[page], self.random.number());
        let before = os::inherit_view(address, policy);
        same("what children get is said", before, Ok(Inheritance::Share as u64))?;
        let status = in_silent_child(|| {
            let sees = touch::load(address) == value;
            let stays = policy != Inheritance::ShareReadOnly
                || os::protect(address, PAGE, READ_WRITE) == Err(Errno::EACCES);
            if writes && policy != Inheritance::ShareReadOnly {
                touch::store(address, new);
            }
            i32::from(!(sees && stays))
        });
        let wanted = match policy {
            Inheritance::None | Inheritance::Ask => ExitStatus::Signalled(Signal::SEGV as u8),
            _ => ExitStatus::Exited(0),
        };
        same("what a child gets", (policy, status), (policy, Ok(wanted)))?;
        if writes && policy == Inheritance::Share {
            self.model.slots[owner].values[page] = new;
        }
        same("after the child", touch::load(address), self.model.slots[owner].values[page])?;
        same("as before", os::inherit_view(address, Inheritance::Share), Ok(policy as u64))
    }

    fn resize(&mut self, slot: usize) -> Checked {
        let beyond = self.random.below(8) == 0;
        let length = self.pick_length();
        let slot = &mut self.model.slots[slot];
        let is_native = slot.family == Family::Native;
        let length = if beyond && is_native { MAXIMUM + 1 } else { length };
        let sealed = (length < slot.length && slot.seals.contains(Seals::SHRINK))
            || (length > slot.length && slot.seals.contains(Seals::GROW));
        let found = match slot.family {
            Family::Native => os::region_set_length(slot.fd, length),
            Family::Posix => os::set_length(slot.fd, length),
        };
        if length > MAXIMUM {
            return same("beyond the maximum", found.is_err(), true);
        }
        let wanted = if sealed { Err(Errno::EPERM) } else { Ok(0) };
        same("another length", found, wanted)?;
        if !sealed {
            slot.set_length(length);
        }
        same("the length", os::region_stat(slot.fd).length, slot.length)
    }

    fn seal(&mut self, slot: usize) -> Checked {
        let seal = self.random.pick(&[Seals::SHRINK, Seals::GROW, Seals::empty()]);
        let slot = &mut self.model.slots[slot];
        slot.seals |= seal;
        same("all seals", os::region_seal(slot.fd, seal), Ok(slot.seals))
    }

    fn unlink(&mut self, slot: usize) -> Checked {
        let name = Name::of(self.number, slot);
        let slot = &mut self.model.slots[slot];
        let found = match slot.family {
            Family::Native => os::region_unlink(name.native()),
            Family::Posix => os::unlink(name.path()),
        };
        let wanted = if slot.is_named { Ok(0) } else { Err(Errno::ENOENT) };
        slot.is_named = false;
        same("a name goes", found, wanted)
    }

    /// Copies through the kernel.
    fn copy(&mut self, slot: usize) -> Checked {
        let (page, new) = (self.random.below(PAGES as u64) as usize, self.random.number());
        let slot = &mut self.model.slots[slot];
        let (offset, is_there) = (page as u64 * PAGE, page < slot.pages());
        let mut word = [0_u8; 8];
        let read = os::region_sync::read(slot.fd, offset, word.as_mut_ptr() as u64, 8);
        same("bytes are copied out", read, Ok(if is_there { 8 } else { 0 }))?;
        same("what they are", u64::from_le_bytes(word), slot.values[page])?;
        word = new.to_le_bytes();
        let written = os::region_sync::write(slot.fd, offset, word.as_ptr() as u64, 8);
        same("bytes are copied in", written, if is_there { Ok(8) } else { Err(Errno::ERANGE) })?;
        if is_there {
            slot.values[page] = new;
        }
        Ok(())
    }

    /// Ends all views with the descriptor, and the name where there is one.
    pub fn leave(&mut self, slot: usize) -> Checked {
        let name = Name::of(self.number, slot);
        let slot = &mut self.model.slots[slot];
        if slot.fd >= 0 {
            same("the region is left", os::region_leave(slot.fd), Ok(0))?;
            let closed = os::call(Sysno::RegionStat, [os::fd(slot.fd), 8]);
            same("its descriptor is closed", closed, Err(Errno::EBADF))?;
            let views = slot.views.iter().flatten();
            for view in views.filter(|view| view.rights[0] != Right::Unmapped) {
                let gone = os::inherit_view(view.start, Inheritance::Share);
                same("its views have gone", gone, Err(Errno::EFAULT))?;
            }
            if slot.is_named {
                same("its name goes", os::region_unlink(name.native()), Ok(0))?;
            }
            *slot = Slot::NONE;
        }
        Ok(())
    }
}

fn in_silent_child(work: impl FnOnce() -> i32) -> os::Answer<ExitStatus> {
    os::in_child(|| {
        os::silence();
        work()
    })
}
