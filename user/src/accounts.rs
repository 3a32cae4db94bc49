//! Users by name, from `/etc/passwd`, and their groups, from `/etc/group`.

use alloc::string::String;
use alloc::vec::Vec;

/// A user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The user's number.
    pub uid: u32,
    /// The number of the user's group.
    pub gid: u32,
    /// Where the user's files are.
    pub home: String,
    /// What the user talks to.
    pub shell: String,
}

/// The user of a name.
pub fn find_name(text: &str, name: &str) -> Option<Account> {
    accounts(text).find(|(user, _)| *user == name).map(|(_, account)| account)
}

/// The user of a name or a number, in the text of `/etc/passwd`; a number need not be in it.
pub fn find(text: &str, name: &str) -> Option<Account> {
    let is_it = |user: &str, account: &Account| user == name || name.parse() == Ok(account.uid);
    let named = accounts(text).find(|(user, account)| is_it(user, account));
    named.map(|(_, account)| account).or_else(|| {
        // The greatest number means no user at all in the calls.
        let uid = name.parse().ok().filter(|uid| *uid != u32::MAX)?;
        Some(Account { uid, gid: uid, home: "/tmp".into(), shell: "/bin/shell".into() })
    })
}

/// What a user is called.
pub fn name_of(text: &str, uid: u32) -> Option<&str> {
    accounts(text).find(|(_, account)| account.uid == uid).map(|(name, _)| name)
}

/// What the second field of a user's line says of the password; only of a line that is an account.
pub fn password_field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| account(line).is_some_and(|(user, _)| user == name))?;
    line.split(':').nth(1)
}

/// The groups that a user is in besides the one of `/etc/passwd`: their numbers, in the text of `/etc/group`.
pub fn further_groups(text: &str, name: &str) -> Vec<u32> {
    let groups = text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let number = fields.nth(2)?.parse().ok()?;
        let mut members = fields.next()?.split(',').filter(|member| !member.is_empty());
        members.any(|member| member == name).then_some(number)
    });
    groups.collect()
}

/// All users with their names; lines that are none are left out.
fn accounts(text: &str) -> impl Iterator<Item = (&str, Account)> {
    text.lines().filter_map(account)
}

fn account(line: &str) -> Option<(&str, Account)> {
    let mut fields = line.split(':');
    let (user, _password) = (fields.next()?, fields.next()?);
    let (uid, gid) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let (_comment, home, shell) = (fields.next()?, fields.next()?, fields.next()?);
    Some((user, Account { uid, gid, home: home.into(), shell: shell.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "root:x:0:0:root:/:/bin/shell\nbroken\nuser:x:1000:100:a user:/tmp:/bin/sh\n";

    #[test]
    fn users_have_names_and_numbers() {
        let user = Account { uid: 1000, gid: 100, home: "/tmp".into(), shell: "/bin/sh".into() };
        assert_eq!(find(TEXT, "user"), Some(user.clone()));
        assert_eq!(find(TEXT, "1000"), Some(user));
        assert_eq!(find(TEXT, "root").map(|root| root.uid), Some(0));
        assert_eq!(find(TEXT, "77").map(|other| (other.uid, other.gid)), Some((77, 77)));
        assert_eq!(find_name(TEXT, "root").map(|root| root.home), Some("/".into()));
        assert_eq!(find_name(TEXT, "1000"), None, "a number is no name");
        for name in ["", "broken", "nobody", "-1", "4294967295"] {
            assert_eq!(find(TEXT, name), None, "{name}");
        }
    }

    #[test]
    fn a_users_password_and_groups_are_found_by_name() {
        assert_eq!((name_of(TEXT, 1000), name_of(TEXT, 7)), (Some("user"), None));
        assert_eq!(password_field(TEXT, "user"), Some("x"));
        assert_eq!(password_field("a::1:1::/:/bin/sh", "a"), Some(""));
        for name in ["", "broken", "1000", "nobody"] {
            assert_eq!(password_field(TEXT, name), None, "{name}");
        }
        let groups = "wheel:x:10:root,user\nbroken\nuser:x:1000:\naudio:x:29:user\nodd:x:z:user\n";
        assert_eq!(further_groups(groups, "user"), [10, 29]);
        assert_eq!(further_groups(groups, "us"), []);
        assert_eq!(further_groups(groups, ""), []);
    }
}
