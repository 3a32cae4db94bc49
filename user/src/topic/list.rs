//! Which topics there are, and who is in them.

use super::failed::failed;
use crate::error::{Context, Result};
use crate::region::all;
use crate::syscall::topic as call;
use abi::topic::{MemberRecord, TopicRecord};
use alloc::vec::Vec;

/// All topics, in the order of their names.
pub fn list() -> Result<Vec<TopicRecord>> {
    all(TopicRecord::empty(), call::topic_list).context("topic list")
}

/// The topic of this name.
pub fn info(name: &str) -> Result<TopicRecord> {
    call::topic_info(name).map_err(|errno| failed(errno, name))
}

/// Its publishers and subscribers, and publishers that have gone and left messages.
pub fn members(name: &str) -> Result<Vec<MemberRecord>> {
    let ask = |records: &mut [MemberRecord]| call::topic_members(name, records);
    all(MemberRecord::default(), ask).map_err(|errno| failed(errno, name))
}
