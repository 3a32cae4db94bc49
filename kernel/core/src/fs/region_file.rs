//! A region read and written as a file: writing behind the end makes it longer.

use super::node::{Place, Written};
use crate::mm::{MemoryObject, reclaim};
use crate::region::{Purpose, Region};
use crate::sync::{Guard, Lock};
use crate::user_memory::UserData;
use abi::Errno;
use abi::region::{ChangeKind, Seals};

/// What POSIX calls where a native call speaks of memory or of a quota.
pub const fn posix_errno(error: Errno) -> Errno {
    match error {
        Errno::ENOMEM | Errno::EDQUOT => Errno::ENOSPC,
        other => other,
    }
}

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
    region.check_write()?;
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

/// Makes the file longer or shorter; `growth` is held as for a write, but not while others give memory
/// back.
pub fn set_length<T>(region: &Region, growth: &Lock<T>, length: u64) -> Result<(), Errno> {
    let _turn = region.turn(Purpose::Write)?;
    reclaim::with_room(|| {
        let _growing = hold(region, growth);
        region.set_length(length)
    })
}

/// Who changes the length of bytes that are kept elsewhere may sleep, and has the region's turn to
/// keep others out.
fn hold<'a, T>(region: &Region, growth: &'a Lock<T>) -> Option<Guard<'a, T>> {
    if region.is_paged() { None } else { Some(growth.lock()) }
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
    let mut before_end = None;
    let reserved = reclaim::with_room(|| {
        let _growing = hold(region, growth);
        grow(region, place, count, &mut before_end)
    });
    // Without room for more, what lies before the end is written.
    reserved.or_else(|error| before_end.ok_or(posix_errno(error)))
}

/// Makes the file long enough, if it may become so long; `before_end` is what there is in any case.
fn grow(
    region: &Region,
    place: Place,
    count: u64,
    before_end: &mut Option<Reserved>,
) -> Result<Reserved, Errno> {
    let length = region.length();
    let start = match place {
        Place::Offset(start) => start,
        Place::End => length,
    };
    if count == 0 {
        return Ok(Reserved { start, end: start, grown_from: None });
    }
    // What does not fit any more is not written; if that is all of it, the write fails.
    let (limit, error) = if region.seals().contains(Seals::GROW) {
        (length, Errno::EPERM)
    } else {
        (region.maximum(), Errno::EFBIG)
    };
    if start >= limit {
        return Err(error);
    }
    let end = start.saturating_add(count).min(limit);
    if end <= length {
        return Ok(Reserved { start, end, grown_from: None });
    }
    *before_end = (start < length).then_some(Reserved { start, end: length, grown_from: None });
    region.set_length(end)?;
    Ok(Reserved { start, end, grown_from: Some(length) })
}

/// Takes back the room that was not filled, unless somebody has written behind it since.
fn give_back<T>(region: &Region, growth: &Lock<T>, reserved: &Reserved, end: u64) {
    let Some(before) = reserved.grown_from else { return };
    let _growing = hold(region, growth);
    if region.length() == reserved.end {
        // Shrinking can only fail to reach other address spaces; the bytes there are zeroes.
        let filled = if end > reserved.start { end } else { before };
        let _ = region.set_length(filled.max(before));
    }
}
