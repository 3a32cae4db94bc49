//! Groups, conditions, loops and choices.

use super::{Run, Shell, Unwind};
use crate::expand;
use crate::syntax::{Compound, LoopKind, Redirection, Script, Word};
use crate::system::System;
use alloc::string::String;
use alloc::vec::Vec;

impl Compound {
    /// Whether a copy of the shell runs it.
    pub(super) fn is_subshell(&self) -> bool {
        matches!(self, Self::Subshell(_))
    }
}

/// What a loop does after a round.
enum Next {
    Round,
    End,
}

impl<S: System> Shell<S> {
    pub(super) fn compound(&mut self, compound: &Compound) -> Run {
        match compound {
            Compound::Group(script) | Compound::Subshell(script) => self.script(script),
            Compound::If(arms, otherwise) => self.choose(arms, otherwise.as_ref()),
            Compound::Loop(kind, condition, body) => self.repeat(*kind, condition, body),
            Compound::For(name, words, body) => self.for_each(name, words.as_deref(), body),
            Compound::Case(subject, arms) => self.case(subject, arms),
        }
    }

    /// Runs `( … )` in a copy of the shell.
    pub(super) fn subshell(
        &mut self,
        compound: &Compound,
        redirections: &[Redirection],
        text: &str,
    ) -> Run {
        self.run_in_child(text, &mut |shell| match shell.redirect(redirections) {
            Ok(_) => shell.compound(compound),
            Err(status) => Ok(status),
        })
    }

    fn choose(&mut self, arms: &[(Script, Script)], otherwise: Option<&Script>) -> Run {
        for (condition, body) in arms {
            if self.expecting(true, |shell| shell.script(condition))? == 0 {
                return self.script(body);
            }
        }
        match otherwise {
            Some(body) => self.script(body),
            None => Ok(0),
        }
    }

    fn repeat(&mut self, kind: LoopKind, condition: &Script, body: &Script) -> Run {
        self.in_loop(|shell| {
            let mut last = 0;
            loop {
                shell.act_on_signals()?;
                let round = match shell.expecting(true, |shell| shell.script(condition)) {
                    Ok(status) if (status == 0) == (kind == LoopKind::While) => shell.script(body),
                    Ok(_) => return Ok(last),
                    left => left,
                };
                if let Next::End = shell.after_round(round, &mut last)? {
                    return Ok(last);
                }
            }
        })
    }

    fn for_each(&mut self, name: &str, words: Option<&[Word]>, body: &Script) -> Run {
        let values: Vec<String> = match words {
            Some(words) => match expand::arguments(words, self) {
                Ok(values) => values,
                Err(message) => return self.refuse(&message),
            },
            None => self.state.variables.positional.clone(),
        };
        self.in_loop(|shell| {
            let mut last = 0;
            for value in values {
                shell.act_on_signals()?;
                if let Err(message) = expand::Environment::assign(shell, name, &value) {
                    return shell.refuse(&message);
                }
                let round = shell.script(body);
                if let Next::End = shell.after_round(round, &mut last)? {
                    break;
                }
            }
            Ok(last)
        })
    }

    fn in_loop(&mut self, body: impl FnOnce(&mut Self) -> Run) -> Run {
        if self.state.controls_jobs {
            // Ctrl-C must reach the shell where no program runs that it would end.
            self.system.read_lines();
        }
        self.state.loops += 1;
        let run = body(self);
        self.state.loops -= 1;
        run
    }

    fn after_round(&mut self, round: Run, last: &mut i32) -> Result<Next, Unwind> {
        match round {
            Ok(status) => {
                *last = status;
                Ok(Next::Round)
            }
            Err(Unwind::Break(1)) => {
                *last = 0;
                Ok(Next::End)
            }
            Err(Unwind::Continue(1)) => {
                *last = 0;
                Ok(Next::Round)
            }
            Err(Unwind::Break(count)) => Err(Unwind::Break(count - 1)),
            Err(Unwind::Continue(count)) => Err(Unwind::Continue(count - 1)),
            Err(other) => Err(other),
        }
    }

    fn case(&mut self, subject: &Word, arms: &[(Vec<Word>, Script)]) -> Run {
        let text = match expand::text(subject, self) {
            Ok(text) => text.chars().collect::<Vec<_>>(),
            Err(message) => return self.refuse(&message),
        };
        for (patterns, body) in arms {
            for pattern in patterns {
                match expand::pattern(pattern, self) {
                    Ok(pattern) if pattern.matches(&text) => return self.script(body),
                    Ok(_) => {}
                    Err(message) => return self.refuse(&message),
                }
            }
        }
        Ok(0)
    }

    /// Says what is wrong with a word, which ends a script.
    pub(super) fn refuse(&mut self, message: &str) -> Run {
        self.complain(message);
        self.fail(super::MISUSE)
    }
}
