//! Sentences for the types that the engine makes: pages of lists, and where a page ends.

use async_graphql::SchemaBuilder;
use async_graphql::connection::{Connection, PageInfo};

use super::mutation::Mutation;
use super::paging::{Cursor, Total};
use super::query::Query;
use super::query::access::AccessLogEntry;
use super::subscription::Subscription;
use super::types::administrative_unit::AdministrativeUnit;
use super::types::bank_account::BankAccount;
use super::types::bank_transaction::BankTransaction;
use super::types::bill_reconciliation::{BillDiscrepancy, BillReconciliation};
use super::types::connection::BankConnection;
use super::types::connection::refusals::RefusalCount;
use super::types::enrollment::Enrollment;
use super::types::fee::Fee;
use super::types::inbound_event::InboundEvent;
use super::types::invoice::Invoice;
use super::types::organization::Organization;
use super::types::refused_message::RefusedMessage;
use super::types::run::{ExportRun, ImportRun};
use super::types::school::School;
use super::types::school_class::SchoolClass;
use super::types::school_profile::SchoolProfileVersion;
use super::types::school_profile::proposal::SchoolProfileProposal;
use super::types::statement::{Statement, StatementLine};
use super::types::student::Student;

type Builder = SchemaBuilder<Query, Mutation, Subscription>;

macro_rules! pages {
    ($builder:expr, $($node:ty: $what:literal, $term:literal;)*) => {
        $builder$(.override_output_type_description::<Connection<Cursor, $node, Total>>(concat!(
            "A page of ", $what, " (một trang danh sách ", $term, "): its rows, their number in all where somebody asks, and whether more follow."
        )))*
    };
}

/// Describes what the engine made.
pub(super) fn pages(builder: Builder) -> Builder {
    let builder = builder.override_output_type_description::<PageInfo>(
        "Where a page stands in its list (thông tin trang). The cursors are null for a page without rows.",
    );
    pages! { builder,
        AccessLogEntry: "looks at records", "lượt truy cập";
        AdministrativeUnit: "administrative units", "đơn vị hành chính";
        BankAccount: "bank accounts", "tài khoản ngân hàng";
        BankConnection: "connections to banks", "kết nối ngân hàng";
        BankTransaction: "bank transactions", "giao dịch ngân hàng";
        BillDiscrepancy: "payments on which bank and hub differ", "giao dịch lệch";
        BillReconciliation: "compared days", "kết quả đối soát thu hộ";
        Enrollment: "enrollments", "quá trình học";
        ExportRun: "exports", "lượt xuất dữ liệu";
        Fee: "fees", "khoản thu";
        ImportRun: "imports", "lượt nhập dữ liệu";
        InboundEvent: "events that banks sent", "sự kiện nhận được";
        Invoice: "requests for payment", "phiếu báo thu";
        Organization: "organizations", "cơ quan, tổ chức";
        RefusalCount: "counts of refused messages", "số thông điệp không được nhận";
        RefusedMessage: "refused messages", "thông điệp bị từ chối";
        SchoolClass: "classes", "lớp học";
        School: "schools", "trường học";
        SchoolProfileProposal: "proposals", "đề nghị thay đổi hồ sơ";
        SchoolProfileVersion: "versions of a profile", "phiên bản hồ sơ";
        Statement: "account statements", "sao kê tài khoản";
        StatementLine: "lines of account statements", "dòng sao kê";
        Student: "students", "học sinh";
    }
}
