//! What can be wrong with the inputs, said so that a person knows what to change.

use crate::MAX_IMAGE_SIZE;
use crate::flatten::LOAD_ADDRESS;
use std::path::PathBuf;

/// Why no image was built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An input could not be read, or the output not written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file concerned.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// The kernel file is no ELF file, or a damaged one.
    #[error("the kernel is not a valid ELF file: {0}")]
    BadElf(#[from] elf::ParseError),
    /// The kernel is an ELF file for another machine.
    #[error("the kernel is for ELF machine {0}, not for AArch64 (183)")]
    WrongMachine(u16),
    /// There is nothing to load in the kernel.
    #[error("the kernel has no PT_LOAD segment: was it linked with its link script?")]
    NoSegments,
    /// The firmware jumps to the first byte of the image, which lies elsewhere in this kernel.
    #[error(
        "the kernel's first segment is at physical address {0:#x}, must be at {LOAD_ADDRESS:#x}"
    )]
    WrongLoadAddress(u64),
    /// Two segments claim the same physical addresses.
    #[error("the kernel's segment at physical address {0:#x} overlaps the one below it")]
    Overlap(u64),
    /// A segment has more bytes in the file than in memory, or wraps around the address space.
    #[error("the kernel's segment at physical address {0:#x} has an impossible size")]
    BadSegment(u64),
    /// The kernel would look for the payload in another place than it is written to.
    #[error("__payload_start is {found:#x}, but the image's payload will be at {expected:#x}")]
    PayloadMoved {
        /// The symbol's value.
        found: u64,
        /// The address that follows from the segments.
        expected: u64,
    },
    /// An offset or length does not fit the format.
    #[error("{what} does not fit into 32 bits")]
    TooLarge {
        /// What has that size.
        what: String,
    },
    /// The image would not fit into the memory of every supported board.
    #[error("the image would have {size} bytes, at most {MAX_IMAGE_SIZE} are allowed")]
    ImageTooLarge {
        /// The size it would have, as far as counted.
        size: u64,
    },
    /// A name that cannot stand in the archive.
    #[error("'{0}' cannot be a name in the archive: {1}")]
    BadName(String, &'static str),
    /// Two inputs for one name.
    #[error("'/{0}' is given twice; rename one of the two")]
    Duplicate(String),
    /// A file below a file.
    #[error("'/{0}' is a file, so nothing can lie below it")]
    NotADirectory(String),
    /// A device, socket or pipe in a tree.
    #[error("{} is neither a file, a directory nor a symbolic link", .0.display())]
    UnsupportedKind(PathBuf),
    /// The command line cannot be understood.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// For `map_err` on an operation of `std::fs`.
    pub fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
