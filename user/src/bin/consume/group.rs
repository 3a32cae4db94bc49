//! Several consuming processes, whose reports come through a pipe.

use super::Task;
use super::report::{Outcome, Report};
use super::sink;
use alloc::format;
use alloc::vec::Vec;
use user::eprintln;
use user::error::{Error, Result};
use user::fs::{self, File, OwnedFd};
use user::process::{self, ExitStatus, Fork};
use user::shared::SharedMemory;
use zerocopy::{FromBytes, IntoBytes};

/// Has several processes share the work, and returns what they did together.
pub fn run(memory: SharedMemory<'static>, task: &Task) -> Result<Report> {
    let (reader, writer) = fs::pipe()?;
    let mut children = Vec::new();
    for index in 0..task.consumers {
        let share = |count: u64| count / task.consumers + u64::from(index < count % task.consumers);
        match process::fork()? {
            Fork::Child => process::exit(child(memory, task, task.count.map(share), &writer)),
            Fork::Parent(pid) => children.push(pid),
        }
    }
    drop(writer);
    let reports = collect(reader)?;
    let mut failed = 0;
    for child in children {
        let status = process::wait_for(child)?;
        if let ExitStatus::Signalled(signal) = status {
            eprintln!("consume: the consumer (pid {child}) was ended by signal {signal}");
        }
        failed += u64::from(status != ExitStatus::Exited(0));
    }
    let mut total = Report::new(process::id().0);
    total.set_outcome(&Outcome::Complete);
    reports.iter().for_each(|report| total.merge(report));
    if failed == 0 {
        return Ok(total);
    }
    let (consumers, messages) = (task.consumers, total.messages);
    Err(Error::message(format!(
        "{failed} of {consumers} consumers failed, {messages} messages came"
    )))
}

fn child(memory: SharedMemory<'static>, task: &Task, count: Option<u64>, writer: &OwnedFd) -> i32 {
    // A share of nothing is done.
    let report = match count {
        Some(0) => Ok(Report::new(process::id().0)),
        _ => sink::run(memory, task.region, count),
    };
    let written = report.map(|report| user::io::write_all(writer.as_raw(), report.as_bytes()));
    match written {
        Ok(Ok(())) => 0,
        Ok(Err(errno)) => {
            eprintln!("consume: report: {errno}");
            1
        }
        Err(error) => {
            eprintln!("consume: {error}");
            1
        }
    }
}

fn collect(reader: OwnedFd) -> Result<Vec<Report>> {
    let mut bytes = Vec::new();
    File::from_fd(reader, "reports").read_to_end(&mut bytes)?;
    let whole = bytes.chunks_exact(size_of::<Report>());
    Ok(whole.filter_map(|bytes| Report::read_from_bytes(bytes).ok()).collect())
}
