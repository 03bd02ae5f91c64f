//! What a selection asks of one type, laid out once for all rows of a list: its fields with fragments put in place, each with
//! its key as JSON.

use std::cell::OnceCell;
use std::collections::HashMap;

use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

use super::worded::{Priced, Worded};

/// The fragments of a document by name.
pub type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The fields of a selection on one type, of different keys and without directives.
pub struct Plan<'a> {
    /// The fields in their order.
    pub fields: Vec<Planned<'a>>,
    type_name: String,
}

/// A field of a plan.
pub struct Planned<'a> {
    /// Its name in the schema.
    pub name: &'a str,
    /// As it stands in the document.
    pub field: &'a Positioned<Field>,
    /// Its key in the reply, as JSON with the colon.
    key: Vec<u8>,
    fragments: &'a Fragments,
    inner: OnceCell<Option<Plan<'a>>>,
    may: OnceCell<bool>,
}

impl<'a> Plan<'a> {
    /// None for a selection that is more than fields: with directives, twice the same key, or conditions that name another type.
    #[must_use]
    pub fn of(selected: &'a SelectionSet, type_name: &str, fragments: &'a Fragments) -> Option<Self> {
        let mut plan = Self { fields: Vec::with_capacity(selected.items.len()), type_name: type_name.to_owned() };
        plan.take(selected, fragments)?;
        Some(plan)
    }

    fn take(&mut self, selected: &'a SelectionSet, fragments: &'a Fragments) -> Option<()> {
        for item in &selected.items {
            let (condition, directives, inner) = match &item.node {
                Selection::Field(field) if field.node.directives.is_empty() => {
                    self.push(field, fragments)?;
                    continue;
                }
                Selection::Field(_) => return None,
                Selection::FragmentSpread(spread) => {
                    let fragment = &fragments.get(&spread.node.fragment_name.node)?.node;
                    if !fragment.directives.is_empty() {
                        return None;
                    }
                    (Some(&fragment.type_condition), &spread.node.directives, &fragment.selection_set)
                }
                Selection::InlineFragment(inline) => {
                    (inline.node.type_condition.as_ref(), &inline.node.directives, &inline.node.selection_set)
                }
            };
            // A condition that names an interface is the engine's to judge.
            if !directives.is_empty() || condition.is_some_and(|condition| condition.node.on.node != self.type_name) {
                return None;
            }
            self.take(&inner.node, fragments)?;
        }
        Some(())
    }

    fn push(&mut self, field: &'a Positioned<Field>, fragments: &'a Fragments) -> Option<()> {
        let key = format!("\"{}\":", field.node.response_key().node).into_bytes();
        if self.fields.iter().any(|other| other.key == key) {
            return None;
        }
        self.fields.push(Planned {
            name: &field.node.name.node,
            field,
            key,
            fragments,
            inner: OnceCell::new(),
            may: OnceCell::new(),
        });
        Some(())
    }

    /// Words an object of these fields; none when one is not at hand.
    pub fn object(
        &self,
        out: &mut Worded,
        mut at_hand: impl FnMut(&Planned<'a>, &mut Worded) -> Option<Priced>,
    ) -> Option<Priced> {
        out.object(&self.fields, |field, out| {
            out.raw(&field.key);
            self.field(field, out, &mut at_hand)
        })
    }

    /// Words one of these fields.
    pub fn field(
        &self,
        field: &Planned<'a>,
        out: &mut Worded,
        at_hand: impl FnOnce(&Planned<'a>, &mut Worded) -> Option<Priced>,
    ) -> Option<Priced> {
        match field.name {
            "__typename" => Some(out.plain(&self.type_name)),
            _ => at_hand(field, out),
        }
    }
}

impl<'a> Planned<'a> {
    /// What the policy says of the field, asked once for all rows.
    pub fn may(&self, ask: impl FnOnce() -> bool) -> bool {
        *self.may.get_or_init(ask)
    }

    /// What is asked of the field's own type; a field has one.
    pub fn inner(&self, type_name: &str) -> Option<&Plan<'a>> {
        let selected = &self.field.node.selection_set.node;
        self.inner.get_or_init(|| Plan::of(selected, type_name, self.fragments)).as_ref()
    }
}
