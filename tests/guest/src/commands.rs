//! Small commands for the harness, which are no suites.

use crate::suites::{fault, take_offer, tell_addresses};
use crate::{frames, os, power, print, say, start};
use abi::process::ProcessState;
use core::ffi::CStr;

/// Runs the command of that name, if there is one, and gives its status.
pub fn run(name: &CStr) -> Option<i32> {
    match print::text(name) {
        "frames" => Some(count_frames()),
        "spin" => spin(),
        "words" => Some(print_words()),
        "addresses" => Some(tell_addresses()),
        "environment" => Some(print_environment()),
        "still" => Some(watch_processor_time()),
        "kill-after" => Some(kill_after()),
        "power-work" => Some(power::work()),
        "power-check" => Some(power::check()),
        "same" => Some(compare_files()),
        "fault" => Some(fault(start::argument(2).unwrap_or(c""))),
        "take-offer" => Some(take_offer()),
        "is-first-thread" => Some(i32::from(os::own_tid() != os::own_id())),
        "list-descriptors" => Some(print_descriptors()),
        _ => None,
    }
}

/// `frames`: prints the count of frames that are free, or the kernel's heap, or hold the memory of the shell
/// that asks; and the bytes in use of the heap, which lie in more or fewer pages as it happens.
///
/// The shell remembers what is typed, so its own memory grows while a test types.
fn count_frames() -> i32 {
    let free = frames::settled(None);
    let parent = os::parent_id();
    let mut parents = 0;
    os::for_each_process(|record| {
        if u64::from(record.pid) == parent {
            parents = record.resident_pages;
        }
    });
    if let Ok(use_of) = os::memory_info() {
        let (user, tables, stacks) = (use_of.user, use_of.tables, use_of.stacks);
        let (heap, bytes) = (use_of.heap, use_of.heap_bytes);
        say!(
            "user {user} tables {tables} stacks {stacks} heap {heap} ({bytes} bytes) shell {parents}"
        );
    }
    let (heap, bytes) = os::memory_info().map_or((0, 0), |info| (info.heap, info.heap_bytes));
    say!(
        "free frames {} besides the heap's, of which {bytes} bytes are in use",
        free + heap + parents
    );
    0
}

/// `spin`: says that it does and uses a core until it is ended.
fn spin() -> ! {
    say!("spinning");
    loop {
        core::hint::spin_loop();
    }
}

/// `words WORD…`: prints its words, a line each.
fn print_words() -> i32 {
    for index in 1..start::argument_count() {
        say!("{}", start::argument(index).map_or("", print::text));
    }
    0
}

/// `environment`: prints the environment, a line each.
fn print_environment() -> i32 {
    let mut index = 0;
    while let Some(string) = start::environment(index) {
        say!("{}", print::text(string));
        index += 1;
    }
    0
}

/// `list-descriptors`: prints the numbers of the open descriptors, a line each.
fn print_descriptors() -> i32 {
    (0..64).filter(|fd| os::stat(*fd).is_ok()).for_each(|fd| say!("{fd}"));
    0
}

/// `still NAME`: succeeds when the processes of that name sleep and use no core for a while.
fn watch_processor_time() -> i32 {
    let name = start::argument(2).map_or(&b""[..], CStr::to_bytes);
    let asleep = os::until(10 * os::SECOND, || look_at(name).is_some_and(|look| look.awake == 0));
    let before = look_at(name);
    let slept = os::sleep(300 * os::MILLISECOND);
    let after = look_at(name);
    let used = after.map_or(u64::MAX, |look| look.used) - before.map_or(0, |look| look.used);
    say!("asleep: {asleep}, used: {used} ns");
    i32::from(!asleep || slept.is_err() || before.is_none() || used > 20 * os::MILLISECOND)
}

/// What the processes of a name do.
#[derive(Clone, Copy)]
struct Look {
    used: u64,
    awake: u64,
}

fn look_at(name: &[u8]) -> Option<Look> {
    let mut look = None;
    os::for_each_process(|process| {
        if process.command() == name {
            let seen = look.get_or_insert(Look { used: 0, awake: 0 });
            seen.used += process.cpu_time;
            seen.awake += u64::from(process.state == ProcessState::Running as u32);
        }
    });
    look
}

/// `kill-after MILLISECONDS PROCESS`: kills a process after some time.
fn kill_after() -> i32 {
    let (Some(milliseconds), Some(process)) = (start::number(2), start::number(3)) else {
        return 2;
    };
    let slept = os::sleep(milliseconds * os::MILLISECOND);
    i32::from(slept.and(os::end(process)).is_err())
}

/// `same FILE FILE`: succeeds when two files have the same contents.
fn compare_files() -> i32 {
    let open = |index| start::argument(index).and_then(|path| os::open_to_read(path).ok());
    let (Some(one), Some(other)) = (open(2), open(3)) else { return 2 };
    let mut buffers = [[0; 4096]; 2];
    let mut total = 0;
    loop {
        let [first, second] = &mut buffers;
        let lengths = (os::read_full(one, first), os::read_full(other, second));
        let (Ok(length), Ok(other_length)) = lengths else { return 2 };
        if length != other_length || first[..length] != second[..length] {
            say!("the files differ after {total} bytes");
            return 1;
        }
        total += length;
        if length == 0 {
            return i32::from(total == 0);
        }
    }
}
