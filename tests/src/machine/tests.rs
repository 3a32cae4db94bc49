//! The talk with a machine, tried on host shells that behave like one.

use super::*;

/// A shell on pipes, with an echo and Commons' prompt.
const FAKE: &str = r#"
printf 'Commons\r\n\033[1mcommons:/# \033[0m'
status=0
while IFS= read -r -d $'\r' line; do
    printf '%s\r\n' "$line"
    line=${line//\$\?/$status}
    case $line in
        quit*) exit ${line#quit };;
        boom) printf 'kernel panic: boom\r\n'; exit 1;;
        ask) printf '\033[6n'; read -r -d R answer; printf 'asked\r\n'; status=0;;
        fail) status=7;;
        early) printf 'working\r\n';;
        late) printf 'commons:/# working\r\n'; continue;;
        *) eval "$line" | sed 's/$/\r/'; status=0;;
    esac
    printf 'commons:/# '
done
"#;

fn fake() -> Machine {
    let mut command = Command::new("bash");
    command.args(["-c", FAKE]);
    let mut machine = Machine::spawn(command).unwrap();
    assert_eq!(machine.wait_for_prompt().unwrap(), "Commons\n");
    machine
}

#[test]
fn a_command_gives_exactly_its_output() {
    let mut machine = fake();
    assert_eq!(machine.command("echo one two").unwrap(), "one two\n");
    assert_eq!(machine.command("printf x").unwrap().trim_end(), "x");
}

#[test]
fn the_status_of_a_command_is_asked_for() {
    let mut machine = fake();
    assert_eq!(machine.run("fail").unwrap().status, 7);
    assert_eq!(machine.succeed("echo fine").unwrap(), "fine\n");
    assert!(machine.fail("true").is_err());
}

#[test]
fn waiting_goes_on_where_the_last_wait_ended() {
    let mut machine = fake();
    machine.type_line("echo a1; echo a2").unwrap();
    assert_eq!(machine.wait_for(r"a\d").unwrap(), "a1");
    assert_eq!(machine.wait_for(r"a\d").unwrap(), "\na2");
}

#[test]
fn a_machine_that_ends_tells_its_status_and_stops_a_wait() {
    let mut machine = fake();
    machine.type_keys("quit 3\r").unwrap();
    assert!(machine.wait_for("never").is_err());
    assert_eq!(machine.expect_exit().unwrap().code(), Some(3));
}

#[test]
fn a_kernel_panic_fails_the_wait_and_is_in_the_explanation() {
    let mut machine = fake();
    machine.type_keys("boom\r").unwrap();
    let failure = machine.wait_for("never").unwrap_err();
    assert!(machine.explain(failure).to_string().contains("kernel panic: boom"));
}

#[test]
fn what_does_not_appear_in_time_is_a_failure_that_names_it() {
    let mut machine = fake();
    let failure = machine.wait_for_within("unicorn", Duration::from_millis(10)).unwrap_err();
    assert!(failure.to_string().contains("unicorn"));
}

#[test]
fn a_question_for_the_cursor_is_answered() {
    assert_eq!(fake().command("ask").unwrap(), "asked\n");
}

#[test]
fn a_missing_emulator_is_named() {
    let failure = Machine::spawn(Command::new("no-such-emulator")).err().unwrap();
    assert!(failure.to_string().contains("no-such-emulator"));
}

#[test]
fn a_job_is_started_when_its_words_and_the_prompt_are_there_in_any_order() {
    for line in ["early", "late"] {
        let mut machine = fake();
        machine.start_job(line, "working\n").unwrap();
        assert_eq!(machine.command("echo next").unwrap(), "next\n");
    }
}
