//! With a mapping object: a picture and two numbers, which one has been made and which one seen.

use super::{BYTES, PATIENCE, PICTURES};
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use user::error::{Error, Result};
use user::mmf::{
    Access, Handle, ObjectFlags, View, create_mapping, create_region, notify, wait_change,
    wait_for_name,
};
use user::process::Pid;

const NAME: &str = "/pictures";

fn words<'a>(view: &'a View<'_>) -> Result<(&'a [AtomicU64], &'a AtomicU64, &'a AtomicU64)> {
    let words = view.memory().objects(0, BYTES / 8 + 2).ok_or(Error::message("too short"))?;
    Ok((&words[2..], &words[0], &words[1]))
}

fn until(handle: &Handle, word: &AtomicU64, number: u64) -> Result<()> {
    let mut seen = 0;
    while word.load(SeqCst) < number {
        let change = wait_change(handle, seen, PATIENCE)?.ok_or(Error::message("nothing comes"))?;
        seen = change.number;
    }
    Ok(())
}

pub fn produce(_consumer: Pid) -> Result<()> {
    let handle = create_region(NAME, BYTES as u64 + 16, ObjectFlags::empty())?;
    let view = create_mapping(&handle, Access::ReadWrite, 0, 0)?;
    let (picture, made, seen) = words(&view)?;
    for number in 1..=PICTURES {
        picture.iter().for_each(|word| word.store(number, SeqCst));
        made.store(number, SeqCst);
        notify(&handle, 0, 8)?;
        until(&handle, seen, number)?;
    }
    Ok(())
}

pub fn consume() -> Result<u64> {
    wait_for_name(NAME, PATIENCE)?;
    let handle = create_region(NAME, BYTES as u64 + 16, ObjectFlags::empty())?;
    let view = create_mapping(&handle, Access::ReadWrite, 0, 0)?;
    let (picture, made, seen) = words(&view)?;
    let mut sum = 0;
    for number in 1..=PICTURES {
        until(&handle, made, number)?;
        sum += picture.iter().map(|word| word.load(SeqCst)).sum::<u64>();
        seen.store(number, SeqCst);
        notify(&handle, 8, 8)?;
    }
    Ok(sum)
}
