//! The GraphQL surface: one schema over schools, money and the ministry's records.

pub mod answer;
pub mod budget;
pub mod context;
mod described;
pub mod diff;
pub mod documents;
pub mod fault;
pub mod gate;
pub mod loaders;
pub mod looked_at;
pub mod mutation;
pub mod node_id;
pub mod paging;
pub mod plan;
pub mod query;
pub mod quick;
pub mod reading;
mod reads;
pub mod replies;
pub mod run;
pub mod scalars;
pub mod schema;
pub mod shown;
pub mod subscription;
pub mod types;
pub mod worded;
pub mod writing;
