//! Draws the pictures in `docs` from sessions with a booted machine: `make pictures`.
//!
//! What the machine sends goes through a terminal's emulation, so a picture shows what a person
//! would see, colours included.

use anstyle_svg::Term;
use std::num::NonZeroU16;
use std::path::Path;
use std::process::ExitCode;
use tests::failure::{Failure, Outcome};
use tests::machine::Machine;
use tests::registry;
use tests::setup::Kernel;

/// Rows of the terminal that a session is drawn on; empty ones at the end are left out.
const ROWS: NonZeroU16 = NonZeroU16::new(120).unwrap();
/// Columns of that terminal.
const COLUMNS: NonZeroU16 = NonZeroU16::new(96).unwrap();

/// A picture: its file, and the lines to type.
struct Session {
    file: &'static str,
    lines: &'static [&'static str],
}

const SESSIONS: [Session; 2] = [
    Session {
        file: "session.svg",
        lines: &[
            "region create /demo 64K",
            "produce /demo --count 100000 --size 64 &",
            "consume /demo --count 100000",
            "region ls",
            "region rm /demo",
            "ps",
            "free",
        ],
    },
    Session {
        file: "regions.svg",
        lines: &[
            "region create /plan 8000 --max 4M -m 640 --seal shrink",
            "region watch /plan --count 3 > /tmp/seen &",
            "sleep 1",
            "region write /plan 0 one memory, many processes",
            "region grow /plan 64K",
            "region notify /plan 0 30",
            "wait; cat /tmp/seen",
            "region dump /plan 0 32",
            "region open /plan sleep 100 > /tmp/open &",
            "sleep 1",
            "region ls",
            "region stat /plan",
            "region maps $!",
            "as 1000 region read /plan",
            "limit regions 20",
            "region create /more 1M",
            "region rm /plan",
        ],
    },
];

fn main() -> ExitCode {
    registry::end_machines_on_panic();
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: pictures FOLDER");
        return ExitCode::FAILURE;
    };
    for session in &SESSIONS {
        let path = Path::new(&folder).join(session.file);
        if let Err(failure) = draw(session, &path) {
            eprintln!("{}: {failure}", path.display());
            return ExitCode::FAILURE;
        }
        println!("{}", path.display());
    }
    ExitCode::SUCCESS
}

fn draw(session: &Session, path: &Path) -> Outcome {
    let mut machine = Machine::boot(Kernel::Release, &[])?;
    for line in session.lines {
        machine.command(line).map_err(|failure| machine.explain(failure))?;
    }
    let screen = render(&machine.raw_transcript());
    std::fs::write(path, Term::new().render_svg(&screen))
        .map_err(|error| Failure::new(format!("cannot write: {error}")))
}

/// The terminal's screen after these bytes, as lines with colours; the prompt at the end, at which
/// nothing was typed, is left out.
fn render(bytes: &[u8]) -> String {
    let mut terminal = vt100::Parser::new(ROWS, COLUMNS, 0);
    terminal.process(bytes);
    let screen = terminal.screen();
    let plain: Vec<String> = screen.rows(0, COLUMNS.get()).collect();
    let prompt = plain.iter().rposition(|row| !row.trim().is_empty()).unwrap_or(0);
    let rows = screen.rows_formatted(0, COLUMNS.get()).take(prompt);
    let lines: Vec<String> = rows.map(|row| format!("{row}\x1b[0m")).collect();
    lines.join("\n")
}
