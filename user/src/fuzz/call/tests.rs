use super::*;
use crate::fuzz::{Arena, FAMILIES, Objects};
use std::vec::Vec;

fn arena() -> Arena {
    Arena {
        scratch: (0x10_0000, 16 * PAGE),
        constant: 0x20_0000,
        vanishing: (0x30_0000, 16 * PAGE),
        playground: (0x40_0000, 64 * PAGE),
        words: 0x50_0000,
        own: [0x60_0000, 0x70_0000, 0x80_0000],
        handler: 0x60_0100,
    }
}

fn world(is_root: bool) -> World {
    let mut world = World::new(arena(), 77, is_root);
    for bit in 0..16 {
        world.got_descriptor(3 + bit, 1 << bit);
    }
    world
}

type Seen = (u64, [u64; 6], Vec<(u64, Vec<u8>)>);

fn sequence(seed: u64, is_root: bool) -> Vec<Seen> {
    let (world, mut random, mut call) = (world(is_root), Random::new(seed), Call::new());
    let mut seen = Vec::new();
    for _ in 0..40 {
        for row in FAMILIES.iter().flat_map(|family| family.rows) {
            call.compose(row, &world, &mut random);
            let stores = call.stores().map(|(address, bytes)| (address, bytes.to_vec())).collect();
            seen.push((call.number, call.arguments, stores));
        }
    }
    seen
}

#[test]
fn a_seed_makes_the_same_calls() {
    assert!(sequence(5, true) == sequence(5, true));
    assert!(sequence(5, true) != sequence(6, true));
}

#[test]
fn stores_stay_within_scratch_memory() {
    let (begin, bytes) = arena().scratch;
    for (number, _, stores) in sequence(1, false) {
        for (address, stored) in stores {
            let is_inside = address >= begin && address + stored.len() as u64 <= begin + bytes;
            assert!(is_inside, "call {number}: {} bytes at {address:#x}", stored.len());
        }
    }
}

#[test]
fn root_asks_nothing_of_processes_that_are_not_its_own() {
    let signals =
        [Sysno::Kill, Sysno::Tkill, Sysno::RtSigqueueinfo, Sysno::Tgkill, Sysno::ProcessVmWritev];
    for (number, arguments, _) in sequence(2, true) {
        if signals.iter().any(|call| *call as u64 == number) {
            let target = arguments[0] as u32 as i32;
            let is_own = [0, 77, -77].contains(&target);
            assert!(is_own || target.unsigned_abs() >= 1 << 30, "call {number} of {target}");
        }
    }
}

#[test]
fn most_calls_have_the_arguments_that_they_ask_for_and_some_have_not() {
    let read =
        FAMILIES.iter().flat_map(|family| family.rows).find(|row| row.call == Sysno::EpollCtl);
    let (world, mut random, mut call) = (world(false), Random::new(9), Call::new());
    let epoll = u64::from(world.descriptor(Objects::EPOLL, &mut random) as u32);
    let mut right = 0;
    for _ in 0..1000 {
        call.compose(read.unwrap(), &world, &mut random);
        let [set, operation, ..] = call.arguments;
        right += u32::from(set == epoll && (1..=3).contains(&operation));
    }
    assert!((600..990).contains(&right), "{right} of 1000");
}

#[test]
fn a_number_without_a_call_stays_one() {
    let (world, mut random, mut call) = (world(false), Random::new(9), Call::new());
    for _ in 0..1000 {
        call.compose_unknown(&world, &mut random);
        assert_eq!(Sysno::from_number(call.number), None);
    }
}
