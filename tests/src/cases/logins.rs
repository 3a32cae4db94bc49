//! `login` and `passwd`: a board that many use, with the tree of `tests/login`.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::setup::{self, Board};
use crate::{booted, ensure, free};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("logins": passwd_prints_the_line_of_a_password_or_writes_it);
    cases.extend(free!("logins":
        who_knows_the_password_is_let_in_and_nobody_else,
        what_a_user_leaves_running_ends_with_the_session,
    ));
    cases
}

/// What is asked.
const QUESTION: &str = "commons login: $";
const PASSWORD: &str = "Password: $";
const REFUSAL: &str = "login: wrong name or password\n";
/// The password of `user`; those in the tree were hashed by another system's crypt.
const RIGHT: &str = "Käse & Brot";

/// Builds the image with the tree, from what is built already.
fn image() -> Outcome<PathBuf> {
    let _alone = setup::build_alone();
    let root = setup::workspace();
    let image = root.join("target/test/login/kernel8.img");
    let built = Command::new("sh")
        .arg(root.join(".setup/image.sh"))
        .arg(&image)
        .arg("--tree")
        .arg(format!("{}=/", root.join("tests/login").display()))
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("PROFILE")
        .output()
        .map_err(|error| Failure::new(format!("image.sh cannot be started: {error}")))?;
    let told = String::from_utf8_lossy(&built.stderr);
    ensure!(built.status.success(), "the image could not be made: {told}");
    Ok(image)
}

fn boot() -> Outcome<Machine> {
    let mut machine = Machine::start_image(Board::usual()?, &image()?, &[])?;
    let asked = machine.wait_for(QUESTION);
    asked.map_err(|failure| machine.explain(failure))?;
    Ok(machine)
}

/// Answers both questions.
fn answer(machine: &mut Machine, name: &str, password: &str) -> Outcome {
    machine.type_keys(&format!("{name}\r"))?;
    machine.wait_for(PASSWORD)?;
    machine.type_keys(&format!("{password}\r"))
}

/// Is refused, no earlier than after this pause.
fn is_refused(machine: &mut Machine, name: &str, password: &str, pause: Duration) -> Outcome {
    let begin = Instant::now();
    answer(machine, name, password)?;
    machine.wait_for(&format!("{REFUSAL}{QUESTION}"))?;
    let took = begin.elapsed();
    ensure!(took >= pause, "{name} was refused after {took:?}");
    Ok(())
}

fn who_knows_the_password_is_let_in_and_nobody_else() -> Outcome {
    let mut machine = boot()?;
    go_through(&mut machine).map_err(|failure| machine.explain(failure))
}

fn go_through(machine: &mut Machine) -> Outcome {
    has(&machine.transcript(), "^The board in the hall\n")?;
    // No key ends it, and nothing that is typed ahead of the question is an answer.
    for key in ['c', '\\', 'z', 'd'] {
        machine.press_ctrl(key)?;
    }
    machine.type_keys("\r")?;
    machine.wait_for(QUESTION)?;
    is_refused(machine, "user", "Brot & Käse", Duration::from_secs(1))?;
    is_refused(machine, "stranger", RIGHT, Duration::from_secs(2))?;
    is_refused(machine, "gone", RIGHT, Duration::from_secs(4))?;

    answer(machine, "user", RIGHT)?;
    machine.wait_for_prompt()?;
    let who = machine.succeed("id")?;
    ensure!(who == "uid=1000 gid=1000 euid=1000 egid=1000 groups=29\n", "it is {who}");
    refuses(machine, "cat /etc/shadow", "/etc/shadow: permission denied")?;
    let told = machine.succeed("echo $HOME $USER $LOGNAME $SHELL $PWD $TERM")?;
    ensure!(told == "/tmp user user /bin/shell /tmp vt100\n", "it is at home in {told}");
    refuses(machine, "login", "only root")?;
    // Only now the pauses begin anew.
    machine.type_line("exit")?;
    machine.wait_for(QUESTION)?;
    is_refused(machine, "user", "", Duration::from_secs(1))?;

    machine.type_keys("guest\r")?;
    let let_in = machine.wait_for_prompt()?;
    ensure!(!let_in.contains("Password"), "an empty field asked for a password: {let_in}");
    has(&let_in, "login: /nowhere: no such file")?;
    machine.type_line("exit")?;
    machine.wait_for(QUESTION)?;
    answer(machine, "root", "over the hedge")?;
    machine.wait_for_prompt()?;
    has(&machine.succeed("id")?, "^uid=0.root. .* groups=29$")?;
    has(&machine.succeed("ls -l /etc/shadow")?, r"^-rw------- +0 +\d+ ")?;
    let who = machine.succeed("as 1001 id")?;
    ensure!(!who.contains("groups"), "root's groups were handed on: {who}");
    let all = machine.transcript();
    for password in [RIGHT, "over the hedge"] {
        ensure!(!all.contains(password), "a password was echoed");
    }
    Ok(())
}

fn what_a_user_leaves_running_ends_with_the_session() -> Outcome {
    let mut machine = boot()?;
    leave_behind(&mut machine).map_err(|failure| machine.explain(failure))
}

fn leave_behind(machine: &mut Machine) -> Outcome {
    answer(machine, "user", RIGHT)?;
    machine.wait_for_prompt()?;
    machine.command("trap '' HUP TERM TTOU; sleep 1000 & (while :; do sleep 2000; done) &")?;
    // A shell that has stopped itself goes on, and one that is killed ends the session too.
    machine.command("kill -STOP $$")?;
    machine.type_line("kill -9 $$")?;
    machine.wait_for(QUESTION)?;
    answer(machine, "root", "over the hedge")?;
    machine.wait_for_prompt()?;
    let left = machine.succeed("ps")?;
    ensure!(!left.contains("sleep"), "something is left: {left}");
    Ok(())
}

fn passwd_prints_the_line_of_a_password_or_writes_it(machine: &mut Machine) -> Outcome {
    let type_both = |machine: &mut Machine, command: &str, words: [&str; 2]| -> Outcome<String> {
        machine.type_line(command)?;
        machine.wait_for("New password: $")?;
        machine.type_keys(&format!("{}\r", words[0]))?;
        machine.wait_for("The same again: $")?;
        machine.type_keys(&format!("{}\r", words[1]))?;
        machine.wait_for_prompt_within(setup::patience())
    };
    let hash = r"\$6\$rounds=100000\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}";
    let printed = type_both(machine, "passwd user", ["open sesame", "open sesame"])?;
    has(&printed, "/etc/shadow can't be written.*tree")?;
    has(&printed, &format!("^user:{hash}:::::::$"))?;
    let printed = type_both(machine, "passwd", ["open sesame", "open Sesame"])?;
    has(&printed, "two passwords, and nothing is changed")?;
    let printed = type_both(machine, "passwd --file /tmp/shadow --rounds 1000 root", ["a", "a"])?;
    has(&printed, "^/tmp/shadow has the new password of root$")?;
    has(&machine.succeed("ls -l /tmp/shadow")?, "^-rw------- ")?;
    machine.succeed("printf 'b\\nb\\n' | passwd --file /tmp/shadow --rounds 1000 user")?;
    has(
        &machine.succeed("cat /tmp/shadow")?,
        r"^root:\$6\$rounds=1000\$.*:::::::\nuser:\$6\$.*:::::::$",
    )?;
    refuses(machine, "echo | passwd", "empty password")?;
    refuses(machine, "passwd a:b", "no colon")?;
    refuses(machine, "passwd --rounds 999 user", "at least 1000")?;
    let own = machine.succeed("printf 'b\\nb\\n' | as 1000 passwd --rounds 1000")?;
    has(&own, "^user:.6.rounds=1000")?;
    let all = machine.transcript();
    ensure!(!all.contains("open sesame"), "the password was echoed");
    Ok(())
}
