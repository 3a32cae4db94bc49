//! Asking the kernel for what the picture shows.

use super::activity::Activity;
use super::model::{Member, Model, Parcel, Part, Process, Region, Seen, Topic};
use crate::error::Result;
use crate::offer::{self, Direction};
use crate::process::{self, Pid};
use crate::region::{self, Holding, Protection};
use crate::topic::{self, MemberRecord, MemberRole};
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
    let mut model = Model::assemble(processes, named);
    note_traffic(&mut model)?;
    Ok(model)
}

/// Asks what is on its way: offers that wait, and how many messages each publisher and subscriber has passed on.
pub fn note_traffic(model: &mut Model) -> Result<()> {
    let topics = topic::list()?.into_iter().map(|record| {
        let name = String::from_utf8_lossy(record.name()).into_owned();
        let members = topic::members(&name).unwrap_or_default();
        let members = members.iter().filter_map(|member| member_of(model, member)).collect();
        Topic { name, published: record.published, members }
    });
    let topics = topics.collect();
    let mut parcels = Vec::new();
    for (to, process) in model.processes.iter_mut().enumerate() {
        let offers = offer::list(Some(Pid(process.pid))).unwrap_or_default();
        let before = parcels.len();
        parcels.extend(
            offers
                .iter()
                .filter(|offer| offer.direction == Direction::Received)
                .map(|offer| (offer.pid.0, to, offer.address as u64, offer.bytes as u64 / 4096)),
        );
        process.offered = parcels[before..].iter().map(|(.., pages)| pages).sum();
    }
    let parcel = |(from, to, address, pages)| {
        Some(Parcel { from: model.index_of(from)?, to, address, pages })
    };
    model.parcels = parcels.into_iter().filter_map(parcel).collect();
    model.topics = topics;
    Ok(())
}

fn member_of(model: &Model, member: &MemberRecord) -> Option<Member> {
    let part = match MemberRole::from_number(member.role)? {
        MemberRole::Publisher => Part::Publishes,
        MemberRole::Subscriber => Part::Subscribes,
        MemberRole::Departed => return None,
    };
    Some(Member { process: model.index_of(member.pid)?, part, passed: member.passed })
}

fn look_into(record: &ProcessRecord) -> (Process, Vec<Seen>) {
    let pid = Pid(record.pid);
    let process = Process {
        pid: record.pid,
        name: String::from_utf8_lossy(record.command()).into_owned(),
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

/// Asks which pages of a region were written since the last time, in a part of its cells that moves on from call to
/// call: at most `most` of them. Returns the cells that look different.
///
/// A region that is gone, that has no name, or that the caller may not read stays as it was.
pub fn note_pages(name: &str, activity: &mut Activity, most: usize) -> Vec<usize> {
    let cells = activity.next_part(most);
    let mut words = vec![0; cells.len()];
    let first = cells.start as u64 * activity.stride;
    match region::pages(name, first, activity.stride, &mut words) {
        // Behind the end of a region that has become shorter there is no memory.
        Ok(_) => activity.note(cells.start, &words),
        Err(_) => Vec::new(),
    }
}
