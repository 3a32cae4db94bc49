//! A simulation of what the kernel's logic needs of a processor, for tests on the machine that
//! builds it: memory, time, the number of the core, and programs' memory through real tables.
//!
//! Each thread of a test is a core of its own: its number, its time and its address space are
//! thread-local. RAM is one for all. Nothing here runs programs or switches stacks.

pub mod cache;
pub mod clock;
pub mod context;
pub mod cpu;
pub mod ram;
pub mod random;
pub mod space;
pub mod tlb;
pub mod trap;
pub mod upcall;
pub mod user_memory;
pub mod vdso;
mod walk;
pub mod word;
