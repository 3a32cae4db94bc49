//! Bytes that are copied out of a pipe and stay in it: `tee`.

use super::Pipe;
use crate::fs::node::{NodeRef, Waiting};
use crate::fs::tmpfs;
use crate::user_memory::UserBuffer;
use abi::Errno;
use core::any::Any;

/// The pipe that a node is, or stands for.
pub fn of_node(node: &NodeRef) -> Option<&Pipe> {
    (&**node as &dyn Any).downcast_ref().or_else(|| tmpfs::fifo_of(node))
}

impl Pipe {
    /// Copies what there is, which stays; 0 at the end.
    pub fn look(&self, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        let attempt = || {
            let state = self.state.lock();
            if state.buffer.is_empty() {
                return (state.writers == 0).then_some(0);
            }
            Some(state.buffer.copy(0, usize::MAX, to).count)
        };
        let outcome = waiting.attempt(&self.data, attempt);
        // Whoever comes to read finds it all.
        self.data.pass_on();
        outcome
    }
}
