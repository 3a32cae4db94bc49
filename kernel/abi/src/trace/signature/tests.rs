use super::*;

/// The table of calls, with each call's arguments in its comment.
const TABLE: &str = include_str!("../../number.rs");

/// The names and the numbers of arguments that the comments tell, in the order of the table.
fn told() -> impl Iterator<Item = (&'static str, Option<usize>)> {
    TABLE.lines().filter_map(|line| {
        let call = line.trim().strip_prefix("/// `")?;
        let (name, rest) = call.split_once('(')?;
        let arguments = rest.split_once(')')?.0;
        let is_open = arguments.contains("...");
        let count = if arguments.is_empty() { 0 } else { arguments.split(',').count() };
        Some((name, (!is_open).then_some(count)))
    })
}

#[test]
fn every_call_has_the_name_and_the_arguments_that_its_comment_tells() {
    assert_eq!(told().count(), Sysno::ALL.len());
    for (call, (name, arguments)) in Sysno::ALL.iter().zip(told()) {
        let signature = signature(*call);
        assert_eq!(signature.name, name, "{call:?}");
        if let Some(count) = arguments {
            // The comment of `fcntl` and its like leaves nothing out, and neither may this.
            assert_eq!(signature.arguments.len(), count, "{name}");
        }
    }
}

#[test]
fn arguments_that_tell_of_others_lead_to_numbers() {
    for call in Sysno::ALL {
        let signature = signature(*call);
        for kind in signature.arguments {
            let told_by = match *kind {
                Kind::Name(index) | Kind::Bytes(index) | Kind::Filled(index) => Some(index),
                Kind::Vector(index, _) | Kind::SocketAddress(index) => Some(index),
                _ => None,
            };
            if let Some(index) = told_by {
                let other = signature.arguments.get(usize::from(index));
                assert_eq!(other, Some(&Kind::Unsigned), "{}", signature.name);
            }
        }
    }
}
