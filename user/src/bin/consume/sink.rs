//! One consuming process.

use super::report::{Outcome, Report};
use user::error::Result;
use user::ring::{self, Checksum, Consumer, End, Kernel};
use user::shared::SharedMemory;
use user::{process, time};

/// Takes so many messages, or all, from the ring in the region.
pub fn run(memory: SharedMemory<'static>, name: &str, count: Option<u64>) -> Result<Report> {
    let joined = Consumer::join(memory, Kernel);
    let mut consumer = joined.map_err(|error| ring::explain(error, name))?;
    let mut report = Report::new(process::id().0);
    let outcome = take(&mut consumer, count, &mut report);
    report.last = nanoseconds();
    report.set_outcome(&outcome);
    report.members = consumer.consumers() as u64;
    consumer.leave();
    Ok(report)
}

fn take(consumer: &mut Consumer<'_, Kernel>, count: Option<u64>, report: &mut Report) -> Outcome {
    while count.is_none_or(|count| report.messages < count) {
        let message = match consumer.receive() {
            Ok(message) => message,
            Err(End::Finished) => return Outcome::Finished,
            Err(End::Died(processes)) => return Outcome::Died(processes),
            Err(End::Damaged) => return Outcome::Damaged,
        };
        if report.messages == 0 {
            report.first = nanoseconds();
        }
        report.messages += 1;
        report.bytes += message.payload.len() as u64;
        if message.checksum == Checksum::Bad {
            report.bad += 1;
        } else if !report.tally.record(message.producer, message.sequence) {
            report.disordered += 1;
        }
    }
    Outcome::Complete
}

fn nanoseconds() -> u64 {
    time::now().as_nanos() as u64
}
