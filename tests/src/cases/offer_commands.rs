//! `offer`, `claim` and `offers`: pages given from the shell; `dmesg`: pages given by the kernel.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("offers":
        a_message_is_given_and_claimed,
        what_nobody_claims_is_listed_and_taken_back,
        mistakes_are_told,
        the_kernels_messages_are_read_from_its_own_pages,
        new_messages_of_the_kernel_are_followed,
    )
}

fn a_message_is_given_and_claimed(machine: &mut Machine) -> Outcome {
    machine.run("claim > /tmp/claimed &")?;
    let text = machine.succeed("offer $! good morning")?;
    has(&text, "4096 bytes at 0x[0-9a-f]+: they have left this process")?;
    machine.run("wait")?;
    let text = machine.succeed("cat /tmp/claimed")?;
    has(&text, r"4096 bytes from process \d+, now at 0x")?;
    has(&text, "(?m)^good morning")?;
    machine.succeed("rm /tmp/claimed").map(drop)
}

fn what_nobody_claims_is_listed_and_taken_back(machine: &mut Machine) -> Outcome {
    machine.run("sleep 1000 &")?;
    machine.run("offer --timeout 0.1 $! nothing")?;
    let output = machine.run("offer --timeout 0.1 $! nothing")?;
    ensure!(output.status != 0, "an offer to a sleeper was claimed: {}", output.text);
    has(&output.text, "has not claimed")?;
    machine.run("kill $!")?;
    // The shell tells its end when it notices, which is not to be in the middle of the list.
    machine.run("wait")?;
    let text = machine.succeed("offers")?;
    ensure!(text.lines().count() == 1, "offers are left: {text}");
    Ok(())
}

fn mistakes_are_told(machine: &mut Machine) -> Outcome {
    refuses(machine, "offer", "which process")?;
    refuses(machine, "offer 999999 hello", "999999.*no such process")?;
    refuses(machine, "claim --timeout 0.05", "nothing was offered")?;
    refuses(machine, "offers 999999", "no such process")
}

fn the_kernels_messages_are_read_from_its_own_pages(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("dmesg")?;
    has(&text, r"(?m)^\[ *\d+\.\d{6}\] Commons .* on ")?;
    has(&text, r"(?m)^\[ *\d+\.\d{6}\] 4 cores run")?;
    let text = machine.succeed("offers")?;
    ensure!(text.lines().count() == 1, "offers are left: {text}");
    refuses(machine, "dmesg now", "there is one log")?;
    refuses(machine, "as 1000 dmesg", "only root may read it")
}

fn new_messages_of_the_kernel_are_followed(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /secret 4K")?;
    machine.run("dmesg --follow > /tmp/log &")?;
    machine.run("as 1000 cat /dev/shm/secret")?;
    // Its line is in the file as soon as the follower has run.
    let mut text = String::new();
    for _ in 0..50 {
        text = machine.succeed("cat /tmp/log")?;
        if text.contains("/secret") {
            break;
        }
        machine.succeed("sleep 0.1")?;
    }
    has(&text, "(?m)^\\[.*1000.*/secret")?;
    machine.run("kill $!")?;
    machine.run("wait")?;
    machine.succeed("rm /tmp/log; region rm /secret").map(drop)
}
