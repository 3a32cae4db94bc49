//! What can be wrong with the inputs, said so that a person knows what to change.

use crate::size::CardSize;
use std::path::PathBuf;

/// Why no card was made.
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
    /// A size that is no size, or that no card has.
    #[error(
        "'{0}' is no card's size: a power of two from {min} to {max}, as in 256M",
        min = CardSize::SMALLEST,
        max = CardSize::LARGEST
    )]
    BadSize(String),
    /// The files need more than the card has.
    #[error("the files need {needed} bytes and the file system has {room}: take a larger --size")]
    TooSmall {
        /// The sum of the files, each rounded up to clusters.
        needed: u64,
        /// What the file system has for files.
        room: u64,
    },
    /// A name that FAT cannot hold.
    #[error("'{0}' cannot be a file's name on the card: {1}")]
    BadName(String, &'static str),
    /// Two inputs for one name.
    #[error("'{0}' is given twice (capitals make no difference on a card); leave one out")]
    Duplicate(String),
    /// The partition table could not be written.
    #[error("cannot write the partition table: {0}")]
    Partitions(#[from] mbrman::Error),
    /// The file system could not be made or written.
    #[error("cannot write '{name}' on the card: {source}")]
    Card {
        /// The file or step concerned.
        name: String,
        /// What the file system says.
        source: std::io::Error,
    },
    /// The command line cannot be understood.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// For `map_err` on an operation on the host's files.
    pub fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// For `map_err` on an operation on the card's file system.
    pub fn card(name: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let name = name.into();
        move |source| Self::Card { name, source }
    }
}
