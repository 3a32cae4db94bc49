//! Tests of objects that need no process.

use super::message::{self, Message, Wanted, Wish};
use super::ownership::{Ownership, Right};
use super::semaphore::{self, Change, Count};
use super::table::Table;
use super::{Caller, Key, NewOwner};
use crate::fs::Waiting;
use crate::process::Credentials;
use crate::sched;
use abi::Errno;
use abi::ipc::{IPC_CREAT, IPC_EXCL, IPC_NOWAIT, SEM_UNDO, SemaphoreOperation};
use alloc::vec::Vec;

const ROOT: Credentials = Credentials { uid: 0, gid: 0 };

fn caller(pid: u32) -> Caller {
    Caller { pid, credentials: ROOT }
}

#[test]
fn a_number_is_not_soon_used_again() {
    let mut table = Table::new(300);
    let key = Key(0);
    let one = table.find_or_make(key, IPC_CREAT, |_| Ok(()), |_| Ok('a')).unwrap();
    assert_eq!(table.remove(one), Some('a'));
    assert_eq!(table.get(one), Err(Errno::EINVAL));
    let mut last = one;
    for _ in 0..256 {
        last = table.find_or_make(key, IPC_CREAT, |_| Ok(()), |_| Ok('b')).unwrap();
        assert_ne!(last, one);
        table.remove(last);
    }
    assert_eq!(last & 0x7FFF, one & 0x7FFF, "its place is used again");
    let again = table.find_or_make(key, IPC_CREAT, |_| Ok(()), |_| Ok('c')).unwrap();
    assert_eq!(table.get(again - 1).err(), Some(Errno::EINVAL));
}

#[test]
fn a_key_finds_one_object_until_it_is_forgotten() {
    let mut table = Table::new(2);
    let get =
        |table: &mut Table<u8>, flags| table.find_or_make(Key(7), flags, |_| Ok(()), |_| Ok(1));
    assert_eq!(get(&mut table, 0), Err(Errno::ENOENT));
    let id = get(&mut table, IPC_CREAT | IPC_EXCL).unwrap();
    assert_eq!(get(&mut table, 0), Ok(id));
    assert_eq!(get(&mut table, IPC_CREAT | IPC_EXCL), Err(Errno::EEXIST));
    let refused = table.find_or_make(Key(7), 0, |_| Err(Errno::EACCES), |_| Ok(2));
    assert_eq!(refused, Err(Errno::EACCES));
    table.forget_key(id);
    let other = get(&mut table, IPC_CREAT).unwrap();
    assert_ne!(other, id);
    assert_eq!(table.find_or_make(Key(8), IPC_CREAT, |_| Ok(()), |_| Ok(3)), Err(Errno::ENOSPC));
}

#[test]
fn owner_maker_group_and_others_have_what_the_mode_says() {
    let maker = Credentials { uid: 5, gid: 50 };
    let mut ownership = Ownership::new(maker, 0o640);
    let new = NewOwner { uid: 6, gid: 60, mode: 0o640 };
    ownership.set(new).unwrap();
    for uid in [5, 6, 0] {
        assert_eq!(ownership.check(Credentials { uid, gid: 1 }, Right::Write), Ok(()));
        assert_eq!(ownership.check_control(Credentials { uid, gid: 1 }), Ok(()));
    }
    for gid in [50, 60] {
        let member = Credentials { uid: 7, gid };
        assert_eq!(ownership.check(member, Right::Read), Ok(()));
        assert_eq!(ownership.check(member, Right::Mode(0o600)), Err(Errno::EACCES));
        assert_eq!(ownership.check_control(member), Err(Errno::EPERM));
    }
    let other = Credentials { uid: 7, gid: 7 };
    assert_eq!(ownership.check(other, Right::Read), Err(Errno::EACCES));
}

fn operation(number: u16, change: i16, flags: u32) -> SemaphoreOperation {
    SemaphoreOperation { number, change, flags: flags as u16 }
}

fn operate(id: u32, pid: u32, operations: &[SemaphoreOperation]) -> Result<(), Errno> {
    semaphore::operate(id, Vec::from(operations), Some(0), caller(pid))
}

#[test]
fn what_a_process_did_to_semaphores_is_taken_back_within_their_range() {
    sched::start();
    let id = semaphore::get(Key(0), 2, 0o600, caller(1)).unwrap();
    let value = |number| semaphore::ask(id, number, Count::Value, caller(1)).unwrap();
    operate(id, 81_001, &[operation(0, 5, SEM_UNDO), operation(1, 3, 0)]).unwrap();
    operate(id, 81_002, &[operation(0, -4, 0)]).unwrap();
    semaphore::process_ended(81_001);
    assert_eq!((value(0), value(1)), (0, 3));
    semaphore::process_ended(81_001);
    assert_eq!(value(1), 3);
    let refused = [operation(1, -1, SEM_UNDO), operation(0, -1, IPC_NOWAIT)];
    assert_eq!(operate(id, 81_003, &refused), Err(Errno::EAGAIN));
    semaphore::process_ended(81_003);
    assert_eq!(value(1), 3, "what was not done is not taken back");
    assert_eq!(operate(id, 81_004, &[operation(0, -1, 0)]), Err(Errno::EAGAIN), "no patience");
    semaphore::set_values(id, Change::One(0, 1), caller(1)).unwrap();
    assert_eq!(value(0), 1, "nobody stands in line any more");
    semaphore::remove(id, caller(1)).unwrap();
    assert_eq!(operate(id, 81_004, &[operation(0, 1, 0)]), Err(Errno::EINVAL));
}

#[test]
fn a_message_is_chosen_by_its_type() {
    sched::start();
    let id = message::get(Key(0), 0o600, caller(1)).unwrap();
    for (kind, text) in [(4, "four"), (2, "two"), (2, "more"), (9, "nine")] {
        let bytes = Vec::from(text.as_bytes());
        message::send(id, Message { kind, bytes }, Waiting::Refused, caller(1)).unwrap();
    }
    let receive = |wanted, room| {
        let wish = Wish { wanted, room, cuts: false };
        let message = message::receive(id, wish, Waiting::Refused, caller(1))?;
        Ok::<_, Errno>((message.kind, message.bytes))
    };
    let told = |kind: i64, text: &str| Ok((kind, Vec::from(text.as_bytes())));
    assert_eq!(receive(Wanted::CopyAt(3), 9), told(9, "nine"));
    assert_eq!(receive(Wanted::UpTo(4), 9), told(2, "two"));
    assert_eq!(receive(Wanted::OtherThan(4), 9), told(2, "more"));
    assert_eq!(receive(Wanted::Any, 3), Err(Errno::E2BIG));
    assert_eq!(receive(Wanted::Kind(9), 9), told(9, "nine"));
    assert_eq!(receive(Wanted::Any, 9), told(4, "four"));
    assert_eq!(receive(Wanted::Any, 9), Err(Errno::ENOMSG));
    message::remove(id, caller(1)).unwrap();
}
