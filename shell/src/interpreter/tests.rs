//! Tests of control flow on a system in memory: what is printed, and the status.

pub(crate) mod fake;

use fake::{run, run_with};

#[track_caller]
fn prints(text: &str, expected: &str) {
    let outcome = run(text);
    assert_eq!(outcome.output, expected, "{text}\nit complained: {}", outcome.errors);
}

#[test]
fn conditions_take_the_first_branch_that_succeeds() {
    prints("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n");
    prints("if false; then echo a; fi; echo $?", "0\n");
    prints("true && echo a || echo b; false && echo a || echo b", "a\nb\n");
    prints("! true; echo $?; ! false; echo $?", "1\n0\n");
}

#[test]
fn loops_can_be_left_and_gone_on_with_from_within() {
    prints("for i in a b c; do [ $i = b ] && continue; echo $i; done", "a\nc\n");
    prints("for i in 1 2; do for j in x y; do echo $i$j; break 2; done; done", "1x\n");
    prints("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n");
    prints("i=3; until [ $i = 0 ]; do i=$((i-1)); done; echo $i", "0\n");
    prints("for i in 1 2; do for j in 1 2; do continue 2; done; echo no; done; echo end", "end\n");
    prints("break; echo on", "on\n");
}

#[test]
fn a_case_takes_the_first_pattern_that_fits() {
    prints("case abc in x) echo x;; a*|b) echo a;; *) echo all;; esac", "a\n");
    prints("case '*' in '*') echo star;; esac; case x in y) echo y;; esac; echo $?", "star\n0\n");
}

#[test]
fn functions_have_parameters_and_local_variables() {
    prints("f() { echo $1 $#; return 3; }; f a b; echo $?", "a 2\n3\n");
    prints("x=1; f() { local x=2; echo $x; }; f; echo $x", "2\n1\n");
    prints("f() { [ $1 = 0 ] && return; echo $1; f $(($1-1)); }; f 3", "3\n2\n1\n");
    prints("x=1; f() { echo $x; }; x=2 f; echo $x", "2\n1\n");
    assert!(run("f() { f; }; f").errors.contains("too deep"));
}

#[test]
fn subshells_change_nothing_of_the_shell() {
    prints("x=1; (x=2; cd /; exit 4); echo $x $?", "1 4\n");
    prints("echo $(x=2; echo $x)$x; echo a | while read l; do x=$l; done; echo .$x", "2\n.\n");
    prints("{ x=2; }; echo $x", "2\n");
}

#[test]
fn redirections_hold_for_constructs_and_end_with_them() {
    prints("{ echo a; echo b; } >f; cat f; echo c", "a\nb\nc\n");
    prints("echo a >f; echo b >>f; while read l; do echo [$l]; done <f", "[a]\n[b]\n");
    prints("echo out 3>&1 >f 1>&3; exec 4>g; echo four >&4; exec 4>&-; cat g", "out\nfour\n");
    prints("x=5; cat <<E; cat <<'F'\n$x\nE\n$x\nF", "5\n$x\n");
    prints("(echo e >&2) 2>&1; cat <none; echo $?", "e\n2\n");
    prints("set -C; echo a >f; echo b >f; echo $?; echo c >|f; cat f", "2\nc\n");
}

#[test]
fn pipelines_join_outputs_and_inputs_and_have_the_last_status() {
    prints("echo a | cat | cat; false | true; echo $?; true | false; echo $?", "a\n0\n1\n");
    prints("set -o pipefail; false | true; echo $?", "1\n");
}

#[test]
fn a_failure_ends_the_shell_only_where_it_is_not_expected() {
    let outcome = run("set -e; false || true; if false; then :; fi; ! true; echo a; false; echo b");
    assert_eq!((outcome.output.as_str(), outcome.status), ("a\n", 1));
    prints(
        "set -e; f() { false; echo in; }; f || echo out; { false && true; }; echo on",
        "in\non\n",
    );
}

#[test]
fn traps_run_at_the_end_and_on_signals() {
    prints("trap 'echo bye $?' EXIT; exit 3", "bye 3\n");
    prints("trap 'echo got' USR1; kill -USR1 $$; echo on", "got\non\n");
    prints("trap 'echo bye' EXIT; (echo sub); trap - EXIT", "sub\n");
    prints("trap '' USR1; trap; kill -USR1 $$; echo on", "trap -- '' USR1\non\n");
}

#[test]
fn exit_and_errors_end_scripts_with_a_status() {
    assert_eq!(run("exit 7; echo no").status, 7);
    assert_eq!(run("false; exit").status, 1);
    assert_eq!(run("echo ${x?}; echo no").status, 2);
    assert_eq!(run("readonly x=1; x=2; echo no").output, "");
    assert_eq!(run("nothing; echo $?").output, "127\n");
    assert_eq!(run("echo a; if").output, "");
    assert_eq!(run("echo a\nif").output, "a\n");
    assert_eq!(run("eval 'echo a; exit 3'; echo no").status, 3);
}

#[test]
fn parameters_and_switches_are_set() {
    prints("set -- a 'b c'; echo $# $2; shift; echo $1", "2 b c\nb c\n");
    prints("set -f; echo *; set +f; echo $-", "*\n\n");
    prints("set -u; echo ${x-ok}; echo $x; echo no", "ok\n");
    let outcome = run("set -x; echo 'a b'");
    assert_eq!(outcome.errors, "+ echo 'a b'\n");
    assert_eq!(run_with("echo $0 $1 $#", &["name", "a"]).output, "name a 1\n");
}

#[test]
fn background_jobs_are_waited_for() {
    prints("(exit 5) & wait $!; echo $?; wait; echo $?", "5\n0\n");
    prints("true & wait %1; echo $?; wait 99; echo $?", "0\n127\n");
}

#[test]
fn aliases_work_from_the_next_line_on() {
    prints("alias e='echo x'\ne y\nunalias e\nalias", "x y\n");
}

#[test]
fn names_are_told_apart() {
    prints(
        "f() { :; }; type f; command -v cd; command -v nothing; echo $?",
        "f is a shell function\ncd\n127\n",
    );
    prints("echo() { command echo mine \"$@\"; }; echo a", "mine a\n");
}

#[test]
fn directories_are_remembered() {
    prints("cd /tmp; cd /; echo $OLDPWD $PWD; cd -; pwd", "/tmp /\n/tmp\n/tmp\n");
}

#[test]
fn lines_are_read_into_variables() {
    prints("printf 'a b c\\n' | { read x y; echo \"$y\"; }", "b c\n");
    prints(
        "read -r x <<'E'\na\\b\nE\nprintf '%s\\n' \"$x\"; read x </dev/null; echo $?",
        "a\\b\n1\n",
    );
    prints("IFS=: read a b <<E\nx:y:z\nE\necho $a,$b", "x,y:z\n");
}

#[test]
fn options_of_scripts_are_gone_through() {
    let script = "while getopts ab: o; do echo $o=$OPTARG; done; shift $((OPTIND-1)); echo $1";
    let outcome = run_with(script, &["s", "-a", "-bx", "-b", "y", "rest"]);
    assert_eq!(outcome.output, "a=\nb=x\nb=y\nrest\n");
}

#[test]
fn the_line_is_counted_in_scripts_and_from_a_functions_name_on() {
    prints("echo $LINENO\n\necho $LINENO; echo \\\n$LINENO\necho $((LINENO + 1))", "1\n3\n3\n6\n");
    prints("\nf() {\n  echo $LINENO\n}\nf\nf; echo $LINENO", "2\n2\n6\n");
    prints("\ng() {\nf()\n{\necho $LINENO; }; f; echo $LINENO; }; g\necho $LINENO", "3\n4\n6\n");
    prints("\necho $(\necho $LINENO) `echo $LINENO`", "3 3\n");
    prints("for i in $LINENO \\\n $LINENO; do\necho $i $LINENO; done", "1 3\n1 3\n");
    prints(
        "\ncase $LINENO in 2) echo two $LINENO;; esac\n(echo $LINENO\necho $LINENO)",
        "two 2\n3\n4\n",
    );
    prints("\ncat <<E\n$LINENO $(echo $LINENO)\nE\necho $LINENO", "2 3\n5\n");
    prints("echo a |\ncat | {\ncat; echo $LINENO; }\nfalse ||\necho $LINENO", "a\n3\n5\n");
    prints("\neval 'echo $LINENO\necho $LINENO'\necho $LINENO", "1\n2\n4\n");
    prints("echo '\n'\necho $LINENO", "\n\n3\n");
    prints("\nLINENO=x; echo $LINENO; unset LINENO; echo $LINENO", "x\n2\n");
}

#[test]
fn limits_are_told_and_set_in_their_units() {
    prints("ulimit; ulimit -f; ulimit -H; ulimit -Sn; ulimit -s", "8\n8\nunlimited\n4096\n4\n");
    prints(
        "ulimit -S 3; ulimit; ulimit -H; ulimit -n 5; ulimit -n; ulimit -Hn",
        "3\nunlimited\n5\n5\n",
    );
    prints("ulimit -n 5; ulimit -Sn 3; ulimit -n; ulimit -Sn 5; ulimit -n", "3\n5\n");
    prints("ulimit -n unlimited; ulimit -n; ulimit -HSn 9; ulimit -Hn", "unlimited\n9\n");
    prints("ulimit -a | cat; ulimit -Ha >all; cat all | { read a b; echo $a; }", &{
        let listed = run("ulimit -a").output;
        assert_eq!(listed.lines().count(), 8);
        assert!(listed.contains("-f  length of a file, blocks of 512 bytes"), "{listed}");
        listed + "-c\n"
    });
    let refused = |line: &str, wanted: &str| {
        let outcome = run(&std::format!("{line}; echo $?"));
        assert_eq!(outcome.output, "2\n", "{line}");
        assert!(outcome.errors.contains(wanted), "{line}: {}", outcome.errors);
    };
    refused("ulimit -n 5; ulimit -n 6", "-n (descriptors): the hard limit is 5, and only root");
    refused("ulimit -n 5; ulimit -Sn 6", "the hard limit is 5");
    refused("ulimit -Hn 5", "the hard limit can't be below the soft one");
    refused("ulimit -x", "-x: no such limit (usage: ulimit");
    refused("ulimit -n x", "x: neither a number");
    refused("ulimit -n -1", "-1: no such limit");
    refused("ulimit 1 2", "one limit at a time");
    refused("ulimit -a 1", "-a lists");
}

#[test]
fn the_mark_of_traced_commands_is_expanded() {
    let errors = |text: &str| run(text).errors;
    assert_eq!(
        errors("x=1; PS4='$x-$LINENO '\nset -x\ntrue\n: `echo a`"),
        "1-3 true\n1-4 echo a\n1-4 : a\n"
    );
    assert_eq!(errors("PS4='$(echo sub) '; set -x; true"), "sub true\n");
    assert_eq!(errors("PS4='${x '; set -x; true"), "${x true\n", "what is no text stays as it is");
    let outcome = run("PS4='$(exit 7)+ '; set -x; x=$(exit 3); echo $?; false; echo $?");
    assert_eq!(outcome.output, "3\n1\n", "it leaves no status behind");
}
