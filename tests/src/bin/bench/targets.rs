//! What Linux takes, and what Commons is to reach: the files in `tests/ipcbench`.

use crate::figures::data_lines;
use ::tests::failure::{Failure, Outcome};

/// Which Linux a row is compared with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Anchor {
    /// As Debian delivers it.
    Stock,
    /// Without huge pages, security modules and checks.
    Lean,
}

/// A row of Linux's.
#[derive(Clone, Debug, PartialEq)]
pub struct LinuxRow {
    /// Its name in `ipcbench`.
    pub name: String,
    stock: f64,
    lean: f64,
    /// What is measured.
    pub what: String,
}

impl LinuxRow {
    /// Its figure.
    pub const fn figure(&self, anchor: Anchor) -> f64 {
        match anchor {
            Anchor::Stock => self.stock,
            Anchor::Lean => self.lean,
        }
    }

    /// Reads `linux.txt`.
    pub fn parse(text: &str) -> Outcome<Vec<Self>> {
        let row = |words: Vec<&str>| {
            let bad = || Failure::new(format!("linux.txt: no row: {}", words.join(" ")));
            let [name, stock, lean, what @ ..] = &words[..] else { return Err(bad()) };
            let number = |word: &str| word.parse::<f64>().ok().filter(|n| *n > 0.0).ok_or_else(bad);
            Ok(Self {
                name: (*name).to_owned(),
                stock: number(stock)?,
                lean: number(lean)?,
                what: what.join(" "),
            })
        };
        data_lines(text).map(row).collect()
    }

    /// Whether a kernel takes part: the others are user code alone, which no kernel changes.
    pub fn has_a_kernel_s_part(&self) -> bool {
        !self.name.starts_with("memcpy")
            && !["clock_cntvct", "xfer_shmring_64k", "xfer_shmring_1m"]
                .contains(&self.name.as_str())
    }
}

/// Whether a row stands for Linux's in the mean, where both a namesake and Commons' own way are
/// measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The row of the same program, unless another stands in its place.
    Usual,
    /// This one.
    Instead,
}

/// What a row is to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The row.
    pub row: String,
    /// Linux's row beside it.
    pub linux: String,
    /// Which Linux.
    pub anchor: Anchor,
    /// Ours divided by Linux's, at most.
    pub ratio: f64,
    /// Whether it stands for Linux's row in the mean.
    pub standing: Standing,
}

impl Target {
    /// Reads `targets.txt`.
    pub fn parse(text: &str) -> Outcome<Vec<Self>> {
        let target = |words: Vec<&str>| {
            let bad = || Failure::new(format!("targets.txt: no target: {}", words.join(" ")));
            let [row, linux, anchor, ratio, rest @ ..] = &words[..] else { return Err(bad()) };
            Ok(Self {
                row: (*row).to_owned(),
                linux: (*linux).to_owned(),
                anchor: match *anchor {
                    "stock" => Anchor::Stock,
                    "lean" => Anchor::Lean,
                    _ => return Err(bad()),
                },
                ratio: ratio.parse().map_err(|_| bad())?,
                standing: match rest {
                    [] => Standing::Usual,
                    ["instead"] => Standing::Instead,
                    _ => return Err(bad()),
                },
            })
        };
        data_lines(text).map(target).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_in_the_repository_fit_each_other() {
        let linux = LinuxRow::parse(include_str!("../../../ipcbench/linux.txt")).unwrap();
        let targets = Target::parse(include_str!("../../../ipcbench/targets.txt")).unwrap();
        assert_eq!(linux.len(), 61);
        for target in &targets {
            assert!(linux.iter().any(|row| row.name == target.linux), "{target:?}");
            assert!(target.ratio > 0.0 && target.ratio <= 1.0, "{target:?}");
            let same = targets.iter().filter(|other| other.row == target.row).count();
            assert_eq!(same, 1, "{target:?}");
        }
        let user_code: Vec<&str> = linux
            .iter()
            .filter(|row| !row.has_a_kernel_s_part())
            .map(|row| row.name.as_str())
            .collect();
        assert_eq!(user_code.len(), 8, "{user_code:?}");
    }

    #[test]
    fn a_line_that_is_no_row_is_told() {
        assert!(LinuxRow::parse("name 10\n").is_err());
        assert!(LinuxRow::parse("name 10 nine what\n").is_err());
        assert!(LinuxRow::parse("name 10 0 what\n").is_err());
        assert!(Target::parse("a b stock\n").is_err());
        assert!(Target::parse("a b huge 0.1\n").is_err());
        assert!(Target::parse("a b stock 0.1 maybe\n").is_err());
    }

    #[test]
    fn a_row_has_its_figures_and_words() {
        let row = &LinuxRow::parse("# c\n\nname 10.5 9 a few words\n").unwrap()[0];
        assert_eq!((row.figure(Anchor::Stock), row.figure(Anchor::Lean)), (10.5, 9.0));
        assert_eq!(row.what, "a few words");
    }
}
