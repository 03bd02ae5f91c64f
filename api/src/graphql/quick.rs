//! Rows whose fields are at hand, resolved without a future for each field: a list of hundreds is otherwise mostly the
//! engine's own machinery. What is not at hand goes to the engine, field by field, and so does everything unusual.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use futures_util::future::join_all;

use super::context::Request;

/// A type most of whose fields are at hand.
pub trait AtHand: ContainerType + Send + Sync {
    /// The value of a field that needs no question and no mask; none asks the engine, which answers the same.
    fn at_hand(&self, request: &Request, field: &Field) -> Option<Value>;
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
        let Some(request) = ctx.data_opt::<Request>() else { return self.0.resolve(ctx, field).await };
        let Some((mut object, rest)) = self.take(request, ctx.item) else { return self.0.resolve(ctx, field).await };
        if rest.is_empty() {
            return Ok(Value::Object(object));
        }
        let asked = rest.into_iter().map(|(place, field)| async move {
            let ctx = ctx.with_field(field);
            (place, self.0.resolve_field(&ctx).await)
        });
        let mut failed = Vec::new();
        for (place, answer) in join_all(asked).await {
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
}

/// The fields at hand, and the places of those for the engine.
type Taken<'a> = (IndexMap<Name, Value>, Vec<(usize, &'a Positioned<Field>)>);

impl<T: AtHand> Quick<T> {
    /// None when the selection is more than plain fields of different names.
    fn take<'a>(&self, request: &Request, selected: &'a Positioned<SelectionSet>) -> Option<Taken<'a>> {
        let items = &selected.node.items;
        let (mut object, mut rest) = (IndexMap::with_capacity(items.len()), Vec::new());
        for item in items {
            let field = plain(item)?;
            let value = match field.node.name.node.as_str() {
                "__typename" => Some(Value::String(self.introspection_type_name().into_owned())),
                _ if field.node.arguments.is_empty() => self.0.at_hand(request, &field.node),
                _ => None,
            };
            if value.is_none() {
                rest.push((object.len(), field));
            }
            if object.insert(field.node.response_key().node.clone(), value.unwrap_or_default()).is_some() {
                return None;
            }
        }
        Some((object, rest))
    }
}

/// A field without directives; none for a fragment.
fn plain(item: &Positioned<Selection>) -> Option<&Positioned<Field>> {
    match &item.node {
        Selection::Field(field) if field.node.directives.is_empty() => Some(field),
        _ => None,
    }
}

/// The object of a field whose own fields are all at hand; none when one is not.
pub fn object(field: &Field, at_hand: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let items = &field.selection_set.node.items;
    let mut object = IndexMap::with_capacity(items.len());
    for item in items {
        let field = plain(item).filter(|field| field.node.arguments.is_empty())?;
        let value = at_hand(&field.node.name.node)?;
        if object.insert(field.node.response_key().node.clone(), value).is_some() {
            return None;
        }
    }
    Some(Value::Object(object))
}
