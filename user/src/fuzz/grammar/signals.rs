//! Calls that send, handle and await signals.

use super::records::{ACTION, PATIENCE, ROOM, SET_SIZE, SIGNAL_INFO, SIGNALS};
use super::{Row, call};
use crate::fuzz::kind::Field::{Wide, Word};
use crate::fuzz::kind::Kind::{self, Fd, One, Optional, Page, Pid, Record, Signal, Target, Tid};
use crate::fuzz::kind::Objects;
use abi::Sysno;

const STACK: &[crate::fuzz::Field] =
    &[Wide(Page), Word(One(&[0, 0, 2])), Word(One(&[0])), Wide(One(&[4096, 16384, 65536, 0]))];

pub const ROWS: &[Row] = &[
    call(Sysno::Kill, &[Target, Signal]).rare(4),
    call(Sysno::Tkill, &[Tid, Signal]).rare(4),
    call(Sysno::Tgkill, &[Pid, Tid, Signal]).rare(4),
    call(Sysno::Sigaltstack, &[Optional(&Record(STACK)), Optional(&ROOM)]),
    call(Sysno::RtSigsuspend, &[Record(SIGNALS), SET_SIZE]).rare(4),
    call(Sysno::RtSigaction, &[Signal, Optional(&Record(ACTION)), Optional(&ROOM), SET_SIZE]),
    call(
        Sysno::RtSigprocmask,
        &[Kind::Below(3), Optional(&Record(SIGNALS)), Optional(&ROOM), SET_SIZE],
    ),
    call(Sysno::RtSigpending, &[ROOM, SET_SIZE]),
    call(Sysno::RtSigtimedwait, &[Record(SIGNALS), Optional(&ROOM), PATIENCE, SET_SIZE]),
    call(Sysno::RtSigqueueinfo, &[Pid, Signal, Record(SIGNAL_INFO)]).rare(4),
    call(Sysno::RtTgsigqueueinfo, &[Pid, Tid, Signal, Record(SIGNAL_INFO)]).rare(4),
    call(
        Sysno::PidfdSendSignal,
        &[Fd(Objects::PROCESS), Signal, Optional(&Record(SIGNAL_INFO)), One(&[0])],
    )
    .rare(4),
    call(Sysno::RtSigreturn, &[])
        .user_child("it takes any bytes of the stack for registers, and goes on there"),
];
