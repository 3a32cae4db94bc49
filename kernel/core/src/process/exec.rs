//! Running a program in place of the one that runs.
//!
//! The new address space is complete before the old one goes, so a failure leaves the caller as
//! it was.

use super::credentials::changes_identity;
use super::exit::leave_memory;
use super::load::{self, Chance, Loaded};
use super::object::Process;
use super::trace;
use crate::fs::{self, Executable, PathContext};
use crate::mm::{AddressSpace, reclaim};
use crate::offer;
use crate::program::stack::{self, Strings};
use crate::program::{Code, Loadable, script};
use crate::region::names;
use crate::sched::{self, futex};
use crate::user_memory::UserBuffer;
use abi::Errno;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;
use core::sync::atomic::Ordering;

/// Of a personality: things lie where they do for everybody who asks for this (personality(2)).
pub const ADDR_NO_RANDOMIZE: u32 = 0x0004_0000;

/// Scripts that may lead to each other before one leads to a program.
const SCRIPTS: usize = 5;

/// Replaces the caller's program; returns the registers that the new one starts with.
pub fn exec(path: &[u8], arguments: &Strings, environment: &Strings) -> Result<TrapFrame, Errno> {
    let process = sched::current_process();
    let prepare = || Prepared::new(&process, path, arguments, environment);
    let Prepared { program, loaded, stack } = reclaim::with_room(prepare)?;
    process.become_only_thread()?;
    process.take_over(loaded.space, Arc::new(program), loaded.code, path);
    Ok(TrapFrame::user(VirtAddr::new(loaded.start), VirtAddr::new(stack)))
}

/// A program that could run in place of the caller's.
struct Prepared {
    program: Executable,
    loaded: Loaded,
    /// Where its stack begins.
    stack: usize,
}

impl Prepared {
    fn new(
        process: &Process,
        path: &[u8],
        arguments: &Strings,
        environment: &Strings,
    ) -> Result<Self, Errno> {
        let credentials = process.credentials();
        let directory = process.files.lock().directory.clone();
        let context = PathContext { directory: Some(&directory), credentials, umask: 0 };
        let (program, words) = find(&context, path, arguments)?;
        let mut identity = process.identity();
        identity.after_exec(program.permissions);
        // Who runs a program as somebody else is not to know where things are.
        let keeps =
            process.persona() & ADDR_NO_RANDOMIZE != 0 && !changes_identity(program.permissions);
        let chance = if keeps { Chance::None } else { Chance::Usual };
        let mut loaded = load::program(&context, &program.region, chance)?;
        loaded.facts.set_identity(&identity);
        let words = words.as_ref().unwrap_or(arguments);
        let start = stack::build(loaded.stack_top, path, words, environment, &loaded.facts)?;
        load::fill_stack(&loaded.space, start.pointer, &start.bytes)?;
        loaded.space.set_strings(start.strings);
        Ok(Self { program, loaded, stack: start.pointer })
    }
}

/// The program at the end of a path, where scripts may lead to others; they change its arguments.
fn find(
    context: &PathContext<'_>,
    path: &[u8],
    arguments: &Strings,
) -> Result<(Executable, Option<Strings>), Errno> {
    let mut program = fs::namespace().executable(context, path)?;
    let (mut words, mut name): (Option<Strings>, Vec<u8>) = (None, Vec::from(path));
    for _ in 0..=SCRIPTS {
        // What runs already is no script.
        if Loadable::known(&program.region).is_some() {
            return Ok((program, words));
        }
        let mut start = [0; script::LINE_BYTES];
        let read = program.region.read(0, &mut UserBuffer::kernel(&mut start))?;
        let Some(line) = script::first_line(&start[..read]) else { return Ok((program, words)) };
        let line = line?;
        let mut new = Strings::new();
        new.push(line.interpreter)?;
        line.argument.map_or(Ok(()), |argument| new.push(argument))?;
        new.push(&name)?;
        words.as_ref().unwrap_or(arguments).rest().try_for_each(|word| new.push(word))?;
        program = fs::namespace().executable(context, line.interpreter)?;
        (words, name) = (Some(new), Vec::from(line.interpreter));
    }
    Err(Errno::ELOOP)
}

/// Execs a program for the first process, which has no memory to pass arguments in.
pub fn exec_from_kernel(path: &str) -> Result<TrapFrame, Errno> {
    let mut arguments = Strings::new();
    arguments.push(path.as_bytes())?;
    exec(path.as_bytes(), &arguments, &Strings::new())
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
    fn take_over(
        &self,
        space: Arc<AddressSpace>,
        program: Arc<Executable>,
        code: Code,
        path: &[u8],
    ) {
        let thread = sched::current();
        leave_memory(&thread, self);
        self.has_other_program.store(true, Ordering::Release);
        self.close_for_exec();
        let permissions = program.permissions;
        let mut state = self.state.lock();
        let old = state.space.replace(space.clone());
        self.note_space(Some(&space));
        let old_program = state.program.replace(program);
        let old_code = core::mem::replace(&mut state.code, code);
        let words = core::mem::take(&mut state.departure_words);
        let release = state.release.take();
        state.shares_space = false;
        let mut lost = None;
        if !state.identity.outlives_exec(permissions) {
            self.change_identity_in(&mut state, |identity| identity.after_exec(permissions));
            lost = state.trace.take_if(|tracee| !tracee.is_roots());
        }
        drop(state);
        if let Some(tracee) = lost {
            trace::loses(tracee, self.pid);
        }
        space.activate();
        offer::space_ended(self.pid);
        names::forget_pool(self.pid);
        if let Some(old) = old {
            old.leave();
        }
        drop((old_program, old_code));
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
