//! Commons' own calls: regions, offers, topics, traces.

use super::records::{NUMBER, PATIENCE, ROOM, TYPE};
use super::{Gives, Row, call};
use crate::fuzz::kind::Field::{Text, Wide, Word};
use crate::fuzz::kind::Kind::{
    self, Below, Buffer, Fd, Flags, Mapped, NameLength, Named, Offset, One, Optional, Record, Size,
};
use crate::fuzz::kind::{Field, Names, Objects};
use abi::Sysno;

const NAME: Kind = Named(Names::Slash);
const REGION: Kind = Fd(Objects::REGION);
const PUBLISHER: Kind = Fd(Objects::PUBLISHER);
const SUBSCRIBER: Kind = Fd(Objects::SUBSCRIBER);
const TRACE: Kind = Fd(Objects::TRACE);
const LENGTH: Kind = One(&[0, 1, 4096, 8192, 65536, 1 << 21, (1 << 21) + 1]);
const REGION_FLAGS: Kind = Flags(&[1, 2, 4, 8, 8, 8, 0x10, 0x20, 0x40, 0x80]);
const REQUEST: Kind = Record(&[
    Wide(LENGTH),
    Wide(One(&[0, 0, 1 << 21, 1 << 22])),
    Word(REGION_FLAGS),
    Word(One(&[0o600, 0o666])),
    Word(One(&[0, 0, 0, 1, 2, 4, 8, 16])),
    Word(One(&[0])),
]);
const PEER: Kind = Kind::Peer;
const DEAL: Kind = Kind::Deal;
const RIGHTS: Kind = One(&[1, 3, 3, 3, 5, 0]);

pub const REGIONS: &[Row] = &[
    call(Sysno::RegionCreate, &[NAME, NameLength, REQUEST, One(&[32])]).fd(Objects::REGION),
    call(Sysno::RegionOpen, &[NAME, NameLength, REGION_FLAGS]).fd(Objects::REGION),
    call(Sysno::RegionSetLength, &[REGION, LENGTH]),
    call(Sysno::RegionMap, &[REGION, RIGHTS, One(&[0, 0, 4096]), One(&[0, 0, 4096, 65536])])
        .gives(Gives::Address),
    call(Sysno::RegionUnmap, &[Mapped]),
    call(Sysno::RegionUnlink, &[NAME, NameLength]),
    call(Sysno::RegionList, &[Buffer, Below(10)]),
    call(Sysno::RegionStat, &[REGION, ROOM]),
    call(Sysno::RegionDepartureWord, &[Kind::Futex, Below(2)]),
    call(Sysno::RegionRead, &[REGION, Offset, Buffer, Size]),
    call(Sysno::RegionWrite, &[REGION, Offset, Buffer, Size]),
    call(Sysno::RegionSeal, &[REGION, One(&[0, 0, 0, 1, 2, 4, 8, 16])]),
    call(Sysno::RegionNotify, &[REGION, Offset, Offset]),
    call(Sysno::RegionWaitChange, &[REGION, Below(20), PATIENCE, Optional(&ROOM)]),
    call(Sysno::RegionLock, &[REGION, Flags(&[1]), PATIENCE]),
    call(Sysno::RegionUnlock, &[REGION, Flags(&[2])]),
    call(Sysno::RegionWaitName, &[NAME, NameLength, PATIENCE]),
    call(Sysno::RegionLeave, &[REGION]),
    call(Sysno::RegionInheritHandle, &[REGION, Below(5)]),
    call(Sysno::RegionInheritView, &[Mapped, Below(5)]),
    call(Sysno::RegionApprove, &[Kind::Pid, REGION, Below(4)]),
    call(Sysno::RegionQuota, &[Below(5), Kind::Peer, Optional(&NUMBER), Optional(&ROOM)])
        .user_only("root would set everybody's quotas"),
    call(Sysno::RegionHandles, &[Kind::Peer, Buffer, Below(20)]),
    call(Sysno::RegionViews, &[Kind::Peer, Buffer, Below(20)]),
    call(Sysno::RegionPages, &[NAME, NameLength, Below(20), Below(4), Buffer, Below(600)]),
];

pub const OFFERS: &[Row] = &[
    call(
        Sysno::VmOffer,
        &[PEER, DEAL, One(&[4096, 4096, 16384, 0]), Flags(&[1, 1, 2, 4, 8, 16, 32])],
    ),
    call(Sysno::VmClaim, &[PEER, DEAL, ROOM, ROOM, One(&[0])]),
    call(Sysno::VmListOffers, &[Buffer, Record(&[Wide(Below(40))]), PEER]),
    call(Sysno::VmWaitOffer, &[ROOM, PATIENCE]),
    call(Sysno::VmOfferDescriptor, &[Flags(&[0o4000, 0o2_000_000])]).fd(Objects::OFFERS),
    call(Sysno::VmWaitClaim, &[PEER, DEAL, PATIENCE]),
    call(Sysno::VmOfferLog, &[]).rare(16),
];

const fn request(flags: Kind, pool: Kind) -> [Field; 9] {
    [
        Word(Below(6)),
        Word(flags),
        Word(pool),
        Word(One(&[0o600, 0o666])),
        Text(Names::Slash, 256),
        TYPE[0],
        TYPE[1],
        TYPE[2],
        TYPE[3],
    ]
}

const ADVERTISED: &[Field] = &request(Below(3), Fd(Objects::POOL));
const SUBSCRIBED: &[Field] = &request(Below(4), One(&[u32::MAX as u64]));
const REQUEST_SIZE: Kind = One(&[size_of::<abi::topic::TopicRequest>() as u64]);

pub const TOPICS: &[Row] = &[
    call(Sysno::TopicAdvertise, &[Record(ADVERTISED), REQUEST_SIZE]).fd(Objects::PUBLISHER),
    call(Sysno::TopicSubscribe, &[Record(SUBSCRIBED), REQUEST_SIZE]).fd(Objects::SUBSCRIBER),
    call(
        Sysno::TopicPublish,
        &[PUBLISHER, Kind::Pool, One(&[8, 64, 1, 4096]), PATIENCE, Optional(&ROOM)],
    )
    .gives(Gives::Entry),
    call(Sysno::TopicTake, &[SUBSCRIBER, Flags(&[1, 2, 4]), PATIENCE, ROOM]).gives(Gives::Entry),
    call(Sysno::TopicRelease, &[SUBSCRIBER, Kind::Entry]),
    call(Sysno::TopicList, &[Buffer, Below(8)]),
    call(Sysno::TopicInfo, &[NAME, NameLength, ROOM]),
    call(Sysno::TopicStatus, &[Fd(Objects::PUBLISHER | Objects::SUBSCRIBER), ROOM]),
    call(Sysno::TopicReclaim, &[PUBLISHER, ROOM]),
    call(Sysno::TopicMembers, &[NAME, NameLength, Buffer, Below(16)]),
];

pub const TRACES: &[Row] = &[
    call(
        Sysno::TraceCreate,
        &[One(&[16 << 10, 64 << 10, 0, 16 << 20]), Below(5000), Flags(&[0x8_0000, 0x800])],
    )
    .fd(Objects::TRACE),
    call(Sysno::TraceAttach, &[TRACE, Kind::Pid, Below(2)]),
    call(Sysno::TraceWait, &[TRACE, Below(20_000), PATIENCE]),
];
