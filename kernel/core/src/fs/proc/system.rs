//! The texts about the system as a whole, as proc(5) gives their formats.

use super::status::TICK;
use super::text::Text;
use crate::board::board;
use crate::fs::{self, Access, FileSystem};
use crate::kernel_log;
use crate::mm::frames;
use crate::process;
use crate::sched;
use abi::limits::PAGE_SIZE;
use abi::system::SystemInfo;
use core::fmt::Write;
use zerocopy::FromZeros;

const KIB_IN_PAGE: u64 = PAGE_SIZE as u64 / 1024;
/// Hundredths of a second, the precision of `uptime`.
const HUNDREDTH: u64 = 10_000_000;

fn scheduler() -> SystemInfo {
    let mut info = SystemInfo::new_zeroed();
    sched::statistics(&mut info);
    info
}

/// `meminfo`.
pub fn memory(text: &mut Text) {
    let memory = frames::statistics();
    let kib = |pages: u64| pages * KIB_IN_PAGE;
    let cached = fs::cached_pages() as u64;
    let available = memory.free.saturating_sub(memory.promised) + cached;
    let lines = [
        ("MemTotal", kib(memory.total)),
        ("MemFree", kib(memory.free)),
        ("MemAvailable", kib(available)),
        ("Buffers", 0),
        ("Cached", kib(cached)),
        ("SwapCached", 0),
        ("SwapTotal", 0),
        ("SwapFree", 0),
        ("Shmem", 0),
        ("Slab", kib(memory.heap)),
        ("SReclaimable", 0),
        ("KernelStack", kib(memory.stacks)),
        ("PageTables", kib(memory.tables)),
        ("Committed_AS", kib(memory.user + memory.promised)),
    ];
    for (name, value) in lines {
        let _ = writeln!(text, "{name:<15} {value:8} kB", name = Label(name));
    }
}

/// A name with its colon, padded as one.
struct Label(&'static str);

impl core::fmt::Display for Label {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let width = formatter.width().unwrap_or(0).saturating_sub(self.0.len() + 1);
        write!(formatter, "{}:{:width$}", self.0, "")
    }
}

/// `last_kmsg`: what is left of the log of the run before.
pub fn last_log(text: &mut Text) {
    if let Some(run) = kernel_log::last_run() {
        text.push(&run.text);
    }
}

/// `uptime`: seconds since boot, and those that all cores were idle.
pub fn uptime(text: &mut Text) {
    let info = scheduler();
    let idle: u64 = info.idle.iter().sum();
    let hundredths = |time: u64| (time / HUNDREDTH / 100, time / HUNDREDTH % 100);
    let ((up, up_rest), (idle, idle_rest)) = (hundredths(info.uptime), hundredths(idle));
    let _ = writeln!(text, "{up}.{up_rest:02} {idle}.{idle_rest:02}");
}

/// `loadavg`: no average is kept; told is what runs now.
pub fn load(text: &mut Text) {
    let info = scheduler();
    let (running, processes) = (info.runnable, process::count());
    let last = process::list().map(|record| record.pid).max().unwrap_or(0);
    let _ = writeln!(text, "{running}.00 {running}.00 {running}.00 {running}/{processes} {last}");
}

/// `stat`: times of the cores, and counts.
pub fn statistics(text: &mut Text) {
    let info = scheduler();
    let cores = (info.cores as usize).min(info.idle.len());
    let times = |idle: u64, count: u64| {
        let busy = (info.uptime * count).saturating_sub(idle);
        (busy / TICK, idle / TICK)
    };
    let idle: u64 = info.idle[..cores].iter().sum();
    let (busy, rest) = times(idle, cores as u64);
    let _ = writeln!(text, "cpu  {busy} 0 0 {rest} 0 0 0 0 0 0");
    for (core, idle) in info.idle[..cores].iter().enumerate() {
        let (busy, rest) = times(*idle, 1);
        let _ = writeln!(text, "cpu{core} {busy} 0 0 {rest} 0 0 0 0 0 0");
    }
    let _ = write!(
        text,
        "intr 0\nctxt {}\nbtime 0\nprocesses {}\nprocs_running {}\nprocs_blocked 0\n",
        info.switches,
        process::count(),
        info.runnable,
    );
}

/// `cpuinfo`.
pub fn processors(text: &mut Text) {
    for core in 0..scheduler().cores {
        let _ = write!(
            text,
            "processor\t: {core}\nFeatures\t: fp asimd crc32\nCPU architecture: 8\n\n"
        );
    }
    let _ = writeln!(text, "Model\t\t: {}", board().name());
}

/// `version`.
pub fn version(text: &mut Text) {
    let _ = writeln!(text, "Commons version {} #1 SMP", env!("CARGO_PKG_VERSION"));
}

/// What can be mounted: what, where, as which type, whether it can be written, and the number of the
/// device that files there tell.
const MOUNTS: [(&str, &str, &str, &str, FileSystem); 7] = [
    ("rootfs", "/", "ramfs", "ro", FileSystem::Archive),
    ("devtmpfs", "/dev", "tmpfs", "rw", FileSystem::Devices),
    ("tmpfs", "/dev/shm", "tmpfs", "rw", FileSystem::Regions),
    ("proc", "/proc", "proc", "ro", FileSystem::Processes),
    ("sysfs", "/sys", "sysfs", "ro", FileSystem::Machine),
    ("tmpfs", "/tmp", "tmpfs", "rw", FileSystem::Memory),
    ("/dev/mmcblk0", "/sd", "vfat", "rw", FileSystem::Card),
];

/// What of it is there now: all, but for the card without one.
fn mounted()
-> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str, FileSystem)> {
    let card = fs::mounted().map(|access| if access == Access::ReadOnly { "ro" } else { "rw" });
    MOUNTS.into_iter().filter_map(move |(what, at, kind, access, system)| {
        let access = if system == FileSystem::Card { card? } else { access };
        Some((what, at, kind, access, system))
    })
}

/// `mounts`.
pub fn mounts(text: &mut Text) {
    for (what, at, kind, access, _) in mounted() {
        let _ = writeln!(text, "{what} {at} {kind} {access} 0 0");
    }
}

/// `mountinfo`: number, number of the mount above, device, root, place, options, and the rest.
pub fn mount_information(text: &mut Text) {
    for (index, (what, at, kind, access, device)) in mounted().enumerate() {
        let number = index + 1;
        let above = match at {
            "/dev/shm" => 2,
            _ => 1,
        };
        let device = device as u32;
        let _ = writeln!(
            text,
            "{number} {above} 0:{device} / {at} {access},relatime - {kind} {what} {access}"
        );
    }
}

/// `filesystems`.
pub fn file_systems(text: &mut Text) {
    text.push(b"nodev\tramfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tsysfs\n\tvfat\n");
}

/// `swaps`: none.
pub fn swaps(text: &mut Text) {
    text.push(b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
}

/// `online`: the cores that run, as a range.
pub fn online(text: &mut Text) {
    match scheduler().cores {
        0 | 1 => text.push(b"0\n"),
        cores => {
            let _ = writeln!(text, "0-{}", cores - 1);
        }
    }
}
