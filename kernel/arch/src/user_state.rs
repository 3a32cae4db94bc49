//! What a thread of a program has besides the registers in its trap frame.

/// SIMD and floating-point registers, and the thread pointer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[repr(C, align(16))]
pub struct UserState {
    /// v0 to v31.
    pub v: [u128; 32],
    /// How floating-point instructions round and trap.
    pub fpcr: u64,
    /// What they have reported.
    pub fpsr: u64,
    /// TPIDR_EL0.
    pub thread_pointer: u64,
}

impl UserState {
    /// All zero, as a program begins.
    pub const ZERO: Self = Self { v: [0; 32], fpcr: 0, fpsr: 0, thread_pointer: 0 };
}
