//! Who is refused memory first.

use crate::{Drained, map, memory, space};
use abi::{Errno, Sysno};
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;
use kcore::mm::frames::{self, Claim, FrameUse};
use kcore::mm::{Access, FaultError};
use kcore::{sched, syscall};

#[test]
fn programs_contents_stop_first_then_tables_and_the_kernels_heap_has_the_rest() {
    let _memory = memory();
    let user = Drained::by(FrameUse::User);
    assert!(frames::statistics().free >= 192, "user memory took the reserve");
    let tables = Drained::by(FrameUse::Table);
    assert!(!tables.1.is_empty(), "tables stopped with user memory");
    assert!(frames::statistics().free >= 96, "tables took what the heap needs");
    assert!(frames::allocate(FrameUse::Stack).is_err());
    assert_eq!(frames::allocate_run(4, FrameUse::Table), None);
    let run = frames::allocate_run(4, FrameUse::Heap).expect("the heap has the rest");
    frames::free_run(run, 4, FrameUse::Heap);
    let heap = Drained::by(FrameUse::Heap);
    assert_eq!(frames::statistics().free, 0);
    drop((user, tables, heap));
}

#[test]
fn a_run_of_frames_leaves_what_a_single_one_leaves() {
    let _memory = memory();
    let mut runs = Vec::new();
    while let Some(run) = frames::allocate_run(64, FrameUse::User) {
        runs.push(run);
    }
    let left = frames::statistics().free;
    // The kernel's heap may take all there is: more than a run is left only in smaller pieces.
    let another = frames::allocate_run(64, FrameUse::Heap);
    assert!(left >= 256, "{left} frames were left");
    assert!(left < 256 + 64 || another.is_none(), "{left} frames were left, in one piece");
    if let Some(run) = another {
        frames::free_run(run, 64, FrameUse::Heap);
    }
    for run in runs {
        frames::free_run(run, 64, FrameUse::User);
    }
}

#[test]
fn what_a_users_programs_leave_is_roots() {
    let _memory = memory();
    frames::set_claim(Claim::User);
    let users = Drained::by(FrameUse::User);
    let tables = Drained::by(FrameUse::Table);
    let promised = frames::promise(1);
    frames::set_claim(Claim::Root);
    assert_eq!(promised, Err(frames::OutOfMemory));
    assert!(frames::statistics().free >= 1024, "a user took root's memory");
    frames::promise(512).expect("there is memory for root");
    frames::withdraw_promise(512);
    let roots = Drained::by(FrameUse::User);
    assert!(roots.1.len() >= 512, "root has {} frames", roots.1.len());
    drop((users, tables, roots));
}

#[test]
fn an_essential_process_is_given_pages_when_others_are_not() {
    let _memory = memory();
    let space = space();
    map(&space, 0x40_0000, 64, None).expect("memory is plenty");
    let user = Drained::by(FrameUse::User);
    let touch = |page: usize| space.fault(VirtAddr::new(0x40_0000 + page * 4096), Access::Write);
    assert_eq!(touch(0), Err(FaultError::OutOfMemory));
    frames::set_claim(Claim::Essential);
    let touched: Result<Vec<()>, _> = (0..64).map(touch).collect();
    frames::set_claim(Claim::Root);
    assert!(touched.is_ok());
    drop(user);
}

#[test]
fn a_call_that_makes_objects_is_refused_before_the_kernels_memory_is_out() {
    let _memory = memory();
    sched::start();
    let tables = Drained::by(FrameUse::Table);
    for call in [Sysno::Clone, Sysno::Openat, Sysno::Pipe2, Sysno::RegionCreate] {
        let mut frame = TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0));
        frame.x[8] = call as u64;
        syscall::handle(&mut frame);
        assert_eq!(abi::decode(frame.x[0]), Err(Errno::ENOMEM), "{call:?}");
    }
    drop(tables);
}
