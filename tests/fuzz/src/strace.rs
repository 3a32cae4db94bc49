//! What `strace` makes of the records that come out of the kernel's ring: any bytes, and records with any numbers.
//!
//! Every record becomes lines, and lines are a text without what would move a terminal's cursor.

use crate::input::Input;
use abi::trace::{ARGUMENTS, Copied, TraceEvent, TraceRecord};
use user::table::Colour;
use user::trace::filter::Filter;
use user::trace::printer::{Options, Printer, Stamp, Whose};
use user::trace::record::{Capture, Record, parse, size};
use zerocopy::IntoBytes;

/// Records of one input at most.
const RECORDS: usize = 24;

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let kind = input.u8();
    let options = Options {
        filter: Filter::all(),
        stamp: [Stamp::None, Stamp::Seconds, Stamp::Micros, Stamp::Since][usize::from(kind & 3)],
        times: kind & 4 != 0,
        only_summary: kind & 8 != 0,
        whose: if kind & 16 == 0 { Whose::IfSeveral } else { Whose::Always },
        colour: Colour::Off,
        epoch: input.u64(),
    };
    let mut printer = Printer::new(options);
    if kind & 32 == 0 {
        raw(&mut printer, input.rest());
    } else {
        for _ in 0..RECORDS {
            if input.is_empty() {
                break;
            }
            printer.add(record(&mut input));
        }
    }
    printer.finish();
    let text = printer.take_text();
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
    let _ = printer.summary();
    // A suggestion takes its time.
    if kind & 0xC0 == 0xC0
        && let Ok(text) = str::from_utf8(&bytes[1..bytes.len().min(30)])
        && let Ok(filter) = Filter::parse(text)
    {
        let _ = filter.shows(1);
    }
}

/// Records as they lie in the ring.
fn raw(printer: &mut Printer, mut bytes: &[u8]) {
    for _ in 0..RECORDS {
        let Some(length) = size(bytes) else { break };
        let Some(record) = bytes.get(..length) else { break };
        if let Some(record) = parse(record) {
            printer.add(record);
        }
        bytes = &bytes[length..];
    }
}

/// A record that the kernel could have made.
fn record(input: &mut Input<'_>) -> Record {
    let event = TraceEvent::from_number(u32::from(input.u8() % 6) + 1).expect("there are six");
    let tid = u32::from(input.u8() % 4);
    let number =
        if input.u8().is_multiple_of(8) { input.u64() } else { u64::from(input.u16() % 512) };
    let mut head =
        TraceRecord { event: event as u32, pid: tid & 2, tid, number, ..TraceRecord::default() };
    head.time = input.u16().into();
    head.flags = input.u8().into();
    head.value = if input.u8().is_multiple_of(2) { input.u8().into() } else { input.u64() };
    let mut argument = || match input.u8() % 4 {
        0 => u64::from(input.u8()),
        1 => u64::from(input.u32()),
        2 => input.u64(),
        _ => -i64::from(input.u8()) as u64,
    };
    head.arguments = [(); ARGUMENTS].map(|()| argument());
    let mut captures = Vec::new();
    for _ in 0..input.u8() % 5 {
        let copied = Copied::from_number(input.u8() % 4).expect("there are four");
        let (argument, part) = (input.u8() % 7, input.u8() % 3);
        captures.push(Capture { argument, part, copied, bytes: input.counted().to_vec() });
    }
    Record { event, head, captures }
}

/// A record's bytes in the ring, for seeds.
pub fn bytes_of(head: TraceRecord) -> Vec<u8> {
    TraceRecord { size: size_of::<TraceRecord>() as u32, ..head }.as_bytes().to_vec()
}
