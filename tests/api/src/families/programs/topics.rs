//! With a topic: each picture is published, and read where it lies.

use super::{BYTES, PATIENCE, PICTURES};
use abi::poll::{PollEvents, PollFd};
use user::error::{Error, Result};
use user::process::Pid;
use user::syscall::file::ppoll;
use user::topic::{Message, Pool, SubscribeFlags, Subscriber, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

const NAME: &str = "/pictures";

#[derive(FromBytes, Immutable)]
#[repr(C)]
struct Picture([u64; BYTES / 8]);

impl Message for Picture {
    const NAME: &'static str = "Picture";
}

pub fn produce(_consumer: Pid) -> Result<()> {
    let pool = Pool::new()?;
    let publisher = pool.advertise::<Picture>(NAME, PICTURES as u32, TopicPolicy::Wait)?;
    let urgent = PollEvents::PRI.bits();
    while publisher.status()?.subscribers == 0 {
        ppoll(&mut [PollFd { fd: publisher.as_raw(), events: urgent, revents: 0 }], PATIENCE)?;
    }
    for number in 1..=PICTURES {
        let mut picture = publisher.loan()?;
        picture.0.fill(number);
        picture.publish()?;
    }
    Ok(())
}

pub fn consume() -> Result<u64> {
    let depth = PICTURES as u32;
    let subscriber = Subscriber::<Picture>::new(NAME, depth, SubscribeFlags::TRANSIENT_LOCAL)?;
    let mut sum = 0;
    for _ in 1..=PICTURES {
        let picture = subscriber.wait(PATIENCE)?.ok_or(Error::message("nothing comes"))?;
        sum += picture.0.iter().sum::<u64>();
    }
    Ok(sum)
}
