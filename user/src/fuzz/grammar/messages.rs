//! Message queues and semaphores, POSIX's and System V's.

use super::records::{EVENT, PASSED, PATIENCE, ROOM};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{Half, Wide, Zeroes};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Count, Fd, Flags, Name, One, Optional, Record, Records, Size,
};
use crate::fuzz::kind::{Names, Objects};
use abi::Sysno;

const QUEUE: Kind = Fd(Objects::QUEUE);
const ATTRIBUTES: Kind = Record(&[
    Wide(One(&[0, 0o4000])),
    Wide(One(&[1, 4, 10])),
    Wide(One(&[8, 64, 8192])),
    Wide(One(&[0])),
    Zeroes(32),
]);
const NUMBERED: Kind = Kind::Ipc(2);
const SET: Kind = Kind::Ipc(1);
const MAKING: Kind = Flags(&[0o600, 0o1000, 0o1000, 0o2000]);
const OPERATIONS: Kind = Records(
    &[
        Half(Below(4)),
        Half(One(&[0, 1, 2, u64::MAX, u64::MAX - 1])),
        Half(Flags(&[0o4000, 0o4000, 0x1000])),
    ],
    4,
);

pub const ROWS: &[Row] = &[
    call(
        Sysno::MqOpen,
        &[
            Name(Names::Plain),
            Flags(&[2, 2, 1, 0o100, 0o100, 0o200, 0o4000]),
            One(&[0o600, 0o666]),
            Optional(&ATTRIBUTES),
        ],
    )
    .fd(Objects::QUEUE),
    call(Sysno::MqUnlink, &[Name(Names::Plain)]),
    call(Sysno::MqTimedsend, &[QUEUE, Buffer, Size, Below(40_000), Optional(&Record(PASSED))]),
    call(
        Sysno::MqTimedreceive,
        &[QUEUE, Buffer, One(&[8192, 64, 8]), Optional(&ROOM), Optional(&Record(PASSED))],
    ),
    call(Sysno::MqNotify, &[QUEUE, Optional(&Record(EVENT))]),
    call(Sysno::MqGetsetattr, &[QUEUE, Optional(&ATTRIBUTES), Optional(&ROOM)]),
    call(Sysno::Msgget, &[NUMBERED, MAKING]).gives(Gives::Ipc(2)),
    call(Sysno::Msgctl, &[NUMBERED, One(&[0, 1, 2, 3, 11, 12, 13]), ROOM]),
    call(
        Sysno::Msgrcv,
        &[
            NUMBERED,
            ROOM,
            Below(500),
            One(&[0, 1, 2, u64::MAX]),
            Flags(&[0o4000, 0o4000, 0o10000, 0o20000, 0o40000]),
        ],
    ),
    call(
        Sysno::Msgsnd,
        &[
            NUMBERED,
            Record(&[Wide(One(&[1, 2, 3, 0])), Zeroes(504)]),
            Below(500),
            Flags(&[0o4000, 0o4000]),
        ],
    ),
    call(Sysno::Semget, &[SET, Below(6), MAKING]).gives(Gives::Ipc(1)),
    call(
        Sysno::Semctl,
        &[SET, Below(6), One(&[0, 1, 2, 3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]), ROOM],
    ),
    call(Sysno::Semtimedop, &[SET, OPERATIONS, Count, PATIENCE]),
    call(Sysno::Semop, &[SET, OPERATIONS, Count]),
];
