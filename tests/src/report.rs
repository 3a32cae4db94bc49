//! Reading the tables that programs print.

use crate::failure::{Failure, Outcome};

/// A table: a line of titles, and rows whose cells stand at least two spaces apart.
#[derive(Debug, PartialEq)]
pub struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn cells(line: &str) -> Vec<String> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
}

impl Table {
    /// The first table whose first title is this.
    pub fn after(text: &str, title: &str) -> Outcome<Self> {
        Ok(Self::all_after(text, title)?.remove(0))
    }

    /// All tables whose first title is this; at least one.
    pub fn all_after(text: &str, title: &str) -> Outcome<Vec<Self>> {
        let lines: Vec<Vec<String>> = text.lines().map(cells).collect();
        let is_title = |line: &Vec<String>| line.len() > 1 && line[0] == title;
        let table = |start: usize| {
            let titles = lines[start].clone();
            let rows = lines[start + 1..].iter().take_while(|row| row.len() == titles.len());
            Self { rows: rows.cloned().collect(), titles }
        };
        let starts = (0..lines.len()).filter(|index| is_title(&lines[*index]));
        let tables: Vec<Self> = starts.map(table).collect();
        if tables.is_empty() || tables.iter().any(|table| table.rows.is_empty()) {
            return Err(Failure::new(format!("there is no table of {title} in: {text}")));
        }
        Ok(tables)
    }

    /// A column.
    pub fn column(&self, title: &str) -> Outcome<Vec<&str>> {
        let column = self.titles.iter().position(|other| other == title);
        let column = column.ok_or_else(|| Failure::new(format!("no {title} in {self:?}")))?;
        Ok(self.rows.iter().map(|row| row[column].as_str()).collect())
    }

    /// A column's numbers.
    pub fn numbers(&self, title: &str) -> Outcome<Vec<f64>> {
        let missing = |_| Failure::new(format!("there are no numbers of {title} in {self:?}"));
        self.column(title)?.into_iter().map(|cell| cell.parse().map_err(missing)).collect()
    }

    /// The table for a document; numbers stand right.
    pub fn to_markdown(&self) -> String {
        let is_number =
            |column: usize| self.rows.iter().all(|row| row[column].parse::<f64>().is_ok());
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let titles: Vec<String> =
            self.titles.iter().map(|title| title.to_lowercase().replace('-', " ")).collect();
        let marks: Vec<String> = (0..titles.len())
            .map(|column| if is_number(column) { "--:" } else { "---" }.to_owned())
            .collect();
        let rows = self.rows.iter().map(|row| line(row));
        [line(&titles), line(&marks)].into_iter().chain(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "words\nWHAT         COST\none thing      10\nanother, two    9\nend\n\
        WHAT  COST\nlast     1\n";

    #[test]
    fn a_table_ends_where_a_line_has_other_cells() {
        let tables = Table::all_after(TEXT, "WHAT").unwrap();
        assert_eq!(tables.len(), 2);
        assert_eq!(tables[0].numbers("COST").unwrap(), [10.0, 9.0]);
        assert_eq!(tables[0].column("WHAT").unwrap(), ["one thing", "another, two"]);
        assert!(tables[0].numbers("WHAT").is_err() && tables[0].column("ELSE").is_err());
        assert!(Table::after(TEXT, "NONE").is_err());
    }

    #[test]
    fn a_document_gets_lines_with_bars() {
        let table = Table::after(TEXT, "WHAT").unwrap();
        let wanted = "| what | cost |\n| --- | --: |\n| one thing | 10 |\n| another, two | 9 |\n";
        assert_eq!(table.to_markdown(), wanted);
    }
}
