//! POSIX message queues: what `mq_open` and `mq_getsetattr` tell and take.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Priorities of messages are below this.
pub const MQ_PRIO_MAX: u32 = 32_768;
/// Queues that there can be at a time; root makes more.
pub const QUEUES_MAX: usize = 256;
/// Messages in a queue whose maker does not say, and the most for others than root.
pub const MESSAGES_MAX: i64 = 10;
/// The most messages for root.
pub const MESSAGES_MAX_OF_ROOT: i64 = 65_536;
/// Bytes of a message in a queue whose maker does not say, and the most for others than root.
pub const MESSAGE_BYTES_MAX: i64 = 8192;
/// The most bytes of a message for root.
pub const MESSAGE_BYTES_MAX_OF_ROOT: i64 = 16 << 20;

/// What a queue is like (`struct mq_attr`).
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct MessageQueueAttributes {
    /// `O_NONBLOCK` or 0: of the open file, not of the queue.
    pub flags: i64,
    /// Messages that it holds.
    pub messages_max: i64,
    /// Bytes of one.
    pub bytes_max: i64,
    /// Messages that are in it.
    pub messages: i64,
    /// Not used.
    pub reserved: [i64; 4],
}

impl MessageQueueAttributes {
    /// Of a queue that holds no message yet.
    pub const fn new(messages_max: i64, bytes_max: i64) -> Self {
        Self { flags: 0, messages_max, bytes_max, messages: 0, reserved: [0; 4] }
    }
}

const _: () = assert!(size_of::<MessageQueueAttributes>() == 64);
