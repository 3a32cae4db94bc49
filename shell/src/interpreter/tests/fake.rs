//! A system in memory: files, pipes that hold everything, and children that run at once.

use crate::interpreter::Shell;
use crate::options::{Invocation, Source};
use crate::system::{
    Access, Builtin, Child, Disposition, Event, FileInfo, Follow, OpenMode, Place, System, Waiting,
};
use abi::Errno;
use abi::file::{S_IFCHR, S_IFDIR, S_IFREG};
use abi::process::ExitStatus;
use abi::resource::{LIMITS, Limit, UNLIMITED};
use abi::signal::signal_bit;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

const OWN_PROCESS: u32 = 7;

/// What a script did.
pub struct Outcome {
    pub output: String,
    pub errors: String,
    pub status: i32,
}

/// Runs a script without parameters.
pub fn run(text: &str) -> Outcome {
    run_with(text, &["shell"])
}

/// A shell with its name and parameters.
pub fn shell(names: &[&str]) -> Shell<Fake> {
    let mut shell = Shell::new(Fake::new());
    let invocation = Invocation {
        source: Source::Input,
        options: Default::default(),
        name: names[0].to_string(),
        parameters: names[1..].iter().map(|name| name.to_string()).collect(),
    };
    let environment = [("PATH", "/bin"), ("HOME", "/")];
    shell.begin(environment.into_iter(), OWN_PROCESS, &invocation);
    shell
}

/// Runs a script with its name and parameters.
pub fn run_with(text: &str, names: &[&str]) -> Outcome {
    let mut shell = shell(names);
    let lines = text.lines().map(String::from);
    let status = shell.to_the_end(|shell| shell.run_lines("test", lines));
    let text = |bytes: &Bytes| String::from_utf8(bytes.borrow().clone()).unwrap();
    let (output, errors) = (shell.system.output.clone(), shell.system.errors.clone());
    Outcome { output: text(&output), errors: text(&errors), status }
}

type Bytes = Rc<RefCell<Vec<u8>>>;

/// An open file: its bytes and where reading goes on.
#[derive(Clone)]
struct Open {
    bytes: Bytes,
    at: Rc<Cell<usize>>,
}

impl Open {
    fn new(bytes: &Bytes) -> Self {
        Self { bytes: Rc::clone(bytes), at: Rc::default() }
    }
}

/// What a process has of its own.
#[derive(Clone)]
struct Process {
    open: BTreeMap<i32, Open>,
    directory: String,
    dispositions: BTreeMap<u32, Disposition>,
}

pub struct Fake {
    files: BTreeMap<String, Bytes>,
    process: Process,
    ended: BTreeMap<u32, ExitStatus>,
    next: u32,
    pending: u64,
    umask: u32,
    limits: [Limit; LIMITS],
    output: Bytes,
    errors: Bytes,
}

impl Fake {
    /// What was printed since the last time.
    pub fn take_output(&mut self) -> String {
        String::from_utf8(core::mem::take(&mut *self.output.borrow_mut())).unwrap()
    }

    /// What was complained of since the last time.
    pub fn take_errors(&mut self) -> String {
        String::from_utf8(core::mem::take(&mut *self.errors.borrow_mut())).unwrap()
    }

    fn new() -> Self {
        let (output, errors) = (Bytes::default(), Bytes::default());
        let descriptors = [&Bytes::default(), &output, &errors];
        let open = (0..).zip(descriptors.map(Open::new)).collect();
        let process = Process { open, directory: "/".to_string(), dispositions: BTreeMap::new() };
        let files = BTreeMap::new();
        let ended = BTreeMap::new();
        let limits = [Limit { soft: 4096, hard: UNLIMITED }; LIMITS];
        Self { files, process, ended, next: 100, pending: 0, umask: 0o22, limits, output, errors }
    }

    fn path(&self, path: &str) -> String {
        match path.starts_with('/') {
            true => path.to_string(),
            false => format!("{}/{path}", self.process.directory.trim_end_matches('/')),
        }
    }

    fn lowest(&mut self, open: Open) -> i32 {
        let number = (10..).find(|number| !self.process.open.contains_key(number)).unwrap();
        self.process.open.insert(number, open);
        number
    }

    fn cat(&mut self, files: &[String]) -> i32 {
        let mut status = 0;
        let mut input = Vec::new();
        if files.is_empty() {
            let mut buffer = [0; 64];
            while let Ok(count @ 1..) = self.read(0, &mut buffer) {
                input.extend_from_slice(&buffer[..count]);
            }
        }
        for file in files {
            match self.files.get(&self.path(file)) {
                Some(bytes) => input.extend_from_slice(&bytes.borrow()),
                None => status = 1,
            }
        }
        let _ = self.write(1, &input);
        status
    }
}

impl System for Fake {
    fn fork(
        shell: &mut Shell<Self>,
        body: &mut dyn FnMut(&mut Shell<Self>) -> i32,
    ) -> Result<u32, Errno> {
        let state = shell.state.clone();
        let process = shell.system.process.clone();
        let child = shell.system.next;
        shell.system.next += 1;
        let status = body(shell);
        shell.state = state;
        shell.system.process = process;
        shell.system.ended.insert(child, ExitStatus::Exited(status as u8));
        Ok(child)
    }

    fn exec(&mut self, file: &str, arguments: &[String], _: &[String]) -> Result<i32, Errno> {
        match file {
            "/bin/cat" => Ok(self.cat(&arguments[1..])),
            _ => Err(Errno::ENOENT),
        }
    }

    fn wait(&mut self, child: Child, _: Waiting) -> Result<Option<(u32, ExitStatus)>, Errno> {
        let process = match child {
            Child::Process(process) => process,
            Child::Any => *self.ended.keys().next().ok_or(Errno::ECHILD)?,
        };
        let status = self.ended.remove(&process).ok_or(Errno::ECHILD)?;
        Ok(Some((process, status)))
    }

    fn wait_for_event(&mut self, _: u64) -> Event {
        match self.wait(Child::Any, Waiting::Poll) {
            Ok(Some((process, status))) => Event::Child(process, status),
            _ => Event::NoChild,
        }
    }

    fn enter(&mut self, _: Place) {}

    fn adopt(&mut self, _: u32, _: Place) {}

    fn stay(&mut self) {}

    fn take_terminal(&mut self) {}

    fn read_lines(&mut self) {}

    fn open(&mut self, path: &str, mode: OpenMode) -> Result<i32, Errno> {
        if path == "/dev/null" {
            return Ok(self.lowest(Open::new(&Bytes::default())));
        }
        let path = self.path(path);
        if mode == OpenMode::Read && !self.files.contains_key(&path) {
            return Err(Errno::ENOENT);
        }
        let bytes = Rc::clone(self.files.entry(path).or_default());
        if mode == OpenMode::Write {
            bytes.borrow_mut().clear();
        }
        Ok(self.lowest(Open::new(&bytes)))
    }

    fn close(&mut self, descriptor: i32) {
        self.process.open.remove(&descriptor);
    }

    fn duplicate(&mut self, descriptor: i32, target: i32) -> Result<(), Errno> {
        let open = self.process.open.get(&descriptor).cloned().ok_or(Errno::EBADF)?;
        self.process.open.insert(target, open);
        Ok(())
    }

    fn save(&mut self, descriptor: i32) -> Option<i32> {
        let open = self.process.open.get(&descriptor).cloned()?;
        Some(self.lowest(open))
    }

    fn pipe(&mut self) -> Result<(i32, i32), Errno> {
        let bytes = Bytes::default();
        Ok((self.lowest(Open::new(&bytes)), self.lowest(Open::new(&bytes))))
    }

    fn read(&mut self, descriptor: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        let open = self.process.open.get(&descriptor).ok_or(Errno::EBADF)?;
        let bytes = open.bytes.borrow();
        let rest = &bytes[open.at.get().min(bytes.len())..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        open.at.set(open.at.get() + count);
        Ok(count)
    }

    fn write(&mut self, descriptor: i32, bytes: &[u8]) -> Result<(), Errno> {
        let open = self.process.open.get(&descriptor).ok_or(Errno::EBADF)?;
        open.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn is_terminal(&mut self, _: i32) -> bool {
        false
    }

    fn current_directory(&mut self) -> Result<String, Errno> {
        Ok(self.process.directory.clone())
    }

    fn change_directory(&mut self, path: &str) -> Result<(), Errno> {
        match path {
            "/" | "/tmp" => self.process.directory = path.to_string(),
            _ => return Err(Errno::ENOENT),
        }
        Ok(())
    }

    fn names_in(&mut self, _: &str) -> Vec<String> {
        self.files.keys().map(|path| path.trim_start_matches('/').to_string()).collect()
    }

    fn file_info(&mut self, path: &str, _: Follow) -> Option<FileInfo> {
        let path = self.path(path);
        let mode = match path.as_str() {
            "/" | "/tmp" => S_IFDIR,
            "/dev/null" => S_IFCHR,
            _ => S_IFREG,
        };
        let length = match self.files.get(&path) {
            Some(bytes) => bytes.borrow().len() as u64,
            None if mode == S_IFREG => return None,
            None => 0,
        };
        Some(FileInfo { mode, length, ..FileInfo::default() })
    }

    fn may(&mut self, path: &str, _: Access) -> bool {
        self.file_info(path, Follow::Target).is_some()
    }

    fn read_file(&mut self, path: &str) -> Result<String, Errno> {
        let bytes = self.files.get(&self.path(path)).ok_or(Errno::ENOENT)?;
        Ok(String::from_utf8_lossy(&bytes.borrow()).into_owned())
    }

    fn temporary_file(&mut self, text: &str) -> Result<String, Errno> {
        let file = Bytes::new(RefCell::new(text.into()));
        self.files.insert("/tmp/fc".to_string(), file);
        Ok("/tmp/fc".to_string())
    }

    fn remove_file(&mut self, path: &str) {
        self.files.remove(path);
    }

    fn home_of(&mut self, _: &str) -> Option<String> {
        None
    }

    fn kill(&mut self, process: i32, signal: u32) -> Result<(), Errno> {
        if process != OWN_PROCESS as i32 {
            return Err(Errno::ESRCH);
        }
        if self.process.dispositions.get(&signal) == Some(&Disposition::Catch) {
            self.pending |= signal_bit(signal);
        }
        Ok(())
    }

    fn set_signal(&mut self, signal: u32, disposition: Disposition) {
        self.process.dispositions.insert(signal, disposition);
    }

    fn take_signals(&mut self) -> u64 {
        core::mem::take(&mut self.pending)
    }

    fn set_umask(&mut self, mask: u32) -> u32 {
        core::mem::replace(&mut self.umask, mask)
    }

    fn limit(&mut self, resource: usize) -> Result<Limit, Errno> {
        Ok(self.limits[resource])
    }

    fn set_limit(&mut self, resource: usize, limit: Limit) -> Result<(), Errno> {
        if limit.soft > limit.hard {
            return Err(Errno::EINVAL);
        }
        if limit.hard > self.limits[resource].hard {
            return Err(Errno::EPERM);
        }
        self.limits[resource] = limit;
        Ok(())
    }

    fn processor_times(&mut self) -> (f64, f64) {
        (0.0, 0.0)
    }

    fn now(&mut self) -> f64 {
        0.0
    }

    fn builtin(_: &str) -> Option<Builtin<Self>> {
        None
    }

    fn suggestion(_: &mut Shell<Self>, _: &str) -> Option<String> {
        None
    }
}
