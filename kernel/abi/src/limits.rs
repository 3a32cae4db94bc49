//! Limits that programs can count on.

/// The size of a page.
pub const PAGE_SIZE: usize = 4096;
/// The longest path, its NUL included.
pub const PATH_MAX: usize = 4096;
/// The longest name of a file or region.
pub const NAME_MAX: usize = 255;
/// Descriptors of one process.
pub const OPEN_MAX: usize = 256;
/// A write to a pipe of at most this size is atomic.
pub const PIPE_BUF: usize = 4096;
/// Bytes that a pipe holds.
pub const PIPE_CAPACITY: usize = 65536;
/// Bytes of arguments and environment that exec takes.
pub const ARG_MAX: usize = 2 * 1024 * 1024;
/// The longest single argument, its NUL included.
pub const ARG_STRING_MAX: usize = 131_072;
/// Processes in the system.
pub const PROCESS_MAX: usize = 4096;
/// Of the processes, and of the threads, so many can be made by root alone: whatever users do, root can
/// still look and end it.
pub const ROOT_RESERVE: usize = 128;
/// Real-time signals that wait in one queue.
pub const SIGNAL_QUEUE_MAX: usize = 1024;
/// Timers of one process.
pub const TIMER_MAX: usize = 256;
/// Threads in the system, the first ones of processes not counted.
pub const THREAD_MAX: usize = 4000;
/// A thread's name, its NUL included.
pub const THREAD_NAME_MAX: usize = 16;
/// Supplementary groups of a process.
pub const GROUPS_MAX: usize = 32;
/// Views in one address space.
pub const VIEW_MAX: usize = 65_536;
/// Offers of one process that nobody has claimed.
pub const OFFER_MAX: usize = 1024;
/// The longest region.
pub const REGION_BYTES_MAX: u64 = 1 << 36;
/// The most that a stack grows to.
pub const STACK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A process's name in listings, its NUL included.
pub const COMMAND_MAX: usize = 32;
