//! Calls on descriptors of files, pipes and devices.

use super::records::{NUMBER, PARTS, ROOM};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{Half, Wide, Word};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Count, Fd, Flags, Offset, One, Optional, Record, Size,
};
use crate::fuzz::kind::{Names, Objects};
use abi::Sysno;

const STREAM: Kind = Fd(Objects::STREAM);
const LONG: Kind = Fd(Objects::LONG);
const PIPE: Kind = Fd(Objects::PIPE);
const ANY: Kind = Fd(Objects::ALL);
const AT: Kind = Optional(&NUMBER);
const SPLICE: Kind = Flags(&[1, 2, 4, 8]);
const OWNER: Kind = Kind::Owner;
const MODE: Kind = One(&[0o600, 0o644, 0o666, 0o777, 0o700, 0]);

pub const ROWS: &[Row] = &[
    call(Sysno::Dup, &[ANY]).fd(Objects::ALL),
    call(Sysno::Dup3, &[ANY, Below(64), Flags(&[0o2_000_000])]).fd(Objects::ALL),
    call(
        Sysno::Fcntl,
        &[
            ANY,
            One(&[0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032, 1033, 1034]),
            Optional(&Record(&[
                Half(Below(3)),
                Half(Below(3)),
                Word(One(&[0])),
                Wide(Offset),
                Wide(Offset),
                Word(One(&[0])),
                Word(One(&[0])),
            ])),
        ],
    ),
    call(
        Sysno::Ioctl,
        &[
            ANY,
            One(&[
                0x5401,
                0x5402,
                0x5405,
                0x540E,
                0x540F,
                0x5410,
                0x5413,
                0x5414,
                0x541B,
                0x5421,
                0x5422,
                0x5429,
                0x5450,
                0x5451,
                0x8004_5430,
                0x4004_5431,
                0x802C_542A,
            ]),
            ROOM,
        ],
    ),
    call(Sysno::Flock, &[ANY, One(&[1, 2, 4, 5, 6, 8])]),
    call(Sysno::Fstatfs, &[ANY, ROOM]),
    call(Sysno::Ftruncate, &[LONG, Offset]),
    call(Sysno::Fallocate, &[LONG, One(&[0, 1, 3, 0x10, 0x11]), Offset, Offset]),
    call(Sysno::Fchdir, &[Fd(Objects::DIRECTORY)]).rare(4),
    call(Sysno::Fchmod, &[Fd(Objects::LONG | Objects::DIRECTORY), MODE]),
    call(Sysno::Fchown, &[Fd(Objects::LONG | Objects::DIRECTORY), OWNER, OWNER]),
    call(Sysno::Close, &[ANY]),
    call(Sysno::CloseRange, &[Below(300), One(&[64, 100, u32::MAX as u64]), Flags(&[2, 4])])
        .rare(16),
    call(Sysno::Pipe2, &[ROOM, Flags(&[0o4000, 0o200_000, 0o2_000_000])])
        .gives(Gives::Pair(0, Objects::PIPE)),
    call(Sysno::Getdents64, &[Fd(Objects::DIRECTORY), Buffer, Size]),
    call(Sysno::Lseek, &[LONG, Offset, Below(5)]),
    call(Sysno::Read, &[STREAM, Buffer, Size]),
    call(Sysno::Write, &[STREAM, Buffer, Size]),
    call(Sysno::Readv, &[STREAM, PARTS, Count]),
    call(Sysno::Writev, &[STREAM, PARTS, Count]),
    call(Sysno::Pread64, &[LONG, Buffer, Size, Offset]),
    call(Sysno::Pwrite64, &[LONG, Buffer, Size, Offset]),
    call(Sysno::Preadv, &[LONG, PARTS, Count, Offset]),
    call(Sysno::Pwritev, &[LONG, PARTS, Count, Offset]),
    call(Sysno::Preadv2, &[LONG, PARTS, Count, Offset, One(&[0]), Flags(&[1, 2, 8, 16])]),
    call(Sysno::Pwritev2, &[LONG, PARTS, Count, Offset, One(&[0]), Flags(&[1, 2, 4, 8, 16])]),
    call(Sysno::Sendfile, &[STREAM, LONG, AT, Below(70_000)]),
    call(Sysno::Vmsplice, &[PIPE, PARTS, Count, SPLICE]),
    call(Sysno::Splice, &[Fd(Objects::PIPE | Objects::LONG), AT, PIPE, AT, Below(70_000), SPLICE]),
    call(Sysno::Tee, &[PIPE, PIPE, Below(70_000), SPLICE]),
    call(Sysno::CopyFileRange, &[LONG, AT, LONG, AT, Below(70_000), One(&[0])]),
    call(Sysno::Fstat, &[ANY, ROOM]),
    call(Sysno::Sync, &[]).rare(32),
    call(Sysno::Fsync, &[ANY]).rare(4),
    call(Sysno::Fdatasync, &[ANY]).rare(4),
    call(Sysno::Syncfs, &[ANY]).rare(8),
    call(Sysno::SyncFileRange, &[LONG, Offset, Offset, Flags(&[1, 2, 4])]),
    call(Sysno::Fadvise64, &[LONG, Offset, Offset, Below(7)]),
    call(Sysno::MemfdCreate, &[Kind::Name(Names::Plain), Flags(&[1, 2])]).fd(Objects::MEMORY),
    call(Sysno::Fsetxattr, &[ANY, Kind::Name(Names::Plain), Buffer, Size, Below(3)]),
    call(Sysno::Fgetxattr, &[ANY, Kind::Name(Names::Plain), Buffer, Size]),
    call(Sysno::Flistxattr, &[ANY, Buffer, Size]),
    call(Sysno::Fremovexattr, &[ANY, Kind::Name(Names::Plain)]),
    call(Sysno::Getrandom, &[Buffer, Size, Flags(&[1, 2, 4])]),
    call(Sysno::Umask, &[Below(0o1000)]),
    call(Sysno::Readlinkat, &[Kind::Place, Kind::Path(crate::fuzz::Paths::Any), Buffer, Size]),
];
