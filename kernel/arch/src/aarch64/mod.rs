//! The implementation for the boards: Cortex-A53 and Cortex-A72 at EL1.

pub mod backtrace;
pub mod boot;
pub mod cache;
pub mod clock;
pub mod context;
pub mod cores;
pub mod cpu;
mod memory_functions;
pub mod memory_map;
pub mod probe;
pub mod ram;
pub mod random;
mod registers;
mod sections;
pub mod space;
mod stack;
pub mod tlb;
pub mod trap;
pub mod upcall;
pub mod user_memory;
pub mod vdso;
pub mod word;
