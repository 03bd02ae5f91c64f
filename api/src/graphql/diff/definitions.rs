//! A schema's text as lists that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DirectiveDefinition, SchemaDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// What a schema defines, by name.
pub(super) struct Definitions {
    pub(super) types: BTreeMap<String, TypeDefinition>,
    pub(super) directives: BTreeMap<String, DirectiveDefinition>,
    /// The type behind each operation, as `("query", "Query")`.
    pub(super) roots: BTreeMap<&'static str, String>,
}

impl Definitions {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let document = parse_schema(text).map_err(|error| format!("cannot be read: {error}"))?;
        let mut read = Self { types: BTreeMap::new(), directives: BTreeMap::new(), roots: BTreeMap::new() };
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => read.roots = roots(&schema.node),
                TypeSystemDefinition::Type(kind) => {
                    read.types.insert(kind.node.name.node.to_string(), kind.node);
                }
                TypeSystemDefinition::Directive(directive) => {
                    read.directives.insert(directive.node.name.node.to_string(), directive.node);
                }
            }
        }
        if read.types.is_empty() { Err("defines no type.".into()) } else { Ok(read) }
    }

    /// The names of all types that a reply can hold.
    pub(super) fn shown(&self) -> BTreeSet<&str> {
        let fields = self.types.values().flat_map(|kind| match &kind.kind {
            TypeKind::Object(object) => object.fields.as_slice(),
            TypeKind::Interface(interface) => interface.fields.as_slice(),
            _ => &[],
        });
        fields.map(|field| name(&field.node.ty.node)).collect()
    }
}

fn roots(schema: &SchemaDefinition) -> BTreeMap<&'static str, String> {
    let all = [("query", &schema.query), ("mutation", &schema.mutation), ("subscription", &schema.subscription)];
    all.into_iter().filter_map(|(word, root)| root.as_ref().map(|root| (word, root.node.to_string()))).collect()
}

/// The name inside all lists.
pub(super) fn name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => name(inner),
    }
}
