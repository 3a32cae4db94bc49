//! What words are expanded with: the shell's variables, its commands' output, the files.

use super::{Shell, Unwind};
use crate::expand::{self, Environment, Failure};
use crate::lexer::parse_text;
use crate::syntax::Script;
use crate::system::{Follow, Place, System};
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl<S: System> Environment for Shell<S> {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "-" => {
                let mut letters = self.state.options.letters();
                if self.state.is_interactive {
                    letters.push('i');
                }
                if self.state.controls_jobs {
                    letters.push('m');
                }
                Some(letters)
            }
            // Whoever sets it has a variable like others.
            "LINENO" => self.state.variables.value(name).or_else(|| {
                let line = self.state.line.saturating_sub(self.state.first_line) + 1;
                Some(line.to_string())
            }),
            _ => self.state.variables.value(name),
        }
    }

    fn assign(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        if !crate::lexer::is_variable_name(name) {
            return Err(alloc::format!("{name}: it cannot be assigned to"));
        }
        if name == "PATH" {
            self.state.found.clear();
        }
        self.state.variables.set(name, value)?;
        if self.state.options.export_all {
            self.state.variables.export(name);
        }
        Ok(())
    }

    fn positional(&self) -> Vec<String> {
        self.state.variables.positional.clone()
    }

    fn output_of(&mut self, script: &Rc<Script>) -> Result<String, Failure> {
        let failed = |errno: abi::Errno| errno.text().to_string();
        let (reader, writer) = self.system.pipe().map_err(failed)?;
        let started = self.start(Place::Own, &mut |shell| {
            shell.system.close(reader);
            let connected = shell.system.duplicate(writer, 1);
            shell.system.close(writer);
            match connected {
                Ok(()) => shell.script(script),
                Err(_) => Err(Unwind::Exit(1)),
            }
        });
        self.system.close(writer);
        let output = match started {
            Ok(_) => self.read_all(reader),
            Err(_) => Vec::new(),
        };
        self.system.close(reader);
        let process = started.map_err(failed)?;
        let status = self.wait_for(process);
        self.state.substituted = Some(status.shell_status());
        // No argument can hold a NUL.
        let output: Vec<u8> = output.into_iter().filter(|byte| *byte != 0).collect();
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    fn home(&mut self, user: &str) -> Option<String> {
        match user {
            "" => self.state.variables.value("HOME"),
            _ => self.system.home_of(user),
        }
    }

    fn names_in(&mut self, directory: &str) -> Vec<String> {
        self.system.names_in(directory)
    }

    fn exists(&mut self, path: &str) -> bool {
        self.system.file_info(path, Follow::Link).is_some()
    }

    fn refuses_unset(&self) -> bool {
        self.state.options.refuse_unset
    }

    fn keeps_patterns(&self) -> bool {
        self.state.options.keep_patterns
    }
}

impl<S: System> Shell<S> {
    /// The value of a variable that is expanded where it is used, or as it is where that is not possible.
    pub fn expanded(&mut self, name: &str) -> Option<String> {
        let value = self.state.variables.value(name)?;
        let Ok(word) = parse_text(&value) else { return Some(value) };
        // It stands beside the commands, and is none of them.
        let before = (self.state.variables.last_status, self.state.substituted);
        let is_traced = core::mem::replace(&mut self.state.options.trace, false);
        let text = expand::text(&word, self);
        (self.state.variables.last_status, self.state.substituted) = before;
        self.state.options.trace = is_traced;
        Some(text.unwrap_or(value))
    }

    fn read_all(&mut self, descriptor: i32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 1024];
        loop {
            match self.system.read(descriptor, &mut buffer) {
                Ok(0) => return bytes,
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(abi::Errno::EINTR) => {}
                Err(_) => return bytes,
            }
        }
    }
}
