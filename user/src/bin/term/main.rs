//! `term`: a terminal on the screen.
#![no_std]
#![no_main]

extern crate alloc;

mod grid;
mod page;
mod row;

use alloc::vec::Vec;
use core::time::Duration;
use grid::Grid;
use page::Page;
use user::error::{Context, Result};
use user::io::STDIN;
use user::options::{Argument, Arguments};
use user::poll::{self, PollEvents};
use user::process::{self, Command, Pid};
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::syscall::file as call;
use user::terminal::{self, Master, RawMode, WindowSize};
use user::topic::Pool;
use user::{env, println};

const HELP: &str = "usage: term [--keyboard] [--at X,Y] [--size WIDTHxHEIGHT] [COMMAND [WORD...]]\n\
    Runs a command, or a shell, in a window: a terminal of its own (/dev/pts/N), with all that belongs to one. What is\n\
    typed to term in the foreground is typed to the shell, with --keyboard to the command; Ctrl-] leaves. It ends with\n\
    the command. --at puts the window's picture there; --size makes it so large.";

/// Leaves.
const LEAVE: u8 = 0x1D;
/// Ends what is typed, where it comes from something that ends.
const END: u8 = 4;
/// What is read at once.
const PIECE: usize = 4096;
/// Output that comes within this is shown in one picture.
const TOGETHER: Duration = Duration::from_millis(10);

user::entry!(main);

fn main() -> Result<i32> {
    let mut geometry = Geometry::of(560, 325);
    let mut words = Arguments::new(env::args().skip(1));
    let mut command = Vec::new();
    let mut keyboard = Keyboard::None;
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
            Argument::Long("keyboard") => keyboard = Keyboard::Here(STDIN),
            option => geometry.read(option, &mut words)?,
        }
    }
    if command.is_empty() {
        keyboard = Keyboard::Here(STDIN);
    }
    run(geometry, &command, keyboard)
}

/// The command that runs in the window, and its terminal.
struct Child {
    pid: Pid,
    /// What it prints, and what is typed to it.
    master: Master,
    /// Whether what comes here is typed to it.
    keyboard: Keyboard,
}

/// Where keys come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Keyboard {
    /// From this descriptor.
    Here(i32),
    /// From nowhere, or no more.
    None,
}

fn run(geometry: Geometry, command: &[&str], keyboard: Keyboard) -> Result<i32> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let title = if command.is_empty() { "shell".into() } else { command.join(" ") };
    let Geometry { place, size } = geometry;
    let surface = display.open(Wanted { title: &title, size, place, flags: 0 })?;
    let mut page = Page::new(surface);
    let mut grid = Grid::new(page.columns(), page.rows());
    let mut child = start(command, keyboard, &page)?;
    let is_typed = child.keyboard != Keyboard::None && terminal::is_terminal(STDIN);
    let raw = if is_typed { Some(RawMode::enter(STDIN)?) } else { None };
    let mut is_open = true;
    while is_open {
        is_open = serve(&mut child, &mut grid)?;
        page.show(&mut grid)?;
    }
    drop(raw);
    let Child { pid, master, .. } = child;
    // Whoever is left in it is hung up.
    drop(master);
    Ok(process::wait_for(pid)?.shell_status())
}

fn start(command: &[&str], keyboard: Keyboard, page: &Page<'_, '_>) -> Result<Child> {
    let master = Master::open()?;
    let (columns, rows) = (page.columns() as u16, page.rows() as u16);
    master.set_window_size(&WindowSize { rows, columns, ..WindowSize::default() })?;
    let (program, words) = command.split_first().unwrap_or((&"shell", &[]));
    let pid = Command::new(program).args(words).on_terminal(&master.path()?).spawn()?;
    // A job in the background may not read a terminal.
    let is_own = terminal::foreground(STDIN).is_ok_and(|group| group == process::group());
    let is_refused = terminal::is_terminal(STDIN) && !is_own;
    let keyboard = if is_refused { Keyboard::None } else { keyboard };
    Ok(Child { pid, master, keyboard })
}

/// Takes what the command prints, and hands on what is typed; `false` when it is over.
fn serve(child: &mut Child, grid: &mut Grid) -> Result<bool> {
    let wanted = PollEvents::READABLE;
    let mut patience = None;
    loop {
        // A descriptor of -1 is never ready.
        let keys = match child.keyboard {
            Keyboard::Here(fd) => fd,
            Keyboard::None => -1,
        };
        let [printed, typing] =
            poll::wait([(child.master.as_raw(), wanted), (keys, wanted)], patience)?;
        if printed.is_empty() && typing.is_empty() {
            return Ok(true);
        }
        let mut bytes = [0; PIECE];
        if !typing.is_empty() {
            let count = call::read(keys, &mut bytes).context("input")?;
            let typed = bytes[..count].split(|byte| *byte == LEAVE).next().unwrap_or_default();
            child.master.write_all(if count == 0 { &[END] } else { typed })?;
            if count == 0 {
                child.keyboard = Keyboard::None;
            } else if typed.len() < count {
                return Ok(false);
            }
        }
        if !printed.is_empty() {
            let Some(count) = child.master.read(&mut bytes)? else { return Ok(false) };
            let answers = grid.print(&bytes[..count]);
            child.master.write_all(&answers)?;
        }
        patience = Some(TOGETHER);
    }
}
