//! What can go wrong with a card.

use core::fmt;

/// Why a card does not do what it should.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SdError {
    /// Nothing answers: there is no card, or it was pulled.
    NoCard,
    /// The card in the slot is another one than before.
    OtherCard,
    /// No answer to the command of this number.
    NoAnswer(u8),
    /// The answer to the command of this number, or its data, came damaged.
    Damaged(u8),
    /// The card or the controller took too long over the command of this number.
    TimedOut(u8),
    /// The card refuses the command of this number, with these bits of its status.
    Refused {
        /// The command.
        command: u8,
        /// The bits of the card's status that tell of errors.
        status: u32,
    },
    /// The card is made in a way that this driver does not know.
    Unsupported(&'static str),
    /// A block behind the card's end.
    OutOfRange,
}

impl fmt::Display for SdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCard => write!(f, "there is no card in the slot"),
            Self::OtherCard => write!(f, "the card was exchanged for another one"),
            Self::NoAnswer(command) => write!(f, "the card does not answer CMD{command}"),
            Self::Damaged(command) => {
                write!(f, "what the card sent for CMD{command} was damaged: is it in firmly?")
            }
            Self::TimedOut(command) => write!(f, "the card took too long over CMD{command}"),
            Self::Refused { command, status } => {
                write!(f, "the card refused CMD{command}, with {status:#010x} in its status")
            }
            Self::Unsupported(what) => write!(f, "the card {what}: use an SD card of 3.3 volts"),
            Self::OutOfRange => write!(f, "the card ends before that block"),
        }
    }
}

impl core::error::Error for SdError {}
