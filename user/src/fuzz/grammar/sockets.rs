//! Sockets.

use super::records::{PARTS, PATIENCE, ROOM};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{self, Half, Wide, Word, Zeroes};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Count, Fd, Flags, One, Optional, Record, Records, Size,
};
use crate::fuzz::kind::Objects;
use abi::Sysno;

const SOCKET: Kind = Fd(Objects::SOCKET);
const KIND: Kind = One(&[1, 2, 5, 1 | 0o4000, 2 | 0o4000, 5 | 0o4000, 1 | 0o2_000_000, 3]);
/// The family, and "stress-s0" as a path or as an abstract name.
const ADDRESS: Kind = Record(&[
    Half(One(&[1, 1, 1, 0, 2])),
    Half(One(&[0x7473, 0x7473, 0])),
    Word(One(&[0x7373_6572])),
    Word(One(&[0x0000_3073, 0x0000_3173, 0x3073_732D])),
    Zeroes(98),
]);
const ADDRESS_LENGTH: Kind = One(&[110, 110, 12, 16, 2]);
const LENGTH: Kind = Record(&[Word(One(&[110, 16, 0, 2]))]);
const FLAGS: Kind = Flags(&[0x40, 0x40, 0x4000, 2, 0x20, 0x80, 0x100, 0x4000_0000]);
const CONTROL: &[Field] = &[
    Wide(One(&[20, 24, 28, 16])),
    Word(One(&[1])),
    Word(One(&[1, 2])),
    Word(Fd(Objects::ALL)),
    Word(Fd(Objects::ALL)),
    Word(One(&[0])),
    Zeroes(4),
];
const MESSAGE: &[Field] = &[
    Wide(Optional(&ADDRESS)),
    Word(ADDRESS_LENGTH),
    Word(One(&[0])),
    Wide(PARTS),
    Wide(Count),
    Wide(Optional(&Record(CONTROL))),
    Wide(One(&[0, 20, 24, 40])),
    Word(One(&[0])),
    Word(One(&[0])),
];
const MESSAGES: &[Field] = &[
    Wide(One(&[0])),
    Wide(One(&[0])),
    Wide(PARTS),
    Wide(Count),
    Wide(Optional(&Record(CONTROL))),
    Wide(One(&[0, 24])),
    Wide(One(&[0])),
    Wide(One(&[0])),
];

pub const ROWS: &[Row] = &[
    call(Sysno::Socket, &[One(&[1, 1, 1, 2, 10]), KIND, One(&[0])]).fd(Objects::SOCKET),
    call(Sysno::Socketpair, &[One(&[1]), KIND, One(&[0]), ROOM])
        .gives(Gives::Pair(3, Objects::SOCKET)),
    call(Sysno::Bind, &[SOCKET, ADDRESS, ADDRESS_LENGTH]),
    call(Sysno::Listen, &[SOCKET, Below(6)]),
    call(Sysno::Accept, &[SOCKET, Optional(&ROOM), LENGTH]).fd(Objects::SOCKET),
    call(Sysno::Accept4, &[SOCKET, Optional(&ROOM), LENGTH, Flags(&[0o4000, 0o2_000_000])])
        .fd(Objects::SOCKET),
    call(Sysno::Connect, &[SOCKET, ADDRESS, ADDRESS_LENGTH]),
    call(Sysno::Getsockname, &[SOCKET, ROOM, LENGTH]),
    call(Sysno::Getpeername, &[SOCKET, ROOM, LENGTH]),
    call(Sysno::Sendto, &[SOCKET, Buffer, Size, FLAGS, Optional(&ADDRESS), ADDRESS_LENGTH]),
    call(Sysno::Recvfrom, &[SOCKET, Buffer, Size, FLAGS, Optional(&ROOM), Optional(&LENGTH)]),
    call(
        Sysno::Setsockopt,
        &[
            SOCKET,
            One(&[1]),
            One(&[2, 7, 8, 16, 20, 21, 30, 3]),
            Record(&[Wide(Below(100_000)), Wide(Below(999))]),
            One(&[4, 8, 16]),
        ],
    ),
    call(
        Sysno::Getsockopt,
        &[SOCKET, One(&[1]), One(&[2, 3, 4, 7, 8, 16, 17, 20, 21, 30, 38, 39]), ROOM, LENGTH],
    ),
    call(Sysno::Shutdown, &[SOCKET, Below(3)]),
    call(Sysno::Sendmsg, &[SOCKET, Record(MESSAGE), FLAGS]),
    call(Sysno::Recvmsg, &[SOCKET, Record(MESSAGE), FLAGS]),
    call(Sysno::Sendmmsg, &[SOCKET, Records(MESSAGES, 3), Count, FLAGS]),
    call(Sysno::Recvmmsg, &[SOCKET, Records(MESSAGES, 3), Count, FLAGS, PATIENCE]),
];
