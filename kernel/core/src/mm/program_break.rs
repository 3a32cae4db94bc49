//! The break: memory behind the program that it makes longer and shorter, in one step for all of its
//! threads.

use super::gather::Gather;
use super::map_error::MapError;
use super::map_request::{MapRequest, Placement};
use super::space::{AddressSpace, State};
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, USER_END, VirtAddr};
use core::ops::Range;

impl AddressSpace {
    /// Sets where the break begins, behind a program that was just loaded.
    pub fn set_break_start(&self, start: VirtAddr) {
        let mut state = self.state.lock();
        let start = start.value().next_multiple_of(PAGE_SIZE) + state.slides.heap;
        state.program_break = start..start;
    }

    /// Moves the break; returns where it is then, which is where it was if it can't move.
    pub fn move_break(&self, wanted: VirtAddr) -> VirtAddr {
        let mut state = self.state.lock();
        let mut gather = self.gather();
        let Range { start, end } = state.program_break;
        if wanted.value() < start || wanted.value() > USER_END - PAGE_SIZE {
            return VirtAddr::new(end);
        }
        if state.resize_break(end, wanted.value(), &mut gather).is_ok() {
            state.program_break.end = wanted.value();
        }
        VirtAddr::new(state.program_break.end)
    }
}

impl State {
    /// Maps or unmaps what lies between two ends of the break.
    fn resize_break(
        &mut self,
        from: usize,
        to: usize,
        gather: &mut Gather,
    ) -> Result<(), MapError> {
        let (old, new) = (from.next_multiple_of(PAGE_SIZE), to.next_multiple_of(PAGE_SIZE));
        let part = PageRange::from_bounds(VirtAddr::new(old.min(new)), VirtAddr::new(old.max(new)));
        match part {
            Some(part) if new > old => {
                let request = MapRequest {
                    placement: Placement::FixedNoReplace(part.start()),
                    bytes: part.bytes(),
                    protection: Protection::READ | Protection::WRITE,
                    maximum: Protection::all(),
                    object: None,
                };
                self.map(&request, gather).map(drop)
            }
            Some(part) if new < old => self.unmap_range(part, gather),
            _ => Ok(()),
        }
    }
}
