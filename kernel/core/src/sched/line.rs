//! Threads in line: a queue that needs no memory for the first of them, who mostly is the only one.

use super::thread::Thread;
use crate::rare::Rare;
use alloc::collections::VecDeque;
use alloc::sync::Arc;

/// Threads in the order in which they came, each once.
pub struct Line {
    /// Where nobody is first, nobody is behind.
    first: Option<Arc<Thread>>,
    rest: Rare<VecDeque<Arc<Thread>>>,
}

impl Line {
    /// Nobody.
    pub const fn new() -> Self {
        Self { first: None, rest: Rare::none() }
    }

    /// Whether nobody is in line.
    pub const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Whether the thread is.
    pub fn holds(&self, thread: &Thread) -> bool {
        let rest = self.rest.get().into_iter().flatten();
        self.first.iter().chain(rest).any(|other| core::ptr::eq(&raw const **other, thread))
    }

    /// Calls `visit` with each of them.
    pub fn visit(&self, visit: &mut dyn FnMut(&Thread)) {
        let rest = self.rest.get().into_iter().flatten();
        self.first.iter().chain(rest).for_each(|thread| visit(thread));
    }

    /// Puts a thread behind the others.
    pub fn join(&mut self, thread: Arc<Thread>) {
        if self.first.is_none() {
            self.first = Some(thread);
        } else {
            self.rest.get_or_make().push_back(thread);
        }
    }

    /// Takes out who came first.
    pub fn take_first(&mut self) -> Option<Arc<Thread>> {
        let thread = self.first.take()?;
        if let Some(rest) = self.rest.get_mut() {
            self.first = rest.pop_front();
            self.give_back();
        }
        Some(thread)
    }

    /// Takes out everybody but who came first.
    pub fn take_rest(&mut self) -> VecDeque<Arc<Thread>> {
        self.rest.take().unwrap_or_default()
    }

    /// Takes the thread out; `false` if it is not in line.
    pub fn leave(&mut self, thread: &Thread) -> bool {
        let is_it = |other: &Arc<Thread>| core::ptr::eq(&raw const **other, thread);
        if self.first.as_ref().is_some_and(is_it) {
            return self.take_first().is_some();
        }
        let Some(rest) = self.rest.get_mut() else { return false };
        let position = rest.iter().position(is_it);
        let was_there = position.and_then(|index| rest.remove(index)).is_some();
        self.give_back();
        was_there
    }

    /// What a storm has made it hold is given back.
    fn give_back(&mut self) {
        self.rest.drop_if(VecDeque::is_empty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_leave_in_the_order_in_which_they_came_or_from_the_middle() {
        let threads: Vec<_> = (0..4).map(|_| Arc::new(Thread::idle(0))).collect();
        let mut line = Line::new();
        threads.iter().for_each(|thread| line.join(thread.clone()));
        assert!(line.leave(&threads[1]) && !line.leave(&threads[1]));
        assert!(Arc::ptr_eq(&line.take_first().unwrap(), &threads[0]));
        assert!(line.holds(&threads[2]) && line.leave(&threads[2]));
        assert!(!line.is_empty() && line.take_rest().is_empty());
        assert!(Arc::ptr_eq(&line.take_first().unwrap(), &threads[3]));
        assert!(line.is_empty() && line.take_first().is_none());
    }
}
