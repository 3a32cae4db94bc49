//! Parts of a test that other processes do.

use user::process::{self, ExitStatus, Fork, Pid};

/// How a child ends whose part went well.
pub const GOOD: Option<ExitStatus> = Some(ExitStatus::Exited(0));

/// Starts a child that does its part and tells whether that went well.
pub fn start(part: impl FnOnce() -> bool) -> Option<Pid> {
    match process::fork() {
        Ok(Fork::Parent(child)) => Some(child),
        Ok(Fork::Child) => process::exit(i32::from(!part())),
        Err(_) => None,
    }
}

/// How a child ended.
pub fn end(child: Option<Pid>) -> Option<ExitStatus> {
    process::wait_for(child?).ok()
}

/// Has a child do its part, and waits for it.
pub fn run(part: impl FnOnce() -> bool) -> Option<ExitStatus> {
    end(start(part))
}

/// Has a child do its part as another user.
pub fn run_as(uid: u32, gid: u32, part: impl FnOnce() -> bool) -> Option<ExitStatus> {
    run(|| process::become_user(uid, gid).is_ok() && part())
}
