//! Frames of all kinds, read and found out.

use super::*;
use proptest::prelude::*;

const FP_BYTES: u32 = size_of::<FpRecord>() as u32;

/// Looks through records of these heads, one behind the other.
fn find(heads: &[[u32; 2]]) -> Result<usize, BadFrame> {
    let mut offsets = Vec::new();
    let mut at = 0_usize;
    for [magic, size] in heads {
        offsets.push((at, [*magic, *size]));
        at = at.saturating_add(*size as usize);
    }
    find_vectors(|offset| {
        let known = offsets.iter().find(|(start, _)| *start == offset);
        known.map(|(_, head)| *head).ok_or(BadFrame)
    })
}

#[test]
fn the_kernels_own_records_are_accepted_in_any_order() {
    assert_eq!(find(&[[RECORD_FP, FP_BYTES], [0, 0]]), Ok(0));
    assert_eq!(find(&[[RECORD_FP, FP_BYTES], [RECORD_FAULT, 16], [0, 0]]), Ok(0));
    assert_eq!(find(&[[RECORD_FAULT, 16], [RECORD_FP, FP_BYTES], [0, 0]]), Ok(16));
}

#[test]
fn records_that_no_kernel_wrote_are_refused() {
    let fp = [RECORD_FP, FP_BYTES];
    let bad: [&[[u32; 2]]; 10] = [
        &[[0, 0]],
        &[[0, 16]],
        &[fp, fp, [0, 0]],
        &[[RECORD_FP, FP_BYTES - 16], [0, 0]],
        &[[RECORD_FP, 0], [0, 0]],
        &[[RECORD_FP, u32::MAX], [0, 0]],
        &[[RECORD_FAULT, 24], fp, [0, 0]],
        &[[RECORD_FAULT, 4096]],
        &[fp, [0x1234_5678, 16], [0, 0]],
        &[fp, [0, 8]],
    ];
    for heads in bad {
        assert_eq!(find(heads), Err(BadFrame), "{heads:x?}");
    }
}

proptest! {
    #[test]
    fn whatever_the_records_say_the_search_ends_within_their_room(
        heads in prop::collection::vec((any::<u8>(), any::<u32>()), 1..400),
    ) {
        let mut next = heads.into_iter();
        let found = find_vectors(|offset| {
            assert!(offset + RECORD_HEAD <= RECORDS_BYTES);
            let (kind, size) = next.next().unwrap_or((0, 0));
            Ok(match kind % 4 {
                0 => [RECORD_FAULT, 16],
                1 => [RECORD_FP, (size % 2048) & !15],
                2 => [RECORD_FAULT, size],
                _ => [0, 0],
            })
        });
        if let Ok(offset) = found {
            prop_assert!(offset + size_of::<FpRecord>() <= RECORDS_BYTES);
        }
    }

    #[test]
    fn a_handler_changes_to_the_alternate_stack_unless_it_is_there_already(
        base in 0_u64..1 << 38, size in 1_u64..1 << 20, inside in any::<prop::sample::Index>(),
    ) {
        let alternate = AlternateStack::new(base, size, abi::signal::StackFlags::empty());
        let sp = base + 1 + inside.index(size as usize) as u64;
        let flags = ActionFlags::ON_STACK;
        prop_assert_eq!(stack_top(flags, &alternate, sp), sp);
        prop_assert_eq!(stack_top(flags, &alternate, base), base + size);
        prop_assert_eq!(stack_top(flags, &alternate, base + size + 1), base + size);
        prop_assert_eq!(stack_top(ActionFlags::empty(), &alternate, base), base);
        prop_assert_eq!(stack_top(flags, &AlternateStack::none(), base), base);
    }
}
