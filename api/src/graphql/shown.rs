//! What a caller may see of a field: the value, or null with the field's path in `extensions.masked`.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

/// A field under the field policy. It is nullable in the schema whatever it holds.
#[derive(Clone, Debug)]
pub enum Shown<T> {
    /// The caller may read the value; none when there is none.
    Value(Option<T>),
    /// The caller lacks the right or the purpose.
    Masked,
}

impl<T> Shown<T> {
    /// The value when `allowed`, else a mask.
    pub fn when(allowed: bool, value: impl Into<Option<T>>) -> Self {
        if allowed { Self::Value(value.into()) } else { Self::Masked }
    }
}

/// The paths that one request asked for and did not get.
#[derive(Default, Debug)]
pub struct MaskedPaths(Mutex<Vec<String>>);

impl MaskedPaths {
    /// Remembers a path such as `students.edges.0.node.birthDate`.
    pub fn add(&self, path: String) {
        if let Ok(mut paths) = self.0.lock() {
            paths.push(path);
        }
    }

    /// The paths, in order.
    pub fn take(&self) -> Vec<String> {
        let mut paths = self.0.lock().map(|mut paths| std::mem::take(&mut *paths)).unwrap_or_default();
        paths.sort();
        paths
    }
}

impl<T: OutputType + Sync> OutputType for Shown<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        T::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Value(Some(value)) => value.resolve(ctx, field).await,
            Self::Value(None) => Ok(Value::Null),
            Self::Masked => {
                if let (Some(masked), Some(path)) = (ctx.data_opt::<Arc<MaskedPaths>>(), ctx.path_node) {
                    masked.add(path.to_string_vec().join("."));
                }
                Ok(Value::Null)
            }
        }
    }
}
