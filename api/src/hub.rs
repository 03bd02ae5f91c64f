//! The running hub: what requests, flows and jobs share.

use entities::Db;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::config::Config;
use crate::graphql::schema::Schema;

/// Everything that lives as long as the process.
pub struct Hub {
    /// The settings in force.
    pub config: Config,
    /// The ledger.
    pub db: Db,
    /// The GraphQL schema.
    pub schema: Schema,
    /// The figures of this process.
    pub metrics: PrometheusHandle,
}

impl Hub {
    /// A hub over an opened ledger.
    #[must_use]
    pub fn new(config: Config, db: Db, metrics: PrometheusHandle) -> Self {
        let schema = crate::graphql::schema::build(
            config.size("LIENTHONG_GRAPHQL_DEPTH_LEVELS"),
            config.size("LIENTHONG_GRAPHQL_COST_POINTS"),
        );
        Self { config, db, schema, metrics }
    }
}
