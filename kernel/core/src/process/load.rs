//! Putting a program into a new address space, and the interpreter that it names beside it.
//!
//! The interpreter is the dynamic linker: it begins in the program's place, finds the program by the
//! facts on the stack, and maps the libraries itself.

use crate::fs::{self, PathContext};
use crate::mm::{
    AddressSpace, FaultError, Layout, MapError, MapRequest, MemoryObject, Placement, Sharing,
    Slides,
};
use crate::program::elf::{self, ElfError, Interpreter, Position, Segment};
use crate::program::stack::StartFacts;
use crate::program::{Blank, Code, LoadError, Loadable, read_part, vdso};
use crate::region::Region;
use abi::Errno;
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};

/// What an interpreter's base is a multiple of at least: the largest page that AArch64 programs are
/// linked for.
const INTERPRETER_ALIGNMENT: usize = 0x1_0000;

/// A program that is in memory.
pub struct Loaded {
    /// Its memory, complete but for what is on the stack.
    pub space: Arc<AddressSpace>,
    /// Where to begin: in the interpreter, if there is one.
    pub start: usize,
    /// Where its stack begins.
    pub stack_top: usize,
    /// The facts for its stack.
    pub facts: StartFacts,
    /// What is known of its files, to be kept while it runs.
    pub code: Code,
}

/// Whether things lie where they lie in every process, or where chance has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Chance {
    /// The former.
    None,
    /// The latter.
    Usual,
}

/// Makes an address space with a program and its interpreter.
pub fn program(
    context: &PathContext<'_>,
    file: &Arc<Region>,
    chance: Chance,
) -> Result<Loaded, Errno> {
    let code = Loadable::of(file).map_err(errno_of)?;
    // Opened before anything is mapped: that it is missing is said whatever else is wrong.
    let interpreter = match code.layout.interpreter {
        Some(place) => Some(open_interpreter(context, file, place)?),
        None => None,
    };
    let mut random = [0; 16];
    fs::random::fill(&mut random);
    let (layout, slides) = choose(chance);
    let (Blank { space, start }, interpreter_base) = match code.blank() {
        Some(blank) if chance == Chance::Usual => {
            let space = blank.space.fork()?;
            space.set_slides(slides);
            (Blank { space, ..blank }, 0)
        }
        _ => {
            let space = AddressSpace::with_layout(layout)?;
            space.set_slides(slides);
            let (start, base) = load(&space, file, &code, interpreter.as_ref())?;
            let loaded = Blank { space, start };
            if chance == Chance::Usual {
                code.keep_blank(&loaded);
            }
            (loaded, base)
        }
    };
    let layout = space.layout();
    let base = base_of(&code, layout);
    let facts = StartFacts {
        table_address: code.layout.table_address.map_or(0, |address| base + address),
        table_entries: code.header.table_entries,
        entry: base + code.header.entry,
        kernel_code: vdso::image(layout),
        interpreter_base,
        users: [context.credentials.uid; 2],
        groups: [context.credentials.gid; 2],
        random,
    };
    let stack_top = layout.stack_top(&slides);
    let code = [Some(code), interpreter.map(|(_, code)| code)];
    Ok(Loaded { space, start, stack_top, facts, code })
}

/// Chooses where things lie.
fn choose(chance: Chance) -> (Layout, Slides) {
    if chance == Chance::None {
        return (Layout::PLAIN, Slides::default());
    }
    let mut bits = [[0; size_of::<u64>()]; 2];
    fs::random::fill(bits.as_flattened_mut());
    let [layout, slides] = bits.map(u64::from_ne_bytes);
    (Layout::random(layout), Slides::random(slides))
}

const fn base_of(program: &Loadable, layout: &Layout) -> usize {
    match program.header.position {
        Position::Fixed => 0,
        Position::Independent => layout.program,
    }
}

/// Makes the views of a program that nobody runs, of its interpreter, its stack and the kernel's code
/// for programs; returns where to begin, and the interpreter's base.
fn load(
    space: &Arc<AddressSpace>,
    file: &Arc<Region>,
    code: &Loadable,
    interpreter: Option<&(fs::Executable, Arc<Loadable>)>,
) -> Result<(usize, usize), Errno> {
    let base = base_of(code, space.layout());
    let end = code.layout.end().checked_add(base).ok_or(Errno::ENOEXEC)?;
    add_segments(space, file, base, code)?;
    space.set_break_start(VirtAddr::new(end));
    let start = match interpreter {
        Some((file, code)) => add_interpreter(space, &file.region, code)?,
        None => (base + code.header.entry, 0),
    };
    let (stack, bytes) = space.layout().stack();
    map(space, stack, bytes, Protection::READ | Protection::WRITE, None)?;
    vdso::map(space)?;
    Ok(start)
}

/// Puts on a stack what is on it at first.
pub fn fill_stack(space: &AddressSpace, pointer: usize, bytes: &[u8]) -> Result<(), Errno> {
    store(space, pointer, bytes)
}

const fn errno_of(error: LoadError) -> Errno {
    match error {
        LoadError::NoProgram(error) => errno_of_headers(error),
        LoadError::Unreadable(error) => error,
    }
}

const fn errno_of_headers(error: ElfError) -> Errno {
    match error {
        ElfError::SecondInterpreter => Errno::EINVAL,
        _ => Errno::ENOEXEC,
    }
}

/// The file at the path that the program has there. It is held while it is loaded: nobody opens it for
/// writing then.
fn open_interpreter(
    context: &PathContext<'_>,
    program: &Region,
    place: Interpreter,
) -> Result<(fs::Executable, Arc<Loadable>), Errno> {
    let bytes = read_part(program, place.offset, place.bytes)?;
    let path = Interpreter::path(&bytes).map_err(errno_of_headers)?;
    let file = fs::namespace().executable(context, path)?;
    let code = Loadable::of(&file.region).map_err(errno_of).map_err(errno_of_interpreter)?;
    // A linker that needs a linker would need that loaded, too.
    if code.layout.interpreter.is_some() {
        return Err(Errno::ELIBBAD);
    }
    Ok((file, code))
}

/// Makes the views of an interpreter; returns where it starts, and its base.
fn add_interpreter(
    space: &Arc<AddressSpace>,
    file: &Arc<Region>,
    code: &Loadable,
) -> Result<(usize, usize), Errno> {
    let base = match code.header.position {
        Position::Fixed => 0,
        Position::Independent => find_base(space, &code.layout)?,
    };
    add_segments(space, file, base, code).map_err(errno_of_interpreter)?;
    Ok((base + code.header.entry, base))
}

const fn errno_of_interpreter(error: Errno) -> Errno {
    match error {
        Errno::ENOEXEC | Errno::EINVAL => Errno::ELIBBAD,
        other => other,
    }
}

/// Where a position-independent file has room beside what is mapped.
///
/// It goes where its libraries will: next to the stack, so that fork has one table to go through.
fn find_base(space: &Arc<AddressSpace>, layout: &elf::Layout) -> Result<usize, Errno> {
    let alignment = layout.alignment.clamp(INTERPRETER_ALIGNMENT, UNIT_SIZE);
    let bytes = layout.end().next_multiple_of(PAGE_SIZE) + alignment;
    let request = MapRequest {
        placement: Placement::Anywhere,
        bytes,
        protection: Protection::empty(),
        maximum: Protection::all(),
        object: None,
    };
    // Nobody else has this address space yet: what is given back stays free.
    let start = space.map(request)?;
    space.unmap(start, bytes)?;
    Ok(start.value().next_multiple_of(alignment))
}

fn add_segments(
    space: &Arc<AddressSpace>,
    file: &Arc<Region>,
    base: usize,
    code: &Loadable,
) -> Result<(), Errno> {
    let mut segments = code.layout.segments.iter().enumerate();
    segments.try_for_each(|(index, segment)| {
        add_segment(space, (file, code.text(index)), base, segment)
    })
}

/// `files` are the program's file, and the region that holds the segment alone, if there is one.
fn add_segment(
    space: &Arc<AddressSpace>,
    files: (&Arc<Region>, Option<&Arc<Region>>),
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
        let (object, offset) = files.1.map_or((files.0, offset), |text| (text, 0));
        let object = Some((object.clone() as Arc<_>, offset, Sharing::Private));
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
    object: Option<(Arc<dyn MemoryObject>, u64, Sharing)>,
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

fn store(space: &AddressSpace, at: usize, bytes: &[u8]) -> Result<(), Errno> {
    space.store(VirtAddr::new(at), bytes).map_err(|error| match error {
        FaultError::OutOfMemory => Errno::ENOMEM,
        _ => Errno::ENOEXEC,
    })
}
