//! The lock order.

macro_rules! ranks {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The lock order: a core that holds a lock takes only locks that stand further down.
        ///
        /// Debug kernels check every acquisition and panic with both ranks.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        pub enum Rank {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rank {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

ranks! {
    /// The process table and the family ties of all processes.
    ProcessTable,
    /// The offers that nobody has claimed.
    Offers,
    /// One process's threads, command, credentials.
    Process,
    /// What a process does with signals, and which are pending.
    Signals,
    /// Which signals a thread blocks, and which are pending for it.
    ThreadSignals,
    /// One process's descriptors.
    Descriptors,
    /// A directory or a file of a file system.
    Inode,
    /// The attributes of a file, and its growth.
    FileAttributes,
    /// The offset of an open file.
    OpenFile,
    /// The locks on files.
    FileLocks,
    /// The sockets' addresses.
    SocketNames,
    /// The descriptors that are on their way in messages.
    InFlight,
    /// The numbers and keys of System V's semaphores and message queues.
    SystemV,
    /// One of these.
    SystemVObject,
    /// The names of message queues.
    MessageQueues,
    /// The files that an epoll set watches.
    Epoll,
    /// A pipe, an event counter or a message queue.
    Pipe,
    /// A trace of calls: below a process, because it goes with that.
    Trace,
    /// One end of a connection.
    Socket,
    /// The bytes that wait to be received, of each user.
    SocketQuota,
    /// The table of pseudo-terminals.
    Terminals,
    /// A terminal's line discipline.
    Terminal,
    /// What a pseudo-terminal shows to the program on its other side.
    TerminalLine,
    /// The machine's names.
    HostNames,
    /// The random generator.
    Random,
    /// A change of a region's length.
    RegionLength,
    /// The names of topics, and the views of pools.
    Topics,
    /// One topic.
    Topic,
    /// An address space.
    Space,
    /// The second address space, by number, of two that pages move between.
    SecondSpace,
    /// The regions made of program text.
    ProgramText,
    /// The segments of shared memory: below an address space, because they go with their last view.
    Segments,
    /// The names of regions: below an address space, because a region's last view may take its
    /// name away.
    RegionNames,
    /// A region's tables and length.
    Region,
    /// Who stands in line to copy a region's bytes.
    RegionTurns,
    /// The locks of all regions.
    RegionLocks,
    /// The last changes of a region.
    RegionChanges,
    /// The address spaces that have the same views.
    Sharers,
    /// What is used of the quotas.
    Quotas,
    /// The addresses that regions have in all processes.
    Commons,
    /// The numbers of address spaces.
    Asids,
    /// A bucket of the futex table.
    Futex,
    /// The second bucket, by number, of two that a waiter moves between.
    SecondFutex,
    /// The waiters of a wait queue.
    WaitQueue,
    /// The timers of a process.
    Alarms,
    /// One of these timers.
    Alarm,
    /// The deadlines of a core.
    Timers,
    /// The threads that wait for a core.
    RunQueue,
    /// What a core is doing.
    Core,
    /// The groups that a process is in.
    Groups,
    /// The card's files that nobody refers to any more.
    CardLeft,
    /// A size class of the kernel heap.
    Heap,
    /// A core's own free frames.
    FrameCache,
    /// The free frames that all cores share.
    Frames,
    /// The calls without a meaning that programs have made.
    UnknownCalls,
    /// The kernel's log.
    Log,
}
