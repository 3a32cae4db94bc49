//! The texts about one process, as proc(5) gives their formats.

use super::name::name_of;
use super::system;
use super::text::Text;
use crate::fs::tty;
use crate::mm::Access;
use crate::pinned_buffer::PinnedBuffer;
use crate::process::{self, Process};
use crate::sched::Thread;
use abi::Errno;
use abi::limits::{OPEN_MAX, PAGE_SIZE};
use abi::process::{ProcessRecord, ProcessState};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::fmt::Write;
use core::ops::Range;

/// Ticks of a hundredth of a second, in which Linux counts here.
pub const TICK: u64 = 10_000_000;

fn record(process: &Process) -> Result<ProcessRecord, Errno> {
    process::record_of(process.pid).ok_or(Errno::ESRCH)
}

/// The name in listings, cut as Linux cuts it.
fn command(record: &ProcessRecord) -> &str {
    let end = record.command.iter().position(|byte| *byte == 0).unwrap_or(record.command.len());
    core::str::from_utf8(&record.command[..end.min(15)]).unwrap_or("?")
}

/// `mountinfo`.
pub fn mount_information(_: &Process, text: &mut Text) -> Result<(), Errno> {
    system::mount_information(text);
    Ok(())
}

/// `mounts`.
pub fn mounts(_: &Process, text: &mut Text) -> Result<(), Errno> {
    system::mounts(text);
    Ok(())
}

/// `stat`: everything in one line.
pub fn one_line(process: &Process, text: &mut Text) -> Result<(), Errno> {
    line_of(process, &record(process)?, text);
    Ok(())
}

/// `stat` of a thread: what is not its own is its process's.
pub fn thread_line(process: &Process, thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    line_of(process, &thread_record(process, thread)?, text);
    Ok(())
}

/// What is told of a process, with what is a thread's own.
fn thread_record(process: &Process, thread: &Thread) -> Result<ProcessRecord, Errno> {
    let mut record = record(process)?;
    let doing = match ProcessState::Running {
        _ if record.state == ProcessState::Stopped as u32 => ProcessState::Stopped,
        _ if thread.is_waiting() => ProcessState::Sleeping,
        running => running,
    };
    record.command.fill(0);
    for (to, from) in record.command.iter_mut().zip(name_of(process, thread)) {
        *to = from;
    }
    (record.pid, record.state) = (thread.tid(), doing as u32);
    (record.core, record.cpu_time) = (thread.last_core(), thread.cpu_time());
    Ok(record)
}

fn line_of(process: &Process, record: &ProcessRecord, text: &mut Text) {
    let state = ProcessState::letter(record.state);
    let ProcessRecord { pid, parent, group, session, threads, core, .. } = *record;
    let (terminal, foreground) =
        tty::terminal_of(session).map_or((0, -1), |(device, group)| (device, group as i32));
    let user = record.cpu_time / TICK;
    let start = process.started / TICK;
    let (size, resident) = (record.mapped_bytes, record.resident_pages);
    let [arguments, environment] = strings(process);
    // From the flags on: faults, times, priority, threads, start, memory, addresses, signals, …
    let _ = writeln!(
        text,
        "{pid} ({}) {state} {parent} {group} {session} {terminal} {foreground} 0 0 0 0 0 {user} 0 \
         0 0 20 0 {threads} 0 {start} {size} {resident} 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 \
         0 17 {core} 0 0 0 0 0 0 0 0 {} {} {} {} 0",
        command(record),
        arguments.start,
        arguments.end,
        environment.start,
        environment.end,
    );
}

/// `statm`: sizes in pages.
pub fn sizes(process: &Process, text: &mut Text) -> Result<(), Errno> {
    let record = record(process)?;
    let pages = record.mapped_bytes / PAGE_SIZE as u64;
    let _ = writeln!(text, "{pages} {} 0 0 0 {pages} 0", record.resident_pages);
    Ok(())
}

/// `status`: a line for each thing that is known.
pub fn lines(process: &Process, text: &mut Text) -> Result<(), Errno> {
    lines_of(process, &record(process)?, text);
    signals(process, process.thread(process.pid).as_ref(), text);
    Ok(())
}

/// `status` of a thread.
pub fn thread_lines(process: &Process, thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    lines_of(process, &thread_record(process, thread)?, text);
    signals(process, process.thread(thread.tid()).as_ref(), text);
    Ok(())
}

fn lines_of(process: &Process, record: &ProcessRecord, text: &mut Text) {
    let identity = process.identity();
    let umask = process.umask();
    let state = match ProcessState::letter(record.state) {
        'R' => "R (running)",
        'S' => "S (sleeping)",
        'T' => "T (stopped)",
        _ => "Z (zombie)",
    };
    let pid = record.pid;
    let resident = record.resident_pages * PAGE_SIZE as u64 / 1024;
    let _ = write!(
        text,
        "Name:\t{}\nUmask:\t{umask:04o}\nState:\t{state}\nTgid:\t{}\nNgid:\t0\nPid:\t{pid}\n\
         PPid:\t{}\nTracerPid:\t0\n",
        command(record),
        process.pid,
        record.parent,
    );
    for (name, who) in [("Uid", identity.users), ("Gid", identity.groups)] {
        let acts_as = who.effective;
        let _ = writeln!(text, "{name}:\t{}\t{acts_as}\t{}\t{acts_as}", who.real, who.saved);
    }
    let _ = write!(text, "FDSize:\t{OPEN_MAX}\nGroups:\t");
    for group in &process.groups() {
        let _ = write!(text, "{group} ");
    }
    let _ = writeln!(text);
    if process.space().is_some() {
        let _ = write!(
            text,
            "VmPeak:\t{size:8} kB\nVmSize:\t{size:8} kB\nVmRSS:\t{resident:8} kB\n",
            size = record.mapped_bytes / 1024,
        );
    }
    let _ = writeln!(text, "Threads:\t{}", record.threads);
}

/// The signals of a process, and of one of its threads.
fn signals(process: &Process, thread: Option<&Arc<Thread>>, text: &mut Text) {
    let (shared, ignored, caught) = process.signals.sets();
    let own = thread.map(|thread| &thread.signals);
    let (pending, blocked) = own.map_or((0, 0), |own| (own.pending(), own.blocked()));
    let _ = write!(
        text,
        "SigPnd:\t{pending:016x}\nShdPnd:\t{shared:016x}\nSigBlk:\t{blocked:016x}\n\
         SigIgn:\t{ignored:016x}\nSigCgt:\t{caught:016x}\n",
    );
}

/// Where the program's arguments and environment are.
fn strings(process: &Process) -> [Range<usize>; 2] {
    process.space().map_or([0..0, 0..0], |space| space.strings())
}

/// `cmdline`: the arguments, each with its NUL.
pub fn arguments(process: &Process, text: &mut Text) -> Result<(), Errno> {
    let [arguments, _] = strings(process);
    copy(process, arguments, text);
    Ok(())
}

/// `environ`: the environment that the program began with.
pub fn environment(process: &Process, text: &mut Text) -> Result<(), Errno> {
    let [_, environment] = strings(process);
    copy(process, environment, text);
    Ok(())
}

/// Copies a process's memory, up to where it is there no more.
fn copy(process: &Process, range: Range<usize>, text: &mut Text) {
    let Some(space) = process.space() else { return };
    let mut at = range.start;
    while at < range.end && !text.is_full() {
        let length = (PAGE_SIZE - at % PAGE_SIZE).min(range.end - at);
        let pinned = PinnedBuffer::pin(&space, VirtAddr::new(at), length, Access::Read);
        let Ok(pinned) = pinned else { return };
        let mut part = [0; 256];
        let mut done = 0;
        while done < length {
            let count = part.len().min(length - done);
            pinned.read(done, &mut part[..count]);
            text.push(&part[..count]);
            done += count;
        }
        at += length;
    }
}
