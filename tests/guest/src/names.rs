//! What regions leave behind: names, charges and promises, to see that nothing stays.

use crate::os;
use abi::Sysno;
use abi::region::{QuotaScope, RegionRecord};
use zerocopy::{FromZeros, IntoBytes};

/// Regions that are looked at; systems with more names are cut.
const MOST: usize = 64;

/// The names of regions: how many there are, and a sum over which they are.
pub fn all() -> (u64, u64) {
    let mut records = [const { None }; MOST].map(|_: Option<()>| RegionRecord::new_zeroed());
    let address = records.as_mut_bytes().as_mut_ptr() as u64;
    let count = os::call(Sysno::RegionList, [address, MOST as u64]).unwrap_or(u64::MAX);
    let names = records.iter().take(count.min(MOST as u64) as usize).map(RegionRecord::name);
    let sum = names.fold(0_u64, |sum, name| {
        let number = name
            .iter()
            .fold(7_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3));
        sum.wrapping_add(number)
    });
    (count, sum)
}

/// All that regions hold beside memory that is in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Holdings {
    names: (u64, u64),
    promised: u64,
    charged: [u64; 2],
}

impl Holdings {
    /// What is held now, and what is charged to root and to one user.
    pub fn now(user: u64) -> Self {
        let charged = |user| os::quota(QuotaScope::User, user).map_or(u64::MAX, |(_, used)| used);
        let promised = os::memory_info().map_or(u64::MAX, |memory| memory.promised);
        Self { names: all(), promised, charged: [charged(0), charged(user)] }
    }
}
