//! The shell's variables and parameters: the environment, its own, `$?`, `$$`, `$!`, `$1`, `$@`.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// One variable.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Variable {
    /// Its value, unless it has only been exported or made read-only.
    pub value: Option<String>,
    /// Whether programs find it in their environment.
    pub is_exported: bool,
    /// Whether it can be changed no more.
    pub is_read_only: bool,
}

/// All variables and parameters.
#[derive(Clone, Debug, Default)]
pub struct VariableTable {
    named: BTreeMap<String, Variable>,
    /// What the variables were that are local to the functions that run, innermost last.
    hidden: Vec<Vec<(String, Option<Variable>)>>,
    /// `$?`: the status of the last foreground command.
    pub last_status: i32,
    /// `$$`: the shell's own process.
    pub shell_process: u32,
    /// `$!`: the last process of the last background job.
    pub last_background: Option<u32>,
    /// `$0`
    pub name: String,
    /// `$1` and what follows.
    pub positional: Vec<String>,
}

impl VariableTable {
    /// Sets a variable; one that is exported stays exported.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let variable = self.named.entry(name.to_string()).or_default();
        if variable.is_read_only {
            return Err(format!("{name}: it is read-only"));
        }
        variable.value = Some(value.to_string());
        Ok(())
    }

    /// Removes a variable.
    pub fn unset(&mut self, name: &str) -> Result<(), String> {
        if self.named.get(name).is_some_and(|variable| variable.is_read_only) {
            return Err(format!("{name}: it is read-only"));
        }
        self.named.remove(name);
        Ok(())
    }

    /// Has programs see a variable.
    pub fn export(&mut self, name: &str) {
        self.named.entry(name.to_string()).or_default().is_exported = true;
    }

    /// Keeps a variable as it is.
    pub fn protect(&mut self, name: &str) {
        self.named.entry(name.to_string()).or_default().is_read_only = true;
    }

    /// All variables in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.named.iter().map(|(name, variable)| (name.as_str(), variable))
    }

    /// The exported variables that have values, in the order of their names.
    pub fn exported(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter()
            .filter(|(_, variable)| variable.is_exported)
            .filter_map(|(name, variable)| Some((name, variable.value.as_deref()?)))
    }

    /// A variable's or parameter's value.
    pub fn value(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.last_status.to_string()),
            "$" => Some(self.shell_process.to_string()),
            "!" => self.last_background.map(|process| process.to_string()),
            "#" => Some(self.positional.len().to_string()),
            "0" => Some(self.name.clone()),
            _ => match name.parse::<usize>() {
                Ok(index) => self.positional.get(index.checked_sub(1)?).cloned(),
                Err(_) => self.named.get(name)?.value.clone(),
            },
        }
    }

    /// Begins a function, whose variables may be local.
    pub fn enter_function(&mut self) {
        self.hidden.push(Vec::new());
    }

    /// Ends a function: what it had hidden is back.
    pub fn leave_function(&mut self) {
        for (name, variable) in self.hidden.pop().unwrap_or_default().into_iter().rev() {
            self.restore(&name, variable);
        }
    }

    /// Hides a variable until the function's end; false outside of functions.
    pub fn make_local(&mut self, name: &str) -> bool {
        let before = self.named.get(name).cloned();
        let Some(hidden) = self.hidden.last_mut() else { return false };
        hidden.push((name.to_string(), before));
        true
    }

    /// A variable as it is, for [`VariableTable::restore`].
    pub fn remember(&self, name: &str) -> Option<Variable> {
        self.named.get(name).cloned()
    }

    /// Makes a variable what it was.
    pub fn restore(&mut self, name: &str, variable: Option<Variable>) {
        match variable {
            Some(variable) => drop(self.named.insert(name.to_string(), variable)),
            None => drop(self.named.remove(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exported_variables_reach_programs_and_setting_keeps_that() {
        let mut table = VariableTable::default();
        table.set("OWN", "1").unwrap();
        table.set("PATH", "/bin").unwrap();
        table.export("PATH");
        table.set("PATH", "/extra").unwrap();
        assert_eq!(table.exported().collect::<Vec<_>>(), [("PATH", "/extra")]);
        assert_eq!(table.value("OWN").as_deref(), Some("1"));
        assert_eq!(table.value("NONE"), None);
    }

    #[test]
    fn special_parameters_have_posix_meanings() {
        let mut table = VariableTable { last_status: 139, shell_process: 7, ..Default::default() };
        table.name = "script".to_string();
        table.positional = ["first"].map(String::from).to_vec();
        assert_eq!(table.value("?").as_deref(), Some("139"));
        assert_eq!(table.value("$").as_deref(), Some("7"));
        assert_eq!(table.value("!"), None);
        assert_eq!(table.value("#").as_deref(), Some("1"));
        assert_eq!(table.value("0").as_deref(), Some("script"));
        assert_eq!(table.value("1").as_deref(), Some("first"));
        assert_eq!(table.value("2"), None);
    }

    #[test]
    fn a_read_only_variable_stays_and_a_local_one_goes() {
        let mut table = VariableTable::default();
        table.set("A", "1").unwrap();
        table.enter_function();
        assert!(table.make_local("A"));
        table.set("A", "2").unwrap();
        table.leave_function();
        assert_eq!(table.value("A").as_deref(), Some("1"));
        assert!(!table.make_local("A"));
        table.protect("A");
        assert!(table.set("A", "3").is_err());
        assert!(table.unset("A").is_err());
    }
}
