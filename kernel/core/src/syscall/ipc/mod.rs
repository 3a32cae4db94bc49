//! Calls by which processes send each other messages and share what has a number: POSIX message
//! queues, and what System V has.

mod message;
mod mqueue;
mod segment;
mod semaphore;

use super::arguments::Arguments;
use abi::{Errno, Sysno};
use arch::addr::VirtAddr;

/// Carries out a call of this folder.
pub fn dispatch(call: Sysno, a: Arguments<'_>) -> Result<u64, Errno> {
    match call {
        Sysno::Msgget => message::msgget(a.u32(0) as i32, a.u32(1)),
        Sysno::Msgctl => message::msgctl(a.u32(0), a.u32(1), a.address(2)),
        Sysno::Msgrcv => message::msgrcv(a.u32(0), a.buffer(1, 2), a.u64(3) as i64, a.u32(4)),
        Sysno::Msgsnd => message::msgsnd(a.u32(0), a.address(1), a.size(2), a.u32(3)),
        Sysno::Semget => semaphore::semget(a.u32(0) as i32, a.u32(1), a.u32(2)),
        Sysno::Semctl => semaphore::semctl(a.u32(0), a.u32(1), a.u32(2), a.u64(3)),
        Sysno::Semtimedop => semaphore::semtimedop(a.u32(0), a.address(1), a.u32(2), a.address(3)),
        Sysno::Semop => semaphore::semtimedop(a.u32(0), a.address(1), a.u32(2), VirtAddr::new(0)),
        Sysno::Shmget => segment::shmget(a.u32(0) as i32, a.u64(1), a.u32(2)),
        Sysno::Shmctl => segment::shmctl(a.u32(0), a.u32(1), a.address(2)),
        Sysno::Shmat => segment::shmat(a.u32(0), a.address(1), a.u32(2)),
        Sysno::Shmdt => segment::shmdt(a.address(0)),
        Sysno::MqOpen => mqueue::mq_open(a.address(0), a.u32(1), a.u32(2), a.address(3)),
        Sysno::MqUnlink => mqueue::mq_unlink(a.address(0)),
        Sysno::MqTimedsend => mqueue::mq_timedsend(a.fd(0), a.buffer(1, 2), a.u32(3), a.address(4)),
        Sysno::MqTimedreceive => {
            mqueue::mq_timedreceive(a.fd(0), a.buffer(1, 2), a.address(3), a.address(4))
        }
        Sysno::MqNotify => mqueue::mq_notify(a.fd(0), a.address(1)),
        Sysno::MqGetsetattr => mqueue::mq_getsetattr(a.fd(0), a.address(1), a.address(2)),
        _ => Err(Errno::ENOSYS),
    }
}
