//! Asking the kernel for what the picture shows.

use super::activity::Activity;
use super::model::{Model, Process, Region, Seen};
use crate::error::Result;
use crate::offer::{self, Direction};
use crate::process::{self, Pid};
use crate::region::{self, Holding, Protection};
use abi::process::{ProcessRecord, ProcessState};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What there is now. Processes that end meanwhile, or that the caller may not look into, have no views.
pub fn model() -> Result<Model> {
    let alive = |record: &ProcessRecord| record.state != ProcessState::Zombie as u32;
    let processes =
        process::list()?.into_iter().filter(alive).map(|record| look_into(&record)).collect();
    let named = region::list()?
        .into_iter()
        .map(|record| Region {
            id: record.id,
            name: String::from_utf8_lossy(record.name()).into_owned(),
            bytes: record.length,
            resident: record.resident_pages,
        })
        .collect();
    Ok(Model::assemble(processes, named))
}

fn look_into(record: &ProcessRecord) -> (Process, Vec<Seen>) {
    let pid = Pid(record.pid);
    let offers = offer::list(Some(pid)).unwrap_or_default();
    let received = offers.iter().filter(|offer| offer.direction == Direction::Received);
    let process = Process {
        pid: record.pid,
        name: String::from_utf8_lossy(record.command()).into_owned(),
        offered: received.count() as u64,
        ..Process::default()
    };
    let views = region::views(Some(pid)).unwrap_or_default();
    (process, views.into_iter().map(seen).collect())
}

fn seen(view: Holding) -> Seen {
    Seen {
        region: view.region,
        name: view.name,
        bytes: view.bytes,
        resident: view.resident_pages,
        is_shared: view.is_shared,
        writes: view.protection.contains(Protection::WRITE),
    }
}

/// Asks which pages of a region were written since the last time; returns the cells that look different.
///
/// A region that is gone, that has no name, or that the caller may not read stays as it was.
pub fn note_pages(name: &str, activity: &mut Activity) -> Vec<usize> {
    let mut words = vec![0; activity.cells.len()];
    let asked = region::Region::open_read_only(name)
        .and_then(|region| region.pages(0, activity.stride, &mut words));
    match asked {
        Ok(count) => activity.note(&words[..count]).collect(),
        Err(_) => Vec::new(),
    }
}
