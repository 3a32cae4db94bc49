//! Calls on paths.

use super::records::{PASSED, ROOM};
use super::{Row, call};
use crate::fuzz::kind::Field::{Wide, Zeroes};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Flags, Offset, One, Optional, Owner, Path, Place, Record, Size,
};
use crate::fuzz::kind::{Names, Objects, Paths};
use abi::Sysno;

const OWN: Kind = Path(Paths::Own);
const ANY: Kind = Path(Paths::Any);
const ATTRIBUTE: Kind = Kind::Name(Names::Plain);
const MODE: Kind = One(&[0o600, 0o644, 0o666, 0o777, 0o700, 0]);
const OPENING: Kind = Flags(&[
    1,
    2,
    2,
    0o100,
    0o100,
    0o200,
    0o400,
    0o1000,
    0o2000,
    0o4000,
    0o10000,
    0o40000,
    0o100_000,
    0o2_000_000,
    0o10_000_000,
    0o20_000_000,
]);
const OPENED: u32 = Objects::FILE | Objects::DIRECTORY;
const MAKING: &[u64] = &[0o100_644, 0o10_666, 0o20_600, 0o60_600, 0o140_600, 0o644];
const AT: Kind = Flags(&[0x100, 0x200, 0x400, 0x1000]);

pub const ROWS: &[Row] = &[
    call(Sysno::Setxattr, &[OWN, ATTRIBUTE, Buffer, Size, Below(3)]),
    call(Sysno::Lsetxattr, &[OWN, ATTRIBUTE, Buffer, Size, Below(3)]),
    call(Sysno::Getxattr, &[ANY, ATTRIBUTE, Buffer, Size]),
    call(Sysno::Lgetxattr, &[ANY, ATTRIBUTE, Buffer, Size]),
    call(Sysno::Listxattr, &[ANY, Buffer, Size]),
    call(Sysno::Llistxattr, &[ANY, Buffer, Size]),
    call(Sysno::Removexattr, &[OWN, ATTRIBUTE]),
    call(Sysno::Lremovexattr, &[OWN, ATTRIBUTE]),
    call(Sysno::Getcwd, &[Buffer, Size]),
    call(Sysno::Mknodat, &[Place, OWN, One(MAKING), One(&[0, 0x103, 0x105])]),
    call(Sysno::Mkdirat, &[Place, OWN, MODE]),
    call(Sysno::Unlinkat, &[Place, OWN, One(&[0, 0, 0x200])]),
    call(Sysno::Symlinkat, &[OWN, Place, OWN]),
    call(Sysno::Linkat, &[Place, OWN, Place, OWN, Flags(&[0x400, 0x1000])]),
    call(Sysno::Renameat, &[Place, OWN, Place, OWN]),
    call(Sysno::Renameat2, &[Place, OWN, Place, OWN, One(&[0, 1, 2, 4])]),
    call(Sysno::Umount2, &[ANY, Flags(&[1, 2, 4, 8])])
        .user_only("root would take the card's files away from everybody"),
    call(Sysno::Mount, &[ANY, ANY, ATTRIBUTE, Flags(&[1, 2, 4, 8, 32]), Optional(&ATTRIBUTE)])
        .user_only("root would mount the card anew under everybody"),
    call(Sysno::Statfs, &[ANY, ROOM]),
    call(Sysno::Truncate, &[OWN, Offset]),
    call(Sysno::Faccessat, &[Place, ANY, Below(8)]),
    call(Sysno::Faccessat2, &[Place, ANY, Below(8), AT]),
    call(Sysno::Chdir, &[OWN]).rare(4),
    call(Sysno::Fchmodat, &[Place, OWN, MODE]),
    call(Sysno::Fchmodat2, &[Place, OWN, MODE, AT]),
    call(Sysno::Fchownat, &[Place, OWN, Owner, Owner, AT]),
    call(Sysno::Openat, &[Place, ANY, OPENING, MODE]).fd(OPENED),
    call(
        Sysno::Openat2,
        &[
            Place,
            ANY,
            Record(&[
                Wide(OPENING),
                Wide(One(&[0, 0o600])),
                Wide(Flags(&[1, 2, 4, 8, 0x10])),
                Zeroes(16),
            ]),
            One(&[24, 24, 24, 32]),
        ],
    )
    .fd(OPENED),
    call(Sysno::Newfstatat, &[Place, ANY, ROOM, AT]),
    call(Sysno::Statx, &[Place, ANY, AT, One(&[0x7FF, 0xFFF, 0]), ROOM]),
    call(Sysno::Utimensat, &[Place, OWN, Optional(&Kind::Records(PASSED, 2)), AT]),
];
