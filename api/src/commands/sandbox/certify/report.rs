//! The report that a partner can be sent: dated, in Vietnamese and English, without a key in it.

use serde_json::{Value, json};

use super::trial::{Trial, Verdict};

/// What is certified, for the head of the report.
pub(super) struct Head {
    /// The moment, as people in Vietnam write it with the offset.
    pub(super) at: String,
    /// The hub that was tried.
    pub(super) hub: String,
    /// The connection's name.
    pub(super) connection: String,
    /// Its sender.
    pub(super) sender: &'static str,
    /// `HIGH` or `LOW`.
    pub(super) assurance: &'static str,
}

/// The report as Markdown.
pub(super) fn markdown(head: &Head, towards_hub: &[Trial], towards_partner: &[Trial]) -> String {
    let mut text = format!(
        "# Biên bản kiểm thử kết nối / Certification of a connection\n\n\
         | | |\n| --- | --- |\n\
         | Thời điểm / Moment | {} |\n| Hệ thống / Hub | Liên Thông {}, {} |\n| Kết nối / Connection | {} |\n\
         | Bên gửi / Sender | {} |\n| Mức tin cậy / Assurance | {} |\n| Kết quả / Result | {} |\n",
        head.at,
        env!("CARGO_PKG_VERSION"),
        cell(&head.hub),
        cell(&head.connection),
        head.sender,
        head.assurance,
        summed_up(towards_hub.iter().chain(towards_partner)),
    );
    text.push_str("\n## Tới hệ thống / Towards the hub\n\n");
    text.push_str(&table(towards_hub));
    text.push_str("\n## Tới đối tác / Towards the partner\n\n");
    if towards_partner.is_empty() {
        text.push_str(
            "Chưa thử: chạy lại với --listen để bên gửi gửi qua máy kiểm thử. / Not tried: certify again with --listen and \
             let the sender post through the robot.\n",
        );
    } else {
        text.push_str(&table(towards_partner));
    }
    text
}

/// The same for programs.
pub(super) fn json(head: &Head, towards_hub: &[Trial], towards_partner: &[Trial]) -> Value {
    let list = |trials: &[Trial]| -> Value {
        let entry = |trial: &Trial| {
            let (word, detail) = said(&trial.verdict);
            json!({ "code": trial.subject.code, "promise": trial.subject.promise, "verdict": word, "detail": detail })
        };
        trials.iter().map(entry).collect()
    };
    json!({
        "at": head.at, "hub": head.hub, "connection": head.connection, "sender": head.sender,
        "assurance": head.assurance, "towardsHub": list(towards_hub), "towardsPartner": list(towards_partner),
    })
}

fn table(trials: &[Trial]) -> String {
    let mut text = "| | Cam kết / Promise | Kết quả / Result |\n| --- | --- | --- |\n".to_owned();
    for trial in trials {
        let (subject, (word, detail)) = (trial.subject, said(&trial.verdict));
        let detail = detail.map(|detail| format!(": {}", cell(detail))).unwrap_or_default();
        text.push_str(&format!(
            "| `{}` | {}<br>{} | **{word}**{detail} |\n",
            subject.code, subject.promise_vi, subject.promise
        ));
    }
    text
}

fn said(verdict: &Verdict) -> (&'static str, Option<&str>) {
    match verdict {
        Verdict::Held => ("HELD", None),
        Verdict::Broken(detail) => ("BROKEN", Some(detail)),
        Verdict::Untried(why) => ("NOT_TRIED", Some(why)),
    }
}

fn summed_up<'t>(trials: impl Iterator<Item = &'t Trial>) -> String {
    let (mut held, mut broken, mut untried) = (0, 0, 0);
    for trial in trials {
        match trial.verdict {
            Verdict::Held => held += 1,
            Verdict::Broken(_) => broken += 1,
            Verdict::Untried(_) => untried += 1,
        }
    }
    format!("{held} HELD, {broken} BROKEN, {untried} NOT_TRIED")
}

/// A text within a table: what would end its cell is written out.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::super::trial::Subject;
    use super::*;

    #[test]
    fn a_report_counts_and_stays_a_table() {
        let subject = Subject { code: "X", promise: "en", promise_vi: "vi" };
        let trial = |verdict| Trial { subject, verdict };
        let head = Head {
            at: "2026-11-20T08:00:00+07:00".to_owned(),
            hub: "http://127.0.0.1:8080".to_owned(),
            connection: "a | b".to_owned(),
            sender: "Mẫu",
            assurance: "LOW",
        };
        let trials = [trial(Verdict::Held), trial(Verdict::Broken("a | b\nc".to_owned()))];
        let text = markdown(&head, &trials, &[]);
        assert!(text.contains("1 HELD, 1 BROKEN, 0 NOT_TRIED"), "{text}");
        assert!(text.contains("| `X` | vi<br>en | **BROKEN**: a \\| b c |"), "{text}");
        assert_eq!(json(&head, &trials, &[])["towardsHub"][1]["verdict"], "BROKEN");
    }
}
