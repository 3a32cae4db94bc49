//! Waiting for the first of several files to become ready.
//!
//! The thread is among the watchers of every queue before it looks, so whatever changes after that
//! unparks it, and it looks again.

use crate::fs::OpenFile;
use crate::sched::{self, Thread, WaitError, park};
use abi::Errno;
use abi::poll::PollEvents;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::clock;

/// One file that is waited for.
pub struct Target {
    /// The open file; `None` where there is nothing to look at.
    pub file: Option<Arc<OpenFile>>,
    /// What it is waited for.
    pub wanted: PollEvents,
    /// What is there; for a target without a file it stays as it is.
    pub found: PollEvents,
}

impl Target {
    /// Looks whether it is ready.
    fn look(&mut self) {
        if let Some(file) = &self.file {
            self.found = file.readiness() & (self.wanted | PollEvents::ALWAYS);
        }
    }
}

/// The caller's place in the queues of all targets, given back when it is dropped.
struct Watch {
    files: Vec<Arc<OpenFile>>,
    thread: Arc<Thread>,
}

impl Watch {
    fn begin(targets: &[Target]) -> Result<Self, Errno> {
        let mut files = Vec::new();
        files.try_reserve_exact(targets.len()).map_err(|_| Errno::ENOMEM)?;
        files.extend(targets.iter().filter_map(|target| target.file.clone()));
        let watch = Self { files, thread: sched::current().to_arc() };
        let mut outcome = Ok(());
        for file in &watch.files {
            file.visit_queues(&mut |queue| {
                if outcome.is_ok() {
                    outcome = queue.watch(&watch.thread);
                }
            });
        }
        outcome.map(|()| watch)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for file in &self.files {
            file.visit_queues(&mut |queue| queue.unwatch(&self.thread));
        }
    }
}

/// Waits until at least one target has found something; returns how many have, 0 after the
/// deadline.
pub fn wait(targets: &mut [Target], deadline: Option<u64>) -> Result<usize, Errno> {
    let ready = look(targets);
    if ready > 0 || deadline.is_some_and(|at| clock::now() >= at) {
        return Ok(ready);
    }
    let watch = Watch::begin(targets)?;
    loop {
        let ready = look(targets);
        if ready > 0 {
            return Ok(ready);
        }
        if watch.thread.is_interrupted() {
            return Err(WaitError::Interrupted.into());
        }
        if deadline.is_some_and(|at| clock::now() >= at) {
            return Ok(0);
        }
        // Some become ready without a wake when their time has come.
        let changes = watch.files.iter().filter_map(|file| file.next_change());
        park(changes.chain(deadline).min());
    }
}

fn look(targets: &mut [Target]) -> usize {
    targets.iter_mut().for_each(Target::look);
    targets.iter().filter(|target| !target.found.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::pipe;
    use crate::user_memory::UserData;
    use abi::file::OpenFlags;

    fn target(file: &Arc<OpenFile>, wanted: PollEvents) -> Target {
        Target { file: Some(file.clone()), wanted, found: PollEvents::empty() }
    }

    #[test]
    fn only_what_is_asked_for_or_always_told_is_found() {
        sched::start();
        let (from, to) = pipe::create(OpenFlags::empty()).unwrap();
        let mut targets = [target(&from, PollEvents::OUT), target(&to, PollEvents::OUT)];
        assert_eq!(wait(&mut targets, None), Ok(1));
        assert_eq!(targets[0].found, PollEvents::empty());
        assert_eq!(targets[1].found, PollEvents::OUT);
        to.write(&mut UserData::kernel(b"x")).unwrap();
        drop((targets, to));
        let mut targets = [target(&from, PollEvents::IN)];
        assert_eq!(wait(&mut targets, None), Ok(1));
        assert_eq!(targets[0].found, PollEvents::IN | PollEvents::HUP);
    }

    #[test]
    fn a_wait_ends_at_its_deadline_with_nothing_found_and_leaves_the_queues() {
        sched::start();
        let (from, _to) = pipe::create(OpenFlags::empty()).unwrap();
        let mut targets = [target(&from, PollEvents::IN), target(&from, PollEvents::IN)];
        assert_eq!(wait(&mut targets, Some(0)), Ok(0));
        drop(Watch::begin(&targets).unwrap());
        from.visit_queues(&mut |queue| assert_eq!(queue.watchers(), 0));
    }

    #[test]
    fn a_target_without_a_file_counts_when_something_is_said_of_it() {
        let mut targets = [Target { file: None, wanted: PollEvents::IN, found: PollEvents::NVAL }];
        assert_eq!(wait(&mut targets, None), Ok(1));
    }
}
