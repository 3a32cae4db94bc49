//! Where a program went wrong and why, in words: the region, its owner, the offset, the boundary and
//! the right that was missing.

use crate::mm::{AddressSpace, Backing, FaultError, USER_START, View};
use crate::region::Region;
use abi::memory::Protection;
use abi::region::RegionRecord;
use arch::addr::{PageRange, UNIT_SIZE, USER_END, VirtAddr};
use arch::trap::{Fault, FaultKind};
use core::fmt::{Display, Formatter, Result, Write};

/// What is said of a fault.
pub struct Explanation<'a> {
    /// The fault.
    pub fault: &'a Fault,
    /// Why the address space refuses the access, if it was one.
    pub error: Option<FaultError>,
    /// The program's address space.
    pub space: &'a AddressSpace,
}

impl Display for Explanation<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        let address = self.fault.address;
        let (doing, right) = match self.fault.kind {
            FaultKind::Read => ("load from", "read"),
            FaultKind::Write => ("store to", "write"),
            FaultKind::Fetch => ("jump to", "execute"),
            FaultKind::Alignment => return write!(to, "access to {address} is misaligned"),
            FaultKind::StackAlignment => return to.write_str("the stack pointer is misaligned"),
            FaultKind::Undefined => return to.write_str("undefined instruction"),
            FaultKind::Breakpoint => return to.write_str("breakpoint instruction"),
            FaultKind::Other(class) => return write!(to, "exception class {class:#x}"),
        };
        write!(to, "{doing} {address}: ")?;
        match self.error {
            Some(FaultError::Denied) => describe_denied(to, self.space, address, right),
            Some(FaultError::BeyondEnd) => describe_end(to, self.space, address, right),
            Some(FaultError::OutOfMemory) => to.write_str("no memory is left for the page"),
            Some(FaultError::Unreadable) => to.write_str("the file's page there cannot be read"),
            _ => describe_unmapped(to, self.space, address, right),
        }
    }
}

/// A place in a region that a view leads to, whether the view goes that far or not.
struct Place {
    record: RegionRecord,
    offset: u64,
}

impl Place {
    /// `None` for a view of private memory.
    fn new(view: &View, address: VirtAddr) -> Option<Self> {
        let Backing::Object { attachment, base, .. } = &view.backing else { return None };
        let region = Region::of_object(&attachment.object)?;
        let offset = address.value().wrapping_sub(*base) as u64;
        Some(Self { record: region.record(), offset })
    }

    /// How long the region is, and how long it can be.
    fn write_length(&self, to: &mut Formatter<'_>) -> Result {
        let RegionRecord { length, maximum, .. } = self.record;
        write!(to, "its length is {length} of at most {maximum} bytes")
    }
}

/// The region, by its number if it has no name, and its owner.
impl Display for Place {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        to.write_str("region ")?;
        match self.record.name() {
            [] => write!(to, "{}", self.record.id)?,
            name => write!(to, "{}", name.escape_ascii())?,
        }
        write!(to, " (owner {})", self.record.uid)
    }
}

/// Rights as three letters.
struct Letters(Protection);

impl Display for Letters {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        let letters =
            [(Protection::READ, 'r'), (Protection::WRITE, 'w'), (Protection::EXECUTE, 'x')];
        letters.iter().try_for_each(|(bit, letter)| {
            to.write_char(if self.0.contains(*bit) { *letter } else { '-' })
        })
    }
}

fn describe_denied(
    to: &mut Formatter<'_>,
    space: &AddressSpace,
    address: VirtAddr,
    right: &str,
) -> Result {
    let Some((_, view)) = space.view_at(address) else {
        return write!(to, "no right to {right}");
    };
    let rights = Letters(view.protection);
    let Some(place) = Place::new(&view, address) else {
        return write!(to, "the memory there is {rights}, with no right to {right}");
    };
    write!(to, "offset {:#x} of {place}: ", place.offset)?;
    if view.withheld.is_some() {
        return write!(to, "the right to {right} waits for the parent's approval");
    }
    let most = Letters(view.maximum);
    write!(to, "the view is {rights} (at most {most}), with no right to {right}")
}

fn describe_end(
    to: &mut Formatter<'_>,
    space: &AddressSpace,
    address: VirtAddr,
    right: &str,
) -> Result {
    let view = space.view_at(address);
    let Some(place) = view.and_then(|(_, view)| Place::new(&view, address)) else {
        return to.write_str("the region ends before it");
    };
    let offset = place.offset;
    write!(to, "offset {offset:#x} is behind the end of {place}, with nothing to {right}: ")?;
    place.write_length(to)
}

fn describe_unmapped(
    to: &mut Formatter<'_>,
    space: &AddressSpace,
    address: VirtAddr,
    right: &str,
) -> Result {
    if address.value() >= USER_END {
        return to.write_str("that is not a program's address");
    }
    if address.value() < USER_START {
        return to.write_str("a null pointer, perhaps with an offset");
    }
    write!(to, "nothing is mapped there to {right}")?;
    let Some((range, view)) = neighbour(space, address) else { return Ok(()) };
    let Some(place) = Place::new(&view, address) else { return Ok(()) };
    let missed = distance(range, address);
    if address < range.start() {
        let start = range.start();
        write!(to, "; {missed} bytes before the view at {start} of {place}: ")?;
    } else {
        let last = VirtAddr::new(range.end().value() - 1);
        write!(to, "; {missed} bytes behind the last byte at {last} of the view of {place}, ")?;
        write!(to, "as offset {:#x}: ", place.offset)?;
    }
    place.write_length(to)
}

/// The view nearest to an address that none shows, if the gap between them is a guard's.
fn neighbour(space: &AddressSpace, address: VirtAddr) -> Option<(PageRange, View)> {
    let before = space.view_before(address);
    let behind = space.view_from(address);
    let nearest =
        [before, behind].into_iter().flatten().min_by_key(|(range, _)| distance(*range, address));
    nearest.filter(|(range, _)| distance(*range, address) <= UNIT_SIZE)
}

/// By how many bytes an address misses a range that it is not in: 1 for the byte next to it.
fn distance(range: PageRange, address: VirtAddr) -> usize {
    if address < range.start() {
        range.start().value() - address.value()
    } else {
        address.value() - range.end().value() + 1
    }
}

#[cfg(test)]
mod tests;
