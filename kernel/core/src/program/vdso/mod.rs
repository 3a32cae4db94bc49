//! Code of the kernel's that every program has in its address space, to be run in user mode: the end
//! of signal handlers, and clocks that need no system call (vdso(7)).
//!
//! The pages belong to one region, which all programs share: first the clocks' data, then the code as
//! an ELF image.

mod image;

use crate::day;
use crate::mm::{AddressSpace, Layout, MapError, MapRequest, Placement, Sharing};
use crate::region::{Region, RegionAttributes};
use crate::user_memory::UserData;
use abi::Errno;
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, VirtAddr};
use arch::vdso::{self, CODE_AT, ClockData};
use core::mem::offset_of;
use spin::Once;

static REGION: Once<Arc<Region>> = Once::new();

/// Where the image is in a program: behind the clocks' data.
pub const fn image(layout: &Layout) -> usize {
    layout.kernel_code + PAGE_SIZE
}

/// Where handlers without a trampoline of their own return to.
pub fn sigreturn_address(layout: &Layout) -> u64 {
    let [first, ..] = vdso::code().functions;
    (image(layout) + CODE_AT + first.offset) as u64
}

/// Shows the code to a program.
pub fn map(space: &Arc<AddressSpace>) -> Result<(), Errno> {
    let region = REGION.try_call_once(make)?;
    map_page(space, region, 0, Protection::READ)?;
    map_page(space, region, PAGE_SIZE, Protection::READ | Protection::EXECUTE)
}

fn map_page(
    space: &Arc<AddressSpace>,
    region: &Arc<Region>,
    offset: usize,
    protection: Protection,
) -> Result<(), Errno> {
    let object = (region.clone() as Arc<_>, offset as u64, Sharing::Private);
    let request = MapRequest {
        placement: Placement::FixedNoReplace(VirtAddr::new(space.layout().kernel_code + offset)),
        bytes: PAGE_SIZE,
        protection,
        maximum: Protection::all(),
        object: Some(object),
    };
    match space.map(request) {
        Ok(_) => Ok(()),
        Err(MapError::BadRange | MapError::Occupied | MapError::Denied) => Err(Errno::ENOEXEC),
        Err(error) => Err(error.into()),
    }
}

/// Shows programs how far the time of day is ahead.
pub fn show_day() -> Result<(), Errno> {
    let Some(region) = REGION.get() else { return Ok(()) };
    loop {
        let ahead = day::ahead();
        region.store_u64(offset_of!(ClockData, offset) as u64, ahead)?;
        // Somebody else who set it may have stored before: what is stored last has to be the last.
        if day::ahead() == ahead {
            return Ok(());
        }
    }
}

fn make() -> Result<Arc<Region>, Errno> {
    let attributes = RegionAttributes { mode: 0, uid: 0, gid: 0 };
    let region = Region::create(attributes, 2 * PAGE_SIZE as u64)?;
    let data = arch::clock::data_for_programs().to_bytes();
    region.write(0, &mut UserData::kernel(&data))?;
    let image = image::build(&vdso::code());
    region.write(PAGE_SIZE as u64, &mut UserData::kernel(&image))?;
    Ok(region)
}
