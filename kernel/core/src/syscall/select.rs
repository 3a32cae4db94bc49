//! The call `pselect6`, made of a wait for several files.

use super::arguments::{load, store};
use super::file::get;
use super::time::deadline_after;
use crate::fs::Fd;
use crate::poll::{self, Target};
use crate::process::signal;
use abi::Errno;
use abi::limits::OPEN_MAX;
use abi::poll::PollEvents;
use abi::signal::SIGNAL_SET_SIZE;
use abi::time::TimeSpec;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use arch::clock;
use core::time::Duration;

const WORD_BITS: usize = u64::BITS as usize;
/// The words of a set of all the descriptors that there can be.
const WORDS: usize = OPEN_MAX.div_ceil(WORD_BITS);

/// A set of descriptors.
type FdSet = [u64; WORDS];

/// What each of the three sets asks for, and what answers it.
const KINDS: [(PollEvents, PollEvents); 3] = [
    (PollEvents::IN, PollEvents::IN.union(PollEvents::HUP).union(PollEvents::ERR)),
    (PollEvents::OUT, PollEvents::OUT.union(PollEvents::ERR)),
    (PollEvents::PRI, PollEvents::PRI),
];

pub fn pselect6(
    count: u32,
    sets: [VirtAddr; 3],
    timeout: VirtAddr,
    mask: VirtAddr,
) -> Result<u64, Errno> {
    let count = i32::try_from(count).map_err(|_| Errno::EINVAL)? as usize;
    let deadline = deadline_after(timeout)?;
    let outcome = match asked_mask(mask)? {
        Some(mask) => signal::with_blocked(mask, || select(count, sets, deadline)),
        None => select(count, sets, deadline),
    };
    if let Some(deadline) = deadline {
        let left = Duration::from_nanos(deadline.saturating_sub(clock::now()));
        // As on Linux, a timeout in memory that only reads is no error: it just is not told.
        let _ = store(timeout, &TimeSpec::from_duration(left));
    }
    outcome
}

/// The signals to be blocked meanwhile: a pair of an address and a size leads to them.
fn asked_mask(pair: VirtAddr) -> Result<Option<u64>, Errno> {
    if pair.value() == 0 {
        return Ok(None);
    }
    let [address, size] = load::<[u64; 2]>(pair)?;
    match (address, size) {
        (0, _) => Ok(None),
        (_, SIGNAL_SET_SIZE) => load(VirtAddr::new(address as usize)).map(Some),
        _ => Err(Errno::EINVAL),
    }
}

fn select(count: usize, places: [VirtAddr; 3], deadline: Option<u64>) -> Result<u64, Errno> {
    let words = count.min(OPEN_MAX).div_ceil(WORD_BITS);
    let mut asked: [FdSet; 3] = [[0; WORDS]; 3];
    for (set, place) in asked.iter_mut().zip(places) {
        load_set(set, place, words)?;
    }
    let mut targets = Vec::new();
    let mut numbers = Vec::new();
    for number in 0..count.min(OPEN_MAX) {
        let kinds = KINDS.iter().zip(&asked).filter(|(_, set)| contains(set, number));
        let wanted = kinds.fold(PollEvents::empty(), |wanted, ((kind, _), _)| wanted | *kind);
        if wanted.is_empty() {
            continue;
        }
        let file = Some(get(Fd(number as u32))?);
        targets.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        numbers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        targets.push(Target { file, wanted, found: PollEvents::empty() });
        numbers.push(number);
    }
    poll::wait(&mut targets, deadline)?;
    let mut answers: [FdSet; 3] = [[0; WORDS]; 3];
    let mut ready = 0;
    for (target, number) in targets.iter().zip(numbers) {
        for ((set, answer), (_, answering)) in asked.iter().zip(&mut answers).zip(KINDS) {
            if contains(set, number) && target.found.intersects(answering) {
                answer[number / WORD_BITS] |= 1 << (number % WORD_BITS);
                ready += 1;
            }
        }
    }
    for (answer, place) in answers.iter().zip(places) {
        if place.value() != 0 {
            answer[..words]
                .iter()
                .enumerate()
                .try_for_each(|(index, word)| store(place.add(index * size_of::<u64>()), word))?;
        }
    }
    Ok(ready)
}

fn load_set(set: &mut FdSet, place: VirtAddr, words: usize) -> Result<(), Errno> {
    if place.value() == 0 {
        return Ok(());
    }
    for (index, word) in set[..words].iter_mut().enumerate() {
        *word = load(place.add(index * size_of::<u64>()))?;
    }
    Ok(())
}

const fn contains(set: &FdSet, number: usize) -> bool {
    set[number / WORD_BITS] >> (number % WORD_BITS) & 1 == 1
}
