//! Calls that wait for files, words and times.

use super::records::{
    EVENT, NUMBER, PASSED, PATIENCE, POLLED, ROOM, SET_SIZE, SIGNALS, SOON, SOON_MICROSECONDS,
    TIMER,
};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{Wide, Word};
use crate::fuzz::kind::Kind::{
    self, Any, Below, Count, Fd, Flags, Futex, One, Optional, Record, Records,
};
use crate::fuzz::kind::Objects;
use abi::Sysno;

const CLOCK: Kind = One(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]);
const EPOLL: Kind = Fd(Objects::EPOLL);
const MASK: Kind = Optional(&Record(SIGNALS));
const BITS: Kind = Optional(&Record(&[Wide(Any), Wide(Any)]));
const ROOM_FOR_EVENTS: Kind = Records(&[Wide(One(&[0])), Wide(One(&[0]))], 8);
const FUTEX: &[u64] =
    &[0, 1, 3, 4, 5, 9, 10, 128, 129, 131, 132, 133, 137, 138, 256 + 9, 0, 1, 129];

pub const ROWS: &[Row] = &[
    call(Sysno::Eventfd2, &[Below(3), Flags(&[1, 0o4000, 0o2_000_000])]).fd(Objects::EVENT),
    call(Sysno::EpollCreate1, &[One(&[0, 0o2_000_000])]).fd(Objects::EPOLL),
    call(
        Sysno::EpollCtl,
        &[
            EPOLL,
            One(&[1, 1, 2, 3]),
            Fd(Objects::ALL),
            Record(&[
                Word(Flags(&[1, 4, 8, 16, 1 << 28, 1 << 30, 1 << 31])),
                Word(One(&[0])),
                Wide(Any),
            ]),
        ],
    ),
    call(Sysno::EpollPwait, &[EPOLL, ROOM_FOR_EVENTS, Count, Below(3), MASK, SET_SIZE]),
    call(Sysno::EpollPwait2, &[EPOLL, ROOM_FOR_EVENTS, Count, PATIENCE, MASK, SET_SIZE]),
    call(
        Sysno::Pselect6,
        &[
            Below(64),
            BITS,
            BITS,
            BITS,
            Record(SOON),
            Optional(&Record(&[Wide(MASK), Wide(SET_SIZE)])),
        ],
    ),
    call(Sysno::Ppoll, &[Records(POLLED, 8), Count, PATIENCE, MASK, SET_SIZE]),
    call(
        Sysno::Signalfd4,
        &[One(&[u64::MAX]), Record(SIGNALS), SET_SIZE, Flags(&[0o4000, 0o2_000_000])],
    )
    .fd(Objects::SIGNALS),
    call(Sysno::TimerfdCreate, &[CLOCK, Flags(&[0o4000, 0o2_000_000])]).fd(Objects::TIMER),
    call(
        Sysno::TimerfdSettime,
        &[Fd(Objects::TIMER), Flags(&[1, 2]), Record(TIMER), Optional(&ROOM)],
    ),
    call(Sysno::TimerfdGettime, &[Fd(Objects::TIMER), ROOM]),
    call(Sysno::Futex, &[Futex, One(FUTEX), Below(3), PATIENCE, Futex, Any]),
    call(
        Sysno::SetRobustList,
        &[Record(&[Wide(Kind::Page), Wide(Below(64)), Wide(Futex)]), One(&[24])],
    ),
    call(Sysno::GetRobustList, &[Kind::Tid, ROOM, ROOM]),
    call(Sysno::Nanosleep, &[Record(SOON), Optional(&ROOM)]).rare(4),
    call(Sysno::ClockNanosleep, &[CLOCK, Flags(&[1]), Record(SOON), Optional(&ROOM)]).rare(4),
    call(Sysno::Getitimer, &[Below(3), ROOM]),
    call(
        Sysno::Setitimer,
        &[
            Below(3),
            Record(&[Wide(One(&[0])), Wide(Below(9000)), Wide(One(&[0])), Wide(Below(9000))]),
            Optional(&ROOM),
        ],
    ),
    call(Sysno::TimerCreate, &[CLOCK, Optional(&Record(EVENT)), ROOM]).gives(Gives::Timer(2)),
    call(Sysno::TimerGettime, &[Kind::Timer, ROOM]),
    call(Sysno::TimerGetoverrun, &[Kind::Timer]),
    call(Sysno::TimerSettime, &[Kind::Timer, Flags(&[1]), Record(TIMER), Optional(&ROOM)]),
    call(Sysno::TimerDelete, &[Kind::Timer]),
    call(Sysno::ClockSettime, &[CLOCK, Record(PASSED)])
        .user_only("root would set everybody's clock"),
    call(Sysno::ClockGettime, &[CLOCK, ROOM]),
    call(Sysno::ClockGetres, &[CLOCK, Optional(&ROOM)]),
    call(Sysno::Gettimeofday, &[Optional(&ROOM), Optional(&ROOM)]),
    call(Sysno::Settimeofday, &[Optional(&Record(SOON_MICROSECONDS)), Optional(&NUMBER)])
        .user_only("root would set everybody's clock"),
    call(Sysno::SchedYield, &[]),
    call(Sysno::Membarrier, &[One(&[0, 1, 2, 4, 8, 16, 32, 64]), Below(2), Below(5)]),
];
