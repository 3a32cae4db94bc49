//! Commons' own calls about regions: one file for each idea.

mod create;
mod list;
mod quota;
mod seal;
mod view;

pub use create::{create, memfd_create, open, set_length, unlink};
pub use list::{list, stat};
pub use quota::quota;
pub use seal::{add_seals, get_seals, seal};
pub use view::{departure_word, leave, map, unmap};

use super::file::get;
use crate::fs::Fd;
use crate::region::{Region, Writable};
use abi::Errno;
use alloc::sync::Arc;

/// The region behind a descriptor, and whether the descriptor may write.
fn region_of(fd: Fd) -> Result<(Arc<Region>, Writable), Errno> {
    let file = get(fd)?;
    let writable = if file.writes() { Writable::Yes } else { Writable::No };
    Ok((file.region()?, writable))
}
