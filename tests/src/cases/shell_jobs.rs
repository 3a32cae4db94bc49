//! The shell's jobs, help, history and scripts, and its place under init.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::sd_card::Card;
use crate::{booted, ensure, free, guest, setup};
use std::time::{Duration, Instant};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("shell_jobs":
        a_background_job_is_listed_and_waited_for,
        several_jobs_run_at_the_same_time,
        a_background_job_does_not_take_the_terminals_input,
        help_names_every_command,
        help_shows_the_page_of_a_call_or_names_like_it,
        history_lists_what_was_typed,
        history_outlasts_the_shell,
        a_killed_shell_has_kept_every_line,
        shells_beside_each_other_lose_none_of_each_others_lines,
        a_history_that_became_long_is_shortened,
        somebody_elses_file_is_no_history,
        fc_lists_repeats_and_edits_commands,
        limits_hold_for_what_is_started,
        the_file_that_env_names_is_run_first,
        ctrl_d_can_be_made_harmless,
        ctrl_z_stops_a_job_and_fg_and_bg_let_it_go_on,
        ctrl_c_ends_a_loop_of_the_shell_itself,
        a_script_file_runs_and_gives_its_status,
        the_prompt_shows_the_directory,
        init_starts_a_killed_shell_again,
        init_starts_the_shell_again_after_exit,
        init_cannot_be_killed,
    );
    cases.extend(free!("shell_jobs": a_board_that_is_switched_off_has_kept_every_line));
    cases
}

/// The number of the newest process that runs a program, from `ps`.
///
/// The shell does not wait until a background job's exec is done, so the program may not be there
/// at the first look.
pub fn process_of(machine: &mut Machine, program: &str) -> Outcome<u32> {
    let begin = Instant::now();
    loop {
        let listing = machine.succeed("ps")?;
        match newest_of(&listing, program) {
            Some(number) => return Ok(number),
            None if begin.elapsed() < setup::patience() => {}
            None => return Err(Failure::new(format!("`ps` shows no {program}: {listing}"))),
        }
    }
}

/// Whether a process of a program is listed by `ps`.
pub fn is_running(machine: &mut Machine, program: &str) -> Outcome<bool> {
    let listing = machine.succeed("ps")?;
    Ok(newest_of(&listing, program).is_some())
}

fn newest_of(listing: &str, program: &str) -> Option<u32> {
    let runs = |line: &&str| line.split_whitespace().any(|word| word.ends_with(program));
    let numbers = listing
        .lines()
        .filter(runs)
        .filter_map(|line| line.split_whitespace().next().and_then(|word| word.parse().ok()));
    numbers.max()
}

fn a_background_job_is_listed_and_waited_for(machine: &mut Machine) -> Outcome {
    machine.command("sleep 1 &")?;
    let jobs = machine.succeed("jobs")?;
    ensure!(jobs.contains("sleep 1"), "`jobs` printed: {jobs}");
    machine.succeed("wait")?;
    let jobs = machine.succeed("jobs")?;
    ensure!(!jobs.to_lowercase().contains("running"), "after `wait`, `jobs` printed: {jobs}");
    Ok(())
}

fn several_jobs_run_at_the_same_time(machine: &mut Machine) -> Outcome {
    let start = Instant::now();
    machine.command("sleep 2 & sleep 2 & sleep 2 & sleep 2 &")?;
    let jobs = machine.succeed("jobs")?;
    ensure!(jobs.matches("sleep 2").count() == 4, "`jobs` printed: {jobs}");
    machine.succeed("wait")?;
    let took = start.elapsed();
    ensure!(took >= Duration::from_millis(1900), "`wait` returned early, after {took:?}");
    Ok(())
}

fn a_background_job_does_not_take_the_terminals_input(machine: &mut Machine) -> Outcome {
    machine.start_job(&format!("{} spin &", guest::PROGRAM), "spinning\n")?;
    let answer = machine.succeed("echo mine")?;
    ensure!(answer.contains("mine\n"), "the shell printed {answer:?}");
    machine.press_ctrl('c')?;
    let guest = process_of(machine, "guest")?;
    machine.succeed(&format!("kill -9 {guest}"))?;
    machine.command("wait")?;
    Ok(())
}

fn help_names_every_command(machine: &mut Machine) -> Outcome {
    let help = machine.succeed("help")?;
    let commands = machine.succeed("help commands")?;
    for command in [
        "produce", "consume", "ps", "free", "region", "echo", "cat", "ls", "kill", "sleep", "true",
        "false", "uptime", "poweroff", "demo", "wait", "jobs", "help", "history", "cd", "exit",
    ] {
        ensure!(help.contains(command), "help does not name {command}: {help}");
        has(&commands, &format!("^{command} +[a-z]"))?;
    }
    Ok(())
}

fn help_shows_the_page_of_a_call_or_names_like_it(machine: &mut Machine) -> Outcome {
    let page = machine.succeed("help shm_open")?;
    has(&page, r"^shm_open\(name, flags, mode\)")?;
    has(&page, "^ +ENOENT +no O_CREAT")?;
    has(&page, "^ +Rust +.*posix::shm_open")?;
    let page = machine.succeed("help create_region")?;
    has(&page, r"^CreateRegion\(name, bytes, flags\)")?;
    refuses(machine, "help shm_opn", "shm_opn: no such.*did you mean: shm_open")?;
    refuses(machine, "help sem_", "did you mean: sem, sem_")?;
    refuses(machine, "help frobnicate", "no such topic, command or page.*help")?;
    let help = machine.succeed("help calls")?;
    for topic in ["shm_unlink", "sem_wait", "region_create", "FileMappingDecRef"] {
        ensure!(help.contains(topic), "help does not list {topic}: {help}");
    }
    Ok(())
}

fn history_lists_what_was_typed(machine: &mut Machine) -> Outcome {
    machine.command("echo remembered")?;
    let history = machine.succeed("history")?;
    ensure!(history.contains("echo remembered"), "`history` printed: {history}");
    machine.command("echo again")?;
    machine.type_keys("\x1b[A\r")?;
    machine.wait_for("again\nagain\n").map_err(|failure| failure.and("after the up key"))?;
    machine.wait_for_prompt()?;
    Ok(())
}

fn history_outlasts_the_shell(machine: &mut Machine) -> Outcome {
    machine.command("echo from before")?;
    machine.command("exit")?;
    let history = machine.succeed("history")?;
    ensure!(history.contains("echo from before"), "`history` printed: {history}");
    Ok(())
}

fn a_killed_shell_has_kept_every_line(machine: &mut Machine) -> Outcome {
    machine.command("echo from before")?;
    machine.command("for i in 1 2; do\recho $i; done")?;
    machine.type_line("kill -9 $$")?;
    machine.wait_for_prompt()?;
    let history = machine.succeed("history")?;
    for line in ["echo from before", "for i in 1 2; do", "kill -9 $$"] {
        ensure!(history.contains(line), "{line:?} is not in {history}");
    }
    Ok(())
}

fn a_board_that_is_switched_off_has_kept_every_line() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.command("export HISTFILE=/sd/history; exec shell")?;
        machine.command("echo before the cut")?;
        machine.command("for i in 1 2; do\recho $i; done").map(drop)
    })?;
    card.boot(|machine| {
        machine.command("export HISTFILE=/sd/history; exec shell")?;
        let history = machine.succeed("history")?;
        has(&history, r"  echo before the cut\n *\d+  for i in 1 2; do\necho \$i; done\n")
    })
}

fn shells_beside_each_other_lose_none_of_each_others_lines(machine: &mut Machine) -> Outcome {
    machine.command("echo outer one")?;
    machine.type_line("shell")?;
    machine.wait_for_prompt()?;
    machine.command("echo inner one")?;
    machine.command("exit")?;
    machine.command("echo outer two")?;
    machine.command("exit")?;
    let history = machine.succeed("history")?;
    let mut rest = history.as_str();
    for line in ["echo outer one", "shell", "echo inner one", "echo outer two"] {
        let (_, behind) = rest
            .split_once(&format!("  {line}\n"))
            .ok_or_else(|| Failure::new(format!("{line:?} is not in its place in {history}")))?;
        rest = behind;
    }
    Ok(())
}

fn a_history_that_became_long_is_shortened(machine: &mut Machine) -> Outcome {
    machine.succeed("seq 1 2500 > /tmp/long; HISTFILE=/tmp/long")?;
    machine.command("export HISTFILE; exec shell")?;
    let kept = machine.succeed("head -n 2 /tmp/long; wc -l < /tmp/long")?;
    // A thousand, and the lines that were typed since.
    has(&kept, r"^150\d\n150\d\n *100\d$")?;
    has(&machine.succeed("history | head -n 1")?, r"^ *\d+  15\d\d$")?;
    has(&machine.succeed("ls -l /tmp/long")?, "^-rw------- ")
}

fn somebody_elses_file_is_no_history(machine: &mut Machine) -> Outcome {
    machine.command("as 1000 shell -c 'echo echo planted > /tmp/.shell_history-7'")?;
    machine.command("as 1000 shell -c 'ls -l /tmp/.shell_history-7'")?;
    machine.type_line("as 7 shell")?;
    machine.wait_for_prompt()?;
    let history = machine.succeed("history")?;
    ensure!(!history.contains("planted"), "it was read: {history}");
    machine.command("exit")?;
    let planted = machine.succeed("cat /tmp/.shell_history-7")?;
    ensure!(planted == "echo planted\n", "it was written: {planted}");
    Ok(())
}

fn fc_lists_repeats_and_edits_commands(machine: &mut Machine) -> Outcome {
    machine.command("echo one")?;
    machine.command("echo two")?;
    has(&machine.succeed("fc -l -2")?, r"^\d+\techo one\n\d+\techo two$")?;
    has(&machine.succeed("fc -s two=three 'echo t'")?, "^echo three\nthree$")?;
    refuses(machine, "fc", "no editor.*FCEDIT or EDITOR.*fc -l.*fc -s")?;
    // A script is an editor, too.
    machine.succeed("printf 'echo \"echo edited\" > $1' > /tmp/edit")?;
    machine.command("EDITOR='shell /tmp/edit'")?;
    let ran = machine.command("fc 'echo one'")?;
    ensure!(ran.ends_with("edited\n"), "it printed {ran:?}");
    machine.command("exit")?;
    let history = machine.succeed("history")?;
    ensure!(history.contains("  echo three\n") && history.contains("  echo edited\n"), "{history}");
    ensure!(!history.contains("fc -s"), "fc is there in place of what it ran: {history}");
    ensure!(
        machine.succeed("ls /tmp")?.lines().all(|name| !name.starts_with("fc-")),
        "a file is left"
    );
    Ok(())
}

fn limits_hold_for_what_is_started(machine: &mut Machine) -> Outcome {
    has(&machine.succeed("ulimit -a")?, r"^-n  descriptors +\d+$")?;
    has(&machine.succeed("ulimit -s")?, r"^\d+$")?;
    let made =
        machine.run("(ulimit -f 4; head -c 9999 /dev/zero > /tmp/short); ls -l /tmp/short")?;
    has(&made.text, " 2048  ")?;
    refuses(
        machine,
        "as 1000 shell -c 'ulimit -n 20; ulimit -n 21'",
        "the hard limit is 20, and only root",
    )?;
    let few = machine.run("shell -c 'ulimit -n 12; exec 11>/tmp/eleven && exec 12>/tmp/twelve'")?;
    ensure!(few.status != 0 && few.text.contains("descriptor 12"), "it printed {}", few.text);
    machine.succeed("test -e /tmp/eleven").map(drop)
}

fn the_file_that_env_names_is_run_first(machine: &mut Machine) -> Outcome {
    machine.succeed("echo \"alias greet='echo hello'; x=set\" > /tmp/start")?;
    machine.type_line("where=/tmp ENV='$where/start' shell")?;
    machine.wait_for_prompt()?;
    let told = machine.command("greet $x")?;
    ensure!(told == "hello set\n", "it printed {told:?}");
    let script = machine.succeed("ENV=/tmp/start shell -c 'echo \"[$x]\"'")?;
    ensure!(script == "[]\n", "it is for who sits at a terminal: {script:?}");
    machine.command("exit")?;
    machine.type_line("ENV=/nowhere shell")?;
    let said = machine.wait_for_prompt()?;
    ensure!(!said.contains("nowhere"), "a file that is not there was told of: {said}");
    Ok(())
}

fn ctrl_d_can_be_made_harmless(machine: &mut Machine) -> Outcome {
    let shell = machine.succeed("set -o ignoreeof; echo $$")?;
    machine.press_ctrl('d')?;
    machine.wait_for("exit ends the shell")?;
    machine.wait_for_prompt()?;
    ensure!(machine.succeed("echo $$")? == shell, "the shell ended");
    machine.command("set +o ignoreeof")?;
    machine.press_ctrl('d')?;
    machine.wait_for_prompt()?;
    ensure!(machine.succeed("echo $$")? != shell, "the shell did not end");
    Ok(())
}

fn ctrl_z_stops_a_job_and_fg_and_bg_let_it_go_on(machine: &mut Machine) -> Outcome {
    machine.type_line(&format!("{} spin", guest::PROGRAM))?;
    machine.wait_for("spinning\n")?;
    machine.press_ctrl('z')?;
    let said = machine.wait_for_prompt()?;
    ensure!(said.contains("[1] Stopped"), "Ctrl-Z printed {said:?}");
    let jobs = machine.succeed("bg; jobs")?;
    ensure!(jobs.contains("[1] Running"), "after `bg`, `jobs` printed {jobs:?}");
    machine.type_line("fg")?;
    machine.wait_for("spin\n")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    let jobs = machine.succeed("jobs")?;
    ensure!(jobs.is_empty(), "after Ctrl-C, `jobs` printed {jobs:?}");
    machine.start_job(&format!("{} spin &", guest::PROGRAM), "spinning\n")?;
    machine.succeed("kill %1; wait")?;
    Ok(())
}

fn ctrl_c_ends_a_loop_of_the_shell_itself(machine: &mut Machine) -> Outcome {
    machine.type_line("echo round; while true; do x=1; done")?;
    machine.wait_for("round\n")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    let output = machine.run("while true; do sleep 9; done & kill %1; wait %1")?;
    ensure!(output.status == 143, "the status is {}", output.status);
    Ok(())
}

fn a_script_file_runs_and_gives_its_status(machine: &mut Machine) -> Outcome {
    machine.command("echo 'echo first # comment' > /tmp/script")?;
    machine.command("echo '' >> /tmp/script")?;
    machine.command("echo 'echo second | cat' >> /tmp/script")?;
    machine.command("echo 'exit 3' >> /tmp/script")?;
    let output = machine.run("shell /tmp/script")?;
    ensure!(output.text == "first\nsecond\n", "the script printed {:?}", output.text);
    ensure!(output.status == 3, "the script's status is {}", output.status);
    let message = machine.fail("shell /tmp/no-script")?;
    ensure!(message.contains("/tmp/no-script"), "the missing script is not named: {message}");
    Ok(())
}

fn the_prompt_shows_the_directory(machine: &mut Machine) -> Outcome {
    machine.type_line("cd /dev/shm")?;
    machine.wait_for("commons:/dev/shm# ")?;
    machine.type_line("cd ..")?;
    machine.wait_for("commons:/dev# ")?;
    machine.type_line("cd /nowhere")?;
    let refused = machine.wait_for("commons:/dev# ")?;
    ensure!(refused.contains("/nowhere"), "cd did not say what is missing: {refused}");
    machine.type_line("cd /")?;
    machine.wait_for("commons:/# ")?;
    Ok(())
}

fn init_starts_a_killed_shell_again(machine: &mut Machine) -> Outcome {
    for _ in 0..3 {
        let shell = process_of(machine, "shell")?;
        machine.type_line(&format!("kill -9 {shell}"))?;
        let said = machine.wait_for_prompt()?;
        ensure!(said.contains("shell"), "init said nothing about it: {said:?}");
        let next = process_of(machine, "shell")?;
        ensure!(next != shell, "the shell survived");
    }
    Ok(())
}

fn init_starts_the_shell_again_after_exit(machine: &mut Machine) -> Outcome {
    let shell = process_of(machine, "shell")?;
    machine.command("exit")?;
    let next = process_of(machine, "shell")?;
    ensure!(next != shell, "the shell did not end");
    let answer = machine.succeed("echo back")?;
    ensure!(answer == "back\n", "the new shell printed {answer:?}");
    Ok(())
}

fn init_cannot_be_killed(machine: &mut Machine) -> Outcome {
    machine.command("kill -9 1")?;
    machine.command("kill 1")?;
    let init = process_of(machine, "init")?;
    ensure!(init == 1, "init is process {init}");
    Ok(())
}
