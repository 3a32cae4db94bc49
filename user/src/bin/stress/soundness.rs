//! What the system has, to be compared before and after.

use crate::execute::own;
use crate::findings::Findings;
use abi::Sysno;
use abi::ipc::{MSG_INFO, MSG_STAT_ANY, SEM_INFO, SEM_STAT_ANY, SHM_INFO, SHM_STAT_ANY};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use user::error::Result;
use user::region::QuotaScope;
use user::{fs, process, region, system, time, topic};

/// How long what has ended may take to be gone: the last thread of a process gives its kernel stack back only after its parent was told.
const SETTLING: Duration = Duration::from_secs(3);
/// How far the kernel's heap may be above what it was, in bytes: lists keep some room for what comes next.
const HEAP_SLACK: u64 = 16 * 1024;

/// How many frames may be gone since the first round: this process's own tables grow, and some of the kernel's
/// lists. A leak is one that each round adds to.
const FRAME_SLACK: u64 = 4;

/// What the kernel finds when it looks at itself.
const CHECK: &str = "/proc/check";

/// Has the kernel look at its own books.
fn look_at_the_kernel(findings: &mut Findings) -> Result<()> {
    let text = fs::read_to_string(CHECK)?;
    for wrong in text.lines().filter_map(|line| line.strip_prefix("wrong: ")) {
        findings.tell(&format!("the kernel finds: {wrong}"));
    }
    if !text.contains("\nfindings: ") {
        findings.tell("the kernel does not say what it finds");
    }
    Ok(())
}

/// What there is at a moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holdings {
    /// Frames that are free, the kernel's heap's, or this process's.
    frames: u64,
    /// Bytes of the heap that are in use.
    heap: u64,
    /// Pages that are set aside.
    promised: u64,
    /// What has names or numbers.
    pub objects: Objects,
}

/// What has names or numbers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Objects {
    /// Processes.
    pub processes: BTreeSet<u32>,
    /// Threads of all of them.
    threads: u32,
    /// Regions.
    pub regions: BTreeSet<String>,
    topics: BTreeSet<String>,
    /// System V's objects: which table, and the number.
    pub ipc: BTreeSet<(u64, u64)>,
    /// Pages that are charged to the user that is not root.
    charged: u64,
    mounts: String,
}

/// System V's three tables: the call that tells of them, its commands for what is used and for a place.
pub const IPC: [(Sysno, u32, u32); 3] = [
    (Sysno::Shmctl, SHM_INFO, SHM_STAT_ANY),
    (Sysno::Semctl, SEM_INFO, SEM_STAT_ANY),
    (Sysno::Msgctl, MSG_INFO, MSG_STAT_ANY),
];

/// Makes a call on one of these tables.
pub fn control(call: Sysno, object: u64, command: u32, record: u64) -> i64 {
    match call {
        Sysno::Semctl => own(call, [object, 0, command.into(), record]),
        _ => own(call, [object, command.into(), record]),
    }
}

impl Objects {
    /// Those that there are now.
    pub fn now() -> Result<Self> {
        let processes = process::list()?;
        let mut ipc = BTreeSet::new();
        let mut room = [0_u64; 32];
        let record = (&raw mut room) as u64;
        for (table, (call, used, told)) in IPC.into_iter().enumerate() {
            // It gives the highest place that is in use.
            let highest = control(call, 0, used, record);
            let numbers = (0..=highest).map(|place| control(call, place as u64, told, record));
            ipc.extend(
                numbers.filter(|number| *number >= 0).map(|number| (table as u64, number as u64)),
            );
        }
        let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        Ok(Self {
            processes: processes.iter().map(|record| record.pid).collect(),
            threads: processes.iter().map(|record| record.threads).sum(),
            regions: region::list()?.iter().map(|record| name(record.name())).collect(),
            topics: topic::list()?.iter().map(|record| name(record.name())).collect(),
            ipc,
            charged: region::quota(QuotaScope::User, crate::worker::USER)?.used,
            mounts: fs::read_to_string("/proc/mounts")?,
        })
    }
}

impl Holdings {
    /// Those that there are now.
    pub fn now() -> Result<Self> {
        let objects = Objects::now()?;
        let own_number = process::id().0;
        let memory = system::memory()?;
        let own_pages = process::list()?
            .iter()
            .find(|record| record.pid == own_number)
            .map_or(0, |record| record.resident_pages);
        let (frames, heap) = (memory.free + memory.heap + own_pages, memory.heap_bytes);
        Ok(Self { frames, heap, promised: memory.promised, objects })
    }

    /// When they hold still.
    pub fn settled() -> Result<Self> {
        let begin = time::now();
        let mut last = Self::now()?;
        loop {
            time::sleep(Duration::from_millis(60));
            let next = Self::now()?;
            if next == last || time::now() - begin > SETTLING {
                return Ok(next);
            }
            last = next;
        }
    }

    /// Takes what there is of memory now for what there should be.
    pub fn renew(&mut self) -> Result<()> {
        let now = Self::settled()?;
        (self.frames, self.heap, self.promised) = (now.frames, now.heap, now.promised);
        Ok(())
    }

    fn is_kept(&self, after: &Self) -> bool {
        self.frames <= after.frames + FRAME_SLACK
            && after.heap < self.heap + HEAP_SLACK
            && self.promised == after.promised
            && self.objects == after.objects
    }

    /// Has the kernel look at itself, and compares what there is once everything has settled.
    pub fn compare(&self, findings: &mut Findings) -> Result<()> {
        look_at_the_kernel(findings)?;
        let begin = time::now();
        let mut after = Self::now()?;
        while !self.is_kept(&after) && time::now() - begin < SETTLING {
            time::sleep(Duration::from_millis(20));
            after = Self::now()?;
        }
        if self.is_kept(&after) {
            return Ok(());
        }
        let (before, then) = (&self.objects, &after.objects);
        if self.frames > after.frames + FRAME_SLACK {
            let (before, after) = (self.frames, after.frames);
            findings.tell(&format!(
                "frames that are free or the heap's: {before} before, {after} after"
            ));
        }
        let numbers = [
            ("pages that are set aside", self.promised, after.promised),
            ("threads", before.threads.into(), then.threads.into()),
            ("pages that are charged to user 1000", before.charged, then.charged),
        ];
        for (what, before, then) in numbers.iter().filter(|(_, before, then)| before != then) {
            findings.tell(&format!("{what}: {before} before, {then} after"));
        }
        if after.heap >= self.heap + HEAP_SLACK {
            findings.tell(&format!(
                "bytes in the kernel's heap: {} before, {} after",
                self.heap, after.heap
            ));
        }
        differ("processes", &before.processes, &then.processes, findings);
        differ("regions", &before.regions, &then.regions, findings);
        differ("topics", &before.topics, &then.topics, findings);
        let ipc = |set: &BTreeSet<(u64, u64)>| {
            set.iter().map(|(table, id)| format!("{table}:{id}")).collect()
        };
        differ::<String>("System V's objects", &ipc(&before.ipc), &ipc(&then.ipc), findings);
        if before.mounts != then.mounts {
            findings.tell(&format!("mounted: {:?} before, {:?} after", before.mounts, then.mounts));
        }
        Ok(())
    }
}

fn differ<T: Ord + ToString>(
    what: &str,
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    findings: &mut Findings,
) {
    let list = |set: Vec<&T>| {
        let texts: Vec<String> = set.into_iter().map(T::to_string).collect();
        texts.join(" ")
    };
    let gone = list(before.difference(after).collect());
    let new = list(after.difference(before).collect());
    if !gone.is_empty() || !new.is_empty() {
        findings.tell(&format!("{what}: gone [{gone}], left over [{new}]"));
    }
}
