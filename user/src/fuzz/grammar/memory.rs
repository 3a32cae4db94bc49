//! Calls that map memory, and look at that of others.

use super::records::{PARTS, ROOM};
use super::{Gives, Row, call};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Count, Fd, Flags, Offset, One, Page, Pages, Pid,
};
use crate::fuzz::kind::Objects;
use abi::Sysno;

const PROTECTION: Kind = One(&[0, 1, 3, 3, 3, 5, 7, 2, 4]);
const ADVICE: &[u64] =
    &[0, 1, 2, 3, 4, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 100];
const MAPPING: &[u64] = &[
    0x01, 0x02, 0x21, 0x22, 0x31, 0x32, 0x32, 0x11, 0x12, 0x8022, 0x8031, 0x4022, 0x10_0022,
    0x10_0021, 0x2_0022,
];
const OBJECT: Kind = Fd(Objects::LONG | Objects::DEVICE);

pub const ROWS: &[Row] = &[
    // Its new end is mostly where the playground is, so that the data stays.
    call(Sysno::Brk, &[One(&[0, 0, 0, 4096])]).rare(4),
    call(Sysno::Munmap, &[Page, Pages]),
    call(Sysno::Mremap, &[Page, Pages, Pages, One(&[0, 1, 1, 3]), Page]).gives(Gives::Address),
    call(Sysno::Mmap, &[Page, Pages, PROTECTION, One(MAPPING), OBJECT, One(&[0, 0, 4096, 8192])])
        .gives(Gives::Address),
    call(Sysno::Mprotect, &[Page, Pages, PROTECTION]),
    call(Sysno::Msync, &[Page, Pages, One(&[0, 1, 2, 4, 6])]),
    call(Sysno::Mlock, &[Page, Pages]),
    call(Sysno::Mlock2, &[Page, Pages, Below(2)]),
    call(Sysno::Munlock, &[Page, Pages]),
    call(Sysno::Mlockall, &[Flags(&[1, 2, 4])]).rare(32),
    call(Sysno::Munlockall, &[]).rare(8),
    call(Sysno::Mincore, &[Page, Pages, Buffer]),
    call(Sysno::Madvise, &[Page, Pages, One(ADVICE)]),
    call(Sysno::ProcessVmReadv, &[Kind::Peer, PARTS, Count, PARTS, Count, One(&[0])]),
    call(Sysno::ProcessVmWritev, &[Pid, PARTS, Count, PARTS, Count, One(&[0])]),
    call(
        Sysno::Shmget,
        &[
            Kind::Ipc(0),
            One(&[0, 4096, 8192, 65536, 1 << 21]),
            Flags(&[0o600, 0o1000, 0o1000, 0o2000, 0o10000]),
        ],
    )
    .gives(Gives::Ipc(0)),
    call(Sysno::Shmctl, &[Kind::Ipc(0), One(&[0, 1, 2, 3, 11, 12, 13, 14, 15]), ROOM]),
    call(Sysno::Shmat, &[Kind::Ipc(0), One(&[0]), Flags(&[0o10000, 0o20000, 0o40000, 0o100_000])])
        .gives(Gives::Address),
    call(Sysno::Shmdt, &[Kind::Mapped]),
    call(Sysno::Getcpu, &[ROOM, ROOM, Offset]),
];
