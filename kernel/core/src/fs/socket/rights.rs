//! Descriptors on their way in messages, and why they make no circles.
//!
//! A socket that waits in a message to be received lives as long as the socket that is to receive it.
//! Sockets that wait in each other's queues and are held by nobody else would live for ever, so a
//! descriptor is refused (`ETOOMANYREFS`) if the receiver could be reached through it: it is the
//! receiver itself, or waits, over any number of steps, with the socket that is sent.

use super::{Socket, of_node};
use crate::fs::open_file::OpenFile;
use crate::sched::WaitQueue;
use abi::Errno;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};

static IS_SENDING: AtomicBool = AtomicBool::new(false);
static SENT: WaitQueue = WaitQueue::new();

/// The turn to send sockets: two at once could make a circle that neither sees.
pub struct Turn;

impl Turn {
    /// The turn, where it is needed.
    fn for_rights(rights: &[Arc<OpenFile>]) -> Result<Option<Self>, Errno> {
        if !rights.iter().any(|file| of_node(file.node()).is_some()) {
            return Ok(None);
        }
        SENT.wait_until(None, || (!IS_SENDING.swap(true, Ordering::AcqRel)).then_some(()))?;
        Ok(Some(Self))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        IS_SENDING.store(false, Ordering::Release);
        SENT.wake_one();
    }
}

/// The turn to send the files, where one is needed; fails if they may not be sent to the receiver.
#[inline]
pub fn admit(rights: &[Arc<OpenFile>], receiver: &Arc<Socket>) -> Result<Option<Turn>, Errno> {
    if rights.is_empty() {
        return Ok(None);
    }
    let turn = Turn::for_rights(rights)?;
    check(rights, receiver)?;
    Ok(turn)
}

/// Fails if the receiver can be reached through one of the files.
fn check(rights: &[Arc<OpenFile>], receiver: &Arc<Socket>) -> Result<(), Errno> {
    let sockets = rights.iter().filter_map(|file| of_node(file.node())?.itself());
    let mut reached: Vec<Arc<Socket>> = sockets.collect();
    let mut next = 0;
    while let Some(socket) = reached.get(next).cloned() {
        if Arc::ptr_eq(&socket, receiver) {
            return Err(Errno::ETOOMANYREFS);
        }
        for below in socket.held() {
            if !reached.iter().any(|other| Arc::ptr_eq(other, &below)) {
                reached.push(below);
            }
        }
        next += 1;
    }
    Ok(())
}
