//! The ten steps.

use super::goal::Goal;

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it is about.
    pub title: &'static str,
    /// What there is to know, and what to do.
    pub text: &'static str,
    /// What has to be so in the end.
    pub goal: Goal,
    /// Said after the first try that was none.
    pub hint: &'static str,
    /// A line that does it.
    pub answer: &'static str,
    /// Said when it is done.
    pub done: &'static str,
    /// Commands before it, so that it is not done from the beginning.
    pub first: &'static str,
    /// What it builds upon, and commands that make it where that was skipped.
    pub needs: Option<(Goal, &'static str)>,
}

const MINE: Goal = Goal::Region("/mine", 65536);
const PRODUCER: Goal = Goal::Producer("/stream", "produce /stream");
const START: &str = "region create /stream 64K
produce /stream --count 5000 &";

/// All steps, in order.
pub const STEPS: [Step; 10] = [
    Step {
        title: "look around",
        text: "Files lie in directories, and the directory / holds all others.\n\
               ls lists one. Have a look at what is in / .",
        goal: Goal::Lists("/"),
        hint: "A command is a program's name and then what it is to work on, with a space between.",
        answer: "ls /",
        done: "/bin has the programs, /dev the devices, /tmp is for you.",
        first: "",
        needs: None,
    },
    Step {
        title: "go somewhere",
        text: "The prompt shows the directory that you are in. cd changes it.\n\
               Go to /tmp, which is for everybody.",
        goal: Goal::Directory("/tmp"),
        hint: "cd and the directory's name.",
        answer: "cd /tmp",
        done: "names that do not begin with / are looked for here from now on.",
        first: "cd /",
        needs: None,
    },
    Step {
        title: "make a file",
        text: "echo prints its words. A > behind a command sends what it prints to a file.\n\
               Write some words into the file note, here in /tmp.",
        goal: Goal::Text("/tmp/note"),
        hint: "echo, some words, > and the file's name.",
        answer: "echo hello > /tmp/note",
        done: "cat note prints it, and rm note would remove it.",
        first: "rm -f /tmp/note",
        needs: Some((Goal::Directory("/tmp"), "cd /tmp")),
    },
    Step {
        title: "join two programs",
        text: "With a | between two commands the second one reads what the first one prints.\n\
               ls /bin prints the programs, a line for each; wc -l counts lines.\n\
               How many programs are there?",
        goal: Goal::Counts("/bin"),
        hint: "ls /bin, a | and wc -l.",
        answer: "ls /bin | wc -l",
        done: "both ran at the same time, as processes of their own.",
        first: "",
        needs: None,
    },
    Step {
        title: "run something in the background",
        text: "With a & at its end a command runs in the background, and the prompt is back at\n\
               once. sleep 1000 does nothing for 1000 seconds. Start it in the background.",
        goal: Goal::NewJob,
        hint: "The & stands at the end of the line. (Ctrl-C ends what runs in the foreground.)",
        answer: "sleep 1000 &",
        done: "jobs shows what the shell has started, and ps all processes there are.",
        first: "",
        needs: None,
    },
    Step {
        title: "end it",
        text: "kill ends a process: by its number, or %1 for the first job that jobs lists.\n\
               End the sleep.",
        goal: Goal::JobEnded,
        hint: "jobs shows the number behind the %.",
        answer: "kill $!",
        done: "its memory is back before the next prompt.",
        first: "",
        needs: Some((Goal::Job, "sleep 1000 &")),
    },
    Step {
        title: "a region",
        text: "Now to what Commons is about: memory that processes hold in common.\n\
               region create NAME SIZE makes a region; its name begins with / .\n\
               Make one called /mine of 64K (which is 65536 bytes).",
        goal: MINE,
        hint: "region create, the name, the size. region rm /mine takes a wrong one away.",
        answer: "region create /mine 64K",
        done: "region ls lists it. It belongs to no process, and stays until its name is removed.",
        first: "test ! -e /dev/shm/mine || region rm /mine",
        needs: None,
    },
    Step {
        title: "memory that others see",
        text: "region write NAME OFFSET TEXT puts text into a region. What one process stores\n\
               there, each other one sees: nothing is sent and nothing copied.\n\
               Write something at the beginning (offset 0) of /mine.",
        goal: Goal::Written("/mine"),
        hint: "region write, the name, 0 and some words.",
        answer: "region write /mine 0 hello",
        done: "region dump /mine 0 32 is another process, and sees it.",
        first: "",
        needs: Some((MINE, "region create /mine 64K")),
    },
    Step {
        title: "a producer",
        text: "Programs pass messages through a region by a ring in it, without a call to the\n\
               kernel. Make a region /stream of 64K, and then start in the background\n\
               produce /stream --count 5000\n\
               It sends 5000 messages, and sleeps when the region is full.",
        goal: PRODUCER,
        hint: "Two commands: region create as before, and produce with a & at its end.",
        answer: "region create /stream 64K; produce /stream --count 5000 &",
        done: "the region is full now, and the producer sleeps until somebody reads.",
        first: "test ! -e /dev/shm/stream || region rm /stream",
        needs: None,
    },
    Step {
        title: "and a consumer",
        text: "consume /stream reads messages from the region, and looks at each one's checksum.\n\
               Without --count it goes on until the producer has finished. Start it.",
        goal: Goal::Received("5000"),
        hint: "consume and the region's name; no & this time.",
        answer: "consume /stream",
        done: "two processes, one memory: 5000 messages, and none of them was copied by the kernel.",
        first: "",
        needs: Some((PRODUCER, START)),
    },
];
