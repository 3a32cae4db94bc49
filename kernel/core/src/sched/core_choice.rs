//! Which core a ready thread waits for.

use arch::cpu::MAX_CORES;

/// The cores as a thread that becomes ready finds them.
pub struct Cores {
    /// A bit for each core that runs.
    pub online: u32,
    /// A bit for each core that has nothing to do.
    pub idle: u32,
}

impl Cores {
    /// The core that the thread ran on last if it is idle, then any idle core, then the one with
    /// the shortest queue, of equals `mine`: moving a thread is not free. `waiting` tells how many
    /// threads wait for each, if that is needed.
    ///
    /// A thread whose slice is over is placed the same way, so queues that have become uneven
    /// even out, a thread per slice.
    pub fn choose(
        &self,
        last: usize,
        mine: usize,
        waiting: impl FnOnce() -> [usize; MAX_CORES],
    ) -> usize {
        let idle = self.idle & self.online;
        if idle & 1 << last != 0 {
            return last;
        }
        if idle != 0 {
            return idle.trailing_zeros() as usize;
        }
        let waiting = waiting();
        let online = (0..MAX_CORES).filter(|core| self.online & 1 << core != 0);
        // One number, in which who is nearer decides among equals.
        let shortest = online.min_by_key(|core| 2 * waiting[*core] + usize::from(*core != mine));
        shortest.unwrap_or(mine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: Cores = Cores { online: 0xF, idle: 0 };

    #[test]
    fn an_idle_core_is_chosen_and_of_several_the_one_with_the_warm_cache() {
        let cores = Cores { idle: 0b1100, ..BUSY };
        assert_eq!(cores.choose(3, 0, || [0; 4]), 3);
        assert_eq!(cores.choose(1, 0, || [0; 4]), 2);
    }

    #[test]
    fn a_core_that_does_not_run_is_never_chosen() {
        let cores = Cores { online: 0b0011, idle: 0b1000 };
        assert_eq!(cores.choose(3, 0, || [4, 3, 0, 0]), 1);
    }

    #[test]
    fn a_thread_stays_unless_another_queue_is_shorter() {
        assert_eq!(BUSY.choose(1, 1, || [2, 2, 2, 2]), 1);
        assert_eq!(BUSY.choose(1, 1, || [2, 2, 1, 2]), 2);
    }

    #[test]
    fn twelve_busy_threads_that_began_on_one_core_end_up_three_on_each() {
        // One runs on each core, the other eight wait for the first; cores' slices end in turn.
        let mut waiting = [8, 0, 0, 0];
        for round in 0..40 {
            let mine = round % MAX_CORES;
            if waiting[mine] == 0 {
                continue;
            }
            waiting[mine] -= 1;
            waiting[BUSY.choose(mine, mine, || waiting)] += 1;
        }
        assert_eq!(waiting, [2; 4]);
    }
}
