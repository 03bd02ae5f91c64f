//! Directives: where they may stand, and with which arguments. Whether one may be repeated is not compared: the engine's parser
//! reads every directive as repeatable, and the hub has none that is.

use async_graphql::parser::types::DirectiveDefinition;

use super::definitions::Definitions;
use super::types::describe;
use super::{Changes, Severity, values};

pub(super) fn compare(changes: &mut Changes, old: &Definitions, new: &Definitions) {
    for (name, before) in &old.directives {
        match new.directives.get(name) {
            Some(now) => kept(changes, &format!("@{name}"), before, now),
            None => {
                let message = format!("The directive @{name} was removed");
                changes.add(Severity::Breaking, "DIRECTIVE_REMOVED", format!("@{name}"), message);
            }
        }
    }
    for name in new.directives.keys().filter(|name| !old.directives.contains_key(*name)) {
        let message = format!("The directive @{name} is new");
        changes.add(Severity::Safe, "DIRECTIVE_ADDED", format!("@{name}"), message);
    }
}

fn kept(changes: &mut Changes, path: &str, old: &DirectiveDefinition, new: &DirectiveDefinition) {
    describe(changes, path, old.description.as_ref(), new.description.as_ref());
    let stands = |directive: &DirectiveDefinition, at| directive.locations.iter().any(|place| place.node == at);
    for place in old.locations.iter().filter(|place| !stands(new, place.node)) {
        let message = format!("{path} no longer stands at {:?}", place.node);
        changes.add(Severity::Breaking, "DIRECTIVE_LOCATION_REMOVED", path, message);
    }
    for place in new.locations.iter().filter(|place| !stands(old, place.node)) {
        let message = format!("{path} may stand at {:?}", place.node);
        changes.add(Severity::Safe, "DIRECTIVE_LOCATION_ADDED", path, message);
    }
    values::arguments(changes, path, &old.arguments, &new.arguments);
}
