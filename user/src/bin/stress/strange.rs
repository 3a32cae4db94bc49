//! Answers that there should never be.

use abi::{Errno, Sysno, decode};

/// Whether a call may not be answered so.
///
/// No number is one that only the kernel knows, and a call that exists does not deny it; of two, Linux says so of
/// operations that they do not know. And nobody asks who it is but a user in the end, who is not root.
pub fn is_strange(number: u64, result: u64) -> bool {
    let call = Sysno::from_number(number);
    let Err(error) = decode(result) else {
        return call == Some(Sysno::Geteuid) && result == 0;
    };
    let is_known = Errno::from_number((result as i64).wrapping_neg() as i32).is_some();
    let may_deny = matches!(call, None | Some(Sysno::Futex | Sysno::Shmget));
    !is_known || error == Errno::ENOSYS && !may_deny
}
