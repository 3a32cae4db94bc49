//! The shell's variables: the environment, variables of its own, and `$?`, `$$`, `$!`, `$#`, `$1`.

use crate::expand::Variables;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Whether programs that the shell starts see a variable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Only the shell sees it.
    Shell,
    /// Programs find it in their environment.
    Exported,
}

/// All variables.
#[derive(Debug, Default)]
pub struct VariableTable {
    named: BTreeMap<String, (String, Scope)>,
    /// `$?`: the status of the last foreground command.
    pub last_status: i32,
    /// `$$`: the shell's own process.
    pub shell_process: u32,
    /// `$!`: the last process of the last background job.
    pub last_background: Option<u32>,
    /// `$0` and the script's arguments.
    pub parameters: Vec<String>,
}

impl VariableTable {
    /// Sets a variable; one that is exported stays exported.
    pub fn set(&mut self, name: &str, value: &str) {
        let entry = self.named.entry(name.to_string());
        entry.or_insert_with(|| (String::new(), Scope::Shell)).0 = value.to_string();
    }

    /// Exports a variable, empty if it was not set.
    pub fn export(&mut self, name: &str) {
        let entry = self.named.entry(name.to_string());
        entry.or_insert_with(|| (String::new(), Scope::Exported)).1 = Scope::Exported;
    }

    /// The exported variables in the order of their names.
    pub fn exported(&self) -> impl Iterator<Item = (&str, &str)> {
        self.named
            .iter()
            .filter(|(_, (_, scope))| *scope == Scope::Exported)
            .map(|(name, (value, _))| (name.as_str(), value.as_str()))
    }
}

impl Variables for VariableTable {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.last_status.to_string()),
            "$" => Some(self.shell_process.to_string()),
            "!" => self.last_background.map(|process| process.to_string()),
            "#" => Some(self.parameters.len().saturating_sub(1).to_string()),
            _ => match name.parse::<usize>() {
                Ok(index) => self.parameters.get(index).cloned(),
                Err(_) => self.named.get(name).map(|(value, _)| value.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exported_variables_reach_programs_and_setting_keeps_that() {
        let mut table = VariableTable::default();
        table.set("OWN", "1");
        table.set("PATH", "/bin");
        table.export("PATH");
        table.set("PATH", "/extra");
        assert_eq!(table.exported().collect::<Vec<_>>(), [("PATH", "/extra")]);
        assert_eq!(table.value("OWN").as_deref(), Some("1"));
        assert_eq!(table.value("NONE"), None);
    }

    #[test]
    fn special_parameters_have_posix_meanings() {
        let mut table = VariableTable { last_status: 139, shell_process: 7, ..Default::default() };
        table.parameters = ["script", "first"].map(String::from).to_vec();
        assert_eq!(table.value("?").as_deref(), Some("139"));
        assert_eq!(table.value("$").as_deref(), Some("7"));
        assert_eq!(table.value("!"), None);
        assert_eq!(table.value("#").as_deref(), Some("1"));
        assert_eq!(table.value("0").as_deref(), Some("script"));
        assert_eq!(table.value("1").as_deref(), Some("first"));
        assert_eq!(table.value("2"), None);
    }
}
