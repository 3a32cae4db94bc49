//! What is printed of records as the kernel makes them.

use super::call;
use super::filter::Filter;
use super::names;
use super::printer::{Options, Printer, Stamp, Whose};
use super::quote::quoted;
use super::record::{Capture, Record, parse, size};
use super::status;
use super::structure;
use crate::table::Colour;
use abi::process::ExitStatus;
use abi::region::RegionRequest;
use abi::signal::{CLD_EXITED, Signal, SignalInfo};
use abi::trace::{
    ARGUMENTS, Copied, Kind, Set, Structure, TraceCapture, TraceEvent, TraceRecord, signature,
};
use abi::{Errno, Sysno};
use proptest::prelude::*;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};
use zerocopy::IntoBytes;

fn record(event: TraceEvent, tid: u32, number: u64) -> Record {
    let head = TraceRecord { event: event as u32, pid: tid, tid, number, ..TraceRecord::default() };
    Record { event, head, captures: Vec::new() }
}

fn enter(call: Sysno, arguments: &[u64]) -> Record {
    let mut record = record(TraceEvent::Enter, 7, call as u64);
    record.head.arguments[..arguments.len()].copy_from_slice(arguments);
    record
}

fn leave(call: Sysno, value: u64) -> Record {
    let mut record = record(TraceEvent::Leave, 7, call as u64);
    record.head.value = value;
    record
}

fn with(mut record: Record, argument: u8, copied: Copied, bytes: &[u8]) -> Record {
    record.captures.push(Capture { argument, part: 0, copied, bytes: bytes.into() });
    record
}

fn options() -> Options {
    Options {
        filter: Filter::all(),
        stamp: Stamp::None,
        times: false,
        only_summary: false,
        whose: Whose::IfSeveral,
        colour: Colour::Off,
        epoch: 0,
    }
}

fn printed(records: Vec<Record>) -> String {
    let mut printer = Printer::new(options());
    records.into_iter().for_each(|record| printer.add(record));
    printer.finish();
    printer.take_text()
}

/// A path that is opened and not there.
fn failed_open() -> [Record; 2] {
    let enter = enter(Sysno::Openat, &[-100_i64 as u64, 0x1000, 0o2000000, 0]);
    let enter = with(enter, 1, Copied::Whole, b"/none");
    [enter, leave(Sysno::Openat, Errno::ENOENT.to_result())]
}

#[test]
fn a_call_that_fails_tells_its_error_by_name() {
    let line =
        "openat(AT_FDCWD, \"/none\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)\n";
    assert_eq!(printed(failed_open().into()), line);
}

#[test]
fn permissions_are_told_only_where_a_file_is_made() {
    let flags = 0o101;
    let enter = enter(Sysno::Openat, &[3, 0x1000, flags, 0o640]);
    let enter = with(enter, 1, Copied::Whole, b"new");
    let text = printed(vec![enter, leave(Sysno::Openat, 4)]);
    assert_eq!(text, "openat(3, \"new\", O_WRONLY|O_CREAT, 0640) = 4\n");
}

#[test]
fn what_a_call_fills_is_told_when_it_is_over() {
    let enter = enter(Sysno::Read, &[0, 0x2000, 100]);
    let (begin, shown) = call::arguments(&enter, None, 0);
    assert_eq!((begin.as_str(), shown), ("0", 1));
    let leave = with(leave(Sysno::Read, 3), 1, Copied::Whole, b"ab\n");
    let text = printed(vec![enter.clone(), leave]);
    assert_eq!(text, format!("{:40}= 3\n", "read(0, \"ab\\n\", 100)"));
    let failed = printed(vec![enter, self::leave(Sysno::Read, Errno::EIO.to_result())]);
    assert!(failed.starts_with("read(0, 0x2000, 100) "), "{failed}");
}

#[test]
fn what_was_cut_or_could_not_be_read_is_told_so() {
    let write = |copied, bytes: &[u8]| {
        let enter = with(enter(Sysno::Write, &[1, 0x3000, 80]), 1, copied, bytes);
        printed(vec![enter, leave(Sysno::Write, 80)])
    };
    assert!(write(Copied::Cut, b"begin").starts_with("write(1, \"begin\"..., 80) "));
    assert!(write(Copied::Unreadable, b"").starts_with("write(1, 0x3000, 80) "));
    assert!(write(Copied::Unreadable, b"be").starts_with("write(1, \"be\"..., 80) "));
}

#[test]
fn a_region_is_told_with_its_name_its_size_and_its_flags() {
    let request = RegionRequest {
        bytes: 65536,
        maximum: 1 << 20,
        flags: 9,
        mode: 0o600,
        ..Default::default()
    };
    let enter =
        with(enter(Sysno::RegionCreate, &[0x1000, 5, 0x2000, 32]), 0, Copied::Whole, b"/demo");
    let enter = with(enter, 2, Copied::Whole, request.as_bytes());
    let text = printed(vec![enter, leave(Sysno::RegionCreate, 3)]);
    assert_eq!(
        text,
        "region_create(\"/demo\", 5, {bytes=65536, maximum=1048576, \
         flags=REGION_EXCLUSIVE|REGION_EPHEMERAL, mode=0600, seals=0}, 32) = 3\n"
    );
    let map = [enter_map(), leave(Sysno::RegionMap, 0x8000_0000)];
    let line = "region_map(3, REGION_RIGHT_READ|REGION_RIGHT_WRITE, 0, 4096) = 0x80000000\n";
    assert_eq!(printed(map.into()), line);
}

fn enter_map() -> Record {
    enter(Sysno::RegionMap, &[3, 3, 0, 4096])
}

#[test]
fn a_call_that_another_thread_interrupts_is_resumed() {
    let mut other = failed_open();
    other.iter_mut().for_each(|record| record.head.tid = 8);
    let [begin, end] = other;
    let waits = enter(Sysno::Read, &[0, 0x2000, 1]);
    let woken = with(leave(Sysno::Read, 1), 1, Copied::Whole, b"x");
    let text = printed(vec![waits, begin, end, woken]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "read(0 <unfinished ...>");
    assert!(lines[1].starts_with("[pid     8] openat("), "{text}");
    assert!(lines[2].starts_with("[pid     7] <... read resumed>, \"x\", 1)"), "{text}");
}

#[test]
fn the_last_call_has_no_result_and_the_end_is_told() {
    let text = printed(vec![
        enter(Sysno::ExitGroup, &[3]),
        record(TraceEvent::End, 7, u64::from(ExitStatus::Exited(3).to_word())),
    ]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines, [&format!("{:40}= ?", "exit_group(3)"), "+++ exited with 3 +++"]);
    assert_eq!(status::end(ExitStatus::Signalled(9).to_word()), "killed by SIGKILL");
}

#[test]
fn a_signal_tells_who_sent_it() {
    let sent = SignalInfo::from_process(Signal::TERM as u32, 0, 12, 1000);
    let info = "{si_signo=SIGTERM, si_code=SI_USER, si_pid=12, si_uid=1000}";
    assert_eq!(status::info(sent.as_bytes()).as_deref(), Some(info));
    let child = SignalInfo::of_child(CLD_EXITED, 12, 0, 3, 0, 0);
    let info = "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12, si_uid=0, si_status=3}";
    assert_eq!(status::info(child.as_bytes()).as_deref(), Some(info));
    let fault = SignalInfo::of_fault(Signal::SEGV, 1, 0x10);
    let info = "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}";
    assert_eq!(status::info(fault.as_bytes()).as_deref(), Some(info));
    let mut told = record(TraceEvent::Signal, 7, 15);
    told = with(told, 0, Copied::Whole, sent.as_bytes());
    assert!(printed(vec![told]).starts_with("--- SIGTERM {si_signo=SIGTERM, "));
}

#[test]
fn a_call_that_begins_again_is_told_so() {
    let mut leave = leave(Sysno::Read, Errno::EINTR.to_result());
    leave.head.flags = abi::trace::TRACE_INTERRUPTED;
    let text = printed(vec![enter(Sysno::Read, &[0, 0x2000, 1]), leave]);
    assert!(text.contains("= ? ERESTARTSYS "), "{text}");
}

#[test]
fn lists_of_words_and_of_buffers_are_told_part_by_part() {
    let mut exec =
        with(enter(Sysno::Execve, &[0x1000, 0x2000, 0x3000]), 0, Copied::Whole, b"/bin/ls");
    exec = with(exec, 1, Copied::Whole, 2_u64.as_bytes());
    for (part, word) in [(1, b"ls"), (2, b"-l")] {
        exec.captures.push(Capture {
            argument: 1,
            part,
            copied: Copied::Whole,
            bytes: word.into(),
        });
    }
    exec = with(exec, 2, Copied::Whole, 1_u64.as_bytes());
    let text = printed(vec![exec, leave(Sysno::Execve, 0)]);
    assert_eq!(text, "execve(\"/bin/ls\", [\"ls\", \"-l\"], 0x3000 /* 1 var */) = 0\n");
    let vector = [0x5000_u64, 2, 0x6000, 1];
    let mut writev =
        with(enter(Sysno::Writev, &[1, 0x4000, 2]), 1, Copied::Whole, vector.as_bytes());
    writev.captures.push(Capture {
        argument: 1,
        part: 1,
        copied: Copied::Whole,
        bytes: vec![b'a', b'b'],
    });
    let text = printed(vec![writev, leave(Sysno::Writev, 3)]);
    assert_eq!(
        text,
        "writev(1, [{iov_base=\"ab\", iov_len=2}, {iov_base=0x6000, iov_len=1}], 2) = 3\n"
    );
}

#[test]
fn what_follows_a_lock_word_depends_on_what_is_asked_of_it() {
    let futex = |operation, timeout| {
        let enter = enter(Sysno::Futex, &[0x1000, operation, 2, timeout, 0, 0]);
        printed(vec![enter, leave(Sysno::Futex, 0)])
    };
    assert!(futex(129, 0x77).starts_with("futex(0x1000, FUTEX_WAKE_PRIVATE, 2) "));
    assert!(futex(128, 0).starts_with("futex(0x1000, FUTEX_WAIT_PRIVATE, 2, NULL) "));
}

#[test]
fn times_and_stamps_stand_where_they_are_asked_for() {
    let mut printer = Printer::new(Options {
        stamp: Stamp::Micros,
        times: true,
        epoch: 3_600_000_000_000,
        ..options()
    });
    let [mut begin, mut end] = failed_open();
    begin.head.time = 61_000_002_000;
    end.head.time = 61_000_502_000;
    printer.add(begin);
    printer.add(end);
    let text = printer.take_text();
    assert!(text.starts_with("01:01:01.000002 openat("), "{text}");
    assert!(text.ends_with(" <0.000500>\n"), "{text}");
}

#[test]
fn a_summary_has_a_row_for_each_call_and_their_sum() {
    let mut printer = Printer::new(Options { only_summary: true, ..options() });
    for took in [3_000_000, 1_000_000] {
        let [begin, mut end] = failed_open();
        end.head.time = took;
        printer.add(begin);
        printer.add(end);
    }
    printer.add(enter(Sysno::Getpid, &[]));
    printer.add(leave(Sysno::Getpid, 7));
    assert_eq!(printer.take_text(), "");
    let table = printer.summary();
    let rows: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[2], ["100.00", "0.004000", "2000", "2", "2", "openat"]);
    assert_eq!(rows[3], ["0.00", "0.000000", "0", "1", "getpid"]);
    assert_eq!(rows[5], ["100.00", "0.004000", "1333", "3", "2", "total"]);
}

#[test]
fn a_choice_of_calls_is_by_name_by_beginning_or_by_what_is_left_out() {
    let shows = |text: &str, call: Sysno| Filter::parse(text).unwrap().shows(call as u64);
    assert!(shows("openat,close", Sysno::Close) && !shows("openat,close", Sysno::Read));
    assert!(shows("trace=region_*", Sysno::RegionMap) && !shows("region_*", Sysno::Mmap));
    assert!(shows("!brk", Sysno::Read) && !shows("!brk", Sysno::Brk));
    assert!(shows("all", Sysno::Brk) && !shows("none", Sysno::Brk));
    let error = Filter::parse("opneat").unwrap_err().to_string();
    assert_eq!(error, "opneat: no such call (did you mean: openat?)");
    assert!(Filter::parse("frobnicate").is_err() && Filter::parse("frob*").is_err());
}

#[test]
fn every_set_that_a_call_has_has_names() {
    for call in Sysno::ALL {
        for kind in signature(*call).arguments {
            if let Kind::One(set) | Kind::Flags(set) = kind {
                assert!(!names::of(*set).is_empty(), "{call:?}: {set:?}");
            }
        }
    }
}

#[test]
fn every_structure_that_a_call_has_is_shown_with_its_fields() {
    for call in Sysno::ALL {
        for kind in signature(*call).arguments {
            if let Kind::Structure(structure, _) | Kind::Array(structure, ..) = kind {
                let bytes = vec![0; structure.size()];
                assert!(structure::show(*structure, &bytes).is_some(), "{call:?}: {structure:?}");
                let short = structure::show(*structure, &bytes[1..]);
                assert_eq!(short, None, "{structure:?} is as long as it says");
            }
        }
    }
}

#[test]
fn numbers_have_the_names_of_their_flags_and_keep_what_has_none() {
    assert_eq!(names::flags(Set::Protection, 0), "PROT_NONE");
    assert_eq!(names::flags(Set::Protection, 0x103), "PROT_READ|PROT_WRITE|0x100");
    assert_eq!(names::flags(Set::Open, 2), "O_RDWR");
    assert_eq!(names::flags(Set::Clone, 17), "SIGCHLD");
    assert_eq!(names::flags(Set::Clone, 0x4111), "CLONE_VM|CLONE_VFORK|SIGCHLD");
    assert_eq!(names::flags(Set::SocketType, 0o2000001), "SOCK_STREAM|SOCK_CLOEXEC");
    assert_eq!(names::flags(Set::OfferFlags, 7 | 56), "VMO_GRANTALL|VMO_DISOWN");
    assert_eq!(names::one(Set::Whence, 77), "0x4d");
    assert_eq!(quoted(b"a\"\\\n\x01\x012\xFF"), "\"a\\\"\\\\\\n\\1\\0012\\377\"");
    let set = |set: u64| structure::show(Structure::SignalSet, set.as_bytes()).unwrap();
    assert_eq!(
        (set(0).as_str(), set(3).as_str(), set(u64::MAX).as_str()),
        ("[]", "[HUP INT]", "~[]")
    );
}

/// The bytes of a record, as the ring has them.
fn bytes_of(record: &Record) -> Vec<u8> {
    let mut captures = Vec::new();
    for capture in &record.captures {
        let head = TraceCapture {
            argument: capture.argument,
            part: capture.part,
            copied: capture.copied as u8,
            reserved: 0,
            length: capture.bytes.len() as u32,
        };
        captures.extend_from_slice(head.as_bytes());
        captures.extend_from_slice(&capture.bytes);
        captures.resize(captures.len().next_multiple_of(8), 0);
    }
    let mut head = record.head;
    head.captures = record.captures.len() as u32;
    head.size = (size_of::<TraceRecord>() + captures.len()) as u32;
    [head.as_bytes(), &captures].concat()
}

proptest! {
    #[test]
    fn records_come_out_of_the_ring_as_they_were_made(
        number in any::<u64>(), value in any::<u64>(), parts in proptest::collection::vec(
            (0_u8..6, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..5),
    ) {
        let mut made = record(TraceEvent::Leave, 7, number);
        made.head.value = value;
        for (argument, part, bytes) in parts {
            made.captures.push(Capture { argument, part, copied: Copied::Whole, bytes });
        }
        let bytes = bytes_of(&made);
        prop_assert_eq!(size(&bytes), Some(bytes.len()));
        let found = parse(&bytes).unwrap();
        prop_assert_eq!(&found.captures, &made.captures);
        prop_assert_eq!((found.head.number, found.head.value), (number, value));
    }

    #[test]
    fn bytes_that_are_no_record_harm_nobody(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (size(&bytes), parse(&bytes));
    }

    /// Every call, whatever it is made with and whatever was copied, is shown.
    #[test]
    fn any_call_is_shown(
        index in 0..Sysno::ALL.len(),
        arguments in any::<[u64; ARGUMENTS]>(),
        value in any::<u64>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let call = Sysno::ALL[index];
        let mut begin = enter(call, &arguments);
        let mut end = leave(call, value);
        for argument in 0..ARGUMENTS as u8 {
            begin = with(begin, argument, Copied::Whole, &bytes);
            end = with(end, argument, Copied::Cut, &bytes);
        }
        let text = printed(vec![begin, end]);
        let name = signature(call).name;
        let open = format!("{name}(");
        prop_assert!(text.starts_with(&open), "{}", text);
        prop_assert!(text.contains(" = "), "{}", text);
    }
}
