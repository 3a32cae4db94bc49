//! Programs: what an ELF file asks for, where its parts go, and the stack that it starts with.

pub mod elf;
pub mod script;
pub mod stack;
mod text;
pub mod vdso;

pub use text::{forget_unused, text_region};
