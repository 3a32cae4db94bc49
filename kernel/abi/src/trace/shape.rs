//! What an argument of a call is: how it is printed, and what the kernel copies of what it leads to.

use crate::epoll::EpollEvent;
use crate::file::{FileLock, OpenHow, Stat};
use crate::file_system::{StatFs, Statx};
use crate::memory::MemoryInfo;
use crate::message_queue::MessageQueueAttributes;
use crate::offer::OfferRecord;
use crate::poll::PollFd;
use crate::region::{ChangeRecord, QuotaRecord, RegionRecord, RegionRequest};
use crate::resource::{Limit, ProcessTimes, SystemUsage, Usage};
use crate::signal::{AlternateStack, SignalAction, SignalInfo};
use crate::system::{SystemInfo, SystemName};
use crate::terminal::{
    FIONBIO, FIONREAD, TCGETS, TCSETS, TCSETSF, TCSETSW, TIOCGPGRP, TIOCGPTN, TIOCGSID, TIOCGWINSZ,
    TIOCSPGRP, TIOCSPTLCK, TIOCSWINSZ, Termios, WindowSize,
};
use crate::time::{IntervalTime, SignalEvent, TimeSpec, TimeValue, TimerTime};
use crate::topic::{FreedRecord, MessageRecord, TopicRecord, TopicRequest};

/// Which way what is at an address goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// The call reads it: it is copied before the call.
    In,
    /// The call fills it: it is copied after the call, unless that has failed.
    Out,
    /// Both.
    Both,
}

impl Way {
    /// Whether the call reads it.
    pub const fn is_in(self) -> bool {
        matches!(self, Self::In | Self::Both)
    }

    /// Whether the call fills it.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Out | Self::Both)
    }
}

/// What an argument is. Numbers in here are those of other arguments, from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A signed number of 32 bits.
    Int,
    /// A signed number of 64 bits.
    Long,
    /// A number.
    Unsigned,
    /// A number that is read best in hexadecimal.
    Hex,
    /// Permission bits.
    Octal,
    /// An address that leads to nothing that is shown.
    Address,
    /// A descriptor.
    Fd,
    /// A descriptor of a directory, or `AT_FDCWD`.
    Directory,
    /// A signal's number.
    Signal,
    /// One of some names.
    One(Set),
    /// Several of them.
    Flags(Set),
    /// Permission bits that count only if the flags in that argument have a file made.
    CreationMode(u8),
    /// A path, up to a NUL.
    Path,
    /// A string, up to a NUL.
    Text,
    /// A name, whose length that argument tells.
    Name(u8),
    /// Bytes that the call reads, as many as that argument tells.
    Bytes(u8),
    /// Bytes that the call fills, as many as it returns; that argument tells how many there may be.
    Filled(u8),
    /// A list of buffers; that argument tells how many.
    Vector(u8, Way),
    /// A list of strings, up to a null.
    Words,
    /// The same, of which only the number is told.
    WordCount,
    /// A structure.
    Structure(Structure, Way),
    /// An array of them, as long as that argument tells.
    Array(Structure, u8, Way),
    /// A socket's address, whose length that argument tells.
    SocketAddress(u8),
    /// The same, filled by the call; that argument is the address of its length.
    SocketAddressOut(u8),
    /// The header of a message, and its buffers.
    Message(Way),
    /// What `ioctl` takes: the argument before it tells.
    Control,
    /// What `fcntl` takes: the argument before it tells.
    Command,
    /// A time, or a number: `futex`'s operation tells.
    FutexTimeout,
}

/// What a call returns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A number.
    Number,
    /// An address.
    Address,
    /// Flags, or something else that is read best in hexadecimal.
    Hex,
    /// Permission bits.
    Octal,
    /// It does not return.
    Never,
}

/// Names of numbers: flags, or one of many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "each is named after what has these names")]
pub enum Set {
    Access,
    AdviceFile,
    AdviceMemory,
    At,
    Barrier,
    Clock,
    ClockFlags,
    Clone,
    CloseRange,
    DepartureFlags,
    EpollControl,
    EpollCreate,
    Fallocate,
    Fcntl,
    FileLock,
    FutexOperation,
    Inheritance,
    Interval,
    IoControl,
    Limit,
    LockFlags,
    Map,
    MemoryFile,
    MessageFlags,
    MlockAll,
    MountFlags,
    Msync,
    OfferFlags,
    Open,
    PipeFlags,
    Priority,
    Process,
    Protection,
    QuotaScope,
    Random,
    RegionFlags,
    RegionOpenFlags,
    Remap,
    Rename,
    Rights,
    Schedule,
    Seals,
    Shutdown,
    SignalMask,
    SocketFamily,
    SocketLevel,
    SocketOption,
    SocketType,
    Splice,
    Statx,
    SubscribeFlags,
    SyncRange,
    TakeFlags,
    TopicPolicy,
    TraceFlags,
    Unmount,
    UsageOf,
    Wait,
    WaitFor,
    Whence,
}

/// A structure that is shown with its fields.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "each is named after what it is")]
pub enum Structure {
    AlternateStack,
    Change,
    Descriptors,
    EpollEvent,
    FileLock,
    FileSystem,
    Freed,
    Int,
    Interval,
    Limit,
    Long,
    Memory,
    Message,
    MessageQueue,
    Offer,
    OpenHow,
    PollFd,
    ProcessTimes,
    Quota,
    Region,
    RegionRequest,
    SignalAction,
    SignalEvent,
    SignalInfo,
    SignalSet,
    Stat,
    Statx,
    System,
    SystemName,
    SystemUsage,
    Termios,
    Time,
    TimePair,
    TimeValue,
    TimerTime,
    Topic,
    TopicRequest,
    Usage,
    WaitStatus,
    WindowSize,
}

impl Structure {
    /// Its length in bytes.
    pub const fn size(self) -> usize {
        match self {
            Self::AlternateStack => size_of::<AlternateStack>(),
            Self::Change => size_of::<ChangeRecord>(),
            Self::EpollEvent => size_of::<EpollEvent>(),
            Self::FileLock => size_of::<FileLock>(),
            Self::FileSystem => size_of::<StatFs>(),
            Self::Freed => size_of::<FreedRecord>(),
            Self::Int | Self::WaitStatus => size_of::<u32>(),
            Self::Interval => size_of::<IntervalTime>(),
            Self::Limit => size_of::<Limit>(),
            Self::ProcessTimes => size_of::<ProcessTimes>(),
            Self::Long | Self::SignalSet | Self::Descriptors => size_of::<u64>(),
            Self::Memory => size_of::<MemoryInfo>(),
            Self::Message => size_of::<MessageRecord>(),
            Self::MessageQueue => size_of::<MessageQueueAttributes>(),
            Self::Offer => size_of::<OfferRecord>(),
            Self::OpenHow => size_of::<OpenHow>(),
            Self::PollFd => size_of::<PollFd>(),
            Self::Quota => size_of::<QuotaRecord>(),
            Self::Region => size_of::<RegionRecord>(),
            Self::RegionRequest => size_of::<RegionRequest>(),
            Self::SignalAction => size_of::<SignalAction>(),
            Self::SignalEvent => size_of::<SignalEvent>(),
            Self::SignalInfo => size_of::<SignalInfo>(),
            Self::Stat => size_of::<Stat>(),
            Self::Statx => size_of::<Statx>(),
            Self::System => size_of::<SystemInfo>(),
            Self::SystemName => size_of::<SystemName>(),
            Self::SystemUsage => size_of::<SystemUsage>(),
            Self::Termios => size_of::<Termios>(),
            Self::Time => size_of::<TimeSpec>(),
            Self::TimePair => 2 * size_of::<TimeSpec>(),
            Self::TimeValue => size_of::<TimeValue>(),
            Self::TimerTime => size_of::<TimerTime>(),
            Self::Topic => size_of::<TopicRecord>(),
            Self::TopicRequest => size_of::<TopicRequest>(),
            Self::Usage => size_of::<Usage>(),
            Self::WindowSize => size_of::<WindowSize>(),
        }
    }

    /// What an `ioctl` passes, if that is shown.
    pub const fn of_control(request: u32) -> Option<(Self, Way)> {
        match request {
            TCGETS => Some((Self::Termios, Way::Out)),
            TCSETS | TCSETSW | TCSETSF => Some((Self::Termios, Way::In)),
            TIOCGWINSZ => Some((Self::WindowSize, Way::Out)),
            TIOCSWINSZ => Some((Self::WindowSize, Way::In)),
            TIOCGPGRP | TIOCGSID | TIOCGPTN | FIONREAD => Some((Self::Int, Way::Out)),
            TIOCSPGRP | TIOCSPTLCK | FIONBIO => Some((Self::Int, Way::In)),
            _ => None,
        }
    }
}
