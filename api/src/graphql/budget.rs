//! The two budgets of a caller's minute: requests, and points. A client has those of its own, a person those of the role in
//! force. They are kept per process.

use entities::callers::Caller;

use crate::auth::rate::Standing;
use crate::hub::Hub;

/// Takes the static price of an operation from the caller's points; it is never given back.
///
/// # Errors
/// The standing with the seconds to wait, when less is left.
pub fn charge(hub: &Hub, caller: &Caller, points: u64) -> Result<Standing, Standing> {
    let points = u32::try_from(points).unwrap_or(u32::MAX);
    hub.point_rates.take_many(caller.subject, points, points_per_minute(hub, caller))
}

/// What is left of the caller's requests and points, taking nothing.
#[must_use]
pub fn left(hub: &Hub, caller: &Caller) -> (Standing, Standing) {
    let requests = hub.subject_rates.look(&caller.subject, caller.requests_per_minute);
    (requests, hub.point_rates.look(&caller.subject, points_per_minute(hub, caller)))
}

/// Points of a minute: enough for one operation of any lawful price, whatever the requests.
fn points_per_minute(hub: &Hub, caller: &Caller) -> u32 {
    let per_request = hub.config.number("LIENTHONG_GRAPHQL_POINTS_PER_REQUEST");
    let points = per_request.saturating_mul(caller.requests_per_minute.into()).max(hub.gate.points());
    u32::try_from(points).unwrap_or(u32::MAX)
}
