//! Tests of the tutorial on a system in memory: files and jobs are put there as programs would.

use super::*;
use crate::interpreter::tests::fake::{Fake, shell};
use abi::process::ExitStatus;

/// A newcomer.
struct Newcomer {
    shell: Shell<Fake>,
    tutorial: Tutorial,
}

impl Newcomer {
    fn at(step: usize) -> Self {
        let mut newcomer =
            Self { shell: shell(&["shell"]), tutorial: Tutorial::resumed(&step.to_string()) };
        // Something that is in the directories.
        newcomer.shell.run_text("test", "echo x > /one").unwrap();
        newcomer.tutorial.begin(&mut newcomer.shell).unwrap();
        newcomer.shell.system.take_output();
        newcomer
    }

    /// Types a line; gives what was printed.
    fn types(&mut self, line: &str) -> String {
        self.tutorial.take(&mut self.shell, line).unwrap();
        self.shell.system.take_output()
    }

    #[track_caller]
    fn fails_with(&mut self, line: &str, problem: &str) {
        let before = self.tutorial.number();
        let printed = self.types(line);
        assert!(printed.contains(problem), "{line}: {printed}");
        assert_eq!(self.tutorial.number(), before, "{line} was taken");
    }

    #[track_caller]
    fn passes(&mut self, line: &str) {
        let before = self.tutorial.number();
        let printed = self.types(line);
        assert!(printed.contains("ok "), "{line}: {printed}");
        assert_eq!(self.tutorial.number(), before % STEPS.len() + 1);
    }

    fn job(&mut self, process: u32, text: &str) {
        self.shell.state.jobs.add(&[process], text);
    }
}

#[test]
fn output_decides_where_something_is_to_be_shown() {
    let mut newcomer = Newcomer::at(1);
    newcomer.fails_with("echo", "not all that is in /");
    newcomer.fails_with("ls /", "not all");
    newcomer.passes("echo one tmp/.tutorial-output");
    let mut newcomer = Newcomer::at(4);
    newcomer.fails_with("echo many", "not the number");
    newcomer.passes("echo 2");
}

#[test]
fn the_directory_and_files_decide_and_stay() {
    let mut newcomer = Newcomer::at(2);
    newcomer.fails_with("cd /nowhere", "you are in /, not in /tmp");
    newcomer.passes("cd /tmp");
    newcomer.fails_with("echo hello", "there is no file /tmp/note");
    newcomer.fails_with("echo > note", "is empty");
    newcomer.fails_with("name=hello", "is empty");
    newcomer.passes("echo $name > note");
}

#[test]
fn jobs_that_begin_and_end_decide() {
    let mut newcomer = Newcomer::at(5);
    newcomer.job(50, "something else &");
    newcomer.fails_with("true", "nothing new runs");
    let before = Attempt { running: [50].into(), ..Attempt::default() };
    newcomer.job(51, "sleep 1000 &");
    assert_eq!(Goal::NewJob.check(&mut newcomer.shell, &before), Ok(()));
}

#[test]
fn a_job_that_is_gone_was_ended() {
    let mut newcomer = Newcomer::at(6);
    newcomer.fails_with("true", "no job was running");
    newcomer.job(50, "sleep 1000 &");
    newcomer.fails_with("false", "still runs");
    let before = Attempt { running: [50].into(), ..Attempt::default() };
    newcomer.shell.state.jobs.record(50, ExitStatus::Signalled(15));
    assert_eq!(Goal::JobEnded.check(&mut newcomer.shell, &before), Ok(()));
}

#[test]
fn a_region_has_to_be_as_long_as_asked_and_written_where_asked() {
    let mut newcomer = Newcomer::at(7);
    newcomer.fails_with("true", "there is no region /mine");
    newcomer.fails_with("echo > /dev/shm/mine", "has 1 bytes, not 65536");
    let page = "for page in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do printf '%4096s' x; done";
    newcomer.passes(&format!("{{ printf '\\0%4095s' x; {page}; }} > /dev/shm/mine"));
    newcomer.fails_with("true", "is still 0");
    newcomer.passes("echo hello > /dev/shm/mine");
}

#[test]
fn the_producer_has_to_run_and_the_consumer_to_get_everything() {
    let mut newcomer = Newcomer::at(9);
    newcomer.fails_with("true", "there is no region /stream");
    newcomer.fails_with("echo > /dev/shm/stream", "nobody sends");
    newcomer.job(60, "produce /stream --count 5000 &");
    newcomer.passes("true");
    newcomer.fails_with("echo 4999 messages", "did not come");
    newcomer.fails_with("echo 5000 messages; false", "failed");
    newcomer.passes("echo 5000 messages");
}

#[test]
fn the_first_wrong_try_gets_a_hint_and_the_next_the_answer() {
    let mut newcomer = Newcomer::at(2);
    assert!(newcomer.types("cd").contains(STEPS[1].hint));
    assert!(newcomer.types("cd").contains("Type: cd /tmp\n"));
    assert!(newcomer.types("hint").contains("Type: cd /tmp\n"));
    assert!(newcomer.types("echo 'open").contains("not yet"));
}

#[test]
fn steps_can_be_skipped_and_gone_back_to() {
    let mut newcomer = Newcomer::at(1);
    assert!(newcomer.types("skip").contains("Step 2 of 10"));
    assert!(newcomer.types("back").contains("Step 1 of 10"));
    assert!(newcomer.types("back").contains("Step 1 of 10"));
    assert_eq!(newcomer.types("  "), "");
}

#[test]
fn what_a_skipped_step_would_have_left_is_made() {
    let mut newcomer = Newcomer::at(7);
    assert!(newcomer.types("skip").contains("region create /mine 64K"));
    let mut newcomer = Newcomer::at(2);
    newcomer.types("skip");
    assert_eq!(newcomer.shell.system.current_directory().unwrap(), "/tmp");
}

#[test]
fn it_goes_on_where_it_was_left() {
    let mut newcomer = Newcomer::at(3);
    for word in ["quit", "exit", "exit 3"] {
        let next = newcomer.tutorial.take(&mut newcomer.shell, word);
        assert_eq!(next, Ok(Next::Later));
        assert!(newcomer.shell.system.take_output().contains("at step 3"));
    }
    assert_eq!(Tutorial::resumed(&newcomer.tutorial.saved()).number(), 3);
    for other in ["", "0", "11", "x"] {
        assert_eq!(Tutorial::resumed(other).number(), 1, "{other}");
    }
    let mut newcomer = Newcomer::at(10);
    let next = newcomer.tutorial.take(&mut newcomer.shell, "skip");
    assert_eq!((next, newcomer.tutorial.number()), (Ok(Next::Done), 1));
}

#[test]
fn every_answer_parses_and_every_text_fits_a_terminal() {
    for step in STEPS {
        assert!(crate::parser::parse(step.answer).is_ok(), "{}", step.answer);
        let texts = [step.title, step.text, step.hint, step.done];
        let mut lines = texts.iter().flat_map(|text| text.lines());
        assert!(lines.all(|line| line.chars().count() <= 84), "{}", step.title);
    }
}
