//! The GraphQL surface: one schema over schools, money and the ministry's records.

pub mod context;
pub mod fault;
pub mod loaders;
pub mod looked_at;
pub mod mutation;
pub mod node_id;
pub mod paging;
pub mod query;
pub mod scalars;
pub mod schema;
pub mod shown;
pub mod types;
