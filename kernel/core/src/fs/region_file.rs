//! A region read and written as a file: writing behind the end makes it longer.

use super::node::{Place, Written};
use crate::region::{Purpose, Region};
use crate::sync::Lock;
use crate::user_memory::UserData;
use abi::Errno;
use abi::limits::REGION_BYTES_MAX;
use abi::region::ChangeKind;

/// Bytes that a write has made room for.
struct Reserved {
    start: u64,
    end: u64,
    /// The file's length before, if it had to grow.
    grown_from: Option<u64>,
}

/// Writes the data; all who make the file longer hold `growth` while they do.
///
/// Room is made first and filled then, so that two writers that append never get the same place.
/// No other write, nor a whole copy of the region, is seen half done or sees this one so.
pub fn write<T>(
    region: &Region,
    growth: &Lock<T>,
    place: Place,
    data: &mut UserData<'_>,
) -> Result<Written, Errno> {
    let _turn = region.turn(Purpose::Write)?;
    let reserved = reserve(region, growth, place, data.remaining() as u64)?;
    let outcome = region.write(reserved.start, data);
    let count = *outcome.as_ref().unwrap_or(&0);
    let end = reserved.start + count as u64;
    if end < reserved.end {
        give_back(region, growth, &reserved, end);
    }
    if count > 0 {
        region.sync().changes.add(ChangeKind::Written, reserved.start, count as u64);
    }
    outcome.map(|count| Written { count, end })
}

fn reserve<T>(
    region: &Region,
    growth: &Lock<T>,
    place: Place,
    count: u64,
) -> Result<Reserved, Errno> {
    if let Place::Offset(start) = place {
        let end = start.saturating_add(count);
        if end <= region.length() || count == 0 {
            return Ok(Reserved { start, end, grown_from: None });
        }
    }
    let _growing = growth.lock();
    let length = region.length();
    let start = match place {
        Place::Offset(start) => start,
        Place::End => length,
    };
    if start >= REGION_BYTES_MAX && count > 0 {
        return Err(Errno::EFBIG);
    }
    let end = start.saturating_add(count).min(REGION_BYTES_MAX);
    if end <= length || count == 0 {
        return Ok(Reserved { start, end, grown_from: None });
    }
    region.set_length(end)?;
    Ok(Reserved { start, end, grown_from: Some(length) })
}

/// Takes back the room that was not filled, unless somebody has written behind it since.
fn give_back<T>(region: &Region, growth: &Lock<T>, reserved: &Reserved, end: u64) {
    let Some(before) = reserved.grown_from else { return };
    let _growing = growth.lock();
    if region.length() == reserved.end {
        // Shrinking can only fail to reach other address spaces; the bytes there are zeroes.
        let filled = if end > reserved.start { end } else { before };
        let _ = region.set_length(filled.max(before));
    }
}
