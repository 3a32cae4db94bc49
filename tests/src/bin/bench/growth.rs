//! How costs grow: `bench growth`, as curves with a fitted exponent each.

use crate::document;
use crate::fit;
use crate::plot::{Plot, Series, Unit};
use crate::run::{measure, write};
use ::tests::failure::Outcome;
use ::tests::report::Table;
use std::fmt::Write;
use std::path::Path;

/// A question, as `bench growth` has it, and how its picture reads.
struct Question {
    name: &'static str,
    title: &'static str,
    /// What there is more of: the first column, and in words.
    x: (&'static str, &'static str),
    unit: Unit,
    /// The other columns, in words.
    curves: &'static [(&'static str, &'static str)],
}

const QUESTIONS: &[Question] = &[
    Question {
        name: "fork",
        title: "Fork, exit and wait, with private pages",
        x: ("PAGES", "touched private pages of the parent"),
        unit: Unit::Count,
        curves: &[("FORK", "fork, exit, wait")],
    },
    Question {
        name: "views",
        title: "Fork, exit and wait, with views of regions",
        x: ("VIEWS", "views of the parent"),
        unit: Unit::Count,
        curves: &[("FORK", "fork, exit, wait")],
    },
    Question {
        name: "mapping",
        title: "Mapping a region whose pages are there",
        x: ("PAGES", "pages of the region or of the private memory"),
        unit: Unit::Count,
        curves: &[
            ("MAP", "map it"),
            ("UNMAP", "unmap it"),
            ("TOUCH", "the first load from one of its pages"),
            ("PRIVATE-FAULT", "the first store to a page of private memory"),
        ],
    },
    Question {
        name: "names",
        title: "One of many names",
        x: ("NAMES", "names of regions"),
        unit: Unit::Count,
        curves: &[
            ("OPEN-CLOSE", "open and close one of them"),
            ("CREATE-UNLINK", "make and remove one more"),
        ],
    },
    Question {
        name: "sleepers",
        title: "Waking one sleeper",
        x: ("SLEEPERS", "processes that sleep on futexes"),
        unit: Unit::Count,
        curves: &[
            ("WAKE-ONE-OF-THEM", "one of them, all on one word"),
            ("WAKE-ONE-BESIDE", "one more, the others on words of their own"),
        ],
    },
    Question {
        name: "processes",
        title: "Switching to another process",
        x: ("PROCESSES", "processes"),
        unit: Unit::Count,
        curves: &[
            ("SWITCH-ALL-RUN", "all of them want the core"),
            ("SWITCH-OTHERS-SLEEP", "two want it, the others sleep"),
        ],
    },
    Question {
        name: "subscribers",
        title: "Publishing a message to many",
        x: ("SUBSCRIBERS", "subscribers"),
        unit: Unit::Count,
        curves: &[
            ("PUBLISH-NOBODY-WAITS", "none of them waits"),
            ("PUBLISH-ALL-WAIT", "all of them sleep until it comes"),
        ],
    },
    Question {
        name: "claims",
        title: "Claiming pages that were offered",
        x: ("PAGES", "pages"),
        unit: Unit::Count,
        curves: &[
            ("CLAIM-PASSED-ON", "pages that are passed on"),
            ("CLAIM-PRIVATE", "private memory"),
        ],
    },
    Question {
        name: "holes",
        title: "Finding free memory among single free pages",
        x: ("HOLES", "single free pages, all others in use"),
        unit: Unit::Count,
        curves: &[
            ("FAULT", "a page for private memory"),
            ("FORK", "fork, exit, wait: tables and stacks"),
        ],
    },
];

/// The sizes of messages are a table of `bench topics`, which is measured for them too.
const SIZES: Question = Question {
    name: "sizes",
    title: "Publishing a message of many bytes",
    x: ("BYTES", "bytes of the message"),
    unit: Unit::Bytes,
    curves: &[
        ("PUBLISH-TAKE", "publish and take"),
        ("PROCESS-PROCESS", "from process to process, with its waking"),
    ],
};

/// Measures, draws, and writes the table of exponents.
pub fn run(folder: &Path) -> Outcome {
    let mut table = String::from(
        "| cost of | against | least | most | exponent | of the upper half |\n\
         | --- | --- | --: | --: | --: | --: |\n",
    );
    let mut pictures = String::new();
    for question in QUESTIONS {
        let report = measure(&format!("bench growth {}", question.name))?;
        println!("{report}");
        question.tell(folder, &report, &mut table, &mut pictures)?;
    }
    let report = measure("bench topics")?;
    SIZES.tell(folder, &report, &mut table, &mut pictures)?;
    let path = folder.join("bench.md");
    document::replace(&path, "growth", &table)?;
    document::replace(&path, "curves", &pictures)
}

impl Question {
    fn tell(
        &self,
        folder: &Path,
        report: &str,
        table: &mut String,
        pictures: &mut String,
    ) -> Outcome {
        let figures = Table::after(report, self.x.0)?;
        let amounts = figures.numbers(self.x.0)?;
        let mut series = Vec::new();
        for (column, name) in self.curves {
            let costs = figures.numbers(column)?;
            let points: Vec<(f64, f64)> = amounts.iter().copied().zip(costs).collect();
            // Writing to a string does not fail.
            let _ = writeln!(table, "{}", line(self, name, &points));
            // What is done within one step of the counter has no place on a logarithmic axis.
            let visible = points.into_iter().map(|(x, y)| (x, y.max(1.0))).collect();
            series.push(Series { name, points: visible });
        }
        let file = format!("growth-{}.svg", self.name);
        let plot = Plot {
            title: self.title,
            x_label: self.x.1,
            y_label: "instructions",
            unit: self.unit,
            series,
        };
        write(folder.join(&file), &plot.to_svg())?;
        let _ = writeln!(pictures, "![{}]({file})\n", self.title);
        Ok(())
    }
}

fn line(question: &Question, name: &str, points: &[(f64, f64)]) -> String {
    let at = |point: Option<&(f64, f64)>| {
        point.map_or_else(String::new, |(x, y)| format!("{y:.0} at {x:.0}"))
    };
    format!(
        "| {}: {name} | {} | {} | {} | {:.2} | {:.2} |",
        question.title,
        question.x.1,
        at(points.first()),
        at(points.last()),
        fit::exponent(points),
        fit::last_exponent(points)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_both_ends_and_both_exponents() {
        let points = [(1.0, 10.0), (10.0, 10.0), (100.0, 100.0), (1000.0, 1000.0)];
        let line = line(&QUESTIONS[0], "it", &points);
        assert!(line.contains("| 10 at 1 | 1000 at 1000 | 0.70 | 1.00 |"), "{line}");
    }

    #[test]
    fn questions_have_names_and_pictures_of_their_own() {
        for (index, question) in QUESTIONS.iter().enumerate() {
            assert!(QUESTIONS[..index].iter().all(|other| other.name != question.name));
            assert!(!question.curves.is_empty());
        }
    }
}
