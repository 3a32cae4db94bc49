//! Names of Linux's headers.

use super::Names;
use abi::epoll::{EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD};
use abi::terminal as tty;
use abi::trace::Set;

/// The names of a set of Linux's.
#[allow(clippy::too_many_lines, reason = "one table for each set")]
pub fn of(set: Set) -> Option<Names> {
    Some(match set {
        Set::Open | Set::PipeFlags | Set::EpollCreate => OPEN,
        Set::Access => &[(1, "X_OK"), (2, "W_OK"), (4, "R_OK")],
        Set::At => &[
            (0x100, "AT_SYMLINK_NOFOLLOW"),
            (0x200, "AT_EACCESS"),
            (0x400, "AT_SYMLINK_FOLLOW"),
            (0x800, "AT_NO_AUTOMOUNT"),
            (0x1000, "AT_EMPTY_PATH"),
        ],
        Set::Unmount => &[(0x200, "AT_REMOVEDIR")],
        Set::AdviceFile => &[
            (0, "POSIX_FADV_NORMAL"),
            (1, "POSIX_FADV_RANDOM"),
            (2, "POSIX_FADV_SEQUENTIAL"),
            (3, "POSIX_FADV_WILLNEED"),
            (4, "POSIX_FADV_DONTNEED"),
            (5, "POSIX_FADV_NOREUSE"),
        ],
        Set::AdviceMemory => &[
            (0, "MADV_NORMAL"),
            (1, "MADV_RANDOM"),
            (2, "MADV_SEQUENTIAL"),
            (3, "MADV_WILLNEED"),
            (4, "MADV_DONTNEED"),
            (8, "MADV_FREE"),
            (10, "MADV_DONTFORK"),
            (11, "MADV_DOFORK"),
            (12, "MADV_MERGEABLE"),
            (17, "MADV_DODUMP"),
            (18, "MADV_WIPEONFORK"),
            (19, "MADV_KEEPONFORK"),
            (21, "MADV_PAGEOUT"),
        ],
        Set::Barrier => &[
            (0, "MEMBARRIER_CMD_QUERY"),
            (1, "MEMBARRIER_CMD_GLOBAL"),
            (2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
            (4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
            (8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
            (16, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"),
        ],
        Set::Clock => &[
            (0, "CLOCK_REALTIME"),
            (1, "CLOCK_MONOTONIC"),
            (2, "CLOCK_PROCESS_CPUTIME_ID"),
            (3, "CLOCK_THREAD_CPUTIME_ID"),
            (4, "CLOCK_MONOTONIC_RAW"),
            (5, "CLOCK_REALTIME_COARSE"),
            (6, "CLOCK_MONOTONIC_COARSE"),
            (7, "CLOCK_BOOTTIME"),
            (11, "CLOCK_TAI"),
        ],
        Set::ClockFlags => &[(1, "TIMER_ABSTIME")],
        Set::Clone => &[
            (0x100, "CLONE_VM"),
            (0x200, "CLONE_FS"),
            (0x400, "CLONE_FILES"),
            (0x800, "CLONE_SIGHAND"),
            (0x1000, "CLONE_PIDFD"),
            (0x2000, "CLONE_PTRACE"),
            (0x4000, "CLONE_VFORK"),
            (0x8000, "CLONE_PARENT"),
            (0x1_0000, "CLONE_THREAD"),
            (0x4_0000, "CLONE_SYSVSEM"),
            (0x8_0000, "CLONE_SETTLS"),
            (0x10_0000, "CLONE_PARENT_SETTID"),
            (0x20_0000, "CLONE_CHILD_CLEARTID"),
            (0x40_0000, "CLONE_DETACHED"),
            (0x80_0000, "CLONE_UNTRACED"),
            (0x100_0000, "CLONE_CHILD_SETTID"),
        ],
        Set::CloseRange => &[(2, "CLOSE_RANGE_UNSHARE"), (4, "CLOSE_RANGE_CLOEXEC")],
        Set::EpollControl => EPOLL_CONTROL,
        Set::Fallocate => {
            &[(1, "FALLOC_FL_KEEP_SIZE"), (2, "FALLOC_FL_PUNCH_HOLE"), (16, "FALLOC_FL_ZERO_RANGE")]
        }
        Set::Fcntl => FCNTL,
        Set::FileLock => &[(1, "LOCK_SH"), (2, "LOCK_EX"), (4, "LOCK_NB"), (8, "LOCK_UN")],
        Set::FutexOperation => &[
            (0, "FUTEX_WAIT"),
            (1, "FUTEX_WAKE"),
            (3, "FUTEX_REQUEUE"),
            (4, "FUTEX_CMP_REQUEUE"),
            (5, "FUTEX_WAKE_OP"),
            (9, "FUTEX_WAIT_BITSET"),
            (10, "FUTEX_WAKE_BITSET"),
        ],
        Set::Interval => &[(0, "ITIMER_REAL"), (1, "ITIMER_VIRTUAL"), (2, "ITIMER_PROF")],
        Set::IoControl => IO_CONTROL,
        Set::Limit => &[
            (0, "RLIMIT_CPU"),
            (1, "RLIMIT_FSIZE"),
            (2, "RLIMIT_DATA"),
            (3, "RLIMIT_STACK"),
            (4, "RLIMIT_CORE"),
            (5, "RLIMIT_RSS"),
            (6, "RLIMIT_NPROC"),
            (7, "RLIMIT_NOFILE"),
            (8, "RLIMIT_MEMLOCK"),
            (9, "RLIMIT_AS"),
            (10, "RLIMIT_LOCKS"),
            (11, "RLIMIT_SIGPENDING"),
            (12, "RLIMIT_MSGQUEUE"),
            (13, "RLIMIT_NICE"),
            (14, "RLIMIT_RTPRIO"),
            (15, "RLIMIT_RTTIME"),
        ],
        Set::Map => &[
            (0x01, "MAP_SHARED"),
            (0x02, "MAP_PRIVATE"),
            (0x10, "MAP_FIXED"),
            (0x20, "MAP_ANONYMOUS"),
            (0x100, "MAP_GROWSDOWN"),
            (0x800, "MAP_DENYWRITE"),
            (0x1000, "MAP_EXECUTABLE"),
            (0x2000, "MAP_LOCKED"),
            (0x4000, "MAP_NORESERVE"),
            (0x8000, "MAP_POPULATE"),
            (0x1_0000, "MAP_NONBLOCK"),
            (0x2_0000, "MAP_STACK"),
            (0x10_0000, "MAP_FIXED_NOREPLACE"),
        ],
        Set::MemoryFile => &[(1, "MFD_CLOEXEC"), (2, "MFD_ALLOW_SEALING")],
        Set::MessageFlags => &[
            (0x1, "MSG_OOB"),
            (0x2, "MSG_PEEK"),
            (0x8, "MSG_CTRUNC"),
            (0x20, "MSG_TRUNC"),
            (0x40, "MSG_DONTWAIT"),
            (0x80, "MSG_EOR"),
            (0x100, "MSG_WAITALL"),
            (0x4000, "MSG_NOSIGNAL"),
            (0x1_0000, "MSG_WAITFORONE"),
            (0x4000_0000, "MSG_CMSG_CLOEXEC"),
        ],
        Set::MlockAll => &[(1, "MCL_CURRENT"), (2, "MCL_FUTURE"), (4, "MCL_ONFAULT")],
        Set::MountFlags => &[
            (1, "MS_RDONLY"),
            (2, "MS_NOSUID"),
            (4, "MS_NODEV"),
            (8, "MS_NOEXEC"),
            (16, "MS_SYNCHRONOUS"),
            (32, "MS_REMOUNT"),
            (1024, "MS_NOATIME"),
        ],
        Set::Msync => &[(1, "MS_ASYNC"), (2, "MS_INVALIDATE"), (4, "MS_SYNC")],
        Set::Priority => &[(0, "PRIO_PROCESS"), (1, "PRIO_PGRP"), (2, "PRIO_USER")],
        Set::Process => &[(15, "PR_SET_NAME"), (16, "PR_GET_NAME")],
        Set::Protection => &[(1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC")],
        Set::Random => &[(1, "GRND_NONBLOCK"), (2, "GRND_RANDOM"), (4, "GRND_INSECURE")],
        Set::Remap => &[(1, "MREMAP_MAYMOVE"), (2, "MREMAP_FIXED"), (4, "MREMAP_DONTUNMAP")],
        Set::Rename => &[(1, "RENAME_NOREPLACE"), (2, "RENAME_EXCHANGE"), (4, "RENAME_WHITEOUT")],
        Set::Schedule => &[
            (0, "SCHED_OTHER"),
            (1, "SCHED_FIFO"),
            (2, "SCHED_RR"),
            (3, "SCHED_BATCH"),
            (5, "SCHED_IDLE"),
        ],
        Set::Shutdown => &[(0, "SHUT_RD"), (1, "SHUT_WR"), (2, "SHUT_RDWR")],
        Set::SignalMask => &[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")],
        Set::SocketFamily => &[
            (0, "AF_UNSPEC"),
            (1, "AF_UNIX"),
            (2, "AF_INET"),
            (10, "AF_INET6"),
            (16, "AF_NETLINK"),
        ],
        Set::SocketLevel => &[(1, "SOL_SOCKET")],
        Set::SocketOption => SOCKET_OPTION,
        // The kinds come first.
        Set::SocketType => &[
            (1, "SOCK_STREAM"),
            (2, "SOCK_DGRAM"),
            (3, "SOCK_RAW"),
            (5, "SOCK_SEQPACKET"),
            (0o4000, "SOCK_NONBLOCK"),
            (0o2000000, "SOCK_CLOEXEC"),
        ],
        Set::Splice => &[
            (1, "SPLICE_F_MOVE"),
            (2, "SPLICE_F_NONBLOCK"),
            (4, "SPLICE_F_MORE"),
            (8, "SPLICE_F_GIFT"),
        ],
        Set::Statx => &[(0x7FF, "STATX_BASIC_STATS"), (0x800, "STATX_BTIME")],
        Set::SyncRange => &[
            (1, "SYNC_FILE_RANGE_WAIT_BEFORE"),
            (2, "SYNC_FILE_RANGE_WRITE"),
            (4, "SYNC_FILE_RANGE_WAIT_AFTER"),
        ],
        Set::UsageOf => {
            &[(0, "RUSAGE_SELF"), (0xFFFF_FFFF, "RUSAGE_CHILDREN"), (1, "RUSAGE_THREAD")]
        }
        Set::Wait => &[
            (1, "WNOHANG"),
            (2, "WUNTRACED"),
            (4, "WEXITED"),
            (8, "WCONTINUED"),
            (0x100_0000, "WNOWAIT"),
            (0x2000_0000, "__WNOTHREAD"),
            (0x4000_0000, "__WALL"),
            (0x8000_0000, "__WCLONE"),
        ],
        Set::WaitFor => &[(0, "P_ALL"), (1, "P_PID"), (2, "P_PGID"), (3, "P_PIDFD")],
        Set::Whence => {
            &[(0, "SEEK_SET"), (1, "SEEK_CUR"), (2, "SEEK_END"), (3, "SEEK_DATA"), (4, "SEEK_HOLE")]
        }
        Set::DepartureFlags
        | Set::Inheritance
        | Set::LockFlags
        | Set::OfferFlags
        | Set::QuotaScope
        | Set::RegionFlags
        | Set::RegionOpenFlags
        | Set::Rights
        | Set::Seals
        | Set::SubscribeFlags
        | Set::TakeFlags
        | Set::TopicPolicy
        | Set::TraceFlags => return None,
    })
}

const OPEN: Names = &[
    (0o20040000, "O_TMPFILE"),
    (0o4010000, "O_SYNC"),
    (0o100, "O_CREAT"),
    (0o200, "O_EXCL"),
    (0o400, "O_NOCTTY"),
    (0o1000, "O_TRUNC"),
    (0o2000, "O_APPEND"),
    (0o4000, "O_NONBLOCK"),
    (0o10000, "O_DSYNC"),
    (0o40000, "O_DIRECTORY"),
    (0o100000, "O_NOFOLLOW"),
    (0o200000, "O_DIRECT"),
    (0o400000, "O_LARGEFILE"),
    (0o1000000, "O_NOATIME"),
    (0o2000000, "O_CLOEXEC"),
    (0o10000000, "O_PATH"),
];

const EPOLL_CONTROL: Names = &[
    (EPOLL_CTL_ADD as u64, "EPOLL_CTL_ADD"),
    (EPOLL_CTL_DEL as u64, "EPOLL_CTL_DEL"),
    (EPOLL_CTL_MOD as u64, "EPOLL_CTL_MOD"),
];

const FCNTL: Names = &[
    (0, "F_DUPFD"),
    (1, "F_GETFD"),
    (2, "F_SETFD"),
    (3, "F_GETFL"),
    (4, "F_SETFL"),
    (5, "F_GETLK"),
    (6, "F_SETLK"),
    (7, "F_SETLKW"),
    (36, "F_OFD_GETLK"),
    (37, "F_OFD_SETLK"),
    (38, "F_OFD_SETLKW"),
    (1030, "F_DUPFD_CLOEXEC"),
    (1031, "F_SETPIPE_SZ"),
    (1032, "F_GETPIPE_SZ"),
    (1033, "F_ADD_SEALS"),
    (1034, "F_GET_SEALS"),
];

const IO_CONTROL: Names = &[
    (tty::TCGETS as u64, "TCGETS"),
    (tty::TCSETS as u64, "TCSETS"),
    (tty::TCSETSW as u64, "TCSETSW"),
    (tty::TCSETSF as u64, "TCSETSF"),
    (tty::TCSBRK as u64, "TCSBRK"),
    (tty::TCXONC as u64, "TCXONC"),
    (tty::TCFLSH as u64, "TCFLSH"),
    (tty::TIOCEXCL as u64, "TIOCEXCL"),
    (tty::TIOCNXCL as u64, "TIOCNXCL"),
    (tty::TIOCOUTQ as u64, "TIOCOUTQ"),
    (tty::TIOCNOTTY as u64, "TIOCNOTTY"),
    (tty::TIOCGETD as u64, "TIOCGETD"),
    (tty::TCSBRKP as u64, "TCSBRKP"),
    (tty::TIOCGSID as u64, "TIOCGSID"),
    (tty::TIOCGPTN as u64, "TIOCGPTN"),
    (tty::TIOCSPTLCK as u64, "TIOCSPTLCK"),
    (tty::TIOCGPTLCK as u64, "TIOCGPTLCK"),
    (tty::TIOCSCTTY as u64, "TIOCSCTTY"),
    (tty::TIOCGPGRP as u64, "TIOCGPGRP"),
    (tty::TIOCSPGRP as u64, "TIOCSPGRP"),
    (tty::TIOCGWINSZ as u64, "TIOCGWINSZ"),
    (tty::TIOCSWINSZ as u64, "TIOCSWINSZ"),
    (tty::FIONREAD as u64, "FIONREAD"),
    (tty::FIONBIO as u64, "FIONBIO"),
    (tty::FIONCLEX as u64, "FIONCLEX"),
    (tty::FIOCLEX as u64, "FIOCLEX"),
    (abi::screen::FBIOGET_VSCREENINFO as u64, "FBIOGET_VSCREENINFO"),
    (abi::screen::FBIOPUT_VSCREENINFO as u64, "FBIOPUT_VSCREENINFO"),
    (abi::screen::FBIOGET_FSCREENINFO as u64, "FBIOGET_FSCREENINFO"),
    (abi::screen::FBIOPAN_DISPLAY as u64, "FBIOPAN_DISPLAY"),
    (abi::screen::SCREEN_SHOW as u64, "SCREEN_SHOW"),
];

const SOCKET_OPTION: Names = &[
    (2, "SO_REUSEADDR"),
    (3, "SO_TYPE"),
    (4, "SO_ERROR"),
    (7, "SO_SNDBUF"),
    (8, "SO_RCVBUF"),
    (16, "SO_PASSCRED"),
    (17, "SO_PEERCRED"),
    (20, "SO_RCVTIMEO"),
    (21, "SO_SNDTIMEO"),
    (30, "SO_ACCEPTCONN"),
    (38, "SO_PROTOCOL"),
    (39, "SO_DOMAIN"),
];
