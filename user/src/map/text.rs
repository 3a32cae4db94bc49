//! The same picture in a terminal: a line for each process and each region.

use super::activity::{Activity, HEAT};
use super::model::{Model, Process, Right};
use crate::units::Size;
use alloc::format;
use alloc::string::String;
use core::fmt::Write;

/// Whether the terminal shows colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Colours {
    /// It does.
    Yes,
    /// It does not, or the text goes elsewhere.
    No,
}

/// Columns for a name.
const NAME: usize = 22;

/// The picture, in lines of so many columns.
pub fn render(model: &Model, activities: &[Activity], columns: usize, colours: Colours) -> String {
    let mut text = String::new();
    // Writing to a string never fails.
    let _ = writeln!(text, "{}", paint("PROCESSES", "1;36", colours));
    for process in &model.processes {
        let _ = writeln!(text, "  {}", line_of(model, process, columns.saturating_sub(2), colours));
    }
    let _ = writeln!(text, "{}", paint("REGIONS", "1;36", colours));
    for (region, activity) in model.regions.iter().zip(activities) {
        let name: String = region.name.chars().take(NAME).collect();
        let size = format!("{}", Size(region.bytes));
        let _ = write!(text, "  {name:NAME$} {size:>7} ");
        let room = columns.saturating_sub(NAME + 12);
        let each = activity.cells.len().div_ceil(room.max(1)).max(1);
        for cells in activity.cells.chunks(each) {
            let heat = cells.iter().map(|cell| cell.heat).max().unwrap_or(0);
            let is_resident = cells.iter().any(|cell| cell.is_resident());
            text += &match (is_resident, heat) {
                (false, _) => paint("·", "2", colours),
                (true, 0) => paint("▒", "32", colours),
                (true, heat) if heat < HEAT / 2 => paint("▓", "33", colours),
                (true, _) => paint("█", "1;33", colours),
            };
        }
        text.push('\n');
    }
    text
}

/// A process with what it reaches: `<>` is reading and writing, `<-` reading.
fn line_of(model: &Model, process: &Process, columns: usize, colours: Colours) -> String {
    let who = format!("{} {}", process.pid, process.name);
    let mut line: String = format!("{who:NAME$}").chars().take(NAME).collect();
    let mut used = NAME;
    for link in &process.links {
        let region = &model.regions[link.region];
        let (arrow, colour) = if link.right == Right::Write { ("<>", "32") } else { ("<-", "36") };
        let word = format!(" {arrow} {}", region.name);
        let width = word.chars().count();
        if used + width + 2 > columns {
            line += " …";
            break;
        }
        used += width;
        line += &paint(&word, colour, colours);
    }
    line
}

fn paint(text: &str, code: &str, colours: Colours) -> String {
    match colours {
        Colours::Yes => format!("\x1b[{code}m{text}\x1b[0m"),
        Colours::No => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Link, Region};
    use super::*;
    use std::vec;
    use std::vec::Vec;

    #[test]
    fn lines_are_never_longer_than_the_terminal_and_say_who_writes_what() {
        let links = |region: usize| Link {
            region,
            right: if region == 0 { Right::Write } else { Right::Read },
        };
        let regions: Vec<Region> = (0..9)
            .map(|id| Region { id, name: format!("/region-{id}"), bytes: id << 20, resident: 0 })
            .collect();
        let process = Process {
            pid: 7,
            name: "reader".into(),
            links: (0..9).map(links).collect(),
            ..Process::default()
        };
        let activities: Vec<Activity> =
            regions.iter().map(|it| Activity::new(it.id, it.bytes, 500)).collect();
        let model = Model { processes: vec![process], regions };
        for columns in [50, 80, 200] {
            let text = render(&model, &activities, columns, Colours::No);
            assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}: {text}");
            assert!(text.contains("7 reader") && text.contains("<> /region-0"));
            assert!(text.contains("<- /region-1") || columns == 50);
        }
    }
}
