//! What a peer may have written, found by a fuzzer.

use super::super::layout::{Header, Slots};
use super::super::queue::Queue;
use super::super::slot::{SlotWord, State};
use super::world::{REGION_BYTES, World};
use core::sync::atomic::Ordering;

/// Both sides counted up to the lap, one by one.
#[test]
fn a_lap_far_ahead_costs_messages_and_no_time() {
    for state in [State::Free, State::Full, State::Writing(3)] {
        let world = World::new();
        let header = world.memory().object::<Header>(0).unwrap();
        let slots = Slots::fitting(REGION_BYTES, 8).unwrap();
        let ahead = SlotWord { lap: 1 << 53, state }.to_word();
        for slot in slots.memory(&world.memory()).unwrap().chunks_exact(slots.words()) {
            slot[0].store(ahead, Ordering::SeqCst);
        }
        let queue = Queue::new(header, &world.memory(), slots).unwrap();
        let mut message = [0; 3];
        // Whatever they say, they say it soon.
        queue.pop(&mut message);
        queue.has_room();
        queue.push(0, &message);
        queue.pop(&mut message);
    }
}
