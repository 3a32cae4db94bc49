//! Offers: pages that this process gives to another one, or shares with it, without a copy.
//!
//! `pages` is memory that can be given away, `open` what is offered and not yet claimed.

mod open;
mod pages;

pub use abi::offer::{Direction, OfferFlags};
pub use open::{Offer, cancel, claim, list, wait};
pub use pages::{Given, Pages, Refused};
