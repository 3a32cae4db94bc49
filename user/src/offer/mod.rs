//! Offers: pages that this process gives to another one, or shares with it, without a copy.
//!
//! `pages` is memory that can be given away, `open` what is offered and not yet claimed, `inbox` a
//! descriptor by which offers are waited for among other things. `channel` sends messages of any size, the small ones by a `lane`, which is a ring of bytes.

pub mod lane;

#[cfg(target_os = "none")]
mod channel;
#[cfg(target_os = "none")]
mod inbox;
#[cfg(target_os = "none")]
mod open;
#[cfg(target_os = "none")]
mod pages;

pub use abi::offer::{Direction, OfferFlags};

pub use lane::INLINE_MAX;

#[cfg(target_os = "none")]
pub use channel::{COPIED_MAX, Channel, Message};
#[cfg(target_os = "none")]
pub use inbox::Inbox;
#[cfg(target_os = "none")]
pub use open::{Offer, cancel, claim, list, wait};
#[cfg(target_os = "none")]
pub use pages::{Given, Pages, Refused};
