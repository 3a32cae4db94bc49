//! Offers: pages that one process gives to another, or shares with it.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

bitflags! {
    /// What the receiver gets of offered pages, and what the offerer loses, once they are claimed.
    ///
    /// A flag always does what it says; what the architecture can't have without it comes along:
    /// granting W or X grants R, and dropping R drops W and X. Nothing is writable and executable
    /// at once, so W and X together are refused. All grants together mean *all that the offerer may
    /// do now*.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct OfferFlags: u32 {
        /// The receiver may load.
        const GRANT_R = 1;
        /// The receiver may store.
        const GRANT_W = 2;
        /// The receiver may execute.
        const GRANT_X = 4;
        /// The offerer may load no more, and nothing else either.
        const DROP_R = 8;
        /// The offerer may store no more.
        const DROP_W = 16;
        /// The offerer may execute no more.
        const DROP_X = 32;
        /// The receiver may do what the offerer may.
        const GRANTALL = 7;
        /// The pages leave the offerer.
        const DISOWN = 56;
    }
}

/// Whether an offer was made by the process that lists it, or to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Direction {
    /// By it.
    Sent = 0,
    /// To it.
    Received = 1,
}

impl Direction {
    /// The direction with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Sent),
            1 => Some(Self::Received),
            _ => None,
        }
    }
}

/// An offer that nobody has claimed yet, as `vm_list_offers` and `vm_wait_offer` tell it.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct OfferRecord {
    /// The first address, in the offerer.
    pub address: u64,
    /// How many bytes; whole pages.
    pub bytes: u64,
    /// The other process: the receiver of an offer that was sent, the offerer of one received.
    pub pid: u32,
    /// [`Direction`].
    pub direction: u32,
    /// [`OfferFlags`].
    pub flags: u32,
    /// Always 0.
    pub reserved: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_grants_and_all_drops_are_the_sums_of_their_parts() {
        let grants = OfferFlags::GRANT_R | OfferFlags::GRANT_W | OfferFlags::GRANT_X;
        let drops = OfferFlags::DROP_R | OfferFlags::DROP_W | OfferFlags::DROP_X;
        assert_eq!(OfferFlags::GRANTALL, grants);
        assert_eq!(OfferFlags::DISOWN, drops);
        assert_eq!(grants | drops, OfferFlags::all());
    }
}
