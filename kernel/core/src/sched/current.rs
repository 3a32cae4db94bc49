//! The running thread and its process, as the code that they run sees them.
//!
//! A reference would do, if it could say for how long it is good: as long as the code that holds it
//! stays on the thread's stack. A core holds the thread that it runs; a thread that waits is held by
//! its process, and by its own stack once it has left that (`process::exit`). So these handles
//! count nothing, which matters: there is hardly a call without one.
#![allow(unsafe_code, reason = "a reference to what a register points to")]

use super::thread::Thread;
use crate::mm::AddressSpace;
use crate::process::Process;
use alloc::sync::Arc;
use arch::cpu;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::{NonNull, with_exposed_provenance_mut};

/// The thread that runs the code that holds this; it stays on that thread's stack.
#[derive(Clone, Copy)]
pub struct Current(NonNull<Thread>);

/// The process of that thread.
pub struct CurrentProcess(Current);

/// The address space of that process; not to be kept by code that replaces it or lets it go.
pub struct CurrentSpace(ManuallyDrop<Arc<AddressSpace>>, PhantomData<Current>);

/// The thread that runs on this core.
///
/// # Panics
///
/// Before the core has its idle thread.
#[inline]
pub fn current() -> Current {
    current_if_any().expect("invariant: a core always runs a thread")
}

/// The same; `None` before the core has its idle thread.
#[inline]
pub fn current_if_any() -> Option<Current> {
    NonNull::new(with_exposed_provenance_mut::<Thread>(cpu::current())).map(Current)
}

/// Notes that this core is about to run the thread, or does so already.
#[inline]
pub(super) fn set_current(thread: &Arc<Thread>) {
    cpu::set_current(Arc::as_ptr(thread).expose_provenance());
}

/// The process of the thread that runs on this core.
///
/// # Panics
///
/// On an idle thread, which belongs to no process and makes no calls.
#[inline]
pub fn current_process() -> CurrentProcess {
    CurrentProcess(current())
}

/// The number of the process that runs on this core; `None` while the core idles or starts.
pub fn current_pid() -> Option<u32> {
    current_if_any()?.process.as_ref().map(|process| process.pid)
}

/// The process that runs on this core, if one does.
#[inline]
pub fn process_if_any() -> Option<CurrentProcess> {
    let thread = current_if_any()?;
    thread.process.is_some().then_some(CurrentProcess(thread))
}

/// The address space that the process on this core sees; `None` where no process runs, or where it
/// has let go of it.
#[inline]
pub fn current_space() -> Option<CurrentSpace> {
    let thread = current_if_any()?;
    let space = NonNull::new(thread.process.as_ref()?.space_address())?;
    // SAFETY: the pointer is from `Arc::as_ptr`. A process has a share in its address space until its
    // only thread lets go of it, by exec or at its end, and that thread is here and does something
    // else; that share stands for this one, which is never given back.
    let share = unsafe { Arc::from_raw(space.as_ptr()) };
    Some(CurrentSpace(ManuallyDrop::new(share), PhantomData))
}

impl Current {
    /// A share in the thread, for others to keep.
    pub fn to_arc(self) -> Arc<Thread> {
        let thread = self.0.as_ptr().cast_const();
        // SAFETY: the pointer is from `Arc::as_ptr`, and the thread is held while it runs.
        unsafe { Arc::increment_strong_count(thread) };
        // SAFETY: as above; the count that this takes over was added just now.
        unsafe { Arc::from_raw(thread) }
    }
}

impl CurrentProcess {
    /// A share in the process, for others to keep.
    #[must_use]
    pub fn to_arc(&self) -> Arc<Process> {
        Arc::clone(self)
    }
}

impl Deref for Current {
    type Target = Thread;

    #[inline]
    fn deref(&self) -> &Thread {
        // SAFETY: the thread is held for as long as it runs, and this stays on its stack.
        unsafe { self.0.as_ref() }
    }
}

impl Deref for CurrentSpace {
    type Target = Arc<AddressSpace>;

    #[inline]
    fn deref(&self) -> &Arc<AddressSpace> {
        &self.0
    }
}

impl Deref for CurrentProcess {
    type Target = Arc<Process>;

    #[inline]
    fn deref(&self) -> &Arc<Process> {
        self.0.process.as_ref().expect("invariant: only threads of processes make calls")
    }
}
