//! A process's descriptors: small numbers for open files.
//!
//! What a call takes out of the table is given back, so that the caller can drop it (which may
//! free a region's pages) after it has left the table's lock.

use super::open_file::OpenFile;
use abi::Errno;
use abi::limits::OPEN_MAX;
use abi::region::Inheritance;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A descriptor's number.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fd(pub u32);

/// Whether exec closes a descriptor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CloseOnExec {
    /// It does.
    Yes,
    /// The new program gets it.
    No,
}

/// Whether a descriptor may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It may.
    Granted,
    /// Not until the parent has decided: every use is `EACCES`.
    Withheld,
}

/// A reference from a table to an open file, which the file's node may count.
pub struct Descriptor {
    pub(super) file: Arc<OpenFile>,
    pub(super) close_on_exec: CloseOnExec,
    pub(super) inheritance: Inheritance,
    pub(super) standing: Standing,
}

impl Descriptor {
    /// The open file.
    pub const fn file(&self) -> &Arc<OpenFile> {
        &self.file
    }

    pub(super) fn new(file: Arc<OpenFile>, close_on_exec: CloseOnExec) -> Self {
        if !file.is_plain() {
            file.node().descriptor_added();
        }
        let (inheritance, standing) = (Inheritance::Share, Standing::Granted);
        Self { file, close_on_exec, inheritance, standing }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if !self.file.is_plain() {
            self.file.node().descriptor_removed();
        }
    }
}

/// Numbers in one word of the map of those that are taken.
const WORD: usize = u64::BITS as usize;

/// The descriptors of one process.
pub struct DescriptorTable {
    pub(super) slots: Vec<Option<Descriptor>>,
    /// One bit for each slot that is taken.
    taken: [u64; OPEN_MAX.div_ceil(WORD)],
    /// New descriptors have numbers below this.
    pub(super) limit: usize,
}

impl Default for DescriptorTable {
    fn default() -> Self {
        Self::new()
    }
}

impl DescriptorTable {
    /// No descriptors.
    pub const fn new() -> Self {
        Self { slots: Vec::new(), taken: [0; OPEN_MAX.div_ceil(WORD)], limit: OPEN_MAX }
    }

    /// Lets new descriptors only have numbers below `limit`; those that there are stay.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(OPEN_MAX);
    }

    /// Gives the file the lowest free number.
    pub fn insert(&mut self, file: Arc<OpenFile>, close: CloseOnExec) -> Result<Fd, Errno> {
        self.insert_from(0, file, close)
    }

    /// Gives the file the lowest free number that is not below `first` (`F_DUPFD`).
    #[inline]
    pub fn insert_from(
        &mut self,
        first: u32,
        file: Arc<OpenFile>,
        close: CloseOnExec,
    ) -> Result<Fd, Errno> {
        let first = first as usize;
        if first >= self.limit {
            return Err(Errno::EINVAL);
        }
        let index = self.first_free(first).filter(|index| *index < self.limit);
        let index = index.ok_or(Errno::EMFILE)?;
        self.reserve(index)?;
        self.put(index, Some(Descriptor::new(file, close)));
        Ok(Fd(index as u32))
    }

    /// Gives the file this number; returns the file that had it (`dup3`).
    pub fn insert_at(
        &mut self,
        fd: Fd,
        file: Arc<OpenFile>,
        close: CloseOnExec,
    ) -> Result<Option<Arc<OpenFile>>, Errno> {
        if fd.0 as usize >= self.limit {
            return Err(Errno::EBADF);
        }
        self.reserve(fd.0 as usize)?;
        let old = self.put(fd.0 as usize, Some(Descriptor::new(file, close)));
        Ok(old.map(|descriptor| descriptor.file.clone()))
    }

    /// The open file of this number; `EACCES` while it is withheld.
    pub fn get(&self, fd: Fd) -> Result<&Arc<OpenFile>, Errno> {
        let descriptor = self.descriptor(fd)?;
        match descriptor.standing {
            Standing::Granted => Ok(&descriptor.file),
            Standing::Withheld => Err(Errno::EACCES),
        }
    }

    /// Takes the number away; returns the descriptor, to be dropped without the table's lock.
    #[inline]
    pub fn remove(&mut self, fd: Fd) -> Result<Descriptor, Errno> {
        let index = fd.0 as usize;
        let gone = self.slots.get_mut(index).and_then(Option::take).ok_or(Errno::EBADF)?;
        self.taken[index / WORD] &= !(1 << (index % WORD));
        Ok(gone)
    }

    /// Whether exec closes the descriptor (`F_GETFD`).
    pub fn close_on_exec(&self, fd: Fd) -> Result<CloseOnExec, Errno> {
        Ok(self.descriptor(fd)?.close_on_exec)
    }

    /// Says whether exec closes the descriptor (`F_SETFD`).
    pub fn set_close_on_exec(&mut self, fd: Fd, close: CloseOnExec) -> Result<(), Errno> {
        let slot = self.slots.get_mut(fd.0 as usize).ok_or(Errno::EBADF)?;
        slot.as_mut().ok_or(Errno::EBADF)?.close_on_exec = close;
        Ok(())
    }

    /// Takes out one of the descriptors that exec closes; called until none is left.
    pub fn pop_close_on_exec(&mut self) -> Option<Arc<OpenFile>> {
        let closes = |slot: &Option<Descriptor>| {
            slot.as_ref().is_some_and(|descriptor| descriptor.close_on_exec == CloseOnExec::Yes)
        };
        let index = self.slots.iter().position(closes)?;
        Some(self.put(index, None)?.file.clone())
    }

    /// The first number that is taken, from one on.
    pub fn first_from(&self, fd: Fd) -> Option<Fd> {
        let mut slots = self.slots.iter().enumerate().skip(fd.0 as usize);
        slots.find(|(_, slot)| slot.is_some()).map(|(index, _)| Fd(index as u32))
    }

    /// The open files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Fd, &Arc<OpenFile>)> {
        let numbered = self.slots.iter().enumerate();
        numbered.filter_map(|(index, slot)| Some((Fd(index as u32), &slot.as_ref()?.file)))
    }

    fn descriptor(&self, fd: Fd) -> Result<&Descriptor, Errno> {
        self.slots.get(fd.0 as usize).and_then(Option::as_ref).ok_or(Errno::EBADF)
    }

    /// The first number that is free, from one on, of those that there are.
    fn first_free(&self, first: usize) -> Option<usize> {
        let mut word = first / WORD;
        let mut free = !self.taken.get(word)? & u64::MAX << (first % WORD);
        while free == 0 {
            word += 1;
            free = !*self.taken.get(word)?;
        }
        Some(word * WORD + free.trailing_zeros() as usize)
    }

    /// Puts a descriptor into a slot that there is, or takes one out; returns what was there.
    pub(super) fn put(&mut self, index: usize, new: Option<Descriptor>) -> Option<Descriptor> {
        if new.is_some() {
            self.mark(index);
        } else {
            self.taken[index / WORD] &= !(1 << (index % WORD));
        }
        core::mem::replace(&mut self.slots[index], new)
    }

    /// Notes that a number is taken.
    pub(super) const fn mark(&mut self, index: usize) {
        self.taken[index / WORD] |= 1 << (index % WORD);
    }

    /// Makes a slot with this index, which is below `OPEN_MAX`.
    #[inline]
    fn reserve(&mut self, index: usize) -> Result<(), Errno> {
        if index < self.slots.len() { Ok(()) } else { self.add_slots(index) }
    }

    #[inline(never)]
    fn add_slots(&mut self, last: usize) -> Result<(), Errno> {
        let missing = last + 1 - self.slots.len();
        self.slots.try_reserve(missing).map_err(|_| Errno::ENOMEM)?;
        self.slots.resize_with(last + 1, || None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::pipe;
    use abi::file::OpenFlags;

    fn file() -> Arc<OpenFile> {
        pipe::create(OpenFlags::empty()).unwrap().0
    }

    #[test]
    fn a_file_gets_the_lowest_free_number() {
        let mut table = DescriptorTable::new();
        for number in 0..3 {
            assert_eq!(table.insert(file(), CloseOnExec::No), Ok(Fd(number)));
        }
        table.remove(Fd(1)).unwrap();
        assert_eq!(table.insert(file(), CloseOnExec::No), Ok(Fd(1)));
        assert_eq!(table.insert_from(10, file(), CloseOnExec::No), Ok(Fd(10)));
        assert_eq!(table.insert_from(10, file(), CloseOnExec::No), Ok(Fd(11)));
        assert_eq!(table.insert_from(2, file(), CloseOnExec::No), Ok(Fd(3)));
    }

    #[test]
    fn a_full_table_refuses_more() {
        let mut table = DescriptorTable::new();
        for _ in 0..OPEN_MAX {
            table.insert(file(), CloseOnExec::No).unwrap();
        }
        assert_eq!(table.insert(file(), CloseOnExec::No), Err(Errno::EMFILE));
        assert_eq!(table.insert_from(OPEN_MAX as u32, file(), CloseOnExec::No), Err(Errno::EINVAL));
        let beyond = table.insert_at(Fd(OPEN_MAX as u32), file(), CloseOnExec::No);
        assert_eq!(beyond.err(), Some(Errno::EBADF));
    }

    #[test]
    fn exec_closes_what_is_marked_and_nothing_else() {
        let mut table = DescriptorTable::new();
        table.insert(file(), CloseOnExec::Yes).unwrap();
        table.insert(file(), CloseOnExec::No).unwrap();
        table.insert(file(), CloseOnExec::Yes).unwrap();
        let mut closed = 0;
        while table.pop_close_on_exec().is_some() {
            closed += 1;
        }
        assert_eq!(closed, 2);
        assert_eq!(table.iter().map(|(fd, _)| fd).collect::<Vec<_>>(), [Fd(1)]);
    }

    #[test]
    fn a_copy_keeps_the_files_open() {
        let mut table = DescriptorTable::new();
        let one = file();
        table.insert(one.clone(), CloseOnExec::Yes).unwrap();
        let copy = table.duplicate().unwrap();
        table.remove(Fd(0)).unwrap();
        assert!(Arc::ptr_eq(copy.get(Fd(0)).unwrap(), &one));
        assert_eq!(copy.close_on_exec(Fd(0)), Ok(CloseOnExec::Yes));
        assert_eq!(table.get(Fd(0)).err(), Some(Errno::EBADF));
    }
}
