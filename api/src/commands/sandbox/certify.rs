//! `lienthong sandbox --certify CONNECTION`: attacks an integration the way production will, in both directions, and writes a
//! dated report. Towards the hub the robot plays the sender with the connection's own keys; with `--listen` it also stands in
//! front of the hub and looks how the partner's real sender bears a hub that is sometimes away.

mod counter;
mod ground;
mod once;
mod order;
mod place;
mod proof;
mod relay;
mod report;
mod trial;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::clock;
use crate::commands::{Failure, print};
use crate::config::Config;
use ground::Ground;
use report::Head;
use trial::{Trial, Verdict};

/// Open invoices that one certification pays, or tries to.
const NEEDED_INVOICES: usize = 24;

/// What is wanted.
pub(super) struct Asked {
    /// The connection's id or name.
    pub(super) connection: String,
    /// Where the hub is served; none means where the settings say.
    pub(super) hub: Option<String>,
    /// Where the report is written; none means beside us, under the connection's name and the day.
    pub(super) report: Option<PathBuf>,
    /// Where the robot listens for the partner's sender.
    pub(super) listen: Option<SocketAddr>,
    /// For how long.
    pub(super) seconds: u32,
    /// Whether the result is printed for programs.
    pub(super) json: bool,
}

pub(super) async fn run(asked: Asked, config: &Config) -> Result<(), Failure> {
    let mut ground = Ground::find(&asked.connection, asked.hub, config).await?;
    if ground.left() < NEEDED_INVOICES {
        return Err(format!(
            "A certification needs {NEEDED_INVOICES} open invoices of the connection's accounts; there are {}.",
            ground.left()
        ));
    }
    let head = Head {
        at: clock::now().rfc3339(),
        hub: ground.hub_url.clone(),
        connection: ground.connection.name.clone(),
        sender: ground.info.name,
        assurance: ground.info.assurance.code(),
    };
    let towards_hub = towards_hub(&mut ground).await;
    let towards_partner = match asked.listen {
        Some(at) => relay::watch(ground, at, asked.seconds).await?,
        None => Vec::new(),
    };
    let place = asked.report.unwrap_or_else(|| named(&head));
    let text = report::markdown(&head, &towards_hub, &towards_partner);
    std::fs::write(&place, text).map_err(|error| format!("{}: {error}", place.display()))?;
    if asked.json {
        print(&report::json(&head, &towards_hub, &towards_partner));
    } else {
        println!("The report is in {}.", place.display());
    }
    let broken = towards_hub.iter().chain(&towards_partner).filter(|trial| matches!(trial.verdict, Verdict::Broken(_)));
    let broken: Vec<_> = broken.map(|trial| trial.subject.code).collect();
    if broken.is_empty() { Ok(()) } else { Err(format!("Broken: {}.", broken.join(", "))) }
}

/// Every attack on the hub in the sender's stead, one after the other.
async fn towards_hub(ground: &mut Ground) -> Vec<Trial> {
    let mut trials = Vec::new();
    macro_rules! tried {
        ($($subject:path => $attack:path,)*) => {
            $({
                let verdict = Verdict::from_run($attack(ground).await);
                trials.push(Trial { subject: $subject, verdict });
            })*
        };
    }
    tried! {
        once::PAID => once::paid,
        once::RESENT => once::resent,
        order::REVERSED => order::reversed,
    }
    if ground.hears_no() {
        tried! {
            counter::CALLED_AGAIN => counter::called_again,
            counter::ANOTHER_PAYMENT => counter::another_payment,
            counter::BACK_FIRST => counter::back_first,
            counter::CROSSED => counter::crossed,
            counter::UNKNOWN_CODE => counter::unknown_code,
        }
    } else {
        tried! {
            once::REPEATED => once::repeated,
            once::CONFLICT => once::conflict,
            order::REVERSED_FIRST => order::reversed_first,
            place::CROSSED => place::crossed,
            place::UNKNOWN_CODE => place::unknown_code,
        }
    }
    tried! {
        order::FAILED => order::failed,
        order::WAITING => order::waiting,
        proof::FORGED => proof::forged,
        proof::BENT => proof::bent,
        proof::UNSIGNED => proof::unsigned,
        proof::OVERLAP => proof::overlap,
        proof::SKEWED => proof::skewed,
        place::UNREADABLE => place::unreadable,
    }
    trials
}

/// `certification-<connection>-<day>.md`, with what a file's name cannot hold left out.
fn named(head: &Head) -> PathBuf {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = head.connection.chars().map(plain).collect();
    let day: String = head.at.chars().take(10).collect();
    Path::new(&format!("certification-{name}-{day}.md")).to_path_buf()
}
