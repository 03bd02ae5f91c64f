//! The demo's programs and banks: a vendor under contract, a bank partner, and connections of every kind.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entities::callers::Role;
use entities::clients::{self, NewClient};
use entities::connections as ledger;
use entities::contracts::{self, NewContract, SCOPES};
use entities::ids::{BankAccountId, ClientId, ConnectionId};
use entities::reach::Ground;
use entities::synthetic::{Province, School};
use entities::time::Timestamp;
use entities::{Error, Tx};
use ring::rand::{SecureRandom, SystemRandom};

use super::credentials::{Client, Connection};
use crate::flows::connect::{Asked, prepare};
use crate::flows::receive::Door;

/// Requests that a client of the demo may send in a minute: enough to play.
const REQUESTS_PER_MINUTE: u32 = 6_000;

const BILL: [(&str, &str); 3] = [("amounts", "chosen"), ("hours", "00:00-24:00"), ("certificate", "none")];
const VIETTEL_MONEY: [(&str, &str); 2] = [("accessCode", "MAUACCESS01"), ("merchantCode", "MAUVIETTEL01")];

/// A vendor with a contract over half of the deep schools, and a bank. Answers the bank's id too.
pub(super) async fn clients(tx: &Tx, province: &Province, now: Timestamp) -> Result<(Vec<Client>, ClientId), Error> {
    let covered: Vec<&School> = province.deep().step_by(2).collect();
    let grounds = covered.iter().map(|school| Ground::School(school.id)).collect();
    let (vendor, _) = client(tx, "demo-vendor", Role::VendorApp, grounds, now).await?;
    let (bank, id) = client(tx, "demo-bank", Role::BankPartner, Vec::new(), now).await?;
    let schools = covered.iter().map(|school| school.code.clone()).collect();
    Ok((vec![Client { schools, ..vendor }, bank], id))
}

async fn client(
    tx: &Tx,
    name: &str,
    role: Role,
    grounds: Vec<Ground>,
    now: Timestamp,
) -> Result<(Client, ClientId), Error> {
    let new = NewClient { name: name.to_owned(), role, requests_per_minute: REQUESTS_PER_MINUTE };
    let (client, secret) = clients::create(tx, &new, now).await?;
    let contract = NewContract {
        client: client.id,
        number: format!("HD-MAU-{name}"),
        scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        purposes: super::people::purposes(),
        grounds,
        valid_from: super::people::first_day(),
        valid_to: None,
    };
    contracts::create(tx, &contract, now).await?;
    let shown = Client {
        name: client.name,
        role: role.as_str().to_owned(),
        client_id: client.id.to_string(),
        client_secret: secret.reveal().to_owned(),
        schools: Vec::new(),
    };
    Ok((shown, client.id))
}

/// Who sends, through which settings, for which accounts.
struct Plan<'a> {
    bank: &'static str,
    name: &'static str,
    extra: &'static [(&'static str, &'static str)],
    accounts: Vec<(BankAccountId, &'a str)>,
    client: Option<ClientId>,
}

/// Connections of every sender. The first speaks for every account and told of all past payments; it is answered apart.
/// Senders whose messages name no account have one account each.
pub(super) async fn connections(
    tx: &Tx,
    province: &Province,
    bank: ClientId,
    now: Timestamp,
) -> Result<(Vec<Connection>, ConnectionId), Error> {
    let all = province.schools.iter().flat_map(accounts).collect();
    let half = province.deep().skip(province.size.deep_schools / 2).flat_map(accounts).collect();
    let one = |place| province.deep().skip(place).flat_map(accounts).take(1).collect();
    let of = |place| province.deep().skip(place).take(1).flat_map(accounts).collect();
    let plan = |bank, name, extra, accounts, client| Plan { bank, name, extra, accounts, client };
    let plans = [
        plan("sepay", "SePay, ký HMAC (mẫu)", &[("auth", "hmac")], all, None),
        plan("sepay", "SePay, khóa tĩnh (mẫu)", &[("auth", "apikey")], half, None),
        plan("vnpay", "VNPAY (mẫu)", &[("tmnCode", "MAUTMN01")], one(0), None),
        plan("standard_webhooks", "Ngân hàng Cây Tre (mẫu)", &[], one(1), Some(bank)),
        plan("momo", "MoMo (mẫu)", &[("partnerCode", "MAUMOMO01"), ("accessKey", "MAUACCESS01")], one(2), None),
        plan("zalopay", "ZaloPay (mẫu)", &[("appId", "9999")], one(3), None),
        plan("onepay", "OnePay (mẫu)", &[("merchant", "MAUONEPAY01")], one(4), None),
        plan("viettel_money", "Viettel Money (mẫu)", &VIETTEL_MONEY, one(5), None),
        plan("sepay_gateway", "SePay, cổng thanh toán (mẫu)", &[], one(6), None),
        plan("payos", "payOS (mẫu)", &[], of(7), None),
        plan("casso", "Casso (mẫu)", &[("version", "v2")], of(8), None),
        plan("sepay_bankhub", "SePay BankHub (mẫu)", &[], of(9), None),
        plan("bill", "Ngân hàng thu hộ (mẫu)", &BILL, of(11), Some(bank)),
        plan("vietqr", "VietQR.vn (mẫu)", &[("username", "vietqr-mau"), ("signature", "required")], of(10), None),
    ];
    let (mut shown, mut first) = (Vec::new(), None);
    for plan in plans {
        let (connection, id) = connect(tx, plan, now).await?;
        shown.push(connection);
        first = first.or(Some(id));
    }
    Ok((shown, first.ok_or_else(|| Error::internal("the demo has no connection"))?))
}

async fn connect(tx: &Tx, plan: Plan<'_>, now: Timestamp) -> Result<(Connection, ConnectionId), Error> {
    let extra: BTreeMap<String, String> =
        plan.extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let made = connectors::banks::info(plan.bank).map_err(Error::internal)?.generate_key.is_some();
    let issued = if made { None } else { Some(issued_key(plan.bank)?) };
    let (bank, name) = (plan.bank.to_owned(), plan.name.to_owned());
    let asked = Asked { bank, name, secret: issued.clone(), extra: extra.clone(), client: plan.client };
    let (new, secret) = prepare(&asked, plan.accounts.iter().map(|(id, _)| *id).collect())?;
    let connection = ledger::create(tx, &new, "hub", now).await?;
    let shown = Connection {
        id: connection.id.to_string(),
        path: Door::of(&connection.bank).path(connection.id),
        bank: connection.bank,
        secret: secret.or(issued).unwrap_or_default(),
        extra,
        accounts: plan.accounts.iter().map(|(_, number)| (*number).to_owned()).collect(),
    };
    Ok((shown, connection.id))
}

fn accounts(school: &School) -> Vec<(BankAccountId, &str)> {
    school.account_ids().zip(school.account_numbers()).collect()
}

/// A key as a provider would issue it: OnePay's are hex, the others' are any text.
fn issued_key(bank: &str) -> Result<String, Error> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::internal("the system gives no random bytes"))?;
    Ok(match bank {
        "onepay" => hex::encode_upper(bytes),
        _ => format!("mau_{}", URL_SAFE_NO_PAD.encode(bytes)),
    })
}
