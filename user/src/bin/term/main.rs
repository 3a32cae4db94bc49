//! `term`: a terminal on the screen.
#![no_std]
#![no_main]

extern crate alloc;

mod grid;
mod page;

use alloc::vec::Vec;
use core::time::Duration;
use grid::Grid;
use page::Page;
use user::error::{Context, Result};
use user::fs::{self, File};
use user::io::{STDERR, STDIN, STDOUT};
use user::options::{Argument, Arguments};
use user::poll::{self, PollEvents};
use user::process::{self, Command, Pid};
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::syscall::file as call;
use user::topic::Pool;
use user::{env, println};

const HELP: &str = "usage: term [--at X,Y] [--size WIDTHxHEIGHT] [COMMAND [WORD...]]\n\
    Runs a command in a window that shows what it prints, and ends with it. Without a command it runs a shell, which\n\
    gets the lines that are typed to term. --at puts the window's picture there; --size makes it so large.";

/// What is read at once.
const PIECE: usize = 4096;
/// Output that comes within this is shown in one picture.
const TOGETHER: Duration = Duration::from_millis(10);

user::entry!(main);

fn main() -> Result<i32> {
    let mut geometry = Geometry::of(560, 325);
    let mut words = Arguments::new(env::args().skip(1));
    let mut command = Vec::new();
    while let Some(argument) = words.next()? {
        match argument {
            Argument::Positional(word) => {
                command.push(word);
                command.extend(words.rest());
                break;
            }
            Argument::Long("help") | Argument::Short('h') => {
                println!("{HELP}");
                return Ok(0);
            }
            option => geometry.read(option, &mut words)?,
        }
    }
    run(geometry, &command)
}

/// The command that runs in the window.
struct Child {
    pid: Pid,
    /// What it prints.
    output: File,
    /// What it reads, if that is typed here.
    input: Option<File>,
}

fn run(geometry: Geometry, command: &[&str]) -> Result<i32> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let title = if command.is_empty() { "shell".into() } else { command.join(" ") };
    let Geometry { place, size } = geometry;
    let surface = display.open(Wanted { title: &title, size, place, flags: 0 })?;
    let mut page = Page::new(surface);
    let mut grid = Grid::new(page.columns(), page.rows());
    let mut child = start(command)?;
    while serve(&mut child, &mut grid)? {
        page.show(&mut grid)?;
    }
    page.show(&mut grid)?;
    Ok(process::wait_for(child.pid)?.shell_status())
}

fn start(command: &[&str]) -> Result<Child> {
    let (output, its_output) = fs::pipe()?;
    let started = |program: Command| {
        program
            .descriptor(its_output.as_raw(), STDOUT)
            .descriptor(its_output.as_raw(), STDERR)
            .spawn()
    };
    let output = File::from_fd(output, "output");
    if let [program, words @ ..] = command {
        let pid = started(Command::new(program).args(words))?;
        return Ok(Child { pid, output, input: None });
    }
    let (its_input, input) = fs::pipe()?;
    let pid = started(Command::new("shell").descriptor(its_input.as_raw(), STDIN))?;
    Ok(Child { pid, output, input: Some(File::from_fd(input, "input")) })
}

/// Takes what the command prints, and hands on what is typed; `false` when it prints nothing more.
fn serve(child: &mut Child, grid: &mut Grid) -> Result<bool> {
    // A descriptor of -1 is never ready.
    let typed = if child.input.is_some() { STDIN } else { -1 };
    let wanted = PollEvents::READABLE;
    let mut patience = None;
    loop {
        let [printed, typing] =
            poll::wait([(child.output.as_raw(), wanted), (typed, wanted)], patience)?;
        if printed.is_empty() && typing.is_empty() {
            return Ok(true);
        }
        let mut bytes = [0; PIECE];
        if !typing.is_empty() {
            let count = call::read(STDIN, &mut bytes).context("input")?;
            hand_on(child, grid, &bytes[..count])?;
        }
        if !printed.is_empty() {
            let count = child.output.read(&mut bytes)?;
            if count == 0 {
                return Ok(false);
            }
            grid.print(&bytes[..count]);
        }
        patience = Some(TOGETHER);
    }
}

/// Gives the command a line, which is seen in the window as it was typed; at the end of all lines its input ends, too.
fn hand_on(child: &mut Child, grid: &mut Grid, line: &[u8]) -> Result<()> {
    if line.is_empty() {
        child.input = None;
    } else if let Some(input) = &child.input {
        grid.print(b"\x1b[1;36m$\x1b[0m ");
        grid.print(line);
        input.write_all(line)?;
    }
    Ok(())
}
