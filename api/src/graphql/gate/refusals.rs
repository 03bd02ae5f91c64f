//! The words with which the gate refuses: one code for each limit.

use entities::Refusal;

/// The text is too long.
pub(super) fn too_large(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_LARGE",
        format!("A document has at most {limit} bytes."),
        format!("Truy vấn tối đa {limit} byte."),
    )
}

/// The text is not GraphQL.
pub(super) fn not_graphql() -> Refusal {
    Refusal::new("GRAPHQL_PARSE_FAILED", "This document is not GraphQL.", "Truy vấn không đúng cú pháp GraphQL.")
}

/// Too many tokens.
pub(super) fn too_many_tokens(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_TOKENS",
        format!("A document has at most {limit} tokens."),
        format!("Truy vấn tối đa {limit} từ tố."),
    )
}

/// Nested too deep.
pub(super) fn too_deep(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_DEEP",
        format!("A document nests at most {limit} levels here."),
        format!("Truy vấn lồng tối đa {limit} cấp tại đây."),
    )
}

/// Too many aliases.
pub(super) fn too_many_aliases(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_ALIASES",
        format!("A document has at most {limit} aliases."),
        format!("Truy vấn tối đa {limit} bí danh."),
    )
}

/// Too many directives at one place.
pub(super) fn too_many_directives(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_DIRECTIVES",
        format!("At one place stand at most {limit} directives."),
        format!("Mỗi vị trí tối đa {limit} chỉ thị (directive)."),
    )
}

/// Too many operations.
pub(super) fn too_many_operations(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_OPERATIONS",
        format!("A document has at most {limit} operations."),
        format!("Truy vấn tối đa {limit} thao tác."),
    )
}

/// Too many fragments.
pub(super) fn too_many_fragments(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_FRAGMENTS",
        format!("A document has at most {limit} fragments."),
        format!("Truy vấn tối đa {limit} mảnh (fragment)."),
    )
}

/// Too many variables.
pub(super) fn too_many_variables(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_VARIABLES",
        format!("A document has at most {limit} variables."),
        format!("Truy vấn tối đa {limit} biến."),
    )
}

/// Too many fields, once fragments are put in place.
pub(super) fn too_many_fields(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_FIELDS",
        format!("An operation asks for at most {limit} fields, its fragments put in place."),
        format!("Mỗi thao tác hỏi tối đa {limit} trường, kể cả các mảnh."),
    )
}

/// The same field again and again.
pub(super) fn too_many_repeats(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_REPEATS",
        format!("At one place the same field stands at most {limit} times."),
        format!("Tại một vị trí, một trường lặp tối đa {limit} lần."),
    )
}

/// Too many fields at the root.
pub(super) fn too_many_root_fields(limit: usize) -> Refusal {
    Refusal::new(
        "QUERY_TOO_MANY_ROOT_FIELDS",
        format!("An operation asks at most {limit} questions at its root."),
        format!("Mỗi thao tác tối đa {limit} câu hỏi gốc."),
    )
}

/// A fragment that contains itself.
pub(super) fn fragment_cycle() -> Refusal {
    Refusal::new("FRAGMENT_CYCLE", "A fragment of this document contains itself.", "Có mảnh (fragment) chứa chính nó.")
}

/// A question about the schema that leads back to where it came from.
pub(super) fn introspection_too_deep(limit: usize) -> Refusal {
    Refusal::new(
        "INTROSPECTION_TOO_DEEP",
        format!("A question about the schema nests at most {limit} lists of types and fields."),
        format!("Câu hỏi về lược đồ lồng tối đa {limit} danh sách kiểu và trường."),
    )
}

/// Too costly.
pub(super) fn too_costly(points: u64, limit: u64) -> Refusal {
    Refusal::new(
        "QUERY_TOO_COSTLY",
        format!("This document costs {points} points; one may cost {limit}. Ask for smaller pages or fewer fields."),
        format!("Truy vấn này tốn {points} điểm; tối đa {limit}. Hãy hỏi trang nhỏ hơn hoặc ít trường hơn."),
    )
}

/// More than `__typename` may say.
pub(super) fn bad_typename() -> Refusal {
    Refusal::new(
        "GRAPHQL_VALIDATION_FAILED",
        "`__typename` takes no arguments, no fields, and only @skip and @include, each once.",
        "`__typename` không nhận tham số, không có trường con, và chỉ nhận @skip, @include, mỗi loại một lần.",
    )
}

/// An operation that the document does not have, or none named where there are several.
pub(super) fn no_such_operation() -> Refusal {
    Refusal::new(
        "OPERATION_NOT_FOUND",
        "Name in operationName one operation of this document.",
        "Hãy nêu trong operationName một thao tác có trong truy vấn.",
    )
}

/// A text with the character NUL.
pub(super) fn nul() -> Refusal {
    Refusal::new("BAD_TEXT", "A text cannot hold the character NUL.", "Văn bản không được chứa ký tự NUL.")
}

/// A variable that does not fit its type.
pub(super) fn bad_variable(name: &str, expected: &str) -> Refusal {
    let name: String = name.chars().take(100).collect();
    let (en, vi) = (
        format!("Variable ${name} does not fit its type {expected}."),
        format!("Biến ${name} không đúng kiểu {expected}."),
    );
    Refusal::new("VARIABLE_INVALID", en, vi).at(format!("variables.{name}"))
}
