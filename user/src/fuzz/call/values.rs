//! What goes into a register or a field and leads to no structure.

use super::PAGE;
use crate::fuzz::hostile;
use crate::fuzz::kind::Kind;
use crate::fuzz::random::Random;
use crate::fuzz::world::World;

/// A descriptor of one of these kinds of objects.
pub fn descriptor(objects: u32, is_wrong: bool, world: &World, random: &mut Random) -> u64 {
    if !is_wrong {
        return world.descriptor(objects, random) as i64 as u64;
    }
    match random.below(6) {
        0 => u64::MAX,
        1 => random.below(300),
        2 => hostile::number(random, world),
        // It stands for something else.
        _ => world.descriptor(!objects, random) as i64 as u64,
    }
}

/// An address, or bytes of some pages.
pub fn memory(kind: Kind, is_wrong: bool, world: &World, random: &mut Random) -> u64 {
    if is_wrong {
        return match kind {
            Kind::Pages | Kind::Any => hostile::number(random, world),
            _ => hostile::address(random, world),
        };
    }
    let pages =
        |(begin, bytes): (u64, u64), random: &mut Random| begin + random.below(bytes / PAGE) * PAGE;
    match kind {
        Kind::Page => match random.below(8) {
            0 => pages(world.arena.vanishing, random),
            1 => world.mapped(random),
            _ => pages(world.arena.playground, random),
        },
        Kind::Pages => (1 + random.below(16)) * PAGE,
        Kind::Futex if random.once_in(4) => world.arena.vanishing.0 + 4 * random.below(4096),
        Kind::Futex => world.arena.words + 4 * random.below(8),
        Kind::Mapped => world.mapped(random),
        Kind::Deal => world.arena.playground.0 + 4 * PAGE * random.below(6),
        Kind::Pool => world.pool + 64 * random.below(200),
        Kind::Handler => random.pick(&[0, 1, world.arena.handler]),
        _ => hostile::number(random, world),
    }
}

/// A process.
pub fn process(kind: Kind, is_wrong: bool, world: &World, random: &mut Random) -> u64 {
    if is_wrong {
        return hostile::pid(random, world);
    }
    match kind {
        Kind::Peer => random.pick(&world.peers).into(),
        Kind::Target => match random.below(4) {
            0 => 0,
            1 => u64::from(world.process(random)).wrapping_neg(),
            _ => world.process(random).into(),
        },
        _ => match random.below(4) {
            0 => 0,
            1 => world.pid.into(),
            _ => world.process(random).into(),
        },
    }
}

/// A number that stands for itself.
pub fn number(kind: Kind, is_wrong: bool, world: &World, random: &mut Random) -> u64 {
    if is_wrong {
        return hostile::number(random, world);
    }
    match kind {
        Kind::One(values) => random.pick(values),
        Kind::Flags(values) => {
            let take = |all: u64, value: &u64| if random.once_in(3) { all | value } else { all };
            values.iter().fold(0, take)
        }
        Kind::Below(limit) => random.below(limit),
        Kind::Signal => match random.below(8) {
            // These tell of the end of a call's patience, and of children.
            0 => random.pick(&[0, 9, 19, 18, 14, 17]),
            _ => 1 + random.below(64),
        },
        // Without the signals that interrupt calls which wait.
        Kind::SignalSet => random.number() & !(1 << 13) & !(1 << 8),
        Kind::Owner => random.pick(&[0, 1000, 1001, u32::MAX.into(), 65534]),
        Kind::Offset => match random.below(3) {
            0 => random.pick(&[0, 1, PAGE - 1, PAGE, 2 * PAGE, 1 << 21]),
            _ => random.below(16 * PAGE),
        },
        Kind::Ipc(table) => match random.below(4) {
            0 => 0,
            1 => 0x5354_5200 + random.below(4),
            _ => world.object(table, random).into(),
        },
        Kind::Timer => world.timer(random).into(),
        Kind::Entry => world.entry(random),
        _ => 0,
    }
}
