//! What a publisher leaves behind in its process's pool when it goes and the process stays.

use super::pool::Piece;
use crate::process;
use crate::topic::list;
use abi::Errno;
use abi::topic::MemberRole;
use alloc::collections::VecDeque;
use alloc::string::String;

/// Messages of a publisher that has gone, which somebody may still have to read.
pub struct LeftBehind {
    /// The topic's name.
    pub topic: String,
    /// The publisher's number there.
    pub member: u32,
    /// The messages' memory.
    pub pieces: VecDeque<Piece>,
}

impl LeftBehind {
    /// Whether the kernel still knows the publisher, of the pool at this address: it forgets it
    /// with its last message.
    ///
    /// A later topic of the name may have a departed publisher of the same number, process and
    /// pool; then the memory comes back with that one's.
    pub fn is_needed(&self, pool: u64) -> bool {
        match list::members(&self.topic) {
            Ok(members) => members.iter().any(|other| {
                other.member == self.member
                    && other.pid == process::id().0
                    && other.role == MemberRole::Departed as u32
                    && other.pool_address == pool
            }),
            // Without an answer it is kept.
            Err(error) => error.errno() != Some(Errno::ENOENT),
        }
    }
}
