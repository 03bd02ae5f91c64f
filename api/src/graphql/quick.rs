//! Rows whose fields are at hand, resolved without a future for each field: a list of hundreds is otherwise mostly the
//! engine's own machinery. What is not at hand goes to the engine, field by field, and so does everything unusual.

use std::borrow::Cow;
use std::collections::HashMap;

use async_graphql::connection::{Connection, CursorType};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use futures_util::FutureExt;
use futures_util::future::join_all;

use super::context::Request;
use super::paging::{Cursor, Total};

/// A type most of whose fields are at hand.
pub trait AtHand: ContainerType + OutputType + Send + Sync {
    /// The value of a field without arguments that needs no question and no mask; none asks the engine, which answers the
    /// same.
    fn at_hand(&self, asked: &Asked<'_>, field: &Field) -> Option<Value>;
}

/// What an answer needs beside the row.
pub struct Asked<'a> {
    /// Who asks.
    pub request: &'a Request,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
}

impl<'a> Asked<'a> {
    /// The object of a selection whose fields are all at hand; none when one is not.
    pub fn object(
        &self,
        selected: &SelectionSet,
        type_name: &str,
        at_hand: impl Fn(&Field) -> Option<Value>,
    ) -> Option<Value> {
        let mut object = IndexMap::with_capacity(selected.items.len());
        self.each(selected, type_name, &mut |field| {
            let value = match field.node.name.node.as_str() {
                "__typename" => type_name.into(),
                _ if field.node.arguments.is_empty() => at_hand(&field.node)?,
                _ => return None,
            };
            object.insert(field.node.response_key().node.clone(), value).is_none().then_some(())
        })?;
        Some(Value::Object(object))
    }

    /// Goes through the fields of a selection, fragments put in place; none when it is more than fields without directives.
    fn each<'s>(
        &self,
        selected: &'s SelectionSet,
        type_name: &str,
        take: &mut impl FnMut(&'s Positioned<Field>) -> Option<()>,
    ) -> Option<()>
    where
        'a: 's,
    {
        for item in &selected.items {
            let (condition, directives, inner) = match &item.node {
                Selection::Field(field) if field.node.directives.is_empty() => {
                    take(field)?;
                    continue;
                }
                Selection::Field(_) => return None,
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.fragments.get(&spread.node.fragment_name.node)?.node;
                    (Some(&fragment.type_condition), &spread.node.directives, &fragment.selection_set)
                }
                Selection::InlineFragment(inline) => {
                    (inline.node.type_condition.as_ref(), &inline.node.directives, &inline.node.selection_set)
                }
            };
            // A condition that names an interface is the engine's to judge.
            if !directives.is_empty() || condition.is_some_and(|condition| condition.node.on.node != type_name) {
                return None;
            }
            self.each(&inner.node, type_name, take)?;
        }
        Some(())
    }
}

/// A row that answers quickly. In the schema it is the row itself.
#[derive(Clone, Debug)]
pub struct Quick<T>(pub T);

impl<T: AtHand> OutputType for Quick<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let taken = ctx.data_opt::<Request>().and_then(|request| {
            let asked = Asked { request, fragments: &ctx.query_env.fragments };
            self.take(&asked, &ctx.item.node)
        });
        // Boxes: types that hold each other's futures would grow without end.
        match taken {
            Some(Taken { object, rest }) if rest.is_empty() => Ok(Value::Object(object)),
            Some(taken) => self.complete(ctx, taken).boxed().await,
            None => self.0.resolve(ctx, field).boxed().await,
        }
    }
}

/// The fields at hand, and the places of those for the engine.
struct Taken<'a> {
    object: IndexMap<Name, Value>,
    rest: Vec<(usize, &'a Positioned<Field>)>,
}

impl<T: AtHand> Quick<T> {
    /// None when the selection is more than plain fields of different names.
    fn take<'a>(&self, asked: &Asked<'a>, selected: &'a SelectionSet) -> Option<Taken<'a>> {
        let (mut object, mut rest) = (IndexMap::with_capacity(selected.items.len()), Vec::new());
        asked.each(selected, &self.0.introspection_type_name(), &mut |field| {
            let value = match field.node.name.node.as_str() {
                "__typename" => Some(Value::String(self.introspection_type_name().into_owned())),
                _ if field.node.arguments.is_empty() => self.0.at_hand(asked, &field.node),
                _ => None,
            };
            if value.is_none() {
                rest.push((object.len(), field));
            }
            object.insert(field.node.response_key().node.clone(), value.unwrap_or_default()).is_none().then_some(())
        })?;
        Some(Taken { object, rest })
    }

    /// Asks the engine for what was not at hand.
    async fn complete(&self, ctx: &ContextSelectionSet<'_>, taken: Taken<'_>) -> ServerResult<Value> {
        let Taken { mut object, rest } = taken;
        let answers = rest.into_iter().map(|(place, field)| async move {
            let ctx = ctx.with_field(field);
            (place, self.0.resolve_field(&ctx).await)
        });
        let mut failed = Vec::new();
        for (place, answer) in join_all(answers).await {
            match answer {
                Ok(value) => object[place] = value.unwrap_or_default(),
                Err(error) => {
                    ctx.add_error(error);
                    failed.push(place);
                }
            }
        }
        // The engine leaves out what failed, and an object of nothing is null.
        failed.into_iter().rev().for_each(|place| drop(object.shift_remove_index(place)));
        Ok(if object.is_empty() { Value::Null } else { Value::Object(object) })
    }

    /// The whole object; none when a field of it is not at hand.
    pub fn whole(&self, asked: &Asked<'_>, selected: &SelectionSet) -> Option<Value> {
        asked.object(selected, &self.0.introspection_type_name(), |field| self.0.at_hand(asked, field))
    }
}

/// A page of rows that answer quickly: without a future for each row where every row is wholly at hand.
pub type QuickPage<T> = Quick<Connection<Cursor, Quick<T>, Total>>;

impl<T: AtHand> AtHand for Connection<Cursor, Quick<T>, Total> {
    fn at_hand(&self, asked: &Asked<'_>, field: &Field) -> Option<Value> {
        let selected = &field.selection_set.node;
        match field.name.node.as_str() {
            "nodes" => self.edges.iter().map(|edge| edge.node.whole(asked, selected)).collect(),
            "edges" => {
                let type_name = format!("{}Edge", T::type_name());
                let edge = |edge: &async_graphql::connection::Edge<Cursor, Quick<T>, _>| {
                    asked.object(selected, &type_name, |field| match field.name.node.as_str() {
                        "cursor" => Some(edge.cursor.encode_cursor().into()),
                        "node" => edge.node.whole(asked, &field.selection_set.node),
                        _ => None,
                    })
                };
                self.edges.iter().map(edge).collect()
            }
            _ => None,
        }
    }
}
