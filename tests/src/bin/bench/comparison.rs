//! Linux's figures, ours, and what is to be reached: the table that `make bench` prints.

use crate::figures::Figures;
use crate::targets::{Anchor, LinuxRow, Standing, Target};
use std::collections::HashSet;

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    what: String,
    linux: Option<f64>,
    stock: Option<f64>,
    ours: f64,
    anchor: Anchor,
    target: Option<f64>,
    before: Option<f64>,
    standing: Mean,
}

/// In which means a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mean {
    /// In both.
    Both,
    /// Only in that of the same program.
    SameProgram,
    /// Only in that of Commons' own ways.
    OwnWays,
    /// In none: no kernel takes part, or there is nothing of Linux's beside it.
    None,
}

impl Line {
    fn ratio(&self) -> Option<f64> {
        self.linux.map(|linux| self.ours / linux)
    }

    /// How far the target is met, in a word.
    fn met(&self) -> &'static str {
        match (self.ratio(), self.target) {
            (Some(ratio), Some(target)) if ratio <= target => "yes",
            (Some(_), Some(_)) => "no",
            _ => "",
        }
    }

    fn change(&self) -> String {
        match self.before {
            None => "new".to_owned(),
            // The counter's step shows in what is measured few times over.
            Some(before) if (self.ours / before - 1.0).abs() < 0.0005 => String::new(),
            Some(before) => format!("{:+.1} %", (self.ours / before - 1.0) * 100.0),
        }
    }

    fn cells(&self) -> [String; 7] {
        let lean = if self.anchor == Anchor::Lean { " lean" } else { "" };
        [
            self.name.clone(),
            self.linux.map_or_else(String::new, |linux| format!("{}{lean}", plain(linux))),
            plain(self.ours),
            self.ratio().map_or_else(String::new, short),
            self.target.map_or_else(String::new, |target| format!("{target}")),
            self.met().to_owned(),
            self.change(),
        ]
    }
}

/// A number as it is, with a tenth only where that says something.
fn plain(number: f64) -> String {
    if number >= 1000.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        format!("{number:.1}")
    }
}

/// A ratio with three digits that say something.
fn short(ratio: f64) -> String {
    let digits = (2.0 - ratio.log10().floor()).clamp(2.0, 6.0) as usize;
    format!("{ratio:.digits$}")
}

/// The means over all rows in which a kernel takes part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Means {
    /// Commons' own ways where it has them, against the Linux that the targets name.
    pub goal: f64,
    /// The same against Debian's defaults alone.
    pub stock: f64,
    /// The same program on both, against Debian's defaults.
    pub same_program: f64,
    /// Rows in the first.
    pub rows: usize,
}

/// All of it.
pub struct Comparison {
    lines: Vec<Line>,
    refused: Vec<(String, String)>,
}

const TITLES: [&str; 7] = ["ROW", "LINUX", "COMMONS", "RATIO", "TARGET", "MET", "CHANGE"];

impl Comparison {
    /// Puts each of our figures beside Linux's.
    pub fn new(ours: &Figures, linux: &[LinuxRow], targets: &[Target], recorded: &Figures) -> Self {
        let instead: HashSet<&str> = targets
            .iter()
            .filter(|target| {
                target.standing == Standing::Instead && ours.get(&target.row).is_some()
            })
            .map(|target| target.linux.as_str())
            .collect();
        let line = |(name, figure): (&str, f64)| {
            let target = targets.iter().find(|target| target.row == name);
            let beside = target.map_or(name, |target| target.linux.as_str());
            let linux = linux.iter().find(|row| row.name == beside);
            let anchor = target.map_or(Anchor::Stock, |target| target.anchor);
            let standing = match (linux, target) {
                (Some(row), _) if !row.has_a_kernel_s_part() => Mean::None,
                (Some(_), Some(target)) if target.standing == Standing::Instead => Mean::OwnWays,
                (Some(row), _) if row.name != name => Mean::None,
                (Some(_), _) if instead.contains(name) => Mean::SameProgram,
                (Some(_), _) => Mean::Both,
                (None, _) => Mean::None,
            };
            Line {
                name: name.to_owned(),
                what: linux.map_or_else(String::new, |row| row.what.clone()),
                linux: linux.map(|row| row.figure(anchor)),
                stock: linux.map(|row| row.figure(Anchor::Stock)),
                ours: figure,
                anchor,
                target: target.map(|target| target.ratio),
                before: recorded.get(name),
                standing,
            }
        };
        Self { lines: ours.iter().map(line).collect(), refused: ours.refused.clone() }
    }

    /// The means.
    pub fn means(&self) -> Means {
        let ratios = |without: Mean, linux: fn(&Line) -> Option<f64>| {
            let lines = self.lines.iter();
            let counted = lines.filter(|line| ![without, Mean::None].contains(&line.standing));
            counted.filter_map(|line| Some(line.ours / linux(line)?)).collect::<Vec<f64>>()
        };
        let goal = ratios(Mean::SameProgram, |line| line.linux);
        Means {
            rows: goal.len(),
            goal: geometric_mean(&goal),
            stock: geometric_mean(&ratios(Mean::SameProgram, |line| line.stock)),
            same_program: geometric_mean(&ratios(Mean::OwnWays, |line| line.stock)),
        }
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        let rows: Vec<[String; 7]> = [TITLES.map(str::to_owned)]
            .into_iter()
            .chain(self.lines.iter().map(Line::cells))
            .collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> =
            (0..TITLES.len()).map(|column| width(column).unwrap_or(0)).collect();
        let line = |row: &[String; 7]| {
            let cell = |(cell, width): (&String, &usize)| format!("{cell:>width$}");
            let numbers: Vec<String> = row.iter().zip(&widths).skip(1).map(cell).collect();
            format!("{:<width$}  {}\n", row[0], numbers.join("  "), width = widths[0])
        };
        rows.iter().map(line).chain([self.refusals(), self.summary()]).collect()
    }

    /// For a document.
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let titles = TITLES.map(str::to_lowercase);
        let marks = ["---", "--:", "--:", "--:", "--:", "---", "--:"].map(str::to_owned);
        let head = [line(&titles), line(&marks)];
        let rows = self.lines.iter().map(|row| line(&row.cells()));
        head.into_iter().chain(rows).chain([self.refusals()]).collect()
    }

    /// What the rows are, for a document.
    pub fn explanations(&self) -> String {
        let lines = self.lines.iter().filter(|line| !line.what.is_empty() && line.linux.is_some());
        lines.map(|line| format!("- `{}`: {}\n", line.name, line.what)).collect()
    }

    fn refusals(&self) -> String {
        let one =
            |(name, why): &(String, String)| format!("\n{name} could not be measured: {why}\n");
        self.refused.iter().map(one).collect()
    }

    /// Means and targets in a few lines.
    pub fn summary(&self) -> String {
        let means = self.means();
        let (met, all) = self.targets();
        format!(
            "\nGeometric mean of {} rows in which a kernel takes part: {} (to reach: 0.1); against \
             Debian's defaults alone: {};\nthe same program on both systems: {}. {met} of {all} \
             targets are met.\n",
            means.rows,
            short(means.goal),
            short(means.stock),
            short(means.same_program),
        )
    }

    /// How many targets are met, and how many there are.
    fn targets(&self) -> (usize, usize) {
        let with = |word: &str| self.lines.iter().filter(|line| line.met() == word).count();
        (with("yes"), with("yes") + with("no"))
    }
}

fn geometric_mean(numbers: &[f64]) -> f64 {
    let logarithms: f64 = numbers.iter().map(|number| number.ln()).sum();
    (logarithms / numbers.len().max(1) as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rows: &[(&str, f64)]) -> Figures {
        let mut figures = Figures::default();
        rows.iter().for_each(|(name, number)| figures.add(name, *number));
        figures
    }

    fn comparison() -> Comparison {
        let linux = "null 400 300 a\nmemcpy_4k 529 529 b\nfork 90 50 c\noffer_memfd 1000 900 d\n";
        let targets = "null null stock 0.25\nfork fork lean 0.1\noffer offer_memfd stock 0.01 instead\n\
            user_memcpy memcpy_4k stock 1\n";
        let ours = [
            ("null", 100.0),
            ("memcpy_4k", 529.0),
            ("fork", 9.0),
            ("offer_memfd", 1000.0),
            ("offer", 10.0),
            ("user_memcpy", 600.0),
            ("latency", 77.0),
        ];
        let linux = LinuxRow::parse(linux).unwrap();
        let targets = Target::parse(targets).unwrap();
        let recorded = figures(&[("null", 200.0), ("fork", 9.0)]);
        Comparison::new(&figures(&ours), &linux, &targets, &recorded)
    }

    #[test]
    fn the_mean_takes_each_of_linux_s_rows_once_and_leaves_user_code_out() {
        let means = comparison().means();
        assert_eq!(means.rows, 3);
        assert!((means.goal - (0.25_f64 * 0.18 * 0.01).cbrt()).abs() < 1e-9);
        assert!((means.stock - (0.25_f64 * 0.1 * 0.01).cbrt()).abs() < 1e-9);
        assert!((means.same_program - (0.25_f64 * 0.1 * 1.0).cbrt()).abs() < 1e-9);
    }

    #[test]
    fn a_target_is_met_up_to_its_ratio_against_the_linux_that_it_names() {
        let comparison = comparison();
        let met = |name: &str| {
            comparison.lines.iter().find(|line| line.name == name).map(Line::met).unwrap()
        };
        assert_eq!(met("null"), "yes");
        assert_eq!(met("fork"), "no");
        assert_eq!(met("offer"), "yes");
        assert_eq!(met("offer_memfd"), "");
        assert_eq!(met("latency"), "");
        assert_eq!(comparison.targets(), (2, 4));
    }

    #[test]
    fn a_change_is_told_against_the_recorded_run() {
        let comparison = comparison();
        let change = |index: usize| comparison.lines[index].change();
        assert_eq!(change(0), "-50.0 %");
        assert_eq!(change(2), "");
        assert_eq!(change(6), "new");
    }

    #[test]
    fn the_table_has_a_line_for_each_row_and_the_mean_below() {
        let comparison = comparison();
        let text = comparison.to_text();
        assert!(text.starts_with("ROW  "), "{text}");
        assert!(text.contains("fork         50 lean"), "{text}");
        assert!(text.contains("2 of 4 targets are met"), "{text}");
        let markdown = comparison.to_markdown();
        assert!(markdown.contains("| null | 400 | 100 | 0.250 | 0.25 | yes | -50.0 % |\n"));
        assert_eq!(markdown.lines().count(), 2 + 7);
    }

    #[test]
    fn numbers_are_as_short_as_they_say_something() {
        assert_eq!(plain(448.2), "448.2");
        assert_eq!(plain(448.0), "448");
        assert_eq!(plain(12562.4), "12562");
        assert_eq!(short(0.1234), "0.123");
        assert_eq!(short(0.001234), "0.00123");
        assert_eq!(short(1.5), "1.50");
    }
}
