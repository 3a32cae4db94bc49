//! What an offer and a claim cost, each by itself.

use super::clock::Samples;
use super::duel::duel;
use alloc::format;
use core::sync::atomic::Ordering;
use user::error::{Error, Result};
use user::offer::{self, Offer, OfferFlags, Pages};
use user::process::Pid;
use user::time::Duration;

const PAGE: usize = abi::limits::PAGE_SIZE;
/// How long anybody waits for another.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// What is offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// New private memory each time.
    Private,
    /// What was claimed before.
    PassedOn,
}

/// Whether there is something in the pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contents {
    /// Each was written to.
    Written,
    /// None was ever touched, so none is there.
    Nothing,
}

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct Handing {
    /// What is offered.
    pub origin: Origin,
    /// Whether there is something in it.
    pub contents: Contents,
    /// How many pages.
    pub pages: usize,
}

/// What each call costs, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The offer.
    pub offer: u64,
    /// The claim.
    pub claim: u64,
}

impl Handing {
    /// Measures so many offers and claims between two processes.
    pub fn measure(self, rounds: u64) -> Result<Cost> {
        // In both directions; and one round before measuring.
        let most = 2 * rounds + 2;
        let calls = Calls { offers: Samples::new(most)?, claims: Samples::new(most)? };
        duel(|peer| self.give(peer, rounds, &calls), |peer| self.take(peer, rounds, &calls))?;
        Ok(Cost { offer: calls.offers.median(), claim: calls.claims.median() })
    }

    fn new_pages(self) -> Result<Pages> {
        let pages = Pages::new(self.pages * PAGE)?;
        if self.contents == Contents::Written {
            write(&pages)?;
        }
        Ok(pages)
    }

    fn give(self, peer: Pid, rounds: u64, calls: &Calls) -> Result<()> {
        match self.origin {
            Origin::Private => (0..rounds).try_for_each(|_| calls.give(self.new_pages()?, peer)),
            Origin::PassedOn => {
                let mut pages = self.new_pages()?;
                // So that it is a region's from the first measured offer on.
                for round in 0..=rounds {
                    if round == 1 {
                        calls.begin();
                    }
                    calls.give(pages, peer)?;
                    pages = calls.take()?;
                }
                Ok(())
            }
        }
    }

    fn take(self, peer: Pid, rounds: u64, calls: &Calls) -> Result<()> {
        match self.origin {
            Origin::Private => (0..rounds).try_for_each(|_| calls.take().map(drop)),
            Origin::PassedOn => (0..=rounds).try_for_each(|_| calls.give(calls.take()?, peer)),
        }
    }
}

/// Writes a word to each page.
pub fn write(pages: &Pages) -> Result<()> {
    for offset in (0..pages.len()).step_by(PAGE) {
        let word = pages.memory().as_atomic_u64(offset);
        let word = word.ok_or_else(|| Error::message("the pages are too short"))?;
        word.store(offset as u64, Ordering::Relaxed);
    }
    Ok(())
}

/// The calls that are measured; both processes make them.
struct Calls {
    offers: Samples,
    claims: Samples,
}

impl Calls {
    /// Forgets what was before the measured rounds; the other process waits for an offer.
    fn begin(&self) {
        self.offers.forget();
        self.claims.forget();
    }

    /// Gives pages away and waits for their claim.
    fn give(&self, pages: Pages, to: Pid) -> Result<()> {
        let given = self.offers.time(|| pages.give(to, OfferFlags::GRANTALL))?;
        if given.wait(PATIENCE)? {
            Ok(())
        } else {
            Err(Error::message(format!("process {to} claims nothing")))
        }
    }

    fn take(&self) -> Result<Pages> {
        let offer = next_offer()?;
        self.claims.time(|| offer.claim())
    }
}

/// The next offer to this process.
pub fn next_offer() -> Result<Offer> {
    offer::wait(PATIENCE)?.ok_or_else(|| Error::message("nothing is offered"))
}
