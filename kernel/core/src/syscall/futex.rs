//! The call `futex`.

use super::arguments::Arguments;
use super::time::{deadline_after, deadline_at};
use crate::mm::Location;
use crate::sched::futex;
use abi::Errno;
use abi::futex::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_PRIVATE_FLAG, FUTEX_WAIT,
    FUTEX_WAIT_BITSET, FUTEX_WAKE, FUTEX_WAKE_BITSET,
};
use arch::addr::{USER_END, VirtAddr};

pub fn futex(a: &Arguments) -> Result<u64, Errno> {
    let address = a.address(0);
    if !address.value().is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    if address.value() >= USER_END {
        return Err(Errno::EFAULT);
    }
    let value = a.u32(2);
    let timeout = a.address(3);
    match a.u32(1) & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) {
        FUTEX_WAIT => {
            let deadline = deadline_after(timeout)?;
            wait(address, value, FUTEX_BITSET_MATCH_ANY, deadline)
        }
        FUTEX_WAIT_BITSET => {
            let deadline = deadline_at(timeout)?;
            wait(address, value, mask(a.u32(5))?, deadline)
        }
        FUTEX_WAKE => wake(address, value, FUTEX_BITSET_MATCH_ANY),
        FUTEX_WAKE_BITSET => wake(address, value, mask(a.u32(5))?),
        _ => Err(Errno::ENOSYS),
    }
}

fn mask(mask: u32) -> Result<u32, Errno> {
    if mask == 0 { Err(Errno::EINVAL) } else { Ok(mask) }
}

fn locate(address: VirtAddr) -> Result<Location, Errno> {
    super::memory::space()?.locate(address).ok_or(Errno::EFAULT)
}

fn wait(address: VirtAddr, expected: u32, mask: u32, deadline: Option<u64>) -> Result<u64, Errno> {
    let find = || locate(address).ok();
    futex::wait(find, address, expected, mask, deadline)?;
    Ok(0)
}

fn wake(address: VirtAddr, count: u32, mask: u32) -> Result<u64, Errno> {
    Ok(futex::wake(locate(address)?, count, mask).into())
}
