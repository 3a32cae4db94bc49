//! Kinds of arguments: what a call expects in a register, or in a field of a structure.

/// Kinds of objects that descriptors stand for, one bit each.
pub struct Objects;

impl Objects {
    /// A file.
    pub const FILE: u32 = 1;
    /// A directory.
    pub const DIRECTORY: u32 = 1 << 1;
    /// An end of a pipe.
    pub const PIPE: u32 = 1 << 2;
    /// A socket.
    pub const SOCKET: u32 = 1 << 3;
    /// A counter of events.
    pub const EVENT: u32 = 1 << 4;
    /// A set of descriptors to be waited for.
    pub const EPOLL: u32 = 1 << 5;
    /// A timer.
    pub const TIMER: u32 = 1 << 6;
    /// Signals, to be read.
    pub const SIGNALS: u32 = 1 << 7;
    /// A process.
    pub const PROCESS: u32 = 1 << 8;
    /// A file in memory without a name.
    pub const MEMORY: u32 = 1 << 9;
    /// A region.
    pub const REGION: u32 = 1 << 10;
    /// A publisher of a topic.
    pub const PUBLISHER: u32 = 1 << 11;
    /// A subscriber of a topic.
    pub const SUBSCRIBER: u32 = 1 << 12;
    /// A message queue.
    pub const QUEUE: u32 = 1 << 13;
    /// A device.
    pub const DEVICE: u32 = 1 << 14;
    /// Offers to the process.
    pub const OFFERS: u32 = 1 << 15;
    /// A region that messages of topics can lie in.
    pub const POOL: u32 = 1 << 16;
    /// A trace of other processes' calls.
    pub const TRACE: u32 = 1 << 17;
    /// How many kinds there are.
    pub const KINDS: u32 = 18;
    /// Any of them.
    pub const ALL: u32 = (1 << Self::KINDS) - 1;
    /// What can be written to and read from.
    pub const STREAM: u32 = Self::FILE
        | Self::PIPE
        | Self::SOCKET
        | Self::EVENT
        | Self::MEMORY
        | Self::REGION
        | Self::DEVICE
        | Self::QUEUE
        | Self::OFFERS
        | Self::TIMER
        | Self::SIGNALS;
    /// What has a length.
    pub const LONG: u32 = Self::FILE | Self::MEMORY | Self::REGION;
}

/// Where a path may lead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Paths {
    /// Into the process's own directory: the call may change what it finds.
    Own,
    /// Anywhere: the call only looks.
    Any,
    /// To a program.
    Program,
}

/// What a name is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Names {
    /// A region or a topic: it begins with a slash.
    Slash,
    /// A message queue, an attribute, a thread: it does not.
    Plain,
}

/// What is expected in a register or a field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A descriptor that stands for one of these [`Objects`].
    Fd(u32),
    /// A descriptor of a directory, or the current one.
    Place,
    /// The address of a path.
    Path(Paths),
    /// The address of a name that ends with a NUL.
    Name(Names),
    /// The address of a name whose length follows.
    Named(Names),
    /// The length of the name before.
    NameLength,
    /// One of some numbers.
    One(&'static [u64]),
    /// A union of some numbers.
    Flags(&'static [u64]),
    /// A number below a limit.
    Below(u64),
    /// The address of some bytes, whose number may follow.
    Buffer,
    /// How many bytes there are from the address before.
    Size,
    /// The address of a structure.
    Record(&'static [Field]),
    /// The address of so many structures at most.
    Records(&'static [Field], u64),
    /// How many structures there are from the address before.
    Count,
    /// Null as often as not.
    Optional(&'static Kind),
    /// The address of a page that may be mapped anew.
    Page,
    /// Bytes of some pages.
    Pages,
    /// The address of a word that others see.
    Futex,
    /// An address where something was mapped.
    Mapped,
    /// The address of code that handles a signal.
    Handler,
    /// A process.
    Pid,
    /// A process that runs beside this one.
    Peer,
    /// The first address of pages that processes give to each other.
    Deal,
    /// An address in the pool of the process's messages.
    Pool,
    /// A message of a topic.
    Entry,
    /// A process, a process group (negative), or all (0).
    Target,
    /// A thread.
    Tid,
    /// A signal.
    Signal,
    /// A set of signals, as a number.
    SignalSet,
    /// A user or a group.
    Owner,
    /// A place in a file.
    Offset,
    /// A key or a number in one of System V's three tables: segments, semaphores, messages.
    Ipc(usize),
    /// A timer's number.
    Timer,
    /// Anything.
    Any,
}

/// A part of a structure.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// 8 bytes.
    Wide(Kind),
    /// 4 bytes.
    Word(Kind),
    /// 2 bytes.
    Half(Kind),
    /// Zeroes.
    Zeroes(usize),
    /// The length of a name in 8 bytes, and the name with so much room.
    Text(Names, usize),
}

impl Field {
    /// Bytes of the part.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Wide(_) => 8,
            Self::Word(_) => 4,
            Self::Half(_) => 2,
            Self::Zeroes(bytes) => bytes,
            Self::Text(_, room) => 8 + room,
        }
    }
}
