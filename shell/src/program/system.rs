//! The system that the interpreter runs on: Commons' calls.

use super::terminal::{Terminal, give_to};
use super::{guide, names, tutorial};
use abi::Errno;
use abi::file::{F_DUPFD_CLOEXEC, OpenFlags, R_OK, W_OK, X_OK};
use abi::process::{ExitStatus, WNOHANG, WUNTRACED};
use abi::resource::Limit;
use abi::signal::{SIG_DFL, SIG_IGN, Signal, signal_bit};
use alloc::ffi::CString;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use shell::help::BUILTINS;
use shell::interpreter::Shell;
use shell::suggest;
use shell::system::{
    Access, Builtin, Child, Disposition, Event, FileInfo, Follow, OpenMode, Place, System, Waiting,
};
use user::fs::{self, File};
use user::process::{self, Fork, Pid};
use user::syscall::{file as call, process as process_call};
use user::{io, time};

/// Where the shell keeps its own descriptors: above those that redirections name.
const FIRST_PRIVATE: u64 = 10;
/// The shell's program, which scripts without a first line that names another are run by.
const SHELL: &str = "/bin/shell";
/// What `times` counts in.
const TICKS_PER_SECOND: f64 = 100.0;
/// Symbolic links are not followed.
const AT_SYMLINK_NOFOLLOW: u32 = 0x100;

/// Signals from the terminal, which a shell at it must outlive.
const TERMINAL_SIGNALS: [Signal; 5] =
    [Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// Commons.
pub struct Commons {
    /// The terminal, if a person sits at it.
    pub terminal: Option<Terminal>,
}

/// The shell on Commons.
pub type CommonsShell = Shell<Commons>;

/// Makes the terminal's signals harmless to the shell; Ctrl-C is noted.
pub fn outlive_terminal_signals() {
    for signal in TERMINAL_SIGNALS {
        // None of them is one of the two that the kernel refuses to change.
        let _ = process::ignore_signal(signal);
    }
    let _ = process::catch_signal(Signal::INT as u32);
}

fn outcome<T>(result: user::Result<T>) -> Result<T, Errno> {
    result.map_err(|error| error.errno().unwrap_or(Errno::EIO))
}

fn path_of(text: &str) -> Result<CString, Errno> {
    CString::new(text).map_err(|_| Errno::ENOENT)
}

/// Moves a descriptor to where redirections do not reach.
fn private(descriptor: i32) -> Result<i32, Errno> {
    let copy = call::fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_PRIVATE);
    let _ = call::close(descriptor);
    copy.map(|copy| copy as i32)
}

impl System for Commons {
    fn fork(
        shell: &mut Shell<Self>,
        body: &mut dyn FnMut(&mut Shell<Self>) -> i32,
    ) -> Result<u32, Errno> {
        match outcome(process::fork())? {
            Fork::Child => {
                let status = body(shell);
                process::exit(status)
            }
            Fork::Parent(child) => Ok(child.0),
        }
    }

    fn exec(
        &mut self,
        file: &str,
        arguments: &[String],
        environment: &[String],
    ) -> Result<i32, Errno> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
        let errno = process::exec(file, &arguments, &environment);
        if errno == Errno::ENOEXEC && is_text(file) {
            // A text with mode x is a script, as in every shell.
            let script = [&["shell", file], arguments.get(1..).unwrap_or_default()].concat();
            process::exec(SHELL, &script, &environment);
        }
        Err(errno)
    }

    fn wait(&mut self, child: Child, how: Waiting) -> Result<Option<(u32, ExitStatus)>, Errno> {
        let number = match child {
            Child::Any => -1,
            Child::Process(process) => process as i32,
        };
        let options = match how {
            Waiting::Block => 0,
            Waiting::BlockOrStopped => WUNTRACED,
            Waiting::Poll => WNOHANG | WUNTRACED,
        };
        match process_call::wait4(number, options)? {
            (0, _) => Ok(None),
            (process, word) => Ok(Some((process, ExitStatus::from_word(word)))),
        }
    }

    fn wait_for_event(&mut self, signals: u64) -> Event {
        let wanted = signals | signal_bit(Signal::CHLD as u32);
        // Only a signal with a handler is sure to be kept while it is blocked.
        let _ = process::catch_signal(Signal::CHLD as u32);
        let event = process::signals_blocked(wanted, || {
            loop {
                match self.wait(Child::Any, Waiting::Poll) {
                    Ok(Some((process, status))) => return Event::Child(process, status),
                    Ok(None) => {}
                    Err(_) => return Event::NoChild,
                }
                let signal = process::wait_signal(wanted);
                if signal != Signal::CHLD as u32 && signal != 0 {
                    return Event::Signals(signal_bit(signal));
                }
            }
        });
        let _ = process::default_signal(Signal::CHLD);
        event
    }

    fn enter(&mut self, place: Place) {
        let (group, is_foreground) = match place {
            Place::Own => return,
            Place::Foreground(group) => (group, true),
            Place::Background(group) => (group, false),
        };
        // Cannot fail: the group is this process's own or that of its living sibling.
        let _ = process::set_group(Pid(0), Pid(group));
        if is_foreground {
            give_to(process::group());
        }
        for signal in TERMINAL_SIGNALS {
            let _ = process::default_signal(signal);
        }
        if is_foreground {
            self.read_lines();
        }
    }

    fn adopt(&mut self, child: u32, place: Place) {
        let (group, is_foreground) = match place {
            Place::Own => return,
            Place::Foreground(group) => (group, true),
            Place::Background(group) => (group, false),
        };
        let group = if group == 0 { child } else { group };
        // It fails only when the child has done it and is gone or has become a program.
        let _ = process::set_group(Pid(child), Pid(group));
        if is_foreground {
            give_to(Pid(group));
            // A Ctrl-C that came before the terminal was the job's was meant for it.
            let caught = process::take_caught();
            if caught & signal_bit(Signal::INT as u32) != 0 {
                let _ = process::kill_group(Pid(group), Signal::INT);
            }
        }
    }

    fn stay(&mut self) {
        outlive_terminal_signals();
        self.take_terminal();
    }

    fn take_terminal(&mut self) {
        if let Some(terminal) = self.terminal {
            terminal.take_back();
        }
    }

    fn read_lines(&mut self) {
        if let Some(terminal) = self.terminal {
            terminal.read_lines();
        }
    }

    fn open(&mut self, path: &str, mode: OpenMode) -> Result<i32, Errno> {
        let flags = match mode {
            OpenMode::Read => OpenFlags::empty(),
            OpenMode::Write | OpenMode::WriteNew => {
                OpenFlags::WRITE_ONLY | OpenFlags::CREATE | OpenFlags::TRUNCATE
            }
            OpenMode::Append => OpenFlags::WRITE_ONLY | OpenFlags::CREATE | OpenFlags::APPEND,
            OpenMode::ReadWrite => OpenFlags::READ_WRITE | OpenFlags::CREATE,
        };
        private(call::openat(&path_of(path)?, flags | OpenFlags::CLOSE_ON_EXEC, 0o666)?)
    }

    fn close(&mut self, descriptor: i32) {
        if descriptor == io::STDOUT {
            let _ = io::flush();
        }
        // A descriptor that is closed already is closed.
        let _ = call::close(descriptor);
    }

    fn duplicate(&mut self, descriptor: i32, target: i32) -> Result<(), Errno> {
        outcome(fs::dup_to(descriptor, target))
    }

    fn save(&mut self, descriptor: i32) -> Option<i32> {
        call::fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_PRIVATE).ok().map(|copy| copy as i32)
    }

    fn pipe(&mut self) -> Result<(i32, i32), Errno> {
        let [reader, writer] = call::pipe2(OpenFlags::CLOSE_ON_EXEC)?;
        Ok((private(reader)?, private(writer)?))
    }

    fn read(&mut self, descriptor: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        call::read(descriptor, buffer)
    }

    fn write(&mut self, descriptor: i32, bytes: &[u8]) -> Result<(), Errno> {
        // What a builtin of the program has collected stands before it.
        let _ = io::flush();
        io::write_all(descriptor, bytes)
    }

    fn is_terminal(&mut self, descriptor: i32) -> bool {
        user::terminal::is_terminal(descriptor)
    }

    fn current_directory(&mut self) -> Result<String, Errno> {
        outcome(fs::current_dir())
    }

    fn change_directory(&mut self, path: &str) -> Result<(), Errno> {
        outcome(fs::set_current_dir(path))
    }

    fn names_in(&mut self, directory: &str) -> Vec<String> {
        names::in_directory(directory)
    }

    fn file_info(&mut self, path: &str, follow: Follow) -> Option<FileInfo> {
        let flags = match follow {
            Follow::Target => 0,
            Follow::Link => AT_SYMLINK_NOFOLLOW,
        };
        let stat = call::newfstatat(&path_of(path).ok()?, flags).ok()?;
        let seconds = i128::from(stat.st_mtime) * 1_000_000_000;
        Some(FileInfo {
            mode: stat.st_mode,
            length: stat.st_size as u64,
            identity: (stat.st_dev, stat.st_ino),
            modified: seconds + i128::from(stat.st_mtime_nsec),
        })
    }

    fn may(&mut self, path: &str, access: Access) -> bool {
        let mode = match access {
            Access::Read => R_OK,
            Access::Write => W_OK,
            Access::Execute => X_OK,
        };
        path_of(path).is_ok_and(|path| call::faccessat(&path, mode).is_ok())
    }

    fn read_file(&mut self, path: &str) -> Result<String, Errno> {
        let bytes = outcome(fs::read(path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn temporary_file(&mut self, text: &str) -> Result<String, Errno> {
        let number = outcome(user::system::random())?;
        let path = format!("/tmp/fc-{number:016x}");
        let file = outcome(File::options().write().create_new().mode(0o600).open(&path))?;
        outcome(file.write_all(text.as_bytes()))?;
        Ok(path)
    }

    fn remove_file(&mut self, path: &str) {
        // One that is gone is gone.
        let _ = fs::unlink(path);
    }

    fn home_of(&mut self, user: &str) -> Option<String> {
        names::home_of(user)
    }

    fn kill(&mut self, process: i32, signal: u32) -> Result<(), Errno> {
        process::send(process, signal)
    }

    fn set_signal(&mut self, signal: u32, disposition: Disposition) {
        let action = match disposition {
            Disposition::Default => SIG_DFL,
            Disposition::Ignore => SIG_IGN,
            Disposition::Catch => {
                // The two that cannot be caught are refused before.
                let _ = process::catch_signal(signal);
                return;
            }
        };
        if let Some(signal) = Signal::from_number(signal) {
            let _ = process_call::rt_sigaction(signal, action);
        }
    }

    fn take_signals(&mut self) -> u64 {
        process::take_caught() & !signal_bit(Signal::CHLD as u32)
    }

    fn set_umask(&mut self, mask: u32) -> u32 {
        process::set_umask(mask)
    }

    fn limit(&mut self, resource: usize) -> Result<Limit, Errno> {
        process_call::getrlimit(resource)
    }

    fn set_limit(&mut self, resource: usize, limit: Limit) -> Result<(), Errno> {
        process_call::setrlimit(resource, &limit)
    }

    fn processor_times(&mut self) -> (f64, f64) {
        let times = process_call::times().unwrap_or_default();
        let seconds = |ticks: u64| ticks as f64 / TICKS_PER_SECOND;
        (seconds(times.user), seconds(times.children_user))
    }

    fn now(&mut self) -> f64 {
        time::now().as_secs_f64()
    }

    fn builtin(name: &str) -> Option<Builtin<Self>> {
        match name {
            "help" => Some(|shell, arguments| Ok(guide::help(shell, arguments))),
            "tutorial" => Some(|shell, _| tutorial::run(shell)),
            _ => None,
        }
    }

    fn suggestion(shell: &mut Shell<Self>, name: &str) -> Option<String> {
        let builtins = BUILTINS.iter().map(|entry| String::from(entry.name));
        let functions = shell.state.functions.keys().chain(shell.state.aliases.keys()).cloned();
        let path = shell.search_path();
        let programs = path.split(':').flat_map(names::in_directory);
        let known: Vec<String> = builtins.chain(functions).chain(programs).collect();
        suggest::nearest(name, known.iter().map(String::as_str)).map(String::from)
    }
}

/// Whether a file does not look like a program for another system.
fn is_text(file: &str) -> bool {
    let mut start = [0; 128];
    File::open(file)
        .and_then(|file| file.read(&mut start))
        .is_ok_and(|length| !start[..length].contains(&0))
}
