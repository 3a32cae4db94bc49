//! Power cuts at random points: the emulator is killed while a program works on the card.
//!
//! The program tells what it is about to do and, once that is synced, what it promises. Whatever was promised is on the
//! card: for Commons, which boots from it as it is, and for another FAT library after `fsck.fat` has repaired a copy.
//! `COMMONS_POWER_CUTS` is how many cuts there are, `COMMONS_POWER_SEED` the seed of the first.

use crate::case::{Case, on_machine};
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::sd_card::Card;
use crate::setup::Kernel;
use crate::{ensure, guest};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const USUAL_CUTS: u64 = 3;
const NAME: &str = "power::what_was_promised_outlasts_power_cuts_at_random_points";

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    vec![Case::free(NAME, cut_again_and_again)]
}

/// What a file begins with: the writing that made it, and how many bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Content {
    generation: u64,
    length: u64,
}

/// What was told up to the cut.
#[derive(Debug, Default, PartialEq)]
struct Told {
    /// What the files have in them.
    promised: BTreeMap<u64, Content>,
    /// The work that was under way, and the files that it is about.
    begun: Option<(String, Vec<u64>)>,
    /// Promises in all.
    count: usize,
}

impl Told {
    /// Reads the lines that are whole.
    fn read(text: &str) -> Outcome<Self> {
        let mut told = Self::default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for line in whole.lines() {
            let mut words = line.split(' ');
            let verb = words.next().unwrap_or_default();
            ensure!(verb != "failed", "the work on the card failed: {line}");
            let work = if verb == "begin" { words.next() } else { None };
            let numbers: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
            match (work, &numbers[..]) {
                (Some("write"), [file, _, from]) if *from > 0 => {
                    told.begun = Some(("append".to_owned(), vec![*file]));
                }
                (Some(work), [first, ..]) => {
                    let two = matches!(work, "rename" | "exchange");
                    let files = if two { numbers.clone() } else { vec![*first] };
                    told.begun = Some((work.to_owned(), files));
                }
                _ => told.keep(verb, &numbers),
            }
        }
        Ok(told)
    }

    /// What a line promises, if it is a promise.
    fn keep(&mut self, verb: &str, numbers: &[u64]) {
        match (verb, numbers) {
            ("kept", [file, generation, length]) => {
                let content = Content { generation: *generation, length: *length };
                self.promised.insert(*file, content);
            }
            ("removed", [file]) => drop(self.promised.remove(file)),
            ("renamed", [from, to]) => {
                let content = self.promised.remove(from);
                self.promised.extend(content.map(|content| (*to, content)));
            }
            ("exchanged", [one, other]) => {
                let (first, second) = (self.promised.remove(one), self.promised.remove(other));
                self.promised.extend(first.map(|content| (*other, content)));
                self.promised.extend(second.map(|content| (*one, content)));
            }
            _ => return,
        }
        self.begun = None;
        self.count += 1;
    }

    /// The files that nothing was done with when the power was cut.
    fn settled(&self) -> impl Iterator<Item = (u64, Content)> {
        let begun: BTreeSet<u64> =
            self.begun.iter().flat_map(|(_, files)| files.iter().copied()).collect();
        let all = self.promised.iter().map(|(file, content)| (*file, *content));
        all.filter(move |(file, _)| !begun.contains(file))
    }

    /// Checks the files of a card that was repaired.
    fn check(&self, found: &BTreeMap<String, Vec<u8>>) -> Outcome {
        for (file, content) in self.settled() {
            let bytes = found.get(&name(file));
            let is_there = bytes.is_some_and(|bytes| content.begins(bytes));
            ensure!(is_there, "file {file} is not as promised: {content:?}");
        }
        for file in 0..FILES {
            let is_free = !self.promised.contains_key(&file) && !self.is_begun(file);
            ensure!(!is_free || !found.contains_key(&name(file)), "file {file} is back");
        }
        let Some((work, files)) = &self.begun else { return Ok(()) };
        // Files that get other names are there under one of them, those that get longer as long as before.
        let moved = match &work[..] {
            "rename" | "append" => &files[..1],
            "exchange" => &files[..],
            _ => &[],
        };
        for content in moved.iter().filter_map(|file| self.promised.get(file)) {
            let is_there = found.values().any(|bytes| content.begins(bytes));
            ensure!(is_there, "a file was lost between two names: {content:?}");
        }
        Ok(())
    }

    fn is_begun(&self, file: u64) -> bool {
        self.begun.iter().any(|(_, files)| files.contains(&file))
    }
}

const FILES: u64 = 6;

fn name(file: u64) -> String {
    format!("file {file} with a long name")
}

impl Content {
    /// Whether bytes begin with it, by the rule of the program.
    fn begins(self, bytes: &[u8]) -> bool {
        let byte_at =
            |at: u64| (at.wrapping_mul(31) ^ at >> 8 ^ self.generation.wrapping_mul(97)) as u8;
        let wanted = (0..self.length).map(byte_at);
        bytes.len() as u64 >= self.length
            && wanted.eq(bytes.iter().copied().take(self.length as usize))
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn cut_again_and_again() -> Outcome {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let first = number("COMMONS_POWER_SEED").unwrap_or(since.as_millis() as u64);
    let cuts = number("COMMONS_POWER_CUTS").unwrap_or(USUAL_CUTS);
    let mut promises = 0;
    for seed in first..first + cuts {
        promises += cut(seed).map_err(|failure: Failure| {
            failure.and(&format!("---- COMMONS_POWER_SEED={seed} begins with this cut ----"))
        })?;
    }
    println!("{cuts} power cuts from seed {first} on: {promises} promises, all kept");
    Ok(())
}

/// Has the program work, cuts the power, and looks for what was promised; how many promises there were.
fn cut(seed: u64) -> Outcome<usize> {
    let card = Card::new("64M", &[])?;
    let mut machine = Machine::boot(Kernel::Release, &["-drive", &card.drive()])?;
    machine.type_line(&format!("{} power-work {seed}", guest::PROGRAM))?;
    // SplitMix64's last step: seeds that follow each other give numbers that do not.
    let mixed = (seed ^ seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let (lines, rest) = (mixed >> 40 & 0x1F, Duration::from_micros(mixed >> 20 & 0x7FFF));
    for _ in 0..lines {
        machine
            .wait_for(r"(kept|removed|renamed|exchanged) [\d ]+\n")
            .map_err(|failure| machine.explain(failure))?;
    }
    // The cut is anywhere in what comes next, not where the program waits for the host to see a line.
    std::thread::sleep(rest);
    let transcript = machine.cut_power()?;
    let told = Told::read(&transcript)?;
    let explain = |failure: Failure| failure.and(&format!("---- told ----\n{transcript}"));
    told.check(&card.repaired("power")?).map_err(explain)?;
    on_machine(&["-drive", &card.drive()], |machine| {
        for (file, Content { generation, length }) in told.settled() {
            let path = format!("'/sd/power/{}'", name(file));
            machine
                .succeed(&format!("{} power-check {path} {generation} {length}", guest::PROGRAM))?;
        }
        machine.succeed("ls /sd && echo more > /sd/more && sync").map(drop)
    })
    .map_err(explain)?;
    Ok(told.count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(generation: u64, length: u64) -> Content {
        Content { generation, length }
    }

    fn bytes(content: Content) -> Vec<u8> {
        // As long as 256 bytes, for which the second word of the rule is 0.
        let byte = |at: u64| (at * 31) as u8 ^ (content.generation * 97) as u8;
        (0..content.length).map(byte).collect()
    }

    #[test]
    fn promises_follow_files_to_their_names_and_half_lines_promise_nothing() {
        let text = "begin write 1 7 0\nkept 1 7 100\nbegin exchange 1 2\nexchanged 1 2\n\
            begin rename 2 3\nrenamed 2 3\nbegin write 0 9 0\nkept 0 9 5";
        let told = Told::read(text).expect("lines");
        assert_eq!(told.promised, BTreeMap::from([(3, content(7, 100))]));
        assert_eq!(told.begun, Some(("write".to_owned(), vec![0])));
        assert_eq!(told.count, 3);
        assert!(Told::read("failed EIO\n").is_err());
    }

    #[test]
    fn what_is_missing_or_other_than_promised_is_found() {
        let told = Told::read("kept 1 7 100\nkept 2 8 50\nbegin rename 2 3\n").expect("lines");
        let [one, two] = [bytes(content(7, 100)), bytes(content(8, 50))];
        let card = |files: &[(u64, &Vec<u8>)]| {
            told.check(&files.iter().map(|(file, bytes)| (name(*file), bytes.to_vec())).collect())
        };
        assert!(card(&[(1, &one), (2, &two)]).is_ok());
        assert!(card(&[(1, &one), (3, &two)]).is_ok());
        assert!(card(&[(1, &one)]).is_err(), "lost between two names");
        assert!(card(&[(1, &two), (3, &two)]).is_err(), "other bytes");
        assert!(card(&[(2, &two)]).is_err(), "not there");
        assert!(card(&[(1, &one), (2, &two), (5, &one)]).is_err(), "nobody has made it");
    }
}
