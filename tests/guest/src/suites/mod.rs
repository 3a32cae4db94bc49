//! The suites, one subject each.

mod breaks;
mod cores;
mod crowd;
mod descriptors;
mod elf;
mod events;
mod exactness;
mod exec;
mod exhaustion;
mod fairness;
mod faults;
mod file_calls;
mod file_locks;
mod files;
mod fork;
mod fork_stores;
mod futex;
mod holdings;
mod hostile_calls;
mod inheritance;
mod killing;
mod lifetimes;
mod memory;
mod name_cost;
mod native;
mod offer_rights;
mod offer_storms;
mod offers;
mod permissions;
mod pipes;
mod poll;
mod posix_mmap;
mod processes;
mod quotas;
mod region_borders;
mod region_changes;
mod region_company;
mod region_copies;
mod region_lock;
mod region_names;
mod region_object;
mod region_storm;
mod region_thousand;
mod regions;
mod registers;
mod seals;
mod signals;
mod sockets;
mod stack;
mod startup;
mod system;
mod time;
mod topics;
mod wait;

pub use faults::fault;

use crate::Checks;
use core::ffi::CStr;

/// A suite's name and its checks.
type Suite = (&'static CStr, fn(&mut Checks));

/// Every suite.
pub const ALL: &[Suite] = &[
    (c"system", system::run),
    (c"cores", cores::run),
    (c"startup", startup::run),
    (c"exec", exec::run),
    (c"fork", fork::run),
    (c"fork-stores", fork_stores::run),
    (c"wait", wait::run),
    (c"signals", signals::run),
    (c"memory", memory::run),
    (c"break", breaks::run),
    (c"stack", stack::run),
    (c"regions", regions::run),
    (c"native", native::run),
    (c"region-borders", region_borders::run),
    (c"region-company", region_company::run),
    (c"region-changes", region_changes::run),
    (c"region-lock", region_lock::run),
    (c"region-copies", region_copies::run),
    (c"region-names", region_names::run),
    (c"region-object", region_object::run),
    (c"region-storm", region_storm::run),
    (c"region-thousand", region_thousand::run),
    (c"name-cost", name_cost::run),
    (c"lifetimes", lifetimes::run),
    (c"seals", seals::run),
    (c"quotas", quotas::run),
    (c"permissions", permissions::run),
    (c"inheritance", inheritance::run),
    (c"holdings", holdings::run),
    (c"offers", offers::run),
    (c"offer-rights", offer_rights::run),
    (c"offer-storms", offer_storms::run),
    (c"posix-mmap", posix_mmap::run),
    (c"exactness", exactness::run),
    (c"pipes", pipes::run),
    (c"poll", poll::run),
    (c"topics", topics::run),
    (c"descriptors", descriptors::run),
    (c"files", files::run),
    (c"events", events::run),
    (c"sockets", sockets::run),
    (c"processes", processes::run),
    (c"file-calls", file_calls::run),
    (c"file-locks", file_locks::run),
    (c"futex", futex::run),
    (c"time", time::run),
    (c"hostile-elf", elf::run),
    (c"hostile-calls", hostile_calls::run),
    (c"registers", registers::run),
    (c"fairness", fairness::run),
    (c"exhaustion", exhaustion::run),
    (c"faults", faults::run),
    (c"thousand", crowd::thousand),
    (c"crowd", crowd::run),
    (c"killing", killing::run),
];
