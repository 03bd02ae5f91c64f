//! What the schema says of its fields and inputs, read once from its own text: the price and the variables go by the
//! contract that callers read, not by the engine's inside.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

/// How many values a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Many {
    /// One, or none.
    One,
    /// A list whose length no argument says.
    List,
    /// A page: `first` or `last` says how many.
    Page,
}

/// A field of an output type.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Field {
    /// The type of its values.
    pub(in crate::graphql) of: String,
    /// How many there are.
    pub(super) many: Many,
    /// Whether the values have fields of their own.
    pub(in crate::graphql) is_object: bool,
}

/// What an input type takes.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A scalar, judged by the engine.
    Scalar,
    /// One of these words.
    Enum(HashSet<String>),
    /// Fields with their types; the flag says whether exactly one is to be given.
    Object(HashMap<String, InputField>, bool),
}

/// A field of an input object.
#[derive(Clone, Debug)]
pub(super) struct InputField {
    /// Its type.
    pub(super) of: Type,
    /// Whether it may be left out although it is not null.
    pub(super) has_default: bool,
}

/// The shapes of a schema.
#[derive(Clone, Debug, Default)]
pub(in crate::graphql) struct Shapes {
    outputs: HashMap<String, HashMap<String, Field>>,
    inputs: HashMap<String, Input>,
    roots: HashMap<&'static str, String>,
}

impl Shapes {
    /// Reads a schema's text.
    ///
    /// # Panics
    /// When the engine prints a text that its own parser does not read, which a test would show.
    #[must_use]
    pub(in crate::graphql) fn read(sdl: &str) -> Self {
        let mut shapes = Self::default();
        let document = parse_schema(sdl).expect("the schema prints what the parser reads");
        let definitions = document.definitions.into_iter();
        let types: Vec<TypeDefinition> = definitions.filter_map(|one| shapes.definition(one)).collect();
        let objects: HashSet<&str> =
            types.iter().filter(|one| fields_of(one).is_some()).map(|one| one.name.node.as_str()).collect();
        for one in &types {
            let Some(fields) = fields_of(one) else { continue };
            let fields =
                fields.iter().map(|field| (field.node.name.node.to_string(), Field::of(&field.node, &objects)));
            shapes.outputs.insert(one.name.node.to_string(), fields.collect());
        }
        for one in types {
            if let Some(input) = Input::of(&one) {
                shapes.inputs.insert(one.name.node.to_string(), input);
            }
        }
        shapes
    }

    fn definition(&mut self, definition: TypeSystemDefinition) -> Option<TypeDefinition> {
        match definition {
            TypeSystemDefinition::Type(one) => Some(one.node),
            TypeSystemDefinition::Schema(schema) => {
                let roots = [
                    ("query", schema.node.query),
                    ("mutation", schema.node.mutation),
                    ("subscription", schema.node.subscription),
                ];
                self.roots.extend(roots.into_iter().filter_map(|(word, root)| Some((word, root?.node.to_string()))));
                None
            }
            TypeSystemDefinition::Directive(_) => None,
        }
    }

    /// The type at the root of an operation.
    #[must_use]
    pub(in crate::graphql) fn root(&self, operation: OperationType) -> &str {
        let word = match operation {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        self.roots.get(word).map_or("", String::as_str)
    }

    /// A field of an output type; none when the type has no such field.
    #[must_use]
    pub(in crate::graphql) fn field(&self, of: &str, name: &str) -> Option<&Field> {
        self.outputs.get(of)?.get(name)
    }

    /// Whether there is an output type of this name.
    #[cfg(test)]
    pub(in crate::graphql) fn has(&self, of: &str) -> bool {
        self.outputs.contains_key(of)
    }

    /// What an input type takes; none for a type that is no input.
    #[must_use]
    pub(super) fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.get(name)
    }
}

fn fields_of(one: &TypeDefinition) -> Option<&[async_graphql::Positioned<FieldDefinition>]> {
    match &one.kind {
        TypeKind::Object(object) => Some(&object.fields),
        TypeKind::Interface(interface) => Some(&interface.fields),
        TypeKind::Union(_) => Some(&[]),
        _ => None,
    }
}

/// Whether a type holds the rows of a page: a Relay connection, or a page of a feed.
pub(super) fn is_page(of: &str) -> bool {
    of.ends_with("Connection") || of.ends_with("Page")
}

impl Field {
    fn of(field: &FieldDefinition, objects: &HashSet<&str>) -> Self {
        let (of, is_list) = innermost(&field.ty.node);
        let is_page = is_page(&of) && field.arguments.iter().any(|argument| argument.node.name.node == "first");
        let many = if is_page {
            Many::Page
        } else if is_list {
            Many::List
        } else {
            Many::One
        };
        Self { is_object: objects.contains(of.as_str()), of, many }
    }
}

fn innermost(of: &Type) -> (String, bool) {
    match &of.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(inner) => (innermost(inner).0, true),
    }
}

impl Input {
    fn of(one: &TypeDefinition) -> Option<Self> {
        match &one.kind {
            TypeKind::Scalar => Some(Self::Scalar),
            TypeKind::Enum(words) => {
                Some(Self::Enum(words.values.iter().map(|word| word.node.value.node.to_string()).collect()))
            }
            TypeKind::InputObject(object) => {
                let is_one_of = one.directives.iter().any(|directive| directive.node.name.node == "oneOf");
                let field = |field: &InputValueDefinition| {
                    let has_default = field.default_value.is_some();
                    (field.name.node.to_string(), InputField { of: field.ty.node.clone(), has_default })
                };
                Some(Self::Object(object.fields.iter().map(|one| field(&one.node)).collect(), is_one_of))
            }
            _ => None,
        }
    }
}
