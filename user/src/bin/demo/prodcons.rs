//! The story of a producer and a consumer.

use super::stage::{must, prompt, say, start};
use alloc::format;
use user::error::{Error, Result};
use user::println;
use user::process::{self, ExitStatus, Signal};

/// Creates the region, tells the story, and removes the region.
pub fn run() -> Result<()> {
    let name = format!("/prodcons-{}", process::id());
    say("A region is memory that processes hold in common, by a name.");
    must(&format!("region create {name} 64K --exclusive"))?;
    let outcome = tell(&name);
    let removed = must(&format!("region rm {name}"));
    outcome.and(removed)?;
    say("The name is gone, and with the last user the memory.");
    Ok(())
}

fn tell(name: &str) -> Result<()> {
    say("A consumer and a producer, each a process of its own, share it as a ring of messages.");
    say("Who finds the ring empty or full sleeps until the other wakes it.");
    let producer = start(&format!("produce {name} --count 100000 --size 64"))?;
    must(&format!("consume {name} --count 100000"))?;
    process::wait_for(producer)?;

    say("Three producers and two consumers; each message is consumed exactly once.");
    let producers = start(&format!("produce {name} --count 30000 --producers 3"))?;
    must(&format!("consume {name} --count 30000 --consumers 2"))?;
    process::wait_for(producers)?;

    say("The pages that were touched are there, in both processes, once:");
    must("region ls")?;

    say("A producer that is killed: the consumer is told, says so, and does not hang.");
    let producer = start(&format!("produce {name} --count 1000000000"))?;
    must(&format!("consume {name} --count 1000"))?;
    let consumer = start(&format!("consume {name} --count 1000000000"))?;
    println!("{} kill -KILL {producer}", prompt());
    process::kill(producer, Signal::KILL)?;
    process::wait_for(producer)?;
    match process::wait_for(consumer)? {
        ExitStatus::Exited(0) => Err(Error::message("the consumer did not notice the death")),
        status => {
            say(&format!("Its exit status is {}.", status.shell_status()));
            Ok(())
        }
    }
}
