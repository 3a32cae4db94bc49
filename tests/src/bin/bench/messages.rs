//! What messages cost, by size: `bench crossover` and `bench topics`, for `offers.md` and `topics.md`.

use crate::document;
use crate::plot::{Plot, Series, Unit};
use crate::run::{measure, write};
use ::tests::failure::{Failure, Outcome};
use ::tests::report::Table;
use std::path::Path;

/// Instructions of a round trip of 1000 bytes through a UNIX socket: Debian's Linux 6.1 as it comes,
/// on one core of the same emulated board.
const LINUX_UNIX_1000: u64 = 21_936;

/// Measures both and writes them.
pub fn run(folder: &Path) -> Outcome {
    crossover(folder)?;
    topics(folder)
}

fn crossover(folder: &Path) -> Outcome {
    let report = measure("bench crossover")?;
    let sizes = Table::after(&report, "BYTES")?;
    let names = [
        ("PIPE", "a pipe"),
        ("RING", "a channel, copied through its ring"),
        ("REGION", "a region that both have: copied in, read there"),
        ("NEW-PAGES", "new pages, filled and given away"),
        ("PASSED-PAGES", "pages that are passed on and come back"),
    ];
    let plot = Plot {
        title: "What a message costs, from one process to another",
        x_label: "bytes",
        y_label: "instructions",
        unit: Unit::Bytes,
        series: series(&sizes, &names)?,
    };
    write(folder.join("offers-crossover.svg"), &plot.to_svg())?;
    let lengths = Table::after(&report, "SIZE")?;
    let costs = Table::all_after(&report, "WHAT")?;
    let text = |needle: &str| {
        let line = report.lines().find(|line| line.contains(needle));
        line.map(|line| line.trim().to_owned())
            .ok_or_else(|| Failure::new(format!("no ‘{needle}’")))
    };
    let facts = [
        text("pages that are passed on:")?,
        text("new pages for each message:")?,
        text("messages of one new page each")?,
        round_trip(&sizes)?,
    ];
    let path = folder.join("offers.md");
    document::replace(&path, "crossover", &sizes.to_markdown())?;
    document::replace(&path, "facts", &facts.map(|fact| format!("- {fact}\n")).concat())?;
    document::replace(&path, "claim", &costs[0].to_markdown())?;
    document::replace(&path, "page", &costs[1].to_markdown())?;
    document::replace(&path, "lengths", &lengths.to_markdown())
}

/// The size that people ask for, beside Linux.
fn round_trip(sizes: &Table) -> Outcome<String> {
    let row = sizes.numbers("BYTES")?.iter().position(|bytes| *bytes == 1000.0);
    let row = row.ok_or_else(|| Failure::new("1000 bytes were not measured"))?;
    let both = |column| sizes.numbers(column).map(|costs| 2.0 * costs[row]);
    Ok(format!(
        "1000 bytes there and back: {} through the ring, {} through a region, {} by pages that are \
         passed on; {LINUX_UNIX_1000} through a UNIX socket of Linux on the same emulated board",
        both("RING")?,
        both("REGION")?,
        both("PASSED-PAGES")?
    ))
}

fn topics(folder: &Path) -> Outcome {
    let report = measure("bench topics")?;
    let sizes = Table::after(&report, "BYTES")?;
    let names = [
        ("PROCESS-PROCESS", "from process to process, with its waking"),
        ("PUBLISH-TAKE", "the calls that publish and take"),
    ];
    let plot = Plot {
        title: "From publishing a message to having it",
        x_label: "bytes",
        y_label: "instructions",
        unit: Unit::Bytes,
        series: series(&sizes, &names)?,
    };
    write(folder.join("topics-latency.svg"), &plot.to_svg())?;
    document::replace(&folder.join("topics.md"), "latency", &sizes.to_markdown())
}

/// Columns of a table, against its first.
fn series(table: &Table, names: &[(&str, &'static str)]) -> Outcome<Vec<Series>> {
    let sizes = table.numbers("BYTES")?;
    let one = |(column, name): &(&str, &'static str)| {
        let costs = table.numbers(column)?;
        Ok(Series { name, points: sizes.iter().copied().zip(costs).collect() })
    };
    names.iter().map(one).collect()
}
