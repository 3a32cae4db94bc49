//! Sockets: families, types, options, and the structures of messages.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Sockets within the machine.
pub const AF_UNIX: u16 = 1;

/// A stream of bytes.
pub const SOCK_STREAM: u32 = 1;
/// Messages, each by itself.
pub const SOCK_DGRAM: u32 = 2;
/// Without a protocol's headers.
pub const SOCK_RAW: u32 = 3;
/// Messages in a connection.
pub const SOCK_SEQPACKET: u32 = 5;
/// With a type: do not wait.
pub const SOCK_NONBLOCK: u32 = 0o4000;
/// With a type: close at exec.
pub const SOCK_CLOEXEC: u32 = 0o2000000;

/// `shutdown`: receive nothing more.
pub const SHUT_RD: u32 = 0;
/// `shutdown`: send nothing more.
pub const SHUT_WR: u32 = 1;
/// `shutdown`: both.
pub const SHUT_RDWR: u32 = 2;

/// Data out of turn, which is not offered.
pub const MSG_OOB: u32 = 1;
/// Receive, and leave it where it is.
pub const MSG_PEEK: u32 = 2;
/// There was no room for all that came with the message.
pub const MSG_CTRUNC: u32 = 8;
/// The message was longer; asked for: tell how long it was.
pub const MSG_TRUNC: u32 = 0x20;
/// Do not wait.
pub const MSG_DONTWAIT: u32 = 0x40;
/// The message is complete.
pub const MSG_EOR: u32 = 0x80;
/// Wait until the buffer is full.
pub const MSG_WAITALL: u32 = 0x100;
/// `recvmmsg`: wait for the first message only.
pub const MSG_WAITFORONE: u32 = 0x1_0000;
/// No SIGPIPE.
pub const MSG_NOSIGNAL: u32 = 0x4000;
/// Received descriptors close at exec.
pub const MSG_CMSG_CLOEXEC: u32 = 0x4000_0000;

/// Options of all sockets.
pub const SOL_SOCKET: u32 = 1;
/// Option: an address is used again at once; without meaning here.
pub const SO_REUSEADDR: u32 = 2;
/// Option: the type.
pub const SO_TYPE: u32 = 3;
/// Option: the error that waits to be told.
pub const SO_ERROR: u32 = 4;
/// Option: how much may be on its way.
pub const SO_SNDBUF: u32 = 7;
/// Option: how much may wait to be received.
pub const SO_RCVBUF: u32 = 8;
/// Option: tell who has sent a message.
pub const SO_PASSCRED: u32 = 16;
/// Option: who is at the other end.
pub const SO_PEERCRED: u32 = 17;
/// Option: how long to wait for something to receive.
pub const SO_RCVTIMEO: u32 = 20;
/// Option: how long to wait for room to send.
pub const SO_SNDTIMEO: u32 = 21;
/// Option: whether it listens.
pub const SO_ACCEPTCONN: u32 = 30;
/// Option: the protocol.
pub const SO_PROTOCOL: u32 = 38;
/// Option: the family.
pub const SO_DOMAIN: u32 = 39;

/// With a message: descriptors.
pub const SCM_RIGHTS: u32 = 1;
/// With a message: who has sent it.
pub const SCM_CREDENTIALS: u32 = 2;
/// Descriptors that one message takes.
pub const SCM_MAX_FD: usize = 253;

/// The longest path of an address.
pub const SUN_PATH_MAX: usize = 108;

/// What `sendmsg` and `recvmsg` take: Linux's `struct msghdr`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct MessageHeader {
    /// The address of the other end.
    pub name: u64,
    /// Its length.
    pub name_length: u32,
    /// Zero.
    pub padding: u32,
    /// The parts of the data.
    pub vector: u64,
    /// How many.
    pub vector_length: u64,
    /// What comes with the data.
    pub control: u64,
    /// Its length.
    pub control_length: u64,
    /// `MSG_*`, filled in by `recvmsg`.
    pub flags: u32,
    /// Zero.
    pub padding2: u32,
}

const _: () = assert!(size_of::<MessageHeader>() == 56);

/// The head of something that comes with the data: Linux's `struct cmsghdr`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ControlHeader {
    /// Bytes, this head included; the next head begins at a multiple of 8.
    pub length: u64,
    /// [`SOL_SOCKET`].
    pub level: u32,
    /// `SCM_*`.
    pub kind: u32,
}

/// Who has sent a message: Linux's `struct ucred`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct PeerCredentials {
    /// Process.
    pub pid: u32,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// One of several messages: Linux's `struct mmsghdr`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ManyHeader {
    /// The message.
    pub message: MessageHeader,
    /// Its length, filled in.
    pub length: u32,
    /// Zero.
    pub padding: u32,
}

const _: () = assert!(size_of::<ManyHeader>() == 64);
