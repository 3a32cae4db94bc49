//! Tests of what is offered where.

use super::*;

struct System;

impl Source for System {
    fn names(&mut self, kind: Names) -> Vec<Name> {
        let names: &[&str] = match kind {
            Names::Commands => &["cat", "cd", "consume", "kill", "produce", "region"],
            Names::Variables => &["HOME", "HISTFILE", "PATH"],
            Names::Aliases => &["ll"],
            Names::Jobs => &["%1"],
            Names::Processes => {
                let name =
                    |text: &str, label: &str| Name { text: text.into(), label: label.into() };
                return [name("7", "7 (sleep)"), name("71", "71 (cat)")].to_vec();
            }
            Names::Regions => &["/demo", "/device"],
            Names::Topics => &["/pose"],
            Names::Semaphores => &["/gate"],
            Names::Users => &["root"],
            Names::Pages => &["shm_open"],
            Names::Signals => &["HUP", "KILL"],
        };
        names.iter().map(|name| Name::from(*name)).collect()
    }

    fn entries(&mut self, directory: &str) -> Vec<Entry> {
        let entries: &[(&str, bool)] = match directory {
            "." => &[("notes", false), ("two words", false), (".hidden", false), ("src", true)],
            "/dev/" => &[("null", false), ("shm", true)],
            "/home/me/" => &[("letter", false)],
            _ => &[],
        };
        let entry = |(name, is_directory): &(&str, bool)| Entry {
            name: name.to_string(),
            is_directory: *is_directory,
        };
        entries.iter().map(entry).collect()
    }

    fn help(&mut self, words: &[&str]) -> String {
        let text = match words {
            ["produce"] => "usage: produce REGION [--count N]\n  [--producers P] or -p\n",
            ["region"] => "usage: region COMMAND",
            ["region", "create"] => "usage: region create NAME SIZE [--mode OCTAL]",
            _ => "",
        };
        text.into()
    }

    fn home(&mut self) -> String {
        "/home/me".into()
    }
}

/// The line as each candidate would make it; `|` stands for the cursor.
fn lines(text: &str) -> Vec<String> {
    let Completion { start, candidates } = complete(text, text.len(), &mut System);
    let line = |Candidate { text: word, after, .. }: &Candidate| {
        alloc::format!("{}{word}{after}|", &text[..start])
    };
    let mut lines: Vec<String> = candidates.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn a_commands_beginning_is_completed_by_what_can_be_run() {
    assert_eq!(lines("pro"), ["produce |"]);
    assert_eq!(lines("c"), ["case |", "cat |", "cd |", "consume |"]);
    assert_eq!(lines("whi"), ["while |"]);
    for before in
        ["a; ", "a && ", "a | ", "x=$(", "echo \"$(", "if ", "! ", "A=1 ", "time ", "(", "`"]
    {
        assert_eq!(lines(&alloc::format!("{before}pro")), [alloc::format!("{before}produce |")]);
    }
}

#[test]
fn paths_are_completed_part_by_part() {
    assert_eq!(lines("cat n"), ["cat notes |"]);
    assert_eq!(lines("cat s"), ["cat src/|"]);
    assert_eq!(lines("cat /dev/n"), ["cat /dev/null |"]);
    assert_eq!(lines("cat ~/l"), ["cat ~/letter |"]);
    assert_eq!(lines("cat ."), ["cat .hidden |"]);
    assert_eq!(lines("cat "), ["cat notes |", "cat src/|", "cat two\\ words |"]);
    assert_eq!(lines("cd "), ["cd src/|"]);
    assert_eq!(lines("/dev/s"), ["/dev/shm/|"]);
    for before in ["produce >", "produce > ", "produce 2>>", "cat <", "> "] {
        assert_eq!(lines(&alloc::format!("{before}n")), [alloc::format!("{before}notes |")]);
    }
    assert_eq!(lines("echo x > y pro"), Vec::<String>::new());
}

#[test]
fn quotes_are_kept_and_closed() {
    assert_eq!(lines("cat tw"), ["cat two\\ words |"]);
    assert_eq!(lines("cat two\\ w"), ["cat two\\ words |"]);
    assert_eq!(lines("cat 'two w"), ["cat 'two words' |"]);
    assert_eq!(lines("cat \"tw"), ["cat \"two words\" |"]);
    assert_eq!(lines("cat \"s"), ["cat \"src/|"]);
}

#[test]
fn options_are_those_of_the_help() {
    assert_eq!(lines("produce /x --c"), ["produce /x --count |", "produce /x --count |"]);
    assert_eq!(lines("produce --pro"), ["produce --producers |"]);
    assert_eq!(lines("wc -"), ["wc -c |", "wc -l |", "wc -m |", "wc -w |"]);
    assert_eq!(lines("region create --"), ["region create --mode |"]);
    assert_eq!(lines("kill -K"), ["kill -KILL |"]);
    assert_eq!(lines("nice -n 5 wc -l"), ["nice -n 5 wc -l |"]);
}

#[test]
fn arguments_are_of_the_kind_that_the_usage_says() {
    assert_eq!(lines("consume /d"), ["consume /demo |", "consume /device |"]);
    assert_eq!(lines("region cr"), ["region create |"]);
    assert_eq!(lines("region rm /dem"), ["region rm /demo |"]);
    assert_eq!(lines("sem post /"), ["sem post /gate |"]);
    assert_eq!(lines("plot /"), ["plot /pose |"]);
    assert_eq!(lines("topic echo /p"), ["topic echo /pose |"]);
    assert_eq!(lines("vmmap 7"), ["vmmap 7 |", "vmmap 71 |"]);
    assert_eq!(lines("kill %"), ["kill %1 |"]);
    assert_eq!(lines("help shm"), ["help shm_open |"]);
    assert_eq!(lines("strace -p 7"), ["strace -p 7 |", "strace -p 71 |"]);
    assert_eq!(lines("strace -p c"), ["strace -p c|"; 0]);
    assert_eq!(lines("unset HO"), ["unset HOME |"]);
    // Where there is no such name it may be a file.
    assert_eq!(lines("region load /dev/n"), ["region load /dev/null |"]);
}

#[test]
fn a_list_shows_what_a_process_runs() {
    let labels = complete("kill 7", 6, &mut System).candidates.into_iter().map(|one| one.label);
    assert_eq!(labels.collect::<Vec<_>>(), ["7 (sleep)", "71 (cat)"]);
}

#[test]
fn a_command_behind_another_is_completed_as_itself() {
    assert_eq!(lines("nice pro"), ["nice produce |"]);
    assert_eq!(lines("nice -n 5 consume /dem"), ["nice -n 5 consume /demo |"]);
    assert_eq!(lines("as ro"), ["as root |"]);
    assert_eq!(lines("as root env A=1 vmmap 71"), ["as root env A=1 vmmap 71 |"]);
    assert_eq!(lines("time consume /dem"), ["time consume /demo |"]);
}

#[test]
fn variables_are_completed_wherever_they_are_replaced() {
    assert_eq!(lines("echo $HO"), ["echo $HOME|"]);
    assert_eq!(lines("echo \"a$H"), ["echo \"a$HISTFILE|", "echo \"a$HOME|"]);
    assert_eq!(lines("echo ${PA"), ["echo ${PATH}|"]);
    assert_eq!(lines("echo '$HO"), Vec::<String>::new());
    assert_eq!(lines("echo \\$HO"), Vec::<String>::new());
}

#[test]
fn a_comment_is_left_alone() {
    assert_eq!(lines("# pro"), Vec::<String>::new());
    assert_eq!(lines("# x\npro"), ["# x\nproduce |"]);
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_typed_makes_it_panic(text in "[a-z$({})\"'`\\\\ <>|&;#=/~é\n-]{0,40}") {
        for (at, _) in text.char_indices() {
            let Completion { start, .. } = complete(&text, at, &mut System);
            proptest::prop_assert!(start <= at && text.is_char_boundary(start));
        }
    }
}
