//! The same picture in a terminal, drawn with `ratatui`: a line for each process, region, topic and offer.
//!
//! `ansi` is the terminal that it is drawn on. Where standard output is none, the lines are printed once, as long as they
//! have to be.

mod ansi;

use super::activity::{Activity, HEAT};
use super::model::{Model, Part, Process, Region, Right, Topic};
use crate::units::Size;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use ansi::{Ansi, have_same_looks, write_cell};
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::terminal::Terminal;
use ratatui_core::text::{Line, Span};

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
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

/// The lines of the picture.
fn lines_of<'a>(model: &'a Model, activities: &[Activity], columns: usize) -> Vec<Line<'a>> {
    let title = |text: &'static str| {
        Line::styled(text, Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD))
    };
    let mut lines = alloc::vec![title("PROCESSES")];
    lines.extend(model.processes.iter().map(|process| line_of_process(model, process, columns)));
    lines.push(title("REGIONS"));
    let regions = model.regions.iter().zip(activities);
    lines.extend(regions.map(|(region, activity)| line_of_region(region, activity, columns)));
    if !model.topics.is_empty() {
        lines.push(title("TOPICS"));
        lines.extend(model.topics.iter().map(|topic| line_of_topic(model, topic)));
    }
    if !model.parcels.is_empty() {
        lines.push(title("OFFERS"));
        lines.extend(model.parcels.iter().map(|parcel| {
            let who = |index: usize| who(&model.processes[index]);
            let text =
                format!("  {} => {}  {} pages", who(parcel.from), who(parcel.to), parcel.pages);
            Line::styled(text, Color::Yellow)
        }));
    }
    lines
}

fn who(process: &Process) -> String {
    format!("{} {}", process.pid, process.name)
}

/// A process with what it reaches: `<>` is reading and writing, `<-` reading. What has no room is told by `…`.
fn line_of_process<'a>(model: &'a Model, process: &'a Process, columns: usize) -> Line<'a> {
    let name: String = who(process).chars().take(NAME).collect();
    let mut line = Line::from(format!("  {name:NAME$}"));
    let mut used = NAME + 2;
    for link in &process.links {
        let region = &model.regions[link.region];
        let (arrow, colour) = match link.right {
            Right::Write => ("<>", Color::Green),
            Right::Read => ("<-", Color::Cyan),
        };
        let word = format!(" {arrow} {}", region.name);
        let width = word.chars().count();
        if used + width + 2 > columns {
            line.push_span(Span::raw(" …"));
            break;
        }
        used += width;
        line.push_span(Span::styled(word, colour));
    }
    line
}

/// A region with a character for each page, or for several.
fn line_of_region<'a>(region: &'a Region, activity: &Activity, columns: usize) -> Line<'a> {
    let name: String = region.name.chars().take(NAME).collect();
    let size = format!("{}", Size(region.bytes));
    let mut line = Line::from(format!("  {name:NAME$} {size:>7} "));
    let room = columns.saturating_sub(NAME + 12);
    let each = activity.cells.len().div_ceil(room.max(1)).max(1);
    let looks = activity.cells.chunks(each).map(|cells| {
        let heat = cells.iter().map(|cell| cell.heat).max().unwrap_or(0);
        match (cells.iter().any(|cell| cell.is_resident()), heat) {
            (false, _) => ("·", FAINT),
            (true, 0) => ("▒", Style::new().fg(Color::Green)),
            (true, heat) if heat < HEAT / 2 => ("▓", Style::new().fg(Color::Yellow)),
            (true, _) => ("█", Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD)),
        }
    });
    looks.for_each(|(symbol, style)| line.push_span(Span::styled(symbol, style)));
    line
}

/// A topic with who publishes, who subscribes, and how many messages there were.
fn line_of_topic<'a>(model: &'a Model, topic: &'a Topic) -> Line<'a> {
    let members = |part: Part| {
        let of_part = topic.members.iter().filter(|member| member.part == part);
        let names: Vec<String> =
            of_part.map(|member| who(&model.processes[member.process])).collect();
        if names.is_empty() { "nobody".into() } else { names.join(", ") }
    };
    let name: String = topic.name.chars().take(NAME).collect();
    Line::from(alloc::vec![
        Span::raw(format!("  {name:NAME$} {:>7} ", topic.published)),
        Span::styled(members(Part::Publishes), Color::Green),
        Span::raw(" -> "),
        Span::styled(members(Part::Subscribes), Color::Cyan),
    ])
}

/// Draws as many of the lines as there is room for.
fn draw(lines: &[Line<'_>], area: Rect, buffer: &mut Buffer) {
    let rows = usize::from(area.height);
    let is_cut = lines.len() > rows;
    let shown = if is_cut { rows.saturating_sub(1) } else { lines.len() };
    for (row, line) in (area.y..).zip(&lines[..shown]) {
        buffer.set_line(area.x, row, line, area.width);
    }
    if is_cut && rows > 0 {
        let text = format!("… and {} lines more", lines.len() - shown);
        buffer.set_stringn(area.x, area.bottom() - 1, text, area.width.into(), FAINT);
    }
}

/// The picture, in lines of so many columns.
pub fn render(model: &Model, activities: &[Activity], columns: u16, colours: Colours) -> String {
    let lines = lines_of(model, activities, columns.into());
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, height));
    draw(&lines, buffer.area, &mut buffer);
    let mut text = String::new();
    for row in buffer.content.chunks(usize::from(columns).max(1)) {
        let is_blank = |cell: &Cell| cell.symbol() == " ";
        let end = row.iter().rposition(|cell| !is_blank(cell)).map_or(0, |last| last + 1);
        let mut before = Cell::EMPTY;
        for cell in &row[..end] {
            if colours == Colours::No || have_same_looks(&before, cell) {
                text.push_str(cell.symbol());
            } else {
                write_cell(&mut text, cell);
            }
            before = cell.clone();
        }
        text.push_str(if have_same_looks(&before, &Cell::EMPTY) { "\n" } else { "\x1b[0m\n" });
    }
    if colours == Colours::No { text.replace("\x1b[0m", "") } else { text }
}

/// A terminal on which the picture is drawn again and again.
pub struct Live(Terminal<Ansi>);

impl Live {
    /// A terminal with so many columns and rows.
    pub fn new(columns: u16, rows: u16) -> Self {
        let Ok(terminal) = Terminal::new(Ansi::new(columns, rows));
        Self(terminal)
    }

    /// What has to be written so that the picture is seen, on a terminal of this size by now.
    pub fn show(&mut self, model: &Model, activities: &[Activity], size: (u16, u16)) -> String {
        self.0.backend_mut().resize(size.0, size.1);
        let Ok(_) = self.0.draw(|frame| {
            let area = frame.area();
            let lines = lines_of(model, activities, area.width.into());
            draw(&lines, area, frame.buffer_mut());
        });
        core::mem::take(&mut self.0.backend_mut().text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Link, Member, Parcel};
    use super::*;
    use std::vec;

    fn example() -> (Model, Vec<Activity>) {
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
        let members = vec![Member { process: 0, part: Part::Publishes, passed: 3 }];
        let topics = vec![Topic { name: "/life".into(), published: 3, members }];
        let parcels = vec![Parcel { from: 0, to: 0, address: 0, pages: 16 }];
        let activities = regions.iter().map(|it| Activity::new(it.id, it.bytes, 500)).collect();
        (Model { processes: vec![process], regions, topics, parcels }, activities)
    }

    #[test]
    fn lines_are_never_longer_than_the_terminal_and_say_who_writes_what() {
        let (model, activities) = example();
        for columns in [60, 80, 200] {
            let text = render(&model, &activities, columns, Colours::No);
            let is_short = |line: &str| line.chars().count() <= columns.into();
            assert!(text.lines().all(is_short), "{columns}: {text}");
            assert!(text.contains("7 reader") && text.contains("<> /region-0"));
            assert!(text.contains("<- /region-1"));
            assert!(text.contains("7 reader -> nobody"));
            assert!(text.contains("7 reader => 7 reader  16 pages"));
            assert!(!text.contains('\x1b'));
        }
    }

    #[test]
    fn a_terminal_gets_all_of_the_first_picture_and_nothing_of_one_that_is_the_same() {
        let (mut model, activities) = example();
        let mut live = Live::new(60, 9);
        let first = live.show(&model, &activities, (60, 9));
        assert!(first.contains("PROCESSES") && first.contains("… and 8 lines more"), "{first:?}");
        let second = live.show(&model, &activities, (60, 9));
        assert!(!second.contains("reader"), "{second:?}");
        model.processes[0].name = "writer".into();
        let third = live.show(&model, &activities, (60, 9));
        assert!(third.contains("writ") && !third.contains("REGIONS"), "{third:?}");
    }
}
