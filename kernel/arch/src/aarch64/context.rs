//! Threads as the processor sees them: a stack, and the registers of a flow that does not run.

use core::arch::global_asm;
use core::mem::{MaybeUninit, offset_of};

pub use super::stack::{KernelStack, NoSlot};
pub use crate::layout::STACK_FRAMES;
pub use crate::user_state::UserState;

global_asm!(
    include_str!("switch.S"),
    CONTEXT_X19 = const offset_of!(ThreadContext, x19_to_x30),
    CONTEXT_SP = const offset_of!(ThreadContext, sp),
    CONTEXT_HAS_USER_STATE = const offset_of!(ThreadContext, has_user_state),
    CONTEXT_USER = const offset_of!(ThreadContext, user),
    STATE_V = const offset_of!(UserState, v),
    STATE_FPCR = const offset_of!(UserState, fpcr),
    STATE_FPSR = const offset_of!(UserState, fpsr),
    STATE_TLS = const offset_of!(UserState, thread_pointer),
);

// SAFETY: `switch.S` defines all of them with these signatures.
unsafe extern "C" {
    fn switch_context(from: *mut ThreadContext, to: *const ThreadContext);
    fn begin_context();
    fn save_user_state(to: *mut UserState);
    fn load_user_state(from: *const UserState);
}

/// The registers of a thread while it does not run: those that calls preserve, and the program's.
#[repr(C)]
pub struct ThreadContext {
    x19_to_x30: [u64; 12],
    sp: u64,
    /// 1 for a thread of a program, 0 for one that stays in the kernel.
    has_user_state: u64,
    user: UserState,
}

const LINK_REGISTER: usize = 11;

impl ThreadContext {
    /// For the flow that runs already: the first switch away from it fills it in. It has no
    /// program's state to keep.
    pub const fn empty() -> Self {
        Self { x19_to_x30: [0; 12], sp: 0, has_user_state: 0, user: UserState::ZERO }
    }

    /// A thread of a program that will call `entry` with `argument` on `stack`, with this as the
    /// program's state.
    #[inline]
    pub fn new(
        stack: &KernelStack,
        entry: extern "C" fn(usize) -> !,
        argument: usize,
        user: UserState,
    ) -> Self {
        let mut x19_to_x30 = [0; 12];
        x19_to_x30[0] = (entry as *const ()).addr() as u64;
        x19_to_x30[1] = argument as u64;
        x19_to_x30[LINK_REGISTER] = (begin_context as *const ()).addr() as u64;
        Self { x19_to_x30, sp: stack.top().value() as u64, has_user_state: 1, user }
    }

    /// Sets the thread pointer of a thread that does not run.
    pub const fn set_thread_pointer(&mut self, value: u64) {
        self.user.thread_pointer = value;
    }
}

/// Leaves the thread `from`, whose registers are saved there, and goes on with `to`; returns when
/// some core switches back to `from`.
///
/// # Safety
///
/// - `from` is the context of the flow that calls this, and lives until something switches to it.
/// - `to` was made by [`ThreadContext::new`] or left by this function, and nothing has gone on
///   with it since; its stack is mapped.
/// - No other core uses either until this core is on the stack of `to`.
#[inline]
pub unsafe fn switch(from: *mut ThreadContext, to: *const ThreadContext) {
    // SAFETY: the caller's promise.
    unsafe { switch_context(from, to) };
}

/// The program's state of the thread that calls this.
#[inline]
pub fn capture_user_state() -> UserState {
    let mut state = MaybeUninit::uninit();
    // SAFETY: `state` is writable; the kernel's own code has no use for these registers.
    unsafe { save_user_state(state.as_mut_ptr()) };
    // SAFETY: all of it was just written.
    unsafe { state.assume_init() }
}

/// Replaces the program's state of the thread that calls this.
pub fn install_user_state(state: &UserState) {
    // SAFETY: `state` is readable; the kernel's own code has no use for these registers.
    unsafe { load_user_state(state) };
}

/// Makes all of it 0, as for a new program.
pub fn reset_user_state() {
    install_user_state(&UserState::ZERO);
}

/// The program's thread pointer, TPIDR_EL0, of the thread that calls this.
pub fn user_thread_pointer() -> u64 {
    use aarch64_cpu::registers::{Readable, TPIDR_EL0};
    TPIDR_EL0.get()
}

/// Sets it.
pub fn set_user_thread_pointer(value: u64) {
    use aarch64_cpu::registers::{TPIDR_EL0, Writeable};
    TPIDR_EL0.set(value);
}
