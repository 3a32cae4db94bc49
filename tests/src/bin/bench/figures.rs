//! Figures by name: as programs print them, and as a file keeps them.

use ::tests::failure::{Failure, Outcome};
use ::tests::report::Table;
use std::path::Path;

/// Rows in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    rows: Vec<(String, f64)>,
    /// Rows that could not be measured, with what was said.
    pub refused: Vec<(String, String)>,
}

impl Figures {
    /// The medians that `ipcbench` prints.
    pub fn of_ipcbench(text: &str) -> Outcome<Self> {
        if !text.contains("ipcbench END") {
            return Err(Failure::new(format!("ipcbench did not come to its end: {text}")));
        }
        let mut figures = Self::default();
        for line in text.lines() {
            let [name, value, unit] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                continue;
            };
            let Some(name) = name.strip_suffix(".med") else { continue };
            match value.parse::<f64>() {
                Ok(number) if unit == "errno" => {
                    figures.refused.push((name.to_owned(), format!("error {}", number.abs())));
                }
                Ok(number) if unit == "ns" => figures.add(name, number),
                _ => {}
            }
        }
        Ok(figures)
    }

    /// What `bench calls` prints, and other tables of two columns.
    pub fn of_table(text: &str, title: &str, column: &str) -> Outcome<Self> {
        let table = Table::after(text, title)?;
        let numbers = table.numbers(column)?;
        let rows = table.column(title)?.into_iter().map(str::to_owned).zip(numbers).collect();
        Ok(Self { rows, refused: Vec::new() })
    }

    /// What [`Self::to_file`] has written; a file that is not there holds nothing.
    pub fn of_file(path: &Path) -> Outcome<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
        }
    }

    fn parse(text: &str) -> Outcome<Self> {
        let mut figures = Self::default();
        for words in data_lines(text) {
            let number = words.get(1).and_then(|word| word.parse().ok());
            let ([name, _], Some(number)) = (&words[..], number) else {
                return Err(Failure::new(format!("no figure: {}", words.join(" "))));
            };
            figures.add(name, number);
        }
        Ok(figures)
    }

    /// For a file, below a comment.
    pub fn to_file(&self, comment: &str) -> String {
        let width = self.rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let rows = self.rows.iter().map(|(name, number)| format!("{name:<width$} {number}\n"));
        [comment.to_owned()].into_iter().chain(rows).collect()
    }

    /// Adds a row.
    pub fn add(&mut self, name: &str, number: f64) {
        self.rows.push((name.to_owned(), number));
    }

    /// Adds others' rows.
    pub fn extend(&mut self, others: Self) {
        self.rows.extend(others.rows);
        self.refused.extend(others.refused);
    }

    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|(other, _)| other == name).map(|(_, number)| *number)
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.rows.iter().map(|(name, number)| (name.as_str(), *number))
    }
}

/// The words of each line that is neither empty nor a comment.
pub fn data_lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_taken_and_refused_rows_are_told() {
        let text = "ipcbench BEGIN\ncntfrq 62500000.0 Hz\nnull_syscall.med 448.2 ns\n\
            null_syscall.min 448.0 ns\noffer.med -38 errno\nmemcpy_bw_4k.med 7743.0 MB/s\n\
            ipcbench END\n";
        let figures = Figures::of_ipcbench(text).unwrap();
        assert_eq!(figures.iter().collect::<Vec<_>>(), [("null_syscall", 448.2)]);
        assert_eq!(figures.refused, [("offer".to_owned(), "error 38".to_owned())]);
    }

    #[test]
    fn a_run_that_breaks_off_is_no_measurement() {
        assert!(Figures::of_ipcbench("ipcbench BEGIN\nnull_syscall.med 448.2 ns\n").is_err());
    }

    #[test]
    fn what_a_file_keeps_is_what_was_measured() {
        let mut figures = Figures::default();
        figures.add("one", 1.5);
        figures.add("another", 20.0);
        let text = figures.to_file("# words\n");
        assert_eq!(text, "# words\none     1.5\nanother 20\n");
        assert_eq!(Figures::parse(&text).unwrap(), figures);
        assert!(Figures::parse("one\n").is_err());
        assert!(Figures::parse("one two\n").is_err());
    }

    #[test]
    fn a_table_of_a_program_is_read_by_its_columns() {
        let figures = Figures::of_table("words\nROW  COST\na_b   12\nc     3\n", "ROW", "COST");
        assert_eq!(figures.unwrap().iter().collect::<Vec<_>>(), [("a_b", 12.0), ("c", 3.0)]);
    }
}
