//! Topics: messages that many publish and many read where they lie.
//!
//! A message lies in its publisher's pool, a region that all subscribers see at the publisher's
//! address. The kernel keeps the books: which messages there are, who has still to read them, and
//! who is reading.

use bitflags::bitflags;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Bytes of a topic's name, its `/` included.
pub const TOPIC_NAME_MAX: usize = 256;
/// Bytes of a type's name.
pub const TYPE_NAME_MAX: usize = 96;
/// Publishers of one topic, and subscribers of one topic.
pub const TOPIC_MEMBERS_MAX: usize = 1024;
/// The longest queue of a publisher, and the most that a subscriber looks back.
pub const TOPIC_DEPTH_MAX: u32 = 1024;
/// Messages that one subscriber may hold at a time.
pub const TOPIC_HELD_MAX: u32 = 1024;
/// Addresses that one call gives back at most.
pub const FREED_MAX: usize = 15;

/// What becomes of a message for which a publisher's queue has no room.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[repr(u32)]
pub enum TopicPolicy {
    /// The oldest one that nobody is reading leaves; who has not read it has lost it.
    #[default]
    Overwrite = 0,
    /// It is refused (`EAGAIN`) until all subscribers are done with an older one.
    Refuse = 1,
    /// Its publisher waits until then.
    Wait = 2,
}

impl TopicPolicy {
    /// The policy with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Overwrite),
            1 => Some(Self::Refuse),
            2 => Some(Self::Wait),
            _ => None,
        }
    }
}

bitflags! {
    /// Flags of `topic_subscribe`.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct SubscribeFlags: u32 {
        /// Begin with the messages that are still there, and not with the next one.
        const TRANSIENT_LOCAL = 1;
        /// Pass over messages of the same process.
        const IGNORE_LOCAL = 2;
    }
}

bitflags! {
    /// Flags of `topic_take`.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct TakeFlags: u32 {
        /// The newest message, and not the oldest of those that were not taken yet.
        const LATEST = 1;
        /// If there is no new one, the last one again.
        const AGAIN = 2;
        /// Fail with `EAGAIN` and do not wait.
        const NO_WAIT = 4;
    }
}

/// What the messages of a topic are; an empty name stands for any type.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct TypeRecord {
    /// Bytes of one message; 0 for messages of any length.
    pub size: u64,
    /// Its alignment.
    pub alignment: u64,
    /// A number that two layouts of the same size differ in.
    pub layout: u64,
    /// Bytes of the name that follow.
    pub name_length: u64,
    /// The type's name.
    pub name: [u8; TYPE_NAME_MAX],
}

impl TypeRecord {
    /// Any type.
    pub fn any() -> Self {
        Self::new_zeroed()
    }

    /// The name's bytes.
    pub fn name(&self) -> &[u8] {
        let length = (self.name_length as usize).min(self.name.len());
        &self.name[..length]
    }
}

/// What `topic_advertise` and `topic_subscribe` are asked for.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct TopicRequest {
    /// Publisher: messages that stay in its queue. Subscriber: how far it looks back.
    pub depth: u32,
    /// Publisher: [`TopicPolicy`]. Subscriber: [`SubscribeFlags`].
    pub flags: u32,
    /// Publisher: a descriptor that may write to its pool, a region with one address and one
    /// writer. Subscriber: -1.
    pub pool: i32,
    /// Permissions of a topic that is made, from which the umask is taken: reading is subscribing,
    /// writing is publishing.
    pub mode: u32,
    /// Bytes of the topic's name that follow.
    pub name_length: u64,
    /// The topic's name: `/`, and no further `/`.
    pub name: [u8; TOPIC_NAME_MAX],
    /// The messages' type.
    pub contents: TypeRecord,
}

impl TopicRequest {
    /// A request without contents.
    pub fn empty() -> Self {
        Self::new_zeroed()
    }

    /// The name's bytes.
    pub fn name(&self) -> &[u8] {
        let length = (self.name_length as usize).min(self.name.len());
        &self.name[..length]
    }
}

/// Addresses of a publisher's messages whose memory is its own again.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct FreedRecord {
    /// How many there are; if it is [`FREED_MAX`], there may be more to ask for.
    pub count: u64,
    /// The addresses.
    pub addresses: [u64; FREED_MAX],
}

/// A message that was taken.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct MessageRecord {
    /// Its number in the topic; what `topic_release` takes.
    pub entry: u64,
    /// Where it lies, in all processes.
    pub address: u64,
    /// Its bytes.
    pub length: u64,
    /// Messages between the last one taken and this one that the subscriber does not get.
    pub lost: u64,
    /// When it was published, in nanoseconds since boot.
    pub time: u64,
    /// The publisher's number in the topic.
    pub publisher: u32,
    /// The process that published it.
    pub pid: u32,
}

/// One topic, as `topic_list` and `topic_info` tell it.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct TopicRecord {
    /// Messages published since it was made.
    pub published: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Messages that are there.
    pub entries: u64,
    /// Changes of its publishers and subscribers so far.
    pub changes: u64,
    /// Publishers.
    pub publishers: u32,
    /// Subscribers.
    pub subscribers: u32,
    /// [`TopicPolicy`].
    pub policy: u32,
    /// Permissions.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// `topic_status`: the number of the member that asks. Else 0.
    pub member: u32,
    /// 0.
    pub reserved: u32,
    /// Bytes of the name that follow.
    pub name_length: u64,
    /// The name.
    pub name: [u8; TOPIC_NAME_MAX],
    /// The messages' type, as far as anybody has said.
    pub contents: TypeRecord,
}

impl TopicRecord {
    /// A record without contents, to be filled by the kernel.
    pub fn empty() -> Self {
        Self::new_zeroed()
    }

    /// The name's bytes.
    pub fn name(&self) -> &[u8] {
        let length = (self.name_length as usize).min(self.name.len());
        &self.name[..length]
    }
}

/// What a member of a topic does there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum MemberRole {
    /// It publishes.
    Publisher = 0,
    /// It subscribes.
    Subscriber = 1,
    /// It has published and gone; somebody has still to read what it left.
    Departed = 2,
}

impl MemberRole {
    /// The role with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Publisher),
            1 => Some(Self::Subscriber),
            2 => Some(Self::Departed),
            _ => None,
        }
    }
}

/// One publisher or subscriber, as `topic_members` tells it.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct MemberRecord {
    /// Where a publisher's pool begins, in all processes; 0 for a subscriber.
    pub pool_address: u64,
    /// Bytes of the pool.
    pub pool_bytes: u64,
    /// The member's number in the topic.
    pub member: u32,
    /// Its process.
    pub pid: u32,
    /// [`MemberRole`].
    pub role: u32,
    /// Its depth.
    pub depth: u32,
    /// Subscriber: messages that wait for it. Publisher: messages of it that are there.
    pub messages: u32,
    /// Subscriber: messages that it holds. Publisher: messages of it that somebody holds.
    pub held: u32,
    /// Publisher: messages that it has published. Subscriber: messages that it has taken.
    pub passed: u64,
}
