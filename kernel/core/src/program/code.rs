//! What is known of a program's file, for as long as a process runs it: its headers, checked, and its
//! text as regions. Processes that run the same program of the image share all of it, and link the
//! tables of its text.

use super::elf::{self, ElfError, Header, Layout, Position};
use crate::mm::AddressSpace;
use crate::region::Region;
use crate::sync::{Lock, Rank};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::memory::Protection;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;

/// The loadable files of the image that a process runs, by the numbers of their regions.
static LOADED: Lock<BTreeMap<u64, Weak<Loadable>>> = Lock::new(Rank::ProgramText, BTreeMap::new());

/// What a process runs: the program, and the interpreter that is loaded with it.
pub type Code = [Option<Arc<Loadable>>; 2];

/// A file that can be loaded.
pub struct Loadable {
    /// The number of the file's region.
    id: u64,
    is_of_image: bool,
    /// What its file header says.
    pub header: Header,
    /// What its program headers say.
    pub layout: Layout,
    /// For each segment that nobody writes, a region that holds it and nothing else; none for files
    /// that can change.
    texts: Vec<Option<Arc<Region>>>,
    /// Kept for the next process that begins to run it beside another.
    blank: Lock<Option<Blank>>,
}

/// A program's memory before its first instruction, but for what is on its stack.
#[derive(Clone)]
pub struct Blank {
    /// It is forked for each process.
    pub space: Arc<AddressSpace>,
    /// Where to begin.
    pub start: usize,
}

/// Why a file can't be loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoadError {
    /// It is no program.
    NoProgram(ElfError),
    /// It can't be read.
    Unreadable(Errno),
}

impl From<Errno> for LoadError {
    fn from(error: Errno) -> Self {
        Self::Unreadable(error)
    }
}

impl From<ElfError> for LoadError {
    fn from(error: ElfError) -> Self {
        Self::NoProgram(error)
    }
}

impl Loadable {
    /// What is known of a file of the image that a process runs already.
    pub fn known(file: &Region) -> Option<Arc<Self>> {
        if !file.is_image() {
            return None;
        }
        LOADED.lock().get(&file.id()).and_then(Weak::upgrade)
    }

    /// The same of any file, read if it is not known.
    pub fn of(file: &Region) -> Result<Arc<Self>, LoadError> {
        if let Some(known) = Self::known(file) {
            return Ok(known);
        }
        let loadable = Arc::new(Self::read(file)?);
        if file.is_image() {
            LOADED.lock().insert(loadable.id, Arc::downgrade(&loadable));
        }
        Ok(loadable)
    }

    fn read(file: &Region) -> Result<Self, LoadError> {
        let mut bytes = [0; elf::HEADER_BYTES];
        read_exactly(file, 0, &mut bytes)?;
        let header = Header::parse(&bytes)?;
        // Too long for the kernel's stack.
        let table = read_part(file, header.table_offset, header.table_bytes())?;
        let layout = Layout::parse(&header, &table, file.length())?;
        let mut texts = Vec::new();
        texts.try_reserve_exact(layout.segments.len()).map_err(|_| Errno::ENOMEM)?;
        for segment in &layout.segments {
            let is_text = file.is_image()
                && segment.file_bytes > 0
                && !segment.protection.contains(Protection::WRITE);
            let offset = segment.offset & !(PAGE_SIZE as u64 - 1);
            let bytes = segment.offset - offset + segment.file_bytes as u64;
            texts.push(if is_text { Some(file.part_of_image(offset, bytes)?) } else { None });
        }
        let blank = Lock::new(Rank::ProgramText, None);
        Ok(Self { id: file.id(), is_of_image: file.is_image(), header, layout, texts, blank })
    }

    /// The program's memory as it is before it begins, if that was kept.
    pub fn blank(&self) -> Option<Blank> {
        self.blank.lock().clone()
    }

    /// Keeps it, if the file never changes and somebody else runs the program at this moment: a third who
    /// begins to is likely.
    ///
    /// Not that of a program that can lie anywhere, by itself or by an interpreter: each process has it
    /// elsewhere.
    pub fn keep_blank(self: &Arc<Self>, loaded: &Blank) {
        let is_fixed = self.header.position == Position::Fixed && self.layout.interpreter.is_none();
        if !is_fixed || !self.is_of_image || Arc::strong_count(self) == 1 {
            return;
        }
        // Without memory for it, it is loaded again.
        let Ok(space) = loaded.space.fork() else { return };
        let before = self.blank.lock().replace(Blank { space, ..loaded.clone() });
        drop(before);
    }

    /// The regions that hold a segment each.
    pub fn texts(&self) -> impl Iterator<Item = &Arc<Region>> {
        self.texts.iter().flatten()
    }

    /// The memory from which processes that run it begin, if it is kept.
    pub fn kept_space(&self) -> Option<Arc<AddressSpace>> {
        self.blank.lock().as_ref().map(|blank| blank.space.clone())
    }

    /// The region that holds this segment and nothing else, if there is one.
    pub fn text(&self, segment: usize) -> Option<&Arc<Region>> {
        self.texts.get(segment)?.as_ref()
    }
}

impl Drop for Loadable {
    fn drop(&mut self) {
        let mut loaded = LOADED.lock();
        // Another may have come in its place, and files that can change never had one.
        if loaded.get(&self.id).is_some_and(|known| known.strong_count() == 0) {
            loaded.remove(&self.id);
            crate::room::give_back_map(&mut loaded);
        }
    }
}

/// A part of a file.
pub fn read_part(file: &Region, offset: u64, bytes: usize) -> Result<Vec<u8>, Errno> {
    let mut part = Vec::new();
    part.try_reserve_exact(bytes).map_err(|_| Errno::ENOMEM)?;
    part.resize(bytes, 0);
    read_exactly(file, offset, &mut part)?;
    Ok(part)
}

fn read_exactly(file: &Region, offset: u64, to: &mut [u8]) -> Result<(), Errno> {
    let wanted = to.len();
    let read = file.read(offset, &mut UserBuffer::kernel(to))?;
    if read == wanted { Ok(()) } else { Err(Errno::ENOEXEC) }
}
