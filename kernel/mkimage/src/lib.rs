//! Builds `kernel8.img`: the flat kernel with a payload of symbols and programs behind it.
//!
//! ```text
//! 0x80000            kernel: PT_LOAD segments at their physical addresses, .bss written out as zeros
//! __payload_start    header, symbol table          (see `payload` and `symbols`)
//! next page          archive: cpio newc            (see `archive`)
//! ```
//!
//! The .bss is part of the file so that the payload lies behind it in memory, where nothing clears it:
//! the firmware and QEMU load the whole file to 0x80000, and the kernel finds the payload by a symbol
//! of its link script, without a second file to load.

pub mod archive;
pub mod contents;
pub mod error;
pub mod flatten;
pub mod payload;
pub mod symbols;

#[cfg(test)]
mod test_elf;

use contents::Contents;
pub use error::Error;

/// The size of a translation granule, to which everything the kernel maps in place is aligned.
pub const PAGE_SIZE: usize = 4096;

/// The largest image built: what fits well below the firmware's memory on a board with 512 MiB.
pub const MAX_IMAGE_SIZE: usize = 256 << 20;

/// Builds the image from the kernel's ELF file and what the archive shall contain.
pub fn build(kernel_elf: &[u8], contents: &Contents) -> Result<Vec<u8>, Error> {
    let elf = flatten::parse(kernel_elf)?;
    let mut image = flatten::flatten(&elf)?;
    symbols::check_payload_start(&elf, image.len())?;
    let symbols = symbols::SymbolTable::from_elf(&elf)?;
    payload::append(&mut image, &symbols.encode()?, contents)?;
    if image.len() > MAX_IMAGE_SIZE {
        return Err(Error::ImageTooLarge { size: image.len() as u64 });
    }
    Ok(image)
}

/// The next multiple of the page size.
#[must_use]
pub const fn page_up(offset: usize) -> usize {
    offset.next_multiple_of(PAGE_SIZE)
}
