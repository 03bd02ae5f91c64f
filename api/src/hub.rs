//! The running hub: what requests, flows and jobs share.

use entities::Db;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::auth::crypto;
use crate::auth::memory::Memory;
use crate::auth::rate::{AddressRates, SubjectRates};
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
    /// What this process remembers of keys, tokens and callers.
    pub memory: Memory,
    /// How many requests each caller may still send.
    pub subject_rates: SubjectRates,
    /// How many token requests each address may still send.
    pub address_rates: AddressRates,
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
        crypto::install();
        Self {
            config,
            db,
            schema,
            memory: Memory::default(),
            subject_rates: SubjectRates::default(),
            address_rates: AddressRates::default(),
            metrics,
        }
    }
}
