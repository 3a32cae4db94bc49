//! Program text as regions: processes that run the same program share one, and link its table.

use crate::region::Region;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};

/// A file's number, an offset and a length in it.
type Key = (u64, u64, u64);

static TEXTS: Lock<BTreeMap<Key, Weak<Region>>> = Lock::new(Rank::ProgramText, BTreeMap::new());

/// The region that holds a segment of a program in the image and nothing else.
///
/// `offset` is a page's start. The region lives while a process shows it.
pub fn text_region(file: &Arc<Region>, offset: u64, bytes: u64) -> Result<Arc<Region>, Errno> {
    let key = (file.id(), offset, bytes);
    let mut texts = TEXTS.lock();
    if let Some(region) = texts.get(&key).and_then(Weak::upgrade) {
        return Ok(region);
    }
    let region = file.part_of_image(offset, bytes)?;
    texts.retain(|_, region| region.strong_count() > 0);
    texts.insert(key, Arc::downgrade(&region));
    Ok(region)
}

/// Forgets the regions that no process shows any more.
pub fn forget_unused() {
    TEXTS.lock().retain(|_, region| region.strong_count() > 0);
}
