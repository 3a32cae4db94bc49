//! The driver against a card that is made up.

use super::simulation::{Fault, Slot, State};
use super::*;

const BASE_HZ: u32 = 50_000_000;

fn start(slot: Slot) -> SdCard<Slot> {
    match SdCard::start(slot, BASE_HZ) {
        Ok(card) => card,
        Err(error) => panic!("{error}"),
    }
}

fn refused(slot: Slot) -> SdError {
    SdCard::start(slot, BASE_HZ).map(|_| ()).expect_err("no card")
}

fn pattern(count: usize) -> Vec<Block> {
    (0..count).map(|n| [n as u8 + 1; card::BLOCK_BYTES]).collect()
}

#[test]
fn a_card_is_brought_up_and_tells_its_size_and_name() {
    let mut card = start(Slot::large());
    assert_eq!(card.blocks(), (4 << 30) / 512);
    assert_eq!(card.identity().to_string(), "MOCAR (manufacturer 0x00, number 00000001)");
    assert_eq!(card.port().state, State::Transfer);
    assert_eq!(start(Slot::small()).blocks(), (64 << 20) / 512);
}

#[test]
fn small_and_large_cards_keep_blocks_where_they_belong() {
    for slot in [Slot::small(), Slot::large()] {
        let mut card = start(slot);
        for count in [1, 2, 7] {
            let blocks = pattern(count);
            card.write(4, &blocks).expect("a write");
            let mut read = vec![[0; card::BLOCK_BYTES]; count];
            card.read(4, &mut read).expect("a read");
            assert!(read == blocks);
            assert_eq!(card.port().blocks[&4], [1; card::BLOCK_BYTES]);
            assert!(!card.port().blocks.contains_key(&0));
        }
    }
}

#[test]
fn more_than_one_command_can_move_is_cut_into_parts() {
    let mut card = start(Slot::large());
    let blocks = vec![[7; card::BLOCK_BYTES]; MOST_BLOCKS + 3];
    card.write(100, &blocks).expect("a write");
    assert_eq!(card.port().blocks.len(), MOST_BLOCKS + 3);
    let mut read = vec![[0; card::BLOCK_BYTES]; MOST_BLOCKS + 3];
    card.read(100, &mut read).expect("a read");
    assert!(read == blocks);
}

#[test]
fn a_slot_that_another_system_has_left_at_a_low_voltage_gives_its_card_the_usual_one() {
    let mut slot = Slot::large();
    slot.low_voltage = true;
    let mut card = start(slot);
    card.read(0, &mut [[0; card::BLOCK_BYTES]]).expect("a read");
    card.port().pull();
    card.port().low_voltage = true;
    card.port().inserted = true;
    card.read(0, &mut [[0; card::BLOCK_BYTES]]).expect("it is brought up as at first");
}

#[test]
fn an_empty_slot_is_told_as_such() {
    let mut slot = Slot::large();
    slot.inserted = false;
    assert_eq!(refused(slot), SdError::NoCard);
}

#[test]
fn a_card_that_never_gets_ready_is_given_up() {
    let mut slot = Slot::large();
    slot.not_ready = u32::MAX;
    assert_eq!(refused(slot), SdError::TimedOut(41));
}

#[test]
fn a_size_that_nobody_knows_is_refused() {
    let mut slot = Slot::large();
    slot.csd = 3 << (126 - 8);
    assert!(matches!(refused(slot), SdError::Unsupported(_)));
}

#[test]
fn blocks_behind_the_end_are_refused_before_anything_is_sent() {
    let mut card = start(Slot::small());
    let end = card.blocks();
    let before = card.port().commands.len();
    let mut two = [[0; card::BLOCK_BYTES]; 2];
    for first in [end - 1, end, u64::MAX] {
        assert_eq!(card.read(first, &mut two), Err(SdError::OutOfRange));
        assert_eq!(card.write(first, &two), Err(SdError::OutOfRange));
    }
    assert_eq!(card.port().commands.len(), before);
    card.read(end - 2, &mut two).expect("the last ones");
}

#[test]
fn damaged_and_silent_transfers_are_tried_again() {
    for fault in [Fault::DamagedData, Fault::Silence(0), Fault::Silence(2)] {
        let mut card = start(Slot::large());
        let blocks = pattern(4);
        card.port().faults.push_back(fault);
        card.write(9, &blocks).expect("the second attempt");
        card.port().faults.push_back(fault);
        let mut read = vec![[0; card::BLOCK_BYTES]; 4];
        card.read(9, &mut read).expect("the second attempt");
        assert!(read == blocks, "{fault:?}");
    }
}

#[test]
fn damage_that_stays_is_an_error() {
    let mut card = start(Slot::large());
    card.port().faults.extend([Fault::DamagedData; 3]);
    let mut block = [[0; card::BLOCK_BYTES]; 1];
    assert_eq!(card.read(0, &mut block), Err(SdError::Damaged(17)));
    card.read(0, &mut block).expect("the card is as before");
}

#[test]
fn a_refusal_is_told_with_the_cards_status() {
    const PROTECTED: u32 = 1 << 26;
    let mut card = start(Slot::large());
    card.port().faults.extend([Fault::Status(PROTECTED); 3]);
    let refusal = SdError::Refused { command: 24, status: PROTECTED };
    assert_eq!(card.write(0, &[[1; card::BLOCK_BYTES]]), Err(refusal));
    assert!(card.port().blocks.is_empty());
}

#[test]
fn a_pulled_card_is_an_error_and_goes_on_when_it_is_back() {
    let mut card = start(Slot::large());
    card.write(3, &pattern(1)).expect("a write");
    card.port().pull();
    let mut block = [[0; card::BLOCK_BYTES]; 1];
    assert_eq!(card.read(3, &mut block), Err(SdError::NoCard));
    card.port().inserted = true;
    card.read(3, &mut block).expect("it is the same card");
    assert_eq!(block, pattern(1)[..]);
}

#[test]
fn another_card_is_not_written_to() {
    let mut card = start(Slot::large());
    card.port().pull();
    card.port().inserted = true;
    card.port().serial = 2;
    assert_eq!(card.write(0, &pattern(1)), Err(SdError::OtherCard));
    assert!(card.port().blocks.is_empty());
}
