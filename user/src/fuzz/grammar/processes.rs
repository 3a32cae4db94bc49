//! Calls that make, end and describe processes and threads.

use super::records::{ROOM, WORDS};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{Wide, Word};
use crate::fuzz::kind::Kind::{
    self, Any, Below, Buffer, Fd, Flags, One, Optional, Owner, Path, Pid, Place, Record, Records,
    Size, Tid,
};
use crate::fuzz::kind::{Names, Objects, Paths};
use abi::Sysno;

const CHANGES_ITSELF: &str = "the process could do little after it";
const LIMITS: &[u64] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const LIMIT: Kind =
    Record(&[Wide(One(&[u64::MAX, 0, 1, 16, 4096, 1 << 20])), Wide(One(&[u64::MAX, 16, 1 << 20]))]);
const CLONE: &[u64] = &[
    17, 17, 17, 0, 0x100, 0x200, 0x400, 0x4000, 0x8000, 0x1000, 0x40000, 0x10_0000, 0x20_0000,
    0x100_0000,
];
const WAITING: Kind = Flags(&[1, 1, 1, 2, 4, 4, 8, 0x100_0000]);

pub const ROWS: &[Row] = &[
    call(Sysno::Clone, &[Flags(CLONE), One(&[0]), ROOM, One(&[0]), ROOM])
        .gives(Gives::Child)
        .rare(8),
    call(Sysno::Execve, &[Path(Paths::Program), WORDS, WORDS])
        .child("nothing of the fuzzer is left after it"),
    call(Sysno::Execveat, &[Place, Path(Paths::Program), WORDS, WORDS, Flags(&[0x100, 0x1000])])
        .child("nothing of the fuzzer is left after it"),
    call(Sysno::Exit, &[Below(256)]).child("the caller ends"),
    call(Sysno::ExitGroup, &[Below(256)]).child("the caller ends"),
    call(Sysno::Wait4, &[Pid, Optional(&ROOM), One(&[1, 1, 3, 9, 11]), Optional(&ROOM)]),
    call(Sysno::Waitid, &[Below(4), Pid, Optional(&ROOM), WAITING, Optional(&ROOM)]),
    call(Sysno::SetTidAddress, &[Kind::Futex]),
    call(Sysno::Personality, &[One(&[0, 0xFFFF_FFFF, 0x40000])]),
    call(
        Sysno::Capget,
        &[Record(&[Word(One(&[0x2008_0522, 0x1998_0330])), Word(Pid)]), Optional(&ROOM)],
    ),
    call(Sysno::Capset, &[Record(&[Word(One(&[0x2008_0522])), Word(Pid)]), ROOM])
        .child(CHANGES_ITSELF),
    call(Sysno::SchedSetparam, &[Tid, Record(&[Word(Below(100))])])
        .user_only("a process of root that never yields would hold up everybody"),
    call(
        Sysno::SchedSetscheduler,
        &[Tid, One(&[0, 1, 2, 3, 5, 0x4000_0000]), Record(&[Word(Below(100))])],
    )
    .user_only("a process of root that never yields would hold up everybody"),
    call(Sysno::SchedGetscheduler, &[Tid]),
    call(Sysno::SchedGetparam, &[Tid, ROOM]),
    call(
        Sysno::SchedSetaffinity,
        &[Tid, One(&[8, 4, 128]), Record(&[Wide(One(&[1, 2, 4, 8, 15, 6])), Wide(One(&[0]))])],
    ),
    call(Sysno::SchedGetaffinity, &[Tid, One(&[8, 128]), ROOM]),
    call(Sysno::SchedGetPriorityMax, &[Below(7)]),
    call(Sysno::SchedGetPriorityMin, &[Below(7)]),
    call(Sysno::SchedRrGetInterval, &[Tid, ROOM]),
    call(Sysno::Setpriority, &[Below(3), Pid, Below(20)])
        .user_only("it is for all of root's processes when it is asked for by the user"),
    call(Sysno::Getpriority, &[Below(3), Pid]),
    call(Sysno::Setregid, &[Owner, Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setgid, &[Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setreuid, &[Owner, Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setuid, &[Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setresuid, &[Owner, Owner, Owner]).child(CHANGES_ITSELF),
    call(Sysno::Getresuid, &[ROOM, ROOM, ROOM]),
    call(Sysno::Setresgid, &[Owner, Owner, Owner]).child(CHANGES_ITSELF),
    call(Sysno::Getresgid, &[ROOM, ROOM, ROOM]),
    call(Sysno::Setfsuid, &[Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setfsgid, &[Owner]).child(CHANGES_ITSELF),
    call(Sysno::Setgroups, &[Kind::Below(34), Records(&[Word(Owner)], 34)]).child(CHANGES_ITSELF),
    call(Sysno::Getgroups, &[Below(40), ROOM]),
    call(Sysno::Times, &[Optional(&ROOM)]),
    call(Sysno::Setpgid, &[Pid, Pid]),
    call(Sysno::Getpgid, &[Pid]),
    call(Sysno::Getsid, &[Pid]),
    call(Sysno::Setsid, &[]),
    call(Sysno::Getrlimit, &[One(LIMITS), ROOM]),
    call(Sysno::Setrlimit, &[One(LIMITS), LIMIT]).child(CHANGES_ITSELF),
    call(Sysno::Prlimit64, &[Pid, One(LIMITS), Optional(&LIMIT), Optional(&ROOM)])
        .child(CHANGES_ITSELF),
    call(Sysno::Getrusage, &[One(&[0, 1, u64::MAX]), ROOM]),
    call(
        Sysno::Prctl,
        &[One(&[15, 16, 1, 2, 3, 4, 22, 38, 39]), Optional(&Kind::Name(Names::Plain)), Any],
    ),
    call(Sysno::Getpid, &[]),
    call(Sysno::Getppid, &[]),
    call(Sysno::Getuid, &[]),
    call(Sysno::Geteuid, &[]),
    call(Sysno::Getgid, &[]),
    call(Sysno::Getegid, &[]),
    call(Sysno::Gettid, &[]),
    call(Sysno::PidfdOpen, &[Pid, One(&[0, 0o4000])]).fd(Objects::PROCESS),
    call(Sysno::PidfdGetfd, &[Fd(Objects::PROCESS), Below(64), One(&[0])]).fd(Objects::ALL),
    call(Sysno::ProcessList, &[Buffer, Below(16)]),
    call(Sysno::Uname, &[ROOM]),
    call(Sysno::Sethostname, &[Buffer, Size]).user_only("root would rename the machine"),
    call(Sysno::Setdomainname, &[Buffer, Size]).user_only("root would rename the machine"),
];
