//! Running a program in place of the one that runs.
//!
//! The new address space is complete before the old one goes, so a failure leaves the caller as
//! it was.

use super::credentials::Credentials;
use super::exit::leave_memory;
use super::object::Process;
use crate::fs::{self, Executable, PathContext};
use crate::mm::{
    AddressSpace, FaultError, MapError, MapRequest, PROGRAM_BASE, Placement, STACK_TOP, Sharing,
};
use crate::offer;
use crate::program::elf::{self, Header, Layout, Position, Segment};
use crate::program::stack::{self, StartFacts, Strings};
use crate::program::{text_region, vdso};
use crate::region::{Region, names};
use crate::sched::{self, futex};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::limits::STACK_BYTES_MAX;
use abi::memory::Protection;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, VirtAddr};
use arch::trap::TrapFrame;
use core::sync::atomic::Ordering;

/// Replaces the caller's program; returns the registers that the new one starts with.
pub fn exec(path: &[u8], arguments: &Strings, environment: &Strings) -> Result<TrapFrame, Errno> {
    let process = sched::current_process();
    let credentials = process.credentials();
    let directory = process.files.lock().directory.clone();
    let context = PathContext { directory: &directory, credentials, umask: 0 };
    let program = fs::namespace().executable(&context, path)?;
    let space = AddressSpace::new()?;
    let (entry, facts) = load(&space, &program.region, credentials)?;
    let start = stack::build(STACK_TOP, path, arguments, environment, &facts)?;
    add_stack(&space, start.pointer, &start.bytes)?;
    space.set_strings(start.strings);
    vdso::map(&space)?;
    process.become_only_thread()?;
    process.take_over(space, Arc::new(program), path);
    Ok(TrapFrame::user(VirtAddr::new(entry), VirtAddr::new(start.pointer)))
}

/// Execs a program for the first process, which has no memory to pass arguments in.
pub fn exec_from_kernel(path: &str) -> Result<TrapFrame, Errno> {
    let mut arguments = Strings::new();
    arguments.push(path.as_bytes())?;
    exec(path.as_bytes(), &arguments, &Strings::new())
}

/// Makes the views of a program; returns its entry point and the facts for its stack.
fn load(
    space: &Arc<AddressSpace>,
    file: &Arc<Region>,
    credentials: Credentials,
) -> Result<(usize, StartFacts), Errno> {
    let mut bytes = [0; elf::HEADER_BYTES];
    read_exactly(file, 0, &mut bytes)?;
    let header = Header::parse(&bytes).map_err(|_| Errno::ENOEXEC)?;
    // Too long for the kernel's stack.
    let mut table = Vec::new();
    table.try_reserve_exact(header.table_bytes()).map_err(|_| Errno::ENOMEM)?;
    table.resize(header.table_bytes(), 0);
    read_exactly(file, header.table_offset, &mut table)?;
    let layout = Layout::parse(&header, &table, file.length()).map_err(|_| Errno::ENOEXEC)?;
    let base = match header.position {
        Position::Fixed => 0,
        Position::Independent => PROGRAM_BASE,
    };
    if layout.end().checked_add(base).is_none() {
        return Err(Errno::ENOEXEC);
    }
    for segment in &layout.segments {
        load_segment(space, file, base, segment)?;
    }
    space.set_break_start(VirtAddr::new(base + layout.end()));
    let mut random = [0; 16];
    fs::random::fill(&mut random);
    let facts = StartFacts {
        table_address: layout.table_address.map_or(0, |address| base + address),
        table_entries: header.table_entries,
        entry: base + header.entry,
        uid: credentials.uid,
        gid: credentials.gid,
        random,
    };
    Ok((base + header.entry, facts))
}

fn load_segment(
    space: &Arc<AddressSpace>,
    file: &Arc<Region>,
    base: usize,
    segment: &Segment,
) -> Result<(), Errno> {
    let start = base + segment.address;
    let first_page = start & !(PAGE_SIZE - 1);
    let file_end = start + segment.file_bytes;
    let memory_end = start + segment.memory_bytes;
    let file_pages_end = file_end.next_multiple_of(PAGE_SIZE);
    let writable = segment.protection.contains(Protection::WRITE);
    if memory_end > file_end && !writable {
        return Err(Errno::ENOEXEC);
    }
    if segment.file_bytes > 0 {
        let offset = segment.offset & !(PAGE_SIZE as u64 - 1);
        let bytes = file_end - first_page;
        // Text is a region of its own, whose table every process that runs it links.
        let (object, offset) = if writable || !file.is_image() {
            (file.clone(), offset)
        } else {
            (text_region(file, offset, bytes as u64)?, 0)
        };
        let object = Some((object as Arc<_>, offset, Sharing::Private));
        map(space, first_page, bytes, segment.protection, object)?;
    }
    if memory_end > file_end {
        if segment.file_bytes > 0 {
            zero_tail(space, file_end, file_pages_end)?;
        }
        let zero_start = if segment.file_bytes > 0 { file_pages_end } else { first_page };
        if memory_end > zero_start {
            map(space, zero_start, memory_end - zero_start, segment.protection, None)?;
        }
    }
    Ok(())
}

fn map(
    space: &Arc<AddressSpace>,
    start: usize,
    bytes: usize,
    protection: Protection,
    object: Option<(Arc<dyn crate::mm::MemoryObject>, u64, Sharing)>,
) -> Result<(), Errno> {
    let request = MapRequest {
        placement: Placement::FixedNoReplace(VirtAddr::new(start)),
        bytes,
        protection,
        maximum: Protection::all(),
        object,
    };
    match space.map(request) {
        Ok(_) => Ok(()),
        Err(MapError::BadRange | MapError::Occupied | MapError::Denied) => Err(Errno::ENOEXEC),
        Err(error) => Err(error.into()),
    }
}

/// Zeroes what lies behind the file's bytes in their last page.
fn zero_tail(space: &AddressSpace, from: usize, to: usize) -> Result<(), Errno> {
    const ZEROES: [u8; PAGE_SIZE] = [0; PAGE_SIZE];
    if from < to {
        store(space, from, &ZEROES[..to - from])?;
    }
    Ok(())
}

fn add_stack(space: &Arc<AddressSpace>, pointer: usize, bytes: &[u8]) -> Result<(), Errno> {
    let read_write = Protection::READ | Protection::WRITE;
    map(space, STACK_TOP - STACK_BYTES_MAX, STACK_BYTES_MAX, read_write, None)?;
    store(space, pointer, bytes)
}

fn store(space: &AddressSpace, at: usize, bytes: &[u8]) -> Result<(), Errno> {
    space.store(VirtAddr::new(at), bytes).map_err(|error| match error {
        FaultError::OutOfMemory => Errno::ENOMEM,
        _ => Errno::ENOEXEC,
    })
}

fn read_exactly(file: &Region, offset: u64, to: &mut [u8]) -> Result<(), Errno> {
    let wanted = to.len();
    let read = file.read(offset, &mut UserBuffer::kernel(to))?;
    if read == wanted { Ok(()) } else { Err(Errno::ENOEXEC) }
}

impl Process {
    fn close_for_exec(&self) {
        loop {
            // One at a time: letting go of a file may take locks, so not under the table's.
            let file = self.files.lock().descriptors.pop_close_on_exec();
            let Some(file) = file else { return };
            fs::locks::descriptor_closed(self.pid, &file);
        }
    }

    /// Becomes the program that was loaded into an address space; the caller is the only thread.
    fn take_over(&self, space: Arc<AddressSpace>, program: Arc<Executable>, path: &[u8]) {
        let thread = sched::current();
        leave_memory(&thread, self);
        self.has_other_program.store(true, Ordering::Release);
        self.close_for_exec();
        let mut state = self.state.lock();
        let old = state.space.replace(space.clone());
        let old_program = state.program.replace(program);
        let words = core::mem::take(&mut state.departure_words);
        let release = state.release.take();
        state.shares_space = false;
        state.identity.after_exec();
        drop(state);
        space.activate();
        offer::space_ended(self.pid);
        names::forget_pool(self.pid);
        drop(old);
        drop(old_program);
        if let Some(release) = release {
            release.open();
        }
        words.fire(|location| {
            futex::wake(location, u32::MAX, u32::MAX);
        });
        self.set_command(path);
        thread.attributes.set_name(None);
        self.signals.reset_handlers();
        self.timers.cancel_for_exec();
        thread.signals.forget_stack();
        arch::context::reset_user_state();
    }
}
