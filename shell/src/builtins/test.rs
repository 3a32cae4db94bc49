//! `test` and `[`: conditions on files, texts and numbers.

use crate::interpreter::{Run, Shell};
use crate::system::{Access, FileInfo, Follow, System};
use abi::file::{S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK};
use alloc::format;
use alloc::string::String;

/// The status of a condition that cannot be understood.
const ERROR: i32 = 2;

const BINARY: [&str; 14] =
    ["=", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "=="];
const UNARY: [&str; 20] = [
    "-n", "-z", "-e", "-f", "-d", "-r", "-w", "-x", "-s", "-h", "-L", "-p", "-b", "-c", "-S", "-t",
    "-u", "-g", "-k", "-G",
];

pub(super) fn test<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let name = arguments.first().map_or("test", String::as_str);
    let mut words = arguments.get(1..).unwrap_or_default();
    if name == "[" {
        match words {
            [rest @ .., last] if last == "]" => words = rest,
            _ => {
                shell.error_text("[: the ] is missing\n");
                return Ok(ERROR);
            }
        }
    }
    let mut condition = Condition { shell, words, at: 0 };
    let result = match words.len() {
        0 => Ok(false),
        _ => condition.either(),
    };
    let result = match result {
        Ok(_) if condition.at < words.len() => Err(format!("unexpected {}", words[condition.at])),
        result => result,
    };
    match result {
        Ok(value) => Ok(i32::from(!value)),
        Err(problem) => {
            shell.error_text(&format!("{name}: {problem}\n"));
            Ok(ERROR)
        }
    }
}

struct Condition<'a, S> {
    shell: &'a mut Shell<S>,
    words: &'a [String],
    at: usize,
}

impl<S: System> Condition<'_, S> {
    fn either(&mut self) -> Result<bool, String> {
        let mut value = self.both()?;
        while self.take("-o") {
            value |= self.both()?;
        }
        Ok(value)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut value = self.not()?;
        while self.take("-a") {
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Result<bool, String> {
        // What stands before an operator on two texts is a text, whatever it looks like.
        let is_text = self.word(1).is_some_and(is_binary) && self.word(2).is_some();
        let is_last = self.word(1).is_none();
        if !is_text && !is_last && self.take("!") {
            return self.not().map(|value| !value);
        }
        if !is_text && !is_last && self.take("(") {
            let value = self.either()?;
            return if self.take(")") { Ok(value) } else { Err("a ) is missing".into()) };
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<bool, String> {
        let Some(first) = self.word(0).map(String::from) else {
            return Err("an argument is missing".into());
        };
        if let (Some(operator), Some(right)) = (self.word(1), self.word(2))
            && is_binary(operator)
        {
            let (operator, right) = (String::from(operator), String::from(right));
            self.at += 3;
            return self.binary(&first, &operator, &right);
        }
        if UNARY.contains(&first.as_str())
            && let Some(operand) = self.word(1).map(String::from)
        {
            self.at += 2;
            return self.unary(&first, &operand);
        }
        self.at += 1;
        Ok(!first.is_empty())
    }

    fn binary(&mut self, left: &str, operator: &str, right: &str) -> Result<bool, String> {
        match operator {
            "=" | "==" => return Ok(left == right),
            "!=" => return Ok(left != right),
            "<" => return Ok(left < right),
            ">" => return Ok(left > right),
            "-nt" | "-ot" | "-ef" => {
                let (left, right) = (self.info(left), self.info(right));
                let times = (left.map(|file| file.modified), right.map(|file| file.modified));
                return Ok(match operator {
                    "-nt" => times.0 > times.1,
                    "-ot" => times.0 < times.1,
                    _ => left.is_some() && left.map(|f| f.identity) == right.map(|f| f.identity),
                });
            }
            _ => {}
        }
        let (left, right) = (number(left)?, number(right)?);
        Ok(match operator {
            "-eq" => left == right,
            "-ne" => left != right,
            "-lt" => left < right,
            "-le" => left <= right,
            "-gt" => left > right,
            _ => left >= right,
        })
    }

    fn unary(&mut self, operator: &str, operand: &str) -> Result<bool, String> {
        let kind = |kind: u32| move |file: FileInfo| file.mode & S_IFMT == kind;
        Ok(match operator {
            "-n" => !operand.is_empty(),
            "-z" => operand.is_empty(),
            "-t" => {
                let descriptor = number(operand)?;
                let descriptor = i32::try_from(descriptor).unwrap_or(-1);
                self.shell.system.is_terminal(descriptor)
            }
            "-r" => self.shell.system.may(operand, Access::Read),
            "-w" => self.shell.system.may(operand, Access::Write),
            "-x" => self.shell.system.may(operand, Access::Execute),
            "-h" | "-L" => {
                let file = self.shell.system.file_info(operand, Follow::Link);
                file.is_some_and(kind(S_IFLNK))
            }
            "-e" | "-G" => self.info(operand).is_some(),
            "-f" => self.info(operand).is_some_and(kind(S_IFREG)),
            "-d" => self.info(operand).is_some_and(kind(S_IFDIR)),
            "-p" => self.info(operand).is_some_and(kind(S_IFIFO)),
            "-b" => self.info(operand).is_some_and(kind(S_IFBLK)),
            "-c" => self.info(operand).is_some_and(kind(S_IFCHR)),
            "-S" => self.info(operand).is_some_and(kind(S_IFSOCK)),
            "-s" => self.info(operand).is_some_and(|file| file.length > 0),
            "-u" => self.info(operand).is_some_and(|file| file.mode & 0o4000 != 0),
            "-g" => self.info(operand).is_some_and(|file| file.mode & 0o2000 != 0),
            _ => self.info(operand).is_some_and(|file| file.mode & 0o1000 != 0),
        })
    }

    fn info(&mut self, path: &str) -> Option<FileInfo> {
        self.shell.system.file_info(path, Follow::Target)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        self.words.get(self.at + ahead).map(String::as_str)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_it = self.word(0) == Some(word);
        self.at += usize::from(is_it);
        is_it
    }
}

fn is_binary(word: &str) -> bool {
    BINARY.contains(&word)
}

fn number(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| format!("{text}: not a number"))
}
