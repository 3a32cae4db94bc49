//! One line about each command, for `help`. A new program gets its line here.

/// A command with what to say about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
}

const fn entry(name: &'static str, usage: &'static str, summary: &'static str) -> Entry {
    Entry { name, usage, summary }
}

/// What the shell does itself.
pub const BUILTINS: &[Entry] = &[
    entry("cd", "cd [DIRECTORY]", "change the current directory; without argument to $HOME"),
    entry("exec", "exec COMMAND [ARGUMENT…]", "replace the shell by a program"),
    entry("exit", "exit [STATUS]", "end the shell"),
    entry("export", "export [NAME[=VALUE]…]", "hand variables on to programs, or list those"),
    entry("help", "help [COMMAND | CALL]", "this list, how a command is used, or a call's page"),
    entry("history", "history", "the lines typed so far"),
    entry("jobs", "jobs", "what runs in the background"),
    entry("pwd", "pwd", "print the current directory"),
    entry("wait", "wait [PID | %JOB]…", "wait for background jobs; Ctrl-C stops waiting"),
];

/// The programs that come with the system.
pub const PROGRAMS: &[Entry] = &[
    entry("as", "as UID[:GID] COMMAND…", "run a command as another user"),
    entry(
        "bench",
        "bench calls|cores|crossover|growth|memory|topics [--quick]",
        "what calls and messages cost, measured here",
    ),
    entry("cat", "cat [FILE…]", "print files"),
    entry("claim", "claim [--timeout SECONDS]", "take pages that are offered to it"),
    entry("clock", "clock [--at X,Y] [--size WxH]", "the time, in a window"),
    entry("compositor", "compositor", "show windows on the screen"),
    entry("consume", "consume REGION [--count N] [--consumers N]", "read messages from a region"),
    entry("cp", "cp FILE… TARGET", "copy files, and tell how far it is"),
    entry("debug", "debug locks", "what a kernel that checks itself has counted"),
    entry("demo", "demo [NAME]", "show what Commons can do, with commentary"),
    entry("df", "df [PATH…]", "how full the file systems are"),
    entry("dmesg", "dmesg [--follow]", "what the kernel has printed"),
    entry("echo", "echo [-n] [WORD…]", "print words"),
    entry("false", "false", "fail"),
    entry("free", "free [--kernel]", "memory in use"),
    entry("id", "id", "whose process this is, and whose rights count"),
    entry("image", "image FILE.bmp [--at X,Y]", "a picture, in a window"),
    entry("init", "init", "the first process; not for typing"),
    entry("kill", "kill [-SIGNAL] PID…", "send a signal to processes"),
    entry("life", "life [--rate N] [--seed N]", "Conway's Game of Life, in a window"),
    entry("limit", "limit [WHOSE AMOUNT|none]", "how many pages of regions may be had"),
    entry("ls", "ls [-l] [PATH…]", "list a directory"),
    entry("map", "map [--text] [--once]", "who shares which memory, in a window or here"),
    entry("mkdir", "mkdir PATH…", "make directories"),
    entry("mount", "mount [-r] [[DEVICE] DIRECTORY]", "what is mounted; mount the SD card"),
    entry("offer", "offer [--read-only] PID [WORD…]", "give a process a message, without a copy"),
    entry("offers", "offers [PID]", "what is offered and not yet claimed"),
    entry("plot", "plot TOPIC", "a topic's numbers as curves, in a window"),
    entry("poweroff", "poweroff", "switch the machine off"),
    entry("produce", "produce REGION [--count N] [--size BYTES]", "write messages to a region"),
    entry("ps", "ps", "list processes"),
    entry("reboot", "reboot", "start the machine anew"),
    entry(
        "region",
        "region create|open|ls|stat|grow|seal|read|write|dump|save|load|watch|of|maps|rm …",
        "named shared memory",
    ),
    entry("rm", "rm [-d] PATH…", "remove files, with -d empty directories"),
    entry("sem", "sem create|ls|post|wait|rm …", "named semaphores"),
    entry("shell", "shell [FILE | -c COMMAND]", "this shell"),
    entry("sleep", "sleep SECONDS", "wait"),
    entry("sync", "sync", "bring all changes of files to the SD card"),
    entry("term", "term [COMMAND…]", "a command or a shell, in a window"),
    entry("topic", "topic ls|info|echo|hz|bw|pub …", "messages that many publish and many read"),
    entry("true", "true", "succeed"),
    entry("umount", "umount DIRECTORY…", "have the SD card ready to be taken out"),
    entry("uptime", "uptime", "time since start"),
];

/// Commands to try first: together they are the main demonstration.
pub const FIRST_STEPS: &[&str] = &[
    "region create /demo 64K",
    "produce /demo --count 100000 --size 64 &",
    "consume /demo --count 100000",
    "region ls",
    "region rm /demo",
    "demo prodcons",
    "demo",
];

/// What operators there are, in two lines.
pub const SYNTAX: &str = "\
a | b   a && b   a || b   a ; b   a &   < file   > file   >> file   2> file   2>&1
'text'  \"text $NAME\"  \\c  $NAME  $?  $!  # comment";

/// The entry for `name`, a builtin's before a program's.
pub fn find(name: &str) -> Option<&'static Entry> {
    BUILTINS.iter().chain(PROGRAMS).find(|entry| entry.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order_and_each_usage_begins_with_the_name() {
        for table in [BUILTINS, PROGRAMS] {
            assert!(table.is_sorted_by_key(|entry| entry.name));
            for entry in table {
                assert_eq!(entry.usage.split(' ').next(), Some(entry.name));
            }
        }
    }

    #[test]
    fn the_first_steps_parse_and_use_known_commands() {
        for line in FIRST_STEPS {
            assert!(crate::parser::parse(line).is_ok());
            assert!(find(line.split(' ').next().unwrap()).is_some(), "{line}");
        }
    }
}
