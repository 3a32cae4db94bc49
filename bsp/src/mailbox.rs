//! The mailbox to the firmware, with its property interface: questions about the board, and clocks.
//!
//! A message is a list of tags in memory that both sides see; its bus address goes through the mailbox, and comes
//! back when the firmware has answered in place. The firmware is not trusted to answer sensibly: lengths are checked,
//! waits end. Source: Raspberry Pi firmware wiki, "Mailbox property interface".
//!
//! [`message`] builds any message; [`tags`] has the questions asked so far, one method each, and [`screen`] those about
//! the screen.

pub mod message;
pub mod screen;
pub mod tags;

use core::fmt;
use core::time::Duration;

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::{ReadOnly, WriteOnly};
use tock_registers::{register_bitfields, register_structs};

use crate::barrier;
use crate::mmio::Mmio;
pub use message::MessageBuffer;
use message::{CODE_WORD, Message};

register_bitfields! { u32,
    STATUS [
        /// There is nothing to read.
        EMPTY OFFSET(30) NUMBITS(1) [],
        /// There is no room to write.
        FULL OFFSET(31) NUMBITS(1) []
    ]
}

register_structs! {
    /// Mailbox 0, which the firmware writes, and mailbox 1, which it reads.
    pub MailboxRegisters {
        (0x00 => read: ReadOnly<u32>),
        (0x04 => _reserved0),
        (0x18 => read_status: ReadOnly<u32, STATUS::Register>),
        (0x1C => _reserved1),
        (0x20 => write: WriteOnly<u32>),
        (0x24 => _reserved2),
        (0x38 => write_status: ReadOnly<u32, STATUS::Register>),
        (0x3C => @END),
    }
}

/// What the driver needs from the kernel.
pub trait MailboxHost {
    /// Writes the cache lines of `len` bytes at the virtual address `start` back to memory and drops them
    /// (`dc civac` for each, then `dsb sy`). Nothing to do for uncached memory.
    fn clean_and_invalidate(&self, start: usize, len: usize);

    /// The time since any fixed point.
    fn now(&self) -> Duration;
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailboxError {
    /// The buffer lies at this address, which the firmware cannot reach or which is not aligned.
    UnreachableBuffer(u64),
    /// The tag does not fit into the message.
    MessageFull(u32),
    /// The firmware did not answer in time.
    TimedOut,
    /// The firmware answered the message with this code instead of success.
    Rejected(u32),
    /// The firmware does not know the tag, or gave less than it has to.
    Unanswered(u32),
    /// The answer to the tag has this many bytes, more than there was room for.
    TooLong {
        /// The tag.
        tag: u32,
        /// The bytes of the whole answer.
        len: usize,
    },
}

impl fmt::Display for MailboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnreachableBuffer(address) => {
                write!(
                    f,
                    "the firmware cannot reach a message at {address:#x}: use aligned memory below 1 GiB"
                )
            }
            Self::MessageFull(tag) => write!(f, "no room for tag {tag:#x} in the firmware message"),
            Self::TimedOut => write!(f, "the firmware did not answer in time"),
            Self::Rejected(code) => write!(f, "the firmware rejected the message with {code:#x}"),
            Self::Unanswered(tag) => write!(f, "the firmware did not answer tag {tag:#x}"),
            Self::TooLong { tag, len } => {
                write!(f, "the firmware's answer to tag {tag:#x} has {len} bytes, too many")
            }
        }
    }
}

impl core::error::Error for MailboxError {}

/// The driver of the mailbox, with the buffer for its messages.
pub struct Mailbox<H> {
    registers: Mmio<MailboxRegisters>,
    buffer: Mmio<MessageBuffer>,
    bus_address: u32,
    host: H,
    timeout: Duration,
    /// A message was given up on, and its answer may still come into the buffer.
    answer_outstanding: bool,
}

const PROPERTY_CHANNEL: u32 = 8;
/// Which of its views of RAM the firmware names in an answer does not matter.
const ANSWER_MASK: u32 = 0x3FFF_FFFF;
/// The VideoCore's view of the first GiB of RAM past its own cache.
const BUS_ALIAS: u32 = 0xC000_0000;
const REACHABLE_END: u64 = 0x4000_0000;
const SUCCESS: u32 = 0x8000_0000;

impl<H: MailboxHost> Mailbox<H> {
    /// Takes the mailbox and a buffer for messages, which lies at `buffer_physical` and is used for nothing else.
    ///
    /// No question takes much longer than `timeout`; the firmware may need some 100 ms.
    pub fn new(
        registers: Mmio<MailboxRegisters>,
        buffer: Mmio<MessageBuffer>,
        buffer_physical: u64,
        host: H,
        timeout: Duration,
    ) -> Result<Self, MailboxError> {
        let last = buffer_physical.saturating_add(size_of::<MessageBuffer>() as u64);
        let aligned = buffer_physical.is_multiple_of(align_of::<MessageBuffer>() as u64);
        match u32::try_from(buffer_physical) {
            Ok(address) if aligned && last <= REACHABLE_END => Ok(Self {
                registers,
                buffer,
                bus_address: BUS_ALIAS | address,
                host,
                timeout,
                answer_outstanding: false,
            }),
            _ => Err(MailboxError::UnreachableBuffer(buffer_physical)),
        }
    }

    /// Begins a message.
    pub fn message(&mut self) -> Message<'_, H> {
        Message::new(self)
    }

    /// Lets the firmware answer what is in the buffer.
    fn exchange(&mut self) -> Result<(), MailboxError> {
        self.hand_over()?;
        self.wait_for_answer()?;
        self.synchronise_buffer();
        match self.buffer.words[CODE_WORD].get() {
            SUCCESS => Ok(()),
            code => Err(MailboxError::Rejected(code)),
        }
    }

    /// Tells the firmware that there is a message in the buffer.
    fn hand_over(&mut self) -> Result<(), MailboxError> {
        self.synchronise_buffer();
        self.wait_while(|registers| registers.write_status.is_set(STATUS::FULL))?;
        self.registers.write.set(self.bus_address | PROPERTY_CHANNEL);
        self.answer_outstanding = true;
        Ok(())
    }

    /// Makes sure that the firmware is done with the buffer before it is filled anew.
    fn reclaim_buffer(&mut self) -> Result<(), MailboxError> {
        if self.answer_outstanding { self.wait_for_answer() } else { Ok(()) }
    }

    fn wait_for_answer(&mut self) -> Result<(), MailboxError> {
        let ours = (self.bus_address | PROPERTY_CHANNEL) & ANSWER_MASK;
        let deadline = self.deadline();
        loop {
            let something = !self.registers.read_status.is_set(STATUS::EMPTY);
            // Answers on other channels are for nobody.
            if something && self.registers.read.get() & ANSWER_MASK == ours {
                self.answer_outstanding = false;
                return Ok(());
            }
            self.check_deadline(deadline)?;
        }
    }

    fn wait_while(&self, busy: impl Fn(&MailboxRegisters) -> bool) -> Result<(), MailboxError> {
        let deadline = self.deadline();
        while busy(&self.registers) {
            self.check_deadline(deadline)?;
        }
        Ok(())
    }

    fn deadline(&self) -> Duration {
        self.host.now().saturating_add(self.timeout)
    }

    fn check_deadline(&self, deadline: Duration) -> Result<(), MailboxError> {
        core::hint::spin_loop();
        if self.host.now() < deadline { Ok(()) } else { Err(MailboxError::TimedOut) }
    }

    /// Orders buffer and mailbox, and gives memory and caches the same content.
    fn synchronise_buffer(&self) {
        barrier::complete_all();
        self.host.clean_and_invalidate(self.buffer.address(), size_of::<MessageBuffer>());
        barrier::complete_all();
    }
}

#[cfg(test)]
mod tests;
