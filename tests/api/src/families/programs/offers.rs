//! With offers: each picture is given away.

use super::{BYTES, PATIENCE, PICTURES};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use user::error::{Error, Result};
use user::offer::{self, OfferFlags, Pages};
use user::process::Pid;

fn words(pages: &Pages) -> Result<&[AtomicU64]> {
    pages.memory().objects(0, BYTES / 8).ok_or(Error::message("too short"))
}

pub fn produce(consumer: Pid) -> Result<()> {
    for number in 1..=PICTURES {
        let pages = Pages::new(BYTES)?;
        words(&pages)?.iter().for_each(|word| word.store(number, Relaxed));
        pages.give(consumer, OfferFlags::GRANT_R)?.wait(PATIENCE)?;
    }
    Ok(())
}

pub fn consume() -> Result<u64> {
    let mut sum = 0;
    for _ in 1..=PICTURES {
        let offer = offer::wait(PATIENCE)?.ok_or(Error::message("nothing comes"))?;
        sum += words(&offer.claim()?)?.iter().map(|word| word.load(Relaxed)).sum::<u64>();
    }
    Ok(sum)
}
