//! The machine's names: `sethostname`, `setdomainname`, and where `uname` has them from.

use super::arguments::Claim;
use crate::sched;
use crate::sync::{Lock, Rank};
use abi::Errno;
use arch::user_memory;

/// Bytes of a name; the field in `uname`'s record has one more for the NUL.
const LENGTH_MAX: usize = 64;

/// A name, NUL-padded.
pub type HostName = [u8; LENGTH_MAX + 1];

/// Which name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Which {
    /// The machine's.
    Host,
    /// That of its domain.
    Domain,
}

static NAMES: Lock<[HostName; 2]> =
    Lock::new(Rank::HostNames, [padded(b"commons"), padded(b"(none)")]);

const fn padded(text: &[u8]) -> HostName {
    let mut name = [0; LENGTH_MAX + 1];
    let (start, _) = name.split_at_mut(text.len());
    start.copy_from_slice(text);
    name
}

/// The name now.
pub fn name(which: Which) -> HostName {
    NAMES.lock()[which as usize]
}

/// Root gives another name; it may have any bytes.
pub fn set_name(which: Which, claim: Claim) -> Result<u64, Errno> {
    if !sched::current_process().credentials().is_root() {
        return Err(Errno::EPERM);
    }
    // The length is an `int` and may be negative.
    let length = claim.bytes as u32 as usize;
    if length > LENGTH_MAX {
        return Err(Errno::EINVAL);
    }
    let mut name = [0; LENGTH_MAX + 1];
    user_memory::copy_in(&mut name[..length], claim.address).map_err(|_| Errno::EFAULT)?;
    NAMES.lock()[which as usize] = name;
    Ok(0)
}
