//! Programs: what an ELF file asks for, where its parts go, and the stack that it starts with.

mod code;
pub mod elf;
pub mod script;
pub mod stack;
pub mod vdso;

pub use code::{Blank, Code, LoadError, Loadable, read_part};
