//! Numbers and addresses that calls do not expect, or almost expect.

use super::random::Random;
use super::world::World;
use abi::limits::PAGE_SIZE;

const PAGE: u64 = PAGE_SIZE as u64;

/// Borders of number types, alone and with their neighbours.
const BORDERS: [u64; 12] = [
    u64::MAX,
    1 << 63,
    (1 << 63) - 1,
    1 << 32,
    u32::MAX as u64,
    1 << 31,
    (1 << 31) - 1,
    1 << 16,
    256,
    1 << 36,
    1 << 40,
    4096 * 4096,
];
/// The end of what programs have, the beginning and the middle of what the kernel has, and numbers that are no
/// addresses at all.
const FAR: [u64; 9] = [
    1 << 39,
    (1 << 39) - PAGE,
    (1 << 39) - 1,
    1 << 47,
    1 << 55,
    0xFFFF_FF80_0008_0000,
    0xFFFF_FF80_0000_0000,
    !0xFFF,
    !7,
];

/// A number.
pub fn number(random: &mut Random, world: &World) -> u64 {
    match random.below(8) {
        0 => random.below(9),
        1 => random.below(9).wrapping_neg(),
        2 | 3 => random.pick(&BORDERS).wrapping_add(random.below(3)).wrapping_sub(1),
        4 => 1 << random.below(64),
        5 => address(random, world),
        _ => {
            let shift = random.below(64);
            random.number() >> shift
        }
    }
}

/// An address.
pub fn address(random: &mut Random, world: &World) -> u64 {
    let arena = &world.arena;
    match random.below(9) {
        0 => 0,
        1 => random.below(PAGE),
        2 => random.pick(&FAR),
        // Near the end of what may be read and written.
        3 => arena.scratch.0 + arena.scratch.1 - random.below(64),
        4 => arena.scratch.0 + random.below(arena.scratch.1),
        5 => arena.constant + random.below(PAGE),
        6 => arena.vanishing.0 + random.below(arena.vanishing.1),
        7 => arena.playground.0 + random.below(arena.playground.1),
        // Its own code, stack and data; who can harm nobody else by what comes of it.
        _ if !world.is_root && random.once_in(4) => random.pick(&arena.own) + random.below(PAGE),
        _ => random.pick(&FAR) + 1,
    }
}

/// A process's number that is nobody's for certain. Root may do anything to any process, so that its numbers are
/// only those of processes that there cannot be.
pub fn pid(random: &mut Random, world: &World) -> u64 {
    if world.is_root {
        random.pick(&[1 << 30, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, 0x4000_0001])
    } else {
        number(random, world)
    }
}
