//! `$((…))`: C's integer arithmetic on 64 bits, with variables and assignments.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How deep parentheses and operators may stand in each other.
const DEPTH_MAX: usize = 64;

/// The variables of a computation.
pub trait Numbers {
    /// A variable's text.
    fn text(&self, name: &str) -> Result<Option<String>, String>;
    /// Sets a variable.
    fn assign(&mut self, name: &str, value: i64) -> Result<(), String>;
}

/// Operators on two values, by their rank; longer ones before those that they begin with.
const BINARY: [(&str, u8); 18] = [
    ("||", 1),
    ("&&", 2),
    ("==", 6),
    ("!=", 6),
    ("<<", 8),
    (">>", 8),
    ("<=", 7),
    (">=", 7),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];

const ASSIGNING: [&str; 11] = ["<<=", ">>=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "="];

/// The value of an expression; an error is a sentence for the user.
pub fn evaluate(text: &str, numbers: &mut dyn Numbers) -> Result<i64, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut evaluator = Evaluator { text: &characters, at: 0, depth: 0, numbers };
    evaluator.skip();
    if evaluator.at == characters.len() {
        return Ok(0);
    }
    let value = evaluator.comma(Effect::Real)?;
    match evaluator.text.get(evaluator.at) {
        None => Ok(value),
        Some(character) => Err(format!("{text}: unexpected {character} in the computation")),
    }
}

/// A number as C writes it: decimal, octal after `0`, hexadecimal after `0x`.
pub fn number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(rest) => (16, rest),
        None if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        None => (10, digits),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = u64::from_str_radix(digits, base).ok()? as i64;
    Some(value.wrapping_mul(sign))
}

/// Whether a part is computed or only read over, as what `&&` decided against.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Effect {
    Real,
    None,
}

impl Effect {
    fn only_if(self, condition: bool) -> Self {
        if condition { self } else { Self::None }
    }
}

struct Evaluator<'a> {
    text: &'a [char],
    at: usize,
    depth: usize,
    numbers: &'a mut dyn Numbers,
}

impl Evaluator<'_> {
    fn comma(&mut self, effect: Effect) -> Result<i64, String> {
        let mut value = self.assignment(effect)?;
        while self.take(",") {
            value = self.assignment(effect)?;
        }
        Ok(value)
    }

    fn assignment(&mut self, effect: Effect) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("the computation is nested too deep".to_string());
        }
        let before = self.at;
        let value = match self.name() {
            Some(name) => match ASSIGNING.iter().find(|sign| self.begins_assignment(sign)) {
                Some(sign) => self.assign(&name, sign, effect),
                None => {
                    self.at = before;
                    self.conditional(effect)
                }
            },
            None => self.conditional(effect),
        };
        self.depth -= 1;
        value
    }

    fn begins_assignment(&self, sign: &str) -> bool {
        self.begins(sign) && (sign != "=" || !self.begins("=="))
    }

    fn assign(&mut self, name: &str, sign: &str, effect: Effect) -> Result<i64, String> {
        self.take(sign);
        let right = self.assignment(effect)?;
        if effect == Effect::None {
            return Ok(0);
        }
        let value = match sign.strip_suffix('=') {
            Some("") | None => right,
            Some(operator) => binary(operator, self.variable(name)?, right)?,
        };
        self.numbers.assign(name, value)?;
        Ok(value)
    }

    fn conditional(&mut self, effect: Effect) -> Result<i64, String> {
        let condition = self.operators(1, effect)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.comma(effect.only_if(condition != 0))?;
        if !self.take(":") {
            return Err("a : is missing after the ?".to_string());
        }
        let no = self.assignment(effect.only_if(condition == 0))?;
        Ok(if condition != 0 { yes } else { no })
    }

    /// Operators of at least this rank, those of a rank from left to right.
    fn operators(&mut self, least: u8, effect: Effect) -> Result<i64, String> {
        let mut left = self.unary(effect)?;
        while let Some((operator, rank)) = self.binary_operator().filter(|(_, rank)| *rank >= least)
        {
            self.take(operator);
            let inner = match operator {
                "&&" => effect.only_if(left != 0),
                "||" => effect.only_if(left == 0),
                _ => effect,
            };
            let right = self.operators(rank + 1, inner)?;
            left = if effect == Effect::None { 0 } else { binary(operator, left, right)? };
        }
        Ok(left)
    }

    fn binary_operator(&mut self) -> Option<(&'static str, u8)> {
        self.skip();
        let found = BINARY.into_iter().find(|(operator, _)| self.begins(operator))?;
        let is_assignment =
            ASSIGNING.iter().any(|sign| self.begins_assignment(sign) && sign.len() > found.0.len());
        if is_assignment { None } else { Some(found) }
    }

    fn unary(&mut self, effect: Effect) -> Result<i64, String> {
        let mut signs = Vec::new();
        loop {
            self.skip();
            match self.text.get(self.at) {
                Some(sign @ ('-' | '+' | '~' | '!')) => signs.push(*sign),
                _ => break,
            }
            self.at += 1;
        }
        let mut value = self.primary(effect)?;
        for sign in signs.into_iter().rev() {
            value = match sign {
                '-' => value.wrapping_neg(),
                '~' => !value,
                '!' => i64::from(value == 0),
                _ => value,
            };
        }
        Ok(value)
    }

    fn primary(&mut self, effect: Effect) -> Result<i64, String> {
        if self.take("(") {
            let value = self.comma(effect)?;
            return if self.take(")") {
                Ok(value)
            } else {
                Err("a ) is missing in the computation".to_string())
            };
        }
        if let Some(name) = self.name() {
            return if effect == Effect::None { Ok(0) } else { self.variable(&name) };
        }
        let start = self.at;
        while self.text.get(self.at).is_some_and(char::is_ascii_alphanumeric) {
            self.at += 1;
        }
        let digits: String = self.text[start..self.at].iter().collect();
        if digits.is_empty() {
            return Err("a number is missing in the computation".to_string());
        }
        number(&digits).ok_or_else(|| format!("{digits}: not a number"))
    }

    fn variable(&mut self, name: &str) -> Result<i64, String> {
        let text = self.numbers.text(name)?.unwrap_or_default();
        match text.trim() {
            "" => Ok(0),
            text => number(text).ok_or_else(|| format!("{name} is {text}, which is not a number")),
        }
    }

    fn name(&mut self) -> Option<String> {
        self.skip();
        let is_first = |c: &char| c.is_ascii_alphabetic() || *c == '_';
        self.text.get(self.at).filter(|c| is_first(c))?;
        let start = self.at;
        while self.text.get(self.at).is_some_and(|c| is_first(c) || c.is_ascii_digit()) {
            self.at += 1;
        }
        Some(self.text[start..self.at].iter().collect())
    }

    fn take(&mut self, operator: &str) -> bool {
        self.skip();
        let begins = self.begins(operator);
        if begins {
            self.at += operator.len();
        }
        begins
    }

    /// Operators are ASCII, so their bytes are their characters.
    fn begins(&self, operator: &str) -> bool {
        let blanks = self.text[self.at..].iter().take_while(|c| c.is_whitespace()).count();
        operator
            .chars()
            .enumerate()
            .all(|(index, c)| self.text.get(self.at + blanks + index) == Some(&c))
    }

    fn skip(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }
}

fn binary(operator: &str, left: i64, right: i64) -> Result<i64, String> {
    let truth = |condition| Ok(i64::from(condition));
    match operator {
        "||" => truth(left != 0 || right != 0),
        "&&" => truth(left != 0 && right != 0),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<=" => truth(left <= right),
        ">=" => truth(left >= right),
        "<" => truth(left < right),
        ">" => truth(left > right),
        "<<" => Ok(left.wrapping_shl(right as u32)),
        ">>" => Ok(left.wrapping_shr(right as u32)),
        "|" => Ok(left | right),
        "^" => Ok(left ^ right),
        "&" => Ok(left & right),
        "+" => Ok(left.wrapping_add(right)),
        "-" => Ok(left.wrapping_sub(right)),
        "*" => Ok(left.wrapping_mul(right)),
        _ if right == 0 => Err("division by zero".to_string()),
        "/" => Ok(left.wrapping_div(right)),
        _ => Ok(left.wrapping_rem(right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    #[derive(Default)]
    struct Table(BTreeMap<String, String>);

    impl Numbers for Table {
        fn text(&self, name: &str) -> Result<Option<String>, String> {
            Ok(self.0.get(name).cloned())
        }

        fn assign(&mut self, name: &str, value: i64) -> Result<(), String> {
            self.0.insert(name.to_string(), value.to_string());
            Ok(())
        }
    }

    fn value(text: &str) -> Result<i64, String> {
        evaluate(text, &mut Table::default())
    }

    #[test]
    fn operators_have_cs_ranks() {
        for (text, wanted) in [
            ("1 + 2 * 3", 7),
            ("(1+2)*3", 9),
            ("2-3-4", -5),
            ("7/2", 3),
            ("-7/2", -3),
            ("7%3", 1),
            ("1<<4|1", 17),
            ("1 < 2 == 1", 1),
            ("5&3^1", 0),
            ("!0+1", 2),
            ("~0", -1),
            ("- -3", 3),
            ("1?2:3", 2),
            ("0?2:0?4:5", 5),
            ("1&&0||1", 1),
            ("0x1F", 31),
            ("010", 8),
            ("", 0),
            ("1,2", 2),
            ("3 > = 2", 0),
        ] {
            if text == "3 > = 2" {
                assert!(value(text).is_err());
            } else {
                assert_eq!(value(text), Ok(wanted), "{text}");
            }
        }
    }

    #[test]
    fn assignments_change_variables_only_where_they_are_reached() {
        let mut table = Table::default();
        assert_eq!(evaluate("a = b = 5, a += 2", &mut table), Ok(7));
        assert_eq!(evaluate("0 && (a = 1), 1 ? b : (b = 9)", &mut table), Ok(5));
        assert_eq!(evaluate("a <<= 1", &mut table), Ok(14));
        assert_eq!(table.0["a"], "14");
        assert_eq!(table.0["b"], "5");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(value("1/0"), Err("division by zero".to_string()));
        assert_eq!(value("0 && 1/0"), Ok(0));
        assert!(value("1+").unwrap_err().contains("missing"));
        assert!(value("1 2").unwrap_err().contains("unexpected 2"));
        assert!(value("08").unwrap_err().contains("not a number"));
        assert!(value(&"(".repeat(1000)).unwrap_err().contains("too deep"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = value(&text);
        }

        #[test]
        fn no_text_of_operators_panics(text in "[-0-9a-c+*/%<>=&|!~?:(), ]{0,40}") {
            let _ = value(&text);
        }
    }
}
