//! The map of the memory, as the emulator's pictures of the screen show it.

use super::region_commands::has;
use super::screen::{INK, show_image, start_compositor, wait_for_picture, with_screen};
use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::picture::{Colour, Picture};
use crate::{ensure, free, setup};
use std::time::Instant;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("screen":
        the_memory_that_processes_share_is_to_be_seen,
        forty_processes_and_sixty_regions_have_places_that_can_be_read,
    )
}

fn the_memory_that_processes_share_is_to_be_seen() -> Outcome {
    with_screen(|machine, monitor| {
        machine.succeed("region create /plan 64K")?;
        // A reader of a ring that nobody writes has a view, and waits.
        machine.succeed("region create /ring 64K")?;
        machine.command("consume /ring --count 1 &")?;
        let link = pattern(r"(?m)^ +\d+ consume +<> /ring$");
        let deadline = Instant::now() + setup::patience();
        let mut text = machine.succeed("map --text --once")?;
        while !link.is_match(&text) {
            ensure!(Instant::now() < deadline, "no link from the reader to its ring: {text}");
            text = machine.succeed("map --text --once")?;
        }
        has(&text, r"(?m)^ +/plan +64K ·{16}$")?;
        start_compositor(machine)?;
        machine.command("map --at 100,100 --size 600x400 &")?;
        show_image(machine, 900, 700)?;
        // The page that is written lights up, and is seen to be there afterwards.
        machine.succeed("region write /plan 0 hello")?;
        let hot: Colour = [255, 244, 180];
        let key = monitor.picture()?.count((100, 480), (600, 20), hot, 0);
        let lights = |picture: &Picture| picture.count((100, 120), (600, 360), hot, 0) > key;
        wait_for_picture(monitor, "a page that was written", lights)?.keep("map")?;
        Ok(())
    })
}

/// A box of the map.
struct Place {
    colour: Colour,
    at: (usize, usize),
    size: (usize, usize),
}

/// Where the map says that everything is: processes, regions, topics, each time that it was drawn whole.
fn told_places(text: &str, window: (usize, usize)) -> Vec<Vec<Place>> {
    let line = pattern(r"(?m)^\w+ #(..)(..)(..) (\d+) (\d+) (\d+) (\d+)$");
    let places = |block: &str| {
        let place = |found: regex::Captures<'_>| {
            let colour = |group: usize| u8::from_str_radix(&found[group], 16).unwrap_or(0);
            let number = |group: usize| found[group].parse::<usize>().unwrap_or(0);
            Place {
                colour: [colour(1), colour(2), colour(3)],
                at: (window.0 + number(4), window.1 + number(5)),
                size: (number(6), number(7)),
            }
        };
        line.captures_iter(block).map(place).collect()
    };
    text.split("places").skip(1).map(places).collect()
}

/// Whether each box is there with its stripe and text, on no other one, with no text between them.
fn check_places(picture: &Picture, places: &[Place]) -> Outcome {
    let end = |place: &Place| (place.at.0 + place.size.0, place.at.1 + place.size.1);
    for (index, place) in places.iter().enumerate() {
        let (x, y) = place.at;
        ensure!(picture.is_filled((x, y), (5, place.size.1), place.colour), "nothing at {x}, {y}");
        let letters = picture.count((x + 5, y), (place.size.0 - 5, place.size.1), INK, 0);
        ensure!(letters >= 12, "only {letters} pixels of text at {x}, {y}");
        let apart = |other: &Place| {
            end(other).0 <= x
                || end(place).0 <= other.at.0
                || end(other).1 <= y
                || end(place).1 <= other.at.1
        };
        ensure!(places[..index].iter().all(apart), "the box at {x}, {y} lies on another one");
        // Down to the next box there is none of its text.
        let below = picture.count((x, end(place).1), (place.size.0, 1), INK, 0);
        ensure!(below == 0, "text hangs out of the box at {x}, {y}");
    }
    Ok(())
}

fn forty_processes_and_sixty_regions_have_places_that_can_be_read() -> Outcome {
    let (at, size) = ((12, 40), (1000, 716));
    with_screen(|machine, monitor| {
        start_compositor(machine)?;
        machine.start_job("demo crowd 600 > /tmp/crowd &", "[2]")?;
        // The picture is looked at when all of them have come.
        let all = pattern(r"(?m)^ +\d+ .* /crowd-58");
        let deadline = Instant::now() + setup::patience();
        while !all.is_match(&machine.succeed("map --text --once")?) {
            ensure!(Instant::now() < deadline, "no crowd");
        }
        machine.command(&format!(
            "map --places --at {},{} --size {}x{} > /tmp/places &",
            at.0, at.1, size.0, size.1
        ))?;
        let deadline = Instant::now() + setup::patience();
        loop {
            let picture = monitor.picture()?;
            let told = machine.succeed("cat /tmp/places")?;
            let checked: Vec<Outcome<usize>> = told_places(&told, at)
                .iter()
                .filter(|places| places.len() >= 100)
                .map(|places| check_places(&picture, places).map(|()| places.len()))
                .collect();
            if checked.iter().any(Result::is_ok) {
                return picture.keep("crowd");
            }
            if Instant::now() > deadline {
                picture.keep("wrong")?;
                let last = checked.into_iter().last();
                return Err(last.and_then(Result::err).unwrap_or_else(|| Failure::new(told)));
            }
        }
    })
}
