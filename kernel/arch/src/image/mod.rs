//! What travels behind the kernel in its image: the archive of programs, and the kernel's symbols.
//!
//! `mkimage` appends it behind the .bss section. Nothing here trusts it: a damaged image must not
//! make a panic message worse.

mod header;
mod symbols;

pub use header::PayloadHeader;
pub use symbols::{Symbol, Symbols};
