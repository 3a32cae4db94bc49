//! What a program hands back as the frame of a signal handler: any bytes on its stack.
//!
//! Whatever they say, the program goes on as a program, with interrupts open; signals that cannot be blocked are
//! not; and a frame that is refused changes nothing.

use crate::input::Input;
use crate::machine::without_leak;
use abi::memory::Protection;
use abi::signal::{FRAME_BYTES, FpRecord, RECORD_FAULT, RECORD_FP, RECORDS_AT, Signal, signal_bit};
use arch::addr::{PAGE_SIZE, VirtAddr};
use arch::trap::TrapFrame;
use kcore::mm::{AddressSpace, MapRequest, Placement};
use kcore::process::signal::pop_frame;

const STACK: usize = 0x1_0000_0000;
const STACK_BYTES: usize = 4 * PAGE_SIZE;

/// Drives it.
pub fn run(bytes: &[u8]) {
    without_leak(|| pop(bytes));
}

fn pop(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let space = AddressSpace::new().expect("memory is plenty");
    let request = MapRequest {
        placement: Placement::FixedNoReplace(VirtAddr::new(STACK)),
        bytes: STACK_BYTES,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: None,
    };
    space.map(request).expect("the address is free");
    let at = STACK + usize::from(input.u16()) % STACK_BYTES;
    let mut frame = TrapFrame::user(VirtAddr::new(0x1000), VirtAddr::new(at));
    if input.u8() == 0xFF {
        frame.sp = input.u64();
    }
    // The kernel's stores bring pages in, which its loads do not where nobody asks.
    space.store(VirtAddr::new(STACK), &[0; STACK_BYTES]).expect("it can be written");
    let _ = space.store(VirtAddr::new(at), &written(&mut input));
    space.activate();
    let before = frame;
    match pop_frame(&mut frame) {
        Ok(restored) => {
            assert!(frame.is_from_user() && frame.spsr & 0x3DF == 0, "{:#x}", frame.spsr);
            let unstoppable = signal_bit(Signal::KILL as u32) | signal_bit(Signal::STOP as u32);
            assert_eq!(restored.mask & unstoppable, 0);
            assert!(before.sp.is_multiple_of(16));
        }
        Err(_) => assert_eq!(frame, before),
    }
}

/// A frame with records of the kinds and sizes that the input says, and bytes of it elsewhere.
fn written(input: &mut Input<'_>) -> Vec<u8> {
    let mut frame = vec![0; FRAME_BYTES];
    let mut at = RECORDS_AT;
    for _ in 0..input.u8() % 16 {
        let (magic, size) = match input.u8() % 6 {
            0 => (RECORD_FP, size_of::<FpRecord>() as u32),
            1 => (RECORD_FAULT, 16),
            2 => (RECORD_FAULT, input.u16().into()),
            3 => (RECORD_FP, input.u16().into()),
            4 => (RECORD_FAULT, input.u32()),
            _ => (input.u32(), input.u32()),
        };
        let Some(head) = frame.get_mut(at..at.saturating_add(8)) else { break };
        head[..4].copy_from_slice(&magic.to_le_bytes());
        head[4..].copy_from_slice(&size.to_le_bytes());
        at = at.saturating_add(size as usize);
    }
    while !input.is_empty() {
        let at = usize::from(input.u16()) % FRAME_BYTES;
        for (to, from) in frame[at..].iter_mut().zip(input.counted()) {
            *to = *from;
        }
    }
    frame
}
