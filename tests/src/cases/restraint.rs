//! What a user does to have all of the machine: root's shell works meanwhile, and is there afterwards.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure, guest, setup};
use std::time::{Duration, Instant};

/// How soon a command of root's is done, at best of a few: the host may have had something else to do.
const PROMPTLY: Duration = Duration::from_secs(1);
const TRIES: usize = 5;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("restraint":
        roots_shell_answers_while_a_user_forks_without_end,
        roots_shell_answers_while_a_user_takes_all_memory,
        roots_shell_answers_while_a_user_makes_regions_without_end,
    )
}

/// How long a command of root's takes that starts a program, by the clock of the system: the least of a few times.
fn answer(machine: &mut Machine) -> Outcome<Duration> {
    let real = pattern(r"real (\d+\.\d+)");
    let mut least = Duration::MAX;
    for _ in 0..TRIES {
        let text = machine.succeed("time ls / > /dev/null")?;
        let found = real.captures(&text).ok_or_else(|| Failure::new(format!("no time: {text}")))?;
        let seconds = found[1].parse().map_err(|error| Failure::new(format!("{error}: {text}")))?;
        least = least.min(Duration::from_secs_f64(seconds));
    }
    Ok(least)
}

fn answers_promptly(machine: &mut Machine) -> Outcome {
    let time = answer(machine)?;
    ensure!(time < PROMPTLY, "`ls` of root's takes {time:?}");
    machine.succeed("region create /roots 64K && region rm /roots")?;
    Ok(())
}

/// How many processes there are of user 1000.
fn of_user(machine: &mut Machine) -> Outcome<usize> {
    let text = machine.succeed("ps")?;
    Ok(text.lines().filter(|line| line.split_whitespace().nth(2) == Some("1000")).count())
}

/// Ends all that a user has, who goes on forking: at one stroke.
fn ends(machine: &mut Machine) -> Outcome {
    machine.command("as 1000 kill -9 -1; wait")?;
    until(machine, "the bomb goes on", |machine| Ok(of_user(machine)? == 0))
}

/// Looks again and again, as long as a command may take.
fn until(
    machine: &mut Machine,
    problem: &str,
    holds: impl Fn(&mut Machine) -> Outcome<bool>,
) -> Outcome {
    let begin = Instant::now();
    while !holds(machine)? {
        ensure!(begin.elapsed() < setup::patience(), "{problem}");
    }
    Ok(())
}

fn roots_shell_answers_while_a_user_forks_without_end(machine: &mut Machine) -> Outcome {
    // Once to warm up: the shell's list of jobs and the kernel's of numbers have grown then.
    explode(machine)?;
    let before = guest::holdings(machine)?;
    explode(machine)?;
    let after = guest::holdings(machine)?;
    ensure!(before.is_same(after), "{before:?} before and {after:?} after");
    Ok(())
}

fn explode(machine: &mut Machine) -> Outcome {
    // As many as make each wait for seconds; how many there can be is the kernel's own business.
    machine.command("as 1000 sh -c 'ulimit -u 600; f() { f | f & }; f' 2> /dev/null &")?;
    until(machine, "there is no bomb", |machine| Ok(of_user(machine)? >= 200))?;
    answers_promptly(machine)?;
    ends(machine)
}

fn roots_shell_answers_while_a_user_takes_all_memory(machine: &mut Machine) -> Outcome {
    let greedy = "as 1000 sh -c 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done' &";
    for _ in 0..6 {
        machine.command(greedy)?;
    }
    // Those who ask when nothing is left are ended, one after the other; root's are not among them.
    while of_user(machine)? > 0 {
        answers_promptly(machine)?;
    }
    let ended = machine.command("wait; dmesg")?;
    let told = ended.matches("(sh) ended: killed").count();
    ensure!(told == 6, "{told} of six were told to have ended for want of memory: {ended}");
    Ok(())
}

fn roots_shell_answers_while_a_user_makes_regions_without_end(machine: &mut Machine) -> Outcome {
    let filling =
        "i=0; while region create /bomb$i 16M && region fill /bomb$i 1; do i=$((i+1)); done";
    machine.command(&format!("as 1000 sh -c '{filling}' 2> /tmp/refusal > /dev/null; true"))?;
    let refusal = machine.succeed("cat /tmp/refusal")?;
    ensure!(refusal.contains("/bomb"), "nothing was refused: {refusal}");
    answers_promptly(machine)?;
    let listing = machine.succeed("region ls")?;
    ensure!(listing.matches("/bomb").count() > 1, "there is no bomb: {listing}");
    machine.succeed("for name in /dev/shm/bomb*; do rm $name; done")?;
    let empty = machine.succeed("region ls")?;
    ensure!(empty.lines().count() == 1, "regions are left: {empty}");
    Ok(())
}
