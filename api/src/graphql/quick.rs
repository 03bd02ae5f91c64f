//! Rows whose fields are at hand, worded without a future for each field: a list of hundreds is otherwise mostly the engine's
//! own machinery. What is not at hand goes to the engine, field by field, and so does everything unusual.

use std::borrow::Cow;

use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use futures_util::FutureExt;
use futures_util::future::join_all;

use super::context::Request;
use super::paging::{Cursor, Total};
use super::plan::{Plan, Planned};
use super::worded::{Priced, Worded};

/// A type most of whose fields are at hand.
pub trait AtHand: ContainerType + OutputType + Send + Sync {
    /// Words a field that needs no question and no mask; none asks the engine, which answers the same. Who takes a field with
    /// arguments looks at them.
    fn at_hand(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced>;
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
            let plan = Plan::of(&ctx.item.node, &T::type_name(), &ctx.query_env.fragments)?;
            Some(self.take(request, &plan))
        });
        // Boxes: types that hold each other's futures would grow without end.
        match taken {
            Some(Taken::Whole(object)) => Ok(object),
            Some(Taken::Part { object, rest }) => self.complete(ctx, object, rest).boxed().await,
            None => self.0.resolve(ctx, field).boxed().await,
        }
    }
}

/// What is at hand of a row.
enum Taken<'a> {
    /// Everything that was asked for.
    Whole(Value),
    /// The object with the fields at hand, and the places of those for the engine.
    Part { object: IndexMap<Name, Value>, rest: Vec<(usize, &'a Positioned<Field>)> },
}

impl<T: AtHand> Quick<T> {
    fn take<'a>(&self, request: &Request, plan: &Plan<'a>) -> Taken<'a> {
        let mut whole = Worded::default();
        if let Some(kind) = self.whole(request, plan, &mut whole) {
            return Taken::Whole(whole.seal(kind));
        }
        let (mut object, mut rest) = (IndexMap::with_capacity(plan.fields.len()), Vec::new());
        for field in &plan.fields {
            let mut worded = Worded::default();
            let value = match plan.field(field, &mut worded, |field, out| self.0.at_hand(request, field, out)) {
                Some(kind) => worded.seal(kind),
                None => {
                    rest.push((object.len(), field.field));
                    Value::Null
                }
            };
            object.insert(field.field.node.response_key().node.clone(), value);
        }
        Taken::Part { object, rest }
    }

    /// Asks the engine for what was not at hand.
    async fn complete(
        &self,
        ctx: &ContextSelectionSet<'_>,
        mut object: IndexMap<Name, Value>,
        rest: Vec<(usize, &Positioned<Field>)>,
    ) -> ServerResult<Value> {
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

    /// Words what a field asks of this row; none when a field of it is not at hand.
    pub fn at_once(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
        self.whole(request, field.inner(&self.0.introspection_type_name())?, out)
    }

    /// Words the whole object; none when a field of it is not at hand.
    fn whole(&self, request: &Request, plan: &Plan<'_>, out: &mut Worded) -> Option<Priced> {
        plan.object(out, |field, out| self.0.at_hand(request, field, out))
    }
}

/// A page of rows that answer quickly: without a future for each row where every row is wholly at hand.
pub type QuickPage<T> = Quick<Connection<Cursor, Quick<T>, Total>>;

impl<T: AtHand> AtHand for Connection<Cursor, Quick<T>, Total> {
    fn at_hand(&self, request: &Request, field: &Planned<'_>, out: &mut Worded) -> Option<Priced> {
        let node = |field: &Planned<'_>, edge: &Edge<Cursor, Quick<T>, EmptyFields>, out: &mut Worded| {
            edge.node.whole(request, field.inner(&T::type_name())?, out)
        };
        match field.name {
            "nodes" => out.list(&self.edges, |edge, out| node(field, edge, out)),
            "edges" => {
                let plan = field.inner(&format!("{}Edge", T::type_name()))?;
                let part = |field: &Planned<'_>, edge: &Edge<Cursor, Quick<T>, EmptyFields>, out: &mut Worded| {
                    match field.name {
                        "cursor" => Some(out.plain(&edge.cursor.encode_cursor())),
                        "node" => node(field, edge, out),
                        _ => None,
                    }
                };
                out.list(&self.edges, |edge, out| plan.object(out, |field, out| part(field, edge, out)))
            }
            _ => None,
        }
    }
}
