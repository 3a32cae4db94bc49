//! The screen, as the emulator's pictures of it show it: messages, windows, and what becomes of them.

use super::region_commands::has;
use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::monitor::{Monitor, with_monitor};
use crate::picture::{Colour, Picture};
use crate::setup::{Board, Kernel};
use crate::{ensure, free, guest, setup};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Instant;

/// Without semihosting the emulator stands for a board, which a panic cannot end.
const AS_A_BOARD: [&str; 4] = ["-semihosting-config", "enable=off", "-append", "panic=test"];
/// The kernel's paper, and that of its last words.
const MESSAGES: Colour = [16, 20, 28];
const PANIC: Colour = [139, 0, 0];
const WHITE: Colour = [255, 255, 255];
/// A border of a window, a title that is uppermost, and one that is not.
const BORDER: Colour = [70, 84, 112];
const TITLE: Colour = [44, 58, 88];
const TITLE_BELOW: Colour = [30, 37, 54];
/// Text in windows.
pub const INK: Colour = [226, 232, 240];
/// The picture of the tests: four squares.
const IMAGE: &str = "/extra/quarters.bmp";
const QUARTERS: [(usize, usize, Colour); 4] =
    [(0, 0, [255, 0, 0]), (16, 0, [0, 255, 0]), (0, 16, [0, 0, 255]), (16, 16, WHITE)];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("screen":
        the_kernels_messages_are_on_it_until_a_process_takes_it,
        a_panic_is_told_on_it,
        windows_have_their_pixels_titles_and_borders_and_the_dead_have_none,
        only_what_has_changed_is_drawn_anew,
        a_client_that_misbehaves_harms_itself_alone,
        a_shell_in_a_window_has_a_terminal_of_its_own,
        the_story_of_the_screen_ends_well_and_leaves_nothing,
        the_screen_is_served_on_loopback,
        a_raspberry_pi_4_has_a_screen_too,
    )
}

/// Runs a check with a booted machine and a view of its screen.
pub fn with_screen(check: impl FnOnce(&mut Machine, &mut Monitor) -> Outcome) -> Outcome {
    with_monitor(Board::usual()?, &[], |machine, connect| {
        machine.wait_for_prompt()?;
        check(machine, &mut connect()?)
    })
}

/// Shows the picture of the tests at a place, and waits until it is seen.
pub fn show_image(machine: &mut Machine, x: usize, y: usize) -> Outcome<String> {
    machine.start_job(&format!("image {IMAGE} --at {x},{y} &"), "on the screen")?;
    last_job(machine)
}

/// The number of the process that was started last.
fn last_job(machine: &mut Machine) -> Outcome<String> {
    let answer = machine.command("echo pid=$!")?;
    let found = pattern(r"pid=(\d+)").captures(&answer).map(|found| found[1].to_owned());
    found.ok_or_else(|| Failure::new(format!("no job: {answer}")))
}

/// Whether the picture of the tests is there.
fn has_image(picture: &Picture, x: usize, y: usize) -> bool {
    let is_there = |(dx, dy, colour): &(usize, usize, Colour)| {
        picture.is_filled((x + dx, y + dy), (16, 16), *colour)
    };
    QUARTERS.iter().all(is_there)
}

pub fn start_compositor(machine: &mut Machine) -> Outcome<String> {
    machine.command("compositor &")?;
    last_job(machine)
}

fn the_kernels_messages_are_on_it_until_a_process_takes_it() -> Outcome {
    with_screen(|machine, monitor| {
        let has_text = |picture: &Picture| picture.count((8, 0), (700, 26), WHITE, 0) > 300;
        // The kernel draws when it has nothing better to do; it says so with nothing but the picture.
        let booted = wait_for_picture(monitor, "the kernel's messages", has_text)?;
        booted.keep("messages")?;
        ensure!(booted.size() == (1024, 768), "the screen has {:?} pixels", booted.size());
        ensure!(
            booted.is_filled((0, 400), (1024, 300), MESSAGES),
            "the paper is not of one colour"
        );
        let message = machine.fail("as 1000 compositor")?;
        has(&message, "only root may have the screen")?;
        let server = start_compositor(machine)?;
        show_image(machine, 100, 100)?;
        let taken = monitor.picture()?;
        ensure!(has_image(&taken, 100, 100) && !has_text(&taken), "the messages are still there");
        machine.command(&format!("kill -KILL {server}"))?;
        wait_for_picture(monitor, "the messages again", has_text).map(drop)
    })
}

/// Takes pictures until one is as it should be: what is drawn when a core has time tells nobody of it.
pub fn wait_for_picture(
    monitor: &mut Monitor,
    what: &str,
    is_wanted: impl Fn(&Picture) -> bool,
) -> Outcome<Picture> {
    let deadline = Instant::now() + setup::patience();
    loop {
        let picture = monitor.picture()?;
        if is_wanted(&picture) {
            return Ok(picture);
        }
        if Instant::now() > deadline {
            picture.keep("wrong")?;
            return Err(Failure::new(format!("{what} did not come on the screen")));
        }
    }
}

fn a_panic_is_told_on_it() -> Outcome {
    with_monitor(Board::usual()?, &AS_A_BOARD, |machine, connect| {
        machine.expect_panic();
        machine.wait_for("the machine has stopped")?;
        let picture = connect()?.picture()?;
        picture.keep("panic")?;
        // Another core may have had a few pixels on their way.
        let red = picture.count((600, 600), (400, 150), PANIC, 0);
        ensure!(red >= 400 * 150 - 64, "of {} pixels {red} are red", 400 * 150);
        let letters = picture.count((0, 0), (1024, 200), WHITE, 0);
        ensure!(letters > 2000, "there are only {letters} white pixels of text");
        Ok(())
    })
}

fn windows_have_their_pixels_titles_and_borders_and_the_dead_have_none() -> Outcome {
    with_screen(|machine, monitor| {
        start_compositor(machine)?;
        show_image(machine, 700, 500)?;
        let before = monitor.picture()?;
        let lower = show_image(machine, 200, 300)?;
        let upper = show_image(machine, 216, 316)?;
        let picture = monitor.picture()?;
        picture.keep("windows")?;
        ensure!(has_image(&picture, 216, 316), "the uppermost window is not whole");
        ensure!(
            picture.is_filled((200, 300), (15, 16), [255, 0, 0]),
            "the lower one's left is not there"
        );
        ensure!(!has_image(&picture, 200, 300), "the lower window lies above");
        ensure!(picture.is_filled((199, 279), (34, 1), BORDER), "no border");
        ensure!(
            picture.is_filled((216, 296), (5, 5), TITLE),
            "the uppermost title has no bright colour"
        );
        ensure!(
            picture.is_filled((200, 281), (5, 5), TITLE_BELOW),
            "the lower title has no dark colour"
        );
        ensure!(picture.is_same(&before, (700, 500), (32, 32)), "a window elsewhere has changed");
        machine.command(&format!("kill -KILL {lower}; kill {upper}; wait {lower} {upper}"))?;
        show_image(machine, 900, 700)?;
        let after = monitor.picture()?;
        ensure!(after.is_same(&before, (150, 250), (150, 150)), "something is left of the windows");
        ensure!(
            has_image(&after, 700, 500) && has_image(&after, 900, 700),
            "others have gone, too"
        );
        let regions = machine.succeed("region ls")?;
        let surfaces = regions.matches("/surface-").count();
        ensure!(surfaces == 2, "regions of the dead are left: {regions}");
        Ok(())
    })
}

/// The numbers of the next pictures: how many pixels were new in each.
fn changed_in_next(machine: &mut Machine, count: usize) -> Outcome<Vec<u64>> {
    let told = machine.succeed(&format!("topic echo /screen-pictures --count {count}"))?;
    // The second word of each message, as a dump has it: the least byte first.
    let line = pattern(r"(?m)^ *0+ +(?:[0-9a-f]{2} +){8}((?:[0-9a-f]{2} *){8})");
    let number = |bytes: &str| {
        bytes.split_whitespace().rev().try_fold(0, |sum: u64, byte| {
            u64::from_str_radix(byte, 16).ok().map(|byte| sum << 8 | byte)
        })
    };
    let found: Vec<u64> = line.captures_iter(&told).filter_map(|found| number(&found[1])).collect();
    ensure!(found.len() == count, "no {count} pictures in: {told}");
    Ok(found)
}

fn only_what_has_changed_is_drawn_anew() -> Outcome {
    with_screen(|machine, monitor| {
        start_compositor(machine)?;
        show_image(machine, 600, 100)?;
        machine.command("clock --at 100,100 --size 120x110 &")?;
        // The first ones may have the windows' frames.
        let changed = changed_in_next(machine, 4)?;
        let surface = 120 * 110;
        ensure!(
            changed[2..].iter().all(|pixels| *pixels == surface),
            "{changed:?} pixels changed, not {surface}"
        );
        let picture = monitor.picture()?;
        ensure!(has_image(&picture, 600, 100), "the other window has suffered");
        // Outside of its face the clock shows what lies below.
        let corner = picture.at(101, 101);
        ensure!(corner == picture.at(500, 101), "the clock's corner is {corner:?}");
        Ok(())
    })
}

fn a_client_that_misbehaves_harms_itself_alone() -> Outcome {
    with_screen(|machine, monitor| {
        start_compositor(machine)?;
        show_image(machine, 600, 100)?;
        guest::run_suite(machine, "/extra/api", "surfaces")?;
        show_image(machine, 700, 100)?;
        let picture = monitor.picture()?;
        ensure!(
            has_image(&picture, 600, 100) && has_image(&picture, 700, 100),
            "others have suffered"
        );
        ensure!(!has_image(&picture, 300, 300), "a surface that was another's is shown");
        Ok(())
    })
}

/// Whether a row of the terminal in the window begins with a prompt.
fn has_prompt(picture: &Picture, row: usize) -> bool {
    picture.count((103, 103 + 13 * row), (70, 13), INK, 40) > 40
}

fn a_shell_in_a_window_has_a_terminal_of_its_own() -> Outcome {
    with_screen(|machine, monitor| {
        start_compositor(machine)?;
        machine.type_keys("term --at 100,100 --size 560x325\r")?;
        wait_for_picture(monitor, "a prompt in the window", |picture| has_prompt(picture, 1))?;
        // It has a terminal, and edits its line: the last letter of the file's name is taken away.
        machine.type_keys("ls -l /proc/self/fd/0 > /tmp/fdX\x7f; echo two > /tmp/two\r")?;
        wait_for_picture(monitor, "the next prompt", |picture| has_prompt(picture, 2))?;
        // Ctrl-C ends the command there, and nothing here. A command that has not begun yet is not ended by it.
        machine.type_keys("sleep 1000\r")?;
        let deadline = Instant::now() + setup::patience();
        let mut picture = monitor.picture()?;
        while !(has_prompt(&picture, 3) || has_prompt(&picture, 4)) {
            ensure!(Instant::now() < deadline, "Ctrl-C does not end what runs in the window");
            machine.press_ctrl('c')?;
            picture = monitor.picture()?;
        }
        picture.keep("term")?;
        machine.type_keys("echo three > /tmp/three; exit\r")?;
        machine.wait_for_prompt()?;
        let told = machine.succeed("cat /tmp/fd /tmp/two /tmp/three")?;
        // A pseudo-terminal may be written by others of its group, the console may not.
        has(&told, "(?m)^crw--w----")?;
        has(&told, "(?m)^two$")?;
        has(&told, "(?m)^three$")?;
        let left = machine.succeed("ls /dev/pts")?;
        ensure!(!left.contains('0'), "a terminal is left: {left}");
        Ok(())
    })
}

fn the_story_of_the_screen_ends_well_and_leaves_nothing() -> Outcome {
    with_screen(|machine, monitor| {
        // Three quarters of it are without the load: the windows touch their memory, and it is weighed twice.
        machine.start_job("demo screen 30 load > /tmp/story &", "[1]")?;
        machine.succeed("topic echo /screen-pictures --count 60 > /tmp/pictures")?;
        let picture = monitor.picture()?;
        picture.keep("screen")?;
        let distinct: HashSet<Colour> = (0..1024)
            .flat_map(|x| (0..768).map(move |y| (x, y)))
            .map(|(x, y)| picture.at(x, y))
            .collect();
        ensure!(distinct.len() > 100, "there are only {} colours", distinct.len());
        let status = machine.command_within("wait; cat /tmp/story", setup::patience() * 4)?;
        has(&status, "(?m)^ok 7 surfaces were on the screen")?;
        has(&status, r"(?m)^ok \d+ pictures were looked at, 0 were torn")?;
        has(&status, "(?m)^ok memory has not grown")?;
        has(&status, "(?m)^ok nothing is left")?;
        let regions = machine.succeed("region ls")?;
        ensure!(regions.lines().count() == 1, "regions are left: {regions}");
        Ok(())
    })
}

/// As `make run SCREEN=vnc` starts it; the protocol is RFC 6143.
fn the_screen_is_served_on_loopback() -> Outcome {
    // A port of this run's own.
    let display = 20 + std::process::id() % 400;
    let mut command = Command::new("sh");
    command.arg(setup::workspace().join(".setup/run.sh")).arg(setup::image(Kernel::Release)?);
    command.env("SCREEN", format!("vnc:{display}"));
    let mut machine = Machine::spawn(command)?;
    let served = machine.wait_for_prompt().and_then(|_| {
        let mut stream = TcpStream::connect(("127.0.0.1", 5900 + display as u16))?;
        stream.set_read_timeout(Some(setup::patience()))?;
        let mut version = [0; 12];
        stream.read_exact(&mut version)?;
        ensure!(version.starts_with(b"RFB 003.00"), "it does not speak RFB: {version:?}");
        stream.write_all(b"RFB 003.008\n")?;
        let mut count = [0];
        stream.read_exact(&mut count)?;
        let mut ways = vec![0; count[0].into()];
        stream.read_exact(&mut ways)?;
        ensure!(ways.contains(&1), "it wants a password: {ways:?}");
        stream.write_all(&[1])?;
        let mut outcome = [7; 4];
        stream.read_exact(&mut outcome)?;
        ensure!(outcome == [0; 4], "it refuses: {outcome:?}");
        stream.write_all(&[1])?;
        let mut size = [0; 4];
        stream.read_exact(&mut size)?;
        ensure!(size == [4, 0, 3, 0], "the screen is not of 1024 x 768 pixels: {size:?}");
        Ok(())
    });
    served.map_err(|failure| machine.explain(failure))
}

fn a_raspberry_pi_4_has_a_screen_too() -> Outcome {
    with_monitor(Board::Raspi4b, &[], |machine, connect| {
        machine.wait_for_prompt()?;
        let mut monitor = connect()?;
        start_compositor(machine)?;
        show_image(machine, 100, 100)?;
        let picture = monitor.picture()?;
        picture.keep("raspi4b")?;
        ensure!(picture.size() == (1024, 768), "the screen has {:?} pixels", picture.size());
        ensure!(has_image(&picture, 100, 100), "the image is not there");
        Ok(())
    })
}
