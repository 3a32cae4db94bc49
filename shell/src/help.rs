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
    entry(".", ". FILE", "run the commands in a file, in this shell"),
    entry(":", ": [WORD…]", "do nothing, and succeed"),
    entry("[", "[ CONDITION ]", "the same as test"),
    entry("alias", "alias [NAME[=TEXT]…]", "names that stand for the beginnings of commands"),
    entry("bg", "bg [%JOB]", "let a stopped job go on in the background"),
    entry("break", "break [N]", "leave N loops"),
    entry(
        "cd",
        "cd [DIRECTORY | -]",
        "change the directory; to $HOME, or with - to the one before",
    ),
    entry(
        "command",
        "command [-v | -V | -p] COMMAND [ARGUMENT…]",
        "run what is no function; -v tells what it is",
    ),
    entry("continue", "continue [N]", "go to the next round of a loop"),
    entry("echo", "echo [-n] [WORD…]", "print words; \\n, \\t and their like are replaced"),
    entry("eval", "eval [WORD…]", "run words as a command line"),
    entry(
        "exec",
        "exec [COMMAND [ARGUMENT…]]",
        "replace the shell by a program, or keep redirections",
    ),
    entry("exit", "exit [STATUS]", "end the shell"),
    entry("export", "export [-p] [NAME[=VALUE]…]", "hand variables on to programs, or list those"),
    entry("false", "false", "fail"),
    entry(
        "fc",
        "fc -l [-nr] [FIRST [LAST]] | -s [OLD=NEW] [FIRST] | [-r] [-e EDITOR] [FIRST [LAST]]",
        "list commands of the history, run one again, or edit them first",
    ),
    entry("fg", "fg [%JOB]", "bring a job to the foreground"),
    entry("getopts", "getopts LETTERS NAME [WORD…]", "go through a script's options"),
    entry("hash", "hash [-r] [NAME…]", "where programs were found"),
    entry(
        "help",
        "help [TOPIC | COMMAND | CALL | commands | calls]",
        "a tour by topic, or what is known of a name",
    ),
    entry("history", "history", "the lines typed so far"),
    entry("jobs", "jobs [-l | -p]", "what runs in the background or is stopped"),
    entry(
        "kill",
        "kill [-SIGNAL] PID | %JOB…",
        "send a signal to processes or jobs; -l lists signals",
    ),
    entry("local", "local NAME[=VALUE]…", "variables of a function"),
    entry("printf", "printf FORMAT [WORD…]", "print by a format"),
    entry("pwd", "pwd", "print the current directory"),
    entry("read", "read [-r] [NAME…]", "a line of input into variables"),
    entry("readonly", "readonly [-p] [NAME[=VALUE]…]", "variables that can be changed no more"),
    entry("return", "return [STATUS]", "leave a function or a script that . runs"),
    entry(
        "set",
        "set [-aCefnuvx] [-o NAME] [--] [WORD…]",
        "switches, or new parameters $1 and so on",
    ),
    entry("shift", "shift [N]", "drop the first parameters"),
    entry("test", "test CONDITION", "compare texts and numbers, look at files"),
    entry("times", "times", "the time that the shell and its programs have used"),
    entry("trap", "trap [COMMANDS] [SIGNAL…]", "what to do on a signal, or at the end (EXIT)"),
    entry("true", "true", "succeed"),
    entry("tutorial", "tutorial", "ten small steps to a producer and a consumer of your own"),
    entry("type", "type NAME…", "what a name stands for"),
    entry(
        "ulimit",
        "ulimit [-H | -S] [-a | -c | -d | -f | -n | -s | -t | -u | -v] [NUMBER | unlimited]",
        "what the shell and its programs may use; -a lists it",
    ),
    entry("umask", "umask [-S] [MASK]", "the permissions that new files do not get"),
    entry("unalias", "unalias -a | NAME…", "remove aliases"),
    entry("unset", "unset [-f] NAME…", "remove variables or functions"),
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
    entry("clear", "clear", "an empty screen"),
    entry("clock", "clock [--at X,Y] [--size WxH]", "the time, in a window"),
    entry("compositor", "compositor", "show windows on the screen"),
    entry("consume", "consume REGION [--count N] [--consumers N]", "read messages from a region"),
    entry("cp", "cp [-r] FILE… TARGET", "copy files, and tell how far it is"),
    entry("date", "date [-s TIME] [+FORMAT]", "the time of day, or setting it"),
    entry("debug", "debug check|locks", "whether the kernel's books are right; its locks"),
    entry("demo", "demo [NAME]", "show what Commons can do, with commentary"),
    entry("df", "df [PATH…]", "how full the file systems are"),
    entry("dmesg", "dmesg [--follow | --last]", "what the kernel has printed"),
    entry("echo", "echo [-n] [WORD…]", "print words"),
    entry("env", "env [-i] [NAME=VALUE…] [COMMAND…]", "variables, or a command with others"),
    entry("false", "false", "fail"),
    entry("free", "free [--kernel]", "memory in use"),
    entry("grep", "grep [-EFivnclq] PATTERN [FILE…]", "lines that a pattern is in"),
    entry("head", "head [-n LINES | -c BYTES] [FILE…]", "the beginning of files"),
    entry("hexdump", "hexdump [-s SKIP] [-n BYTES] [FILE]", "bytes in hexadecimal"),
    entry("id", "id", "whose process this is, and whose rights count"),
    entry("image", "image FILE.bmp [--at X,Y]", "a picture, in a window"),
    entry("init", "init", "the first process; not for typing"),
    entry("kill", "kill [-SIGNAL] PID…", "send a signal to processes"),
    entry("less", "less [FILE]", "text page by page"),
    entry("life", "life [--rate N] [--seed N]", "Conway's Game of Life, in a window"),
    entry("limit", "limit [WHOSE AMOUNT|none]", "how many pages of regions may be had"),
    entry("login", "login", "ask for a name and a password, for /etc/inittab"),
    entry("ls", "ls [-al] [PATH…]", "list a directory"),
    entry("lsfd", "lsfd [PID…]", "descriptors, and what they stand for"),
    entry("map", "map [--text] [--once]", "who shares which memory, in a window or here"),
    entry("mkdir", "mkdir [-p] PATH…", "make directories"),
    entry("mount", "mount [-r] [[DEVICE] DIRECTORY]", "what is mounted; mount the SD card"),
    entry("mv", "mv FILE… TARGET", "rename files, or move them"),
    entry("nice", "nice [-n NUMBER] COMMAND…", "run a command that leaves the cores to others"),
    entry("offer", "offer [--read-only] PID [WORD…]", "give a process a message, without a copy"),
    entry("offers", "offers [PID]", "what is offered and not yet claimed"),
    entry(
        "passwd",
        "passwd [--file FILE] [--rounds N] [USER]",
        "a password's line for /etc/shadow",
    ),
    entry("plot", "plot TOPIC", "a topic's numbers as curves, in a window"),
    entry("poweroff", "poweroff", "switch the machine off"),
    entry("produce", "produce REGION [--count N] [--size BYTES]", "write messages to a region"),
    entry("ps", "ps [--tree]", "list processes, or who has started whom"),
    entry("reboot", "reboot", "start the machine anew"),
    entry(
        "region",
        "region create|open|ls|stat|grow|seal|read|write|dump|save|load|watch|of|maps|rm …",
        "named shared memory",
    ),
    entry("rm", "rm [-dfr] PATH…", "remove files, with -r directories"),
    entry("sem", "sem create|ls|post|wait|rm …", "named semaphores"),
    entry("seq", "seq [FIRST [STEP]] LAST", "numbers in a row"),
    entry("shell", "shell [FILE | -c COMMAND]", "this shell"),
    entry("sleep", "sleep SECONDS", "wait"),
    entry("sort", "sort [-nrfu] [-k FIELD] [-t CHARACTER] [FILE…]", "lines in order"),
    entry("strace", "strace [-fcT] [-e CALLS] COMMAND… | -p PID", "the calls that a program makes"),
    entry(
        "stress",
        "stress syscalls [--seconds S] [--calls N] [--seed N] [--group NAME]",
        "random calls by many processes, and whether the system stays sound",
    ),
    entry("sync", "sync", "bring all changes of files to the SD card"),
    entry("tail", "tail [-f] [-n [+]LINES] [FILE…]", "the end of files"),
    entry("tee", "tee [-a] [FILE…]", "input to files and to output"),
    entry("term", "term [COMMAND…]", "a command or a shell, in a window"),
    entry("top", "top [-d SECONDS] [-n ROUNDS]", "what uses cores and memory, live"),
    entry("topic", "topic ls|info|echo|hz|bw|pub …", "messages that many publish and many read"),
    entry("touch", "touch [-c] FILE…", "make files, or say that they have changed"),
    entry("true", "true", "succeed"),
    entry("umount", "umount DIRECTORY…", "have the SD card ready to be taken out"),
    entry("uptime", "uptime", "time since start"),
    entry("vmmap", "vmmap PID", "the memory that a process sees"),
    entry("watch", "watch [-n SECONDS] COMMAND…", "run a command again and again"),
    entry("wc", "wc [-lwcm] [FILE…]", "count lines, words and bytes"),
    entry("yes", "yes [WORD…]", "say the same again and again"),
];

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
}
