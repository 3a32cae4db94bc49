//! Pending signals against a model that keeps plain lists.

use super::*;
use abi::signal::{SI_QUEUE, SIGNAL_MAX, Signal};
use proptest::prelude::*;

fn queued(number: u32, value: u64) -> SignalInfo {
    SignalInfo::from_process(number, SI_QUEUE, 1, 0).with_value(value)
}

#[test]
fn a_standard_signal_is_kept_once_with_the_first_information() {
    let mut pending = Pending::new();
    pending.add(queued(10, 1)).unwrap();
    pending.add(queued(10, 2)).unwrap();
    assert_eq!(pending.take(u64::MAX).map(|info| info.value()), Some(1));
    assert_eq!(pending.take(u64::MAX), None);
}

#[test]
fn real_time_signals_queue_up_to_the_limit_and_plain_ones_beyond_lose_their_sender() {
    let mut pending = Pending::new();
    for value in 0..SIGNAL_QUEUE_MAX as u64 {
        pending.add(queued(40, value)).unwrap();
    }
    assert_eq!(pending.add(queued(40, 0)), Err(Full));
    assert_eq!(pending.add(queued(41, 0)), Err(Full));
    assert_eq!(pending.set(), signal_bit(40));
    pending.add(SignalInfo::from_process(41, SI_USER, 7, 7)).unwrap();
    pending.add(queued(10, 3)).unwrap();
    assert_eq!(pending.take(signal_bit(41)), Some(SignalInfo::from_process(41, SI_USER, 0, 0)));
    assert_eq!(pending.set(), signal_bit(40) | signal_bit(10));
}

#[test]
fn a_fault_comes_before_signals_with_lower_numbers() {
    let mut pending = Pending::new();
    for signal in [Signal::HUP, Signal::SEGV, Signal::KILL] {
        pending.add(SignalInfo::from_kernel(signal)).unwrap();
    }
    let order = [(); 3].map(|()| pending.take(u64::MAX).unwrap().number);
    assert_eq!(order, [11, 1, 9]);
}

#[test]
fn a_timers_pending_signal_counts_how_often_it_was_due_besides() {
    let mut pending = Pending::new();
    assert_eq!(pending.count_overrun(40, 3, 1), None);
    pending.add(SignalInfo::of_timer(40, 3, 0, 7)).unwrap();
    assert_eq!(pending.count_overrun(40, 4, 1), None);
    assert_eq!(pending.count_overrun(40, 3, 2), Some(2));
    assert_eq!(pending.count_overrun(40, 3, u32::MAX), Some(i32::MAX as u32));
    let taken = pending.take(u64::MAX).unwrap();
    assert_eq!((taken.overrun(), taken.timer(), taken.value()), (i32::MAX as u32, Some(3), 7));
}

/// One list per signal.
#[derive(Default)]
struct Model(Vec<(u32, Vec<u64>)>);

impl Model {
    fn list(&mut self, number: u32) -> &mut Vec<u64> {
        if let Some(index) = self.0.iter().position(|(known, _)| *known == number) {
            return &mut self.0[index].1;
        }
        self.0.push((number, Vec::new()));
        &mut self.0.last_mut().unwrap().1
    }

    fn take(&mut self, among: u64) -> Option<(u32, u64)> {
        let order = [11, 7, 4, 5, 8, 31];
        let mut numbers: Vec<u32> = self
            .0
            .iter()
            .filter(|(number, list)| !list.is_empty() && among & signal_bit(*number) != 0)
            .map(|(number, _)| *number)
            .collect();
        numbers.sort_by_key(|number| (!order.contains(number), *number));
        let number = *numbers.first()?;
        Some((number, self.list(number).remove(0)))
    }
}

proptest! {
    #[test]
    fn any_sequence_of_sending_taking_and_forgetting_does_what_plain_lists_do(
        steps in prop::collection::vec((0_u8..6, 1..=SIGNAL_MAX, any::<u64>()), 1..300),
    ) {
        let mut pending = Pending::new();
        let mut model = Model::default();
        for (step, number, value) in steps {
            match step {
                0..=2 => {
                    pending.add(queued(number, value)).unwrap();
                    let list = model.list(number);
                    if number >= 32 || list.is_empty() {
                        list.push(value);
                    }
                }
                3 | 4 => {
                    let taken = pending.take(value).map(|info| (info.number as u32, info.value()));
                    prop_assert_eq!(taken, model.take(value));
                }
                _ => {
                    pending.remove(value);
                    let gone = model.0.iter_mut().filter(|(one, _)| value & signal_bit(*one) != 0);
                    gone.for_each(|(_, list)| list.clear());
                }
            }
            let filled = model.0.iter().filter(|(_, list)| !list.is_empty());
            let set = filled.fold(0, |set, (number, _)| set | signal_bit(*number));
            prop_assert_eq!(pending.set(), set);
        }
    }
}
