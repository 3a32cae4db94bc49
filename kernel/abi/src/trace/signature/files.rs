//! Files, directories and file systems.

use super::{Signature, signatures};
use crate::Sysno;
use crate::trace::shape::Kind::{
    Bytes, Command, Control, CreationMode, Directory, Fd, Filled, Flags, Hex, Int, Long, Octal,
    One, Path, Structure as S, Text, Unsigned, Vector,
};
use crate::trace::shape::Way::{Both, In, Out};
use crate::trace::shape::{Kind, Outcome, Set, Structure};

signatures! {
    Setxattr "setxattr" (Path, Text, Bytes(3), Unsigned, Hex) Number;
    Lsetxattr "lsetxattr" (Path, Text, Bytes(3), Unsigned, Hex) Number;
    Fsetxattr "fsetxattr" (Fd, Text, Bytes(3), Unsigned, Hex) Number;
    Getxattr "getxattr" (Path, Text, Filled(3), Unsigned) Number;
    Lgetxattr "lgetxattr" (Path, Text, Filled(3), Unsigned) Number;
    Fgetxattr "fgetxattr" (Fd, Text, Filled(3), Unsigned) Number;
    Listxattr "listxattr" (Path, Filled(2), Unsigned) Number;
    Llistxattr "llistxattr" (Path, Filled(2), Unsigned) Number;
    Flistxattr "flistxattr" (Fd, Filled(2), Unsigned) Number;
    Removexattr "removexattr" (Path, Text) Number;
    Lremovexattr "lremovexattr" (Path, Text) Number;
    Fremovexattr "fremovexattr" (Fd, Text) Number;
    Getcwd "getcwd" (Filled(1), Unsigned) Number;
    Eventfd2 "eventfd2" (Unsigned, Flags(Set::PipeFlags)) Number;
    EpollCreate1 "epoll_create1" (Flags(Set::EpollCreate)) Number;
    EpollCtl "epoll_ctl" (Fd, One(Set::EpollControl), Fd, S(Structure::EpollEvent, In)) Number;
    EpollPwait "epoll_pwait" (
        Fd, Kind::Array(Structure::EpollEvent, 2, Out), Int, Int, S(Structure::SignalSet, In),
        Unsigned,
    ) Number;
    EpollPwait2 "epoll_pwait2" (
        Fd, Kind::Array(Structure::EpollEvent, 2, Out), Int, S(Structure::Time, In),
        S(Structure::SignalSet, In), Unsigned,
    ) Number;
    Dup "dup" (Fd) Number;
    Dup3 "dup3" (Fd, Fd, Flags(Set::Open)) Number;
    Fcntl "fcntl" (Fd, One(Set::Fcntl), Command) Number;
    Ioctl "ioctl" (Fd, One(Set::IoControl), Control) Number;
    Flock "flock" (Fd, Flags(Set::FileLock)) Number;
    Mknodat "mknodat" (Directory, Path, Octal, Hex) Number;
    Mkdirat "mkdirat" (Directory, Path, Octal) Number;
    Unlinkat "unlinkat" (Directory, Path, Flags(Set::Unmount)) Number;
    Symlinkat "symlinkat" (Path, Directory, Path) Number;
    Linkat "linkat" (Directory, Path, Directory, Path, Flags(Set::At)) Number;
    Renameat "renameat" (Directory, Path, Directory, Path) Number;
    Renameat2 "renameat2" (Directory, Path, Directory, Path, Flags(Set::Rename)) Number;
    Umount2 "umount2" (Path, Hex) Number;
    Mount "mount" (Path, Path, Text, Flags(Set::MountFlags), Text) Number;
    Statfs "statfs" (Path, S(Structure::FileSystem, Out)) Number;
    Fstatfs "fstatfs" (Fd, S(Structure::FileSystem, Out)) Number;
    Truncate "truncate" (Path, Long) Number;
    Ftruncate "ftruncate" (Fd, Long) Number;
    Fallocate "fallocate" (Fd, Flags(Set::Fallocate), Long, Long) Number;
    Faccessat "faccessat" (Directory, Path, Flags(Set::Access)) Number;
    Faccessat2 "faccessat2" (Directory, Path, Flags(Set::Access), Flags(Set::At)) Number;
    Chdir "chdir" (Path) Number;
    Fchdir "fchdir" (Fd) Number;
    Fchmod "fchmod" (Fd, Octal) Number;
    Fchmodat "fchmodat" (Directory, Path, Octal) Number;
    Fchmodat2 "fchmodat2" (Directory, Path, Octal, Flags(Set::At)) Number;
    Fchownat "fchownat" (Directory, Path, Int, Int, Flags(Set::At)) Number;
    Fchown "fchown" (Fd, Int, Int) Number;
    Openat "openat" (Directory, Path, Flags(Set::Open), CreationMode(2)) Number;
    Openat2 "openat2" (Directory, Path, S(Structure::OpenHow, In), Unsigned) Number;
    Close "close" (Fd) Number;
    CloseRange "close_range" (Unsigned, Unsigned, Flags(Set::CloseRange)) Number;
    Pipe2 "pipe2" (S(Structure::Descriptors, Out), Flags(Set::Open)) Number;
    Getdents64 "getdents64" (Fd, Kind::Address, Unsigned) Number;
    Lseek "lseek" (Fd, Long, One(Set::Whence)) Number;
    Read "read" (Fd, Filled(2), Unsigned) Number;
    Write "write" (Fd, Bytes(2), Unsigned) Number;
    Readv "readv" (Fd, Vector(2, Out), Unsigned) Number;
    Writev "writev" (Fd, Vector(2, In), Unsigned) Number;
    Pread64 "pread64" (Fd, Filled(2), Unsigned, Long) Number;
    Pwrite64 "pwrite64" (Fd, Bytes(2), Unsigned, Long) Number;
    Preadv "preadv" (Fd, Vector(2, Out), Unsigned, Long) Number;
    Pwritev "pwritev" (Fd, Vector(2, In), Unsigned, Long) Number;
    Preadv2 "preadv2" (Fd, Vector(2, Out), Unsigned, Long, Long, Hex) Number;
    Pwritev2 "pwritev2" (Fd, Vector(2, In), Unsigned, Long, Long, Hex) Number;
    Sendfile "sendfile" (Fd, Fd, S(Structure::Long, Both), Unsigned) Number;
    Splice "splice" (
        Fd, S(Structure::Long, Both), Fd, S(Structure::Long, Both), Unsigned, Flags(Set::Splice),
    ) Number;
    Tee "tee" (Fd, Fd, Unsigned, Flags(Set::Splice)) Number;
    Vmsplice "vmsplice" (Fd, Vector(2, In), Unsigned, Flags(Set::Splice)) Number;
    CopyFileRange "copy_file_range" (
        Fd, S(Structure::Long, Both), Fd, S(Structure::Long, Both), Unsigned, Hex,
    ) Number;
    Pselect6 "pselect6" (
        Int, S(Structure::SignalSet, Both), S(Structure::SignalSet, Both),
        S(Structure::SignalSet, Both), S(Structure::Time, In), Kind::Address,
    ) Number;
    Ppoll "ppoll" (
        Kind::Array(Structure::PollFd, 1, Both), Unsigned, S(Structure::Time, In),
        S(Structure::SignalSet, In), Unsigned,
    ) Number;
    Readlinkat "readlinkat" (Directory, Path, Filled(3), Unsigned) Number;
    Newfstatat "newfstatat" (Directory, Path, S(Structure::Stat, Out), Flags(Set::At)) Number;
    Fstat "fstat" (Fd, S(Structure::Stat, Out)) Number;
    Statx "statx" (
        Directory, Path, Flags(Set::At), Flags(Set::Statx), S(Structure::Statx, Out),
    ) Number;
    Sync "sync" () Number;
    Fsync "fsync" (Fd) Number;
    Fdatasync "fdatasync" (Fd) Number;
    Syncfs "syncfs" (Fd) Number;
    SyncFileRange "sync_file_range" (Fd, Long, Long, Flags(Set::SyncRange)) Number;
    Fadvise64 "fadvise64" (Fd, Long, Long, One(Set::AdviceFile)) Number;
    TimerfdCreate "timerfd_create" (One(Set::Clock), Flags(Set::Open)) Number;
    TimerfdSettime "timerfd_settime" (
        Fd, Flags(Set::ClockFlags), S(Structure::TimerTime, In), S(Structure::TimerTime, Out),
    ) Number;
    TimerfdGettime "timerfd_gettime" (Fd, S(Structure::TimerTime, Out)) Number;
    Utimensat "utimensat" (Directory, Path, S(Structure::TimePair, In), Flags(Set::At)) Number;
    Umask "umask" (Octal) Octal;
}
