//! Whether each thread that wants a core waits for one, once, and those that run are where they should be.

use super::core_state::{CORES, IDLE, ONLINE};
use super::futex;
use super::stand_still::Standstill;
use super::thread::Thread;
use crate::check::Report;
use crate::process::Process;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use arch::cpu;

/// Looks at the cores and at the threads of all processes, while no other core does anything.
pub fn check(processes: &[Arc<Process>], standstill: &Standstill, report: &mut Report) {
    let online = ONLINE.load(core::sync::atomic::Ordering::Relaxed);
    let mut queued = BTreeSet::new();
    let (mut waiting, mut running) = (0, BTreeSet::new());
    for (number, core) in CORES.iter().enumerate() {
        waiting += core.queue.visit(&mut |thread| {
            let (tid, address) = (thread.tid(), core::ptr::from_ref(thread).addr());
            let is_new = queued.insert(address);
            report.expect(is_new, format_args!("thread {tid} is queued twice"));
            let is_ready = thread.state.is_ready();
            report.expect(is_ready, format_args!("thread {tid} is queued, and is not ready"));
        });
        let is_agreed = core.queue.is_agreed();
        report
            .expect(is_agreed, format_args!("core {number}: its queue is not as long as it says"));
        if online & 1 << number == 0 {
            continue;
        }
        let in_hand = core.running.lock();
        report.expect(
            in_hand.previous.is_none() && in_hand.current.is_some(),
            format_args!("core {number} is between two threads"),
        );
        let Some(current) = &in_hand.current else { continue };
        running.insert(Arc::as_ptr(current).addr());
        let (tid, here) = (current.tid(), current.last_core() as usize);
        report.expect(here == number, format_args!("core {number} runs {tid}, which is on {here}"));
        let idles = IDLE.get() & 1 << number != 0;
        report.expect(
            current.is_idle() || !idles,
            format_args!("core {number} is said to idle, and runs {tid}"),
        );
    }
    let mut queues = Queues::default();
    for process in processes {
        for thread in process.threads() {
            look_at(&thread, (&queued, &running), report);
            queues.look_at(&thread, standstill, report);
        }
    }
    let sleepers = look_at_sleepers(report);
    let (cores, mine) = (online.count_ones(), cpu::core_id());
    report.looked_at(
        "cores",
        format_args!("{cores}, for which {waiting} threads wait; {sleepers} sleep on words, {} in {} queues; asked on core {mine}", queues.waiting, queues.seen.len()),
    );
}

/// A thread that is ready is in a queue, one that runs is on a core, and no other is.
fn look_at(
    thread: &Thread,
    (queued, running): (&BTreeSet<usize>, &BTreeSet<usize>),
    report: &mut Report,
) {
    let (tid, address) = (thread.tid(), core::ptr::from_ref(thread).addr());
    let (is_queued, is_running) = (queued.contains(&address), running.contains(&address));
    report.expect(
        thread.state.is_ready() == is_queued,
        format_args!("thread {tid} is {}, and its queue says otherwise", thread.state.name()),
    );
    report.expect(
        thread.state.is_on_core() == is_running,
        format_args!("thread {tid} is {}, and its core says otherwise", thread.state.name()),
    );
}

/// The queues that threads wait in, each once.
#[derive(Default)]
struct Queues {
    seen: BTreeSet<usize>,
    waiting: usize,
}

impl Queues {
    /// A thread that is parked where it waits is in line there, and nobody is in line twice, or when it has ended.
    #[allow(unsafe_code, reason = "a thread that waits is behind a pointer what it waits in")]
    fn look_at(&mut self, thread: &Thread, _: &Standstill, report: &mut Report) {
        let queue = thread.waits_in.queue();
        // SAFETY: the queue outlives the thread's stay there, and the thread does nothing while all stand still.
        let Some(queue) = (unsafe { queue.as_ref() }) else { return };
        self.waiting += 1;
        let tid = thread.tid();
        let mut is_in_line = false;
        let mut line = BTreeSet::new();
        let is_agreed = queue.visit(&mut |other, watches| {
            let (number, address) = (other.tid(), core::ptr::from_ref(other).addr());
            is_in_line |= !watches && core::ptr::eq(other, thread);
            let is_new = watches || line.insert(address);
            report.expect(is_new, format_args!("thread {number} is twice in the line of {tid}"));
            let has_ended = other.state.has_ended();
            report.expect(
                !has_ended,
                format_args!("thread {number} has ended, and waits with {tid}"),
            );
        });
        // Whoever takes a thread out of the line unparks it before anybody can stand still.
        report.expect(
            is_in_line || !thread.state.is_parked(),
            format_args!("thread {tid} waits where nobody finds it"),
        );
        report.expect(is_agreed, format_args!("thread {tid} waits where nobody is said to"));
        self.seen.insert(core::ptr::from_ref(queue).addr());
    }
}

/// Those who sleep on words are where they say, and none of them runs; returns how many there are.
fn look_at_sleepers(report: &mut Report) -> usize {
    let mut count = 0;
    futex::visit_buckets(&mut |bucket, length, sleepers| {
        let mut found = 0;
        sleepers.for_each(&mut |thread| {
            found += 1;
            let (tid, known) = (thread.tid(), thread.futex.bucket());
            report.expect(
                known == bucket,
                format_args!("thread {tid} sleeps in bucket {bucket}, and says {known}"),
            );
            // Whoever goes on has left the bucket before.
            let is_running = thread.state.is_on_core();
            report.expect(!is_running, format_args!("thread {tid} sleeps on a word, and runs"));
        });
        report.expect(
            found == length && found == sleepers.len(),
            format_args!("bucket {bucket} has {found} sleepers, and says {length}"),
        );
        count += found;
    });
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::WaitQueue;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn findings(thread: &Thread) -> (Vec<String>, usize) {
        let (mut report, mut queues) = (Report::default(), Queues::default());
        queues.look_at(thread, &Standstill::of_test(), &mut report);
        (report.findings().to_vec(), queues.waiting)
    }

    #[test]
    fn who_waits_where_nobody_finds_it_is_found() {
        let thread = Arc::new(Thread::idle(0));
        let queue = WaitQueue::new();
        assert_eq!(findings(&thread), (Vec::new(), 0));
        let stay = thread.waits_in.enter(&queue);
        // It has not left its core yet: it looks at what it waits for.
        assert_eq!(findings(&thread), (Vec::new(), 1));
        thread.state.park();
        thread.state.left();
        let (found, _) = findings(&thread);
        assert!(found[0].contains("waits where nobody finds it"), "{found:?}");
        drop(stay);
        assert_eq!(findings(&thread), (Vec::new(), 0));
    }

    #[test]
    fn a_watcher_that_has_ended_is_found() {
        let (thread, watcher) = (Arc::new(Thread::idle(0)), Arc::new(Thread::idle(0)));
        let queue = WaitQueue::new();
        let stay = thread.waits_in.enter(&queue);
        assert_eq!(queue.watch(&watcher), Ok(()));
        assert_eq!(findings(&thread), (Vec::new(), 1));
        watcher.state.end();
        let (found, _) = findings(&thread);
        assert!(found[0].contains("has ended"), "{found:?}");
        queue.unwatch(&watcher);
        drop(stay);
    }
}
