//! The running hub: what requests, flows and jobs share.

use entities::Db;
use entities::networks::Networks;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Notify, Semaphore};

use crate::auth::crypto;
use crate::auth::memory::Memory;
use crate::auth::rate::{AddressRates, SubjectRates};
use crate::config::Config;
use crate::feed::Feed;
use crate::feed::audience::Audience;
use crate::flows::desk::Desks;
use crate::flows::exports::Writing;
use crate::flows::group::Group;
use crate::flows::imports::Reading;
use crate::flows::refusals::Refusals;
use crate::flows::tally::Tallies;
use crate::flows::upload::MAX_AT_ONCE;
use crate::graphql::documents::ForAll;
use crate::graphql::gate::Gate;
use crate::graphql::gate::limits::Limits;
use crate::graphql::reading;
use crate::graphql::replies::Replies;
use crate::graphql::schema::{self, Schema};
use crate::graphql::writing;

/// Days of banks that one process reads at once: each may be as large as `LIENTHONG_BILLING_FILE_BYTES`.
const MAX_DAY_FILES: usize = 4;

/// Everything that lives as long as the process.
pub struct Hub {
    /// The settings in force.
    pub config: Config,
    /// The ledger.
    pub db: Db,
    /// The GraphQL schema.
    pub schema: Schema,
    /// The same schema for documents that it validated before.
    pub schema_for_known: Schema,
    /// What documents must pass before the schema sees them.
    pub gate: Gate,
    /// The documents that every client may name.
    pub documents: ForAll,
    /// What callers asked before.
    pub replies: Replies,
    /// What this process remembers of keys, tokens and callers.
    pub memory: Memory,
    /// How many requests each caller may still send.
    pub subject_rates: SubjectRates,
    /// How many points each caller may still spend.
    pub point_rates: SubjectRates,
    /// How many token requests each address may still send.
    pub address_rates: AddressRates,
    /// The proxies that are believed when they tell whose request they pass on.
    pub proxies: Networks,
    /// The connectors at work.
    pub desks: Desks,
    /// What is heard through them.
    pub tallies: Tallies,
    /// The way into the inbox.
    pub group: Group,
    /// What happens in the ledger, for streams.
    pub feed: Feed,
    /// Who listens to it.
    pub audience: Audience,
    /// The budget for keeping refused messages.
    pub refusals: Refusals,
    /// Places for files on their way in.
    pub uploads: Semaphore,
    /// Places for the days of banks, which are read whole.
    pub day_files: Semaphore,
    /// How imports read their lines.
    pub reading: Reading,
    /// How exports write theirs.
    pub writing: Writing,
    /// Wakes the workers of imports and exports.
    pub runs: Notify,
    /// Wakes the settling worker.
    pub settlement: Notify,
    /// The figures of this process.
    pub metrics: PrometheusHandle,
}

impl Hub {
    /// A hub over an opened ledger. Must be called within the runtime: it starts the committing task.
    #[must_use]
    pub fn new(config: Config, db: Db, documents: ForAll, metrics: PrometheusHandle) -> Self {
        let gate = Gate::new(Limits::of(&config), &schema::sdl());
        let replies = Replies::new(config.number("LIENTHONG_GRAPHQL_CACHE_BYTES"));
        crypto::install();
        let feed = Feed::start(db.clone());
        let audience = Audience::new(config.size("LIENTHONG_STREAMS"), config.size("LIENTHONG_STREAMS_PER_CALLER"));
        let group = Group::start(
            db.clone(),
            config.size("LIENTHONG_INBOX_QUEUE_MESSAGES"),
            config.size("LIENTHONG_INBOX_GROUP_MESSAGES"),
        );
        let proxies = config.trusted_proxies();
        Self {
            config,
            db,
            schema: schema::build(),
            schema_for_known: schema::build_for_known(),
            gate,
            documents,
            replies,
            memory: Memory::default(),
            subject_rates: SubjectRates::default(),
            point_rates: SubjectRates::default(),
            address_rates: AddressRates::default(),
            proxies,
            desks: Desks::default(),
            tallies: Tallies::default(),
            group,
            feed,
            audience,
            refusals: Refusals::default(),
            reading: reading::READING,
            writing: writing::WRITING,
            runs: Notify::new(),
            uploads: Semaphore::new(MAX_AT_ONCE),
            day_files: Semaphore::new(MAX_DAY_FILES),
            settlement: Notify::new(),
            metrics,
        }
    }
}
