//! Documents registered for a client, and clients held to them. Every change bites at once in this process and within two
//! seconds in others.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use entities::ids::ClientId;
use entities::trusted_documents::{self, Hash};
use entities::{Refusal, clients, transaction};

use crate::graphql::context::Request;
use crate::graphql::documents;
use crate::graphql::fault::{Fault, UserError, or_refused};
use crate::graphql::types::access::Client;

/// Trusted documents.
#[derive(Default)]
pub struct TrustedDocumentMutation;

#[Object]
impl TrustedDocumentMutation {
    /// Registers documents for a client (đăng ký truy vấn tin cậy). Each must be within the limits of the hub.
    async fn trust_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client and its documents.")] input: TrustDocumentsInput,
    ) -> Result<TrustDocumentsPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("trustDocuments")?;
        let client = client_id(&input.client_id)?;
        if let Some(user_errors) = refused(request, &input.documents) {
            return Ok(TrustDocumentsPayload { hashes: Vec::new(), user_errors });
        }
        let (texts, by) = (&input.documents, request.caller.actor());
        let trusted =
            transaction!(request.db(), |tx| trusted_documents::trust(tx, client, texts, &by, request.now).await);
        request.hub.memory.doubt();
        Ok(match or_refused(trusted)? {
            Ok(hashes) => {
                TrustDocumentsPayload { hashes: hashes.iter().map(hex::encode).collect(), user_errors: Vec::new() }
            }
            Err(user_errors) => TrustDocumentsPayload { hashes: Vec::new(), user_errors },
        })
    }

    /// Takes documents of a client back (hủy đăng ký truy vấn tin cậy).
    async fn withdraw_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client and the hashes of its documents.")] input: WithdrawDocumentsInput,
    ) -> Result<WithdrawDocumentsPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("withdrawDocuments")?;
        let client = client_id(&input.client_id)?;
        let parsed: Result<Vec<Hash>, _> = input.hashes.iter().map(|hash| documents::parse(hash)).collect();
        let hashes = match parsed {
            Ok(hashes) => hashes,
            Err(refused) => {
                let user_errors = vec![refused.refusal.at("hashes").into()];
                return Ok(WithdrawDocumentsPayload { withdrawn: 0, user_errors });
            }
        };
        let withdrawn = transaction!(request.db(), |tx| trusted_documents::withdraw(tx, client, &hashes).await)?;
        request.hub.memory.doubt();
        Ok(WithdrawDocumentsPayload { withdrawn, user_errors: Vec::new() })
    }

    /// Holds a client to its trusted documents, or lets it ask freely again (chỉ cho chạy truy vấn tin cậy).
    async fn hold_client_to_trusted_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client, and whether it is held.")] input: HoldClientToTrustedDocumentsInput,
    ) -> Result<HoldClientToTrustedDocumentsPayload, Fault> {
        let request = Request::of(ctx)?;
        request.allow("holdClientToTrustedDocuments")?;
        let client = client_id(&input.client_id)?;
        let held = transaction!(request.db(), |tx| {
            clients::hold_to_trusted_documents(tx, client, input.only, request.now).await
        });
        request.hub.memory.doubt();
        Ok(match or_refused(held)? {
            Ok(client) => HoldClientToTrustedDocumentsPayload { client: Some(client.into()), user_errors: Vec::new() },
            Err(user_errors) => HoldClientToTrustedDocumentsPayload { client: None, user_errors },
        })
    }
}

/// Documents that are to be trusted (truy vấn tin cậy).
#[derive(InputObject)]
pub struct TrustDocumentsInput {
    /// The client's OAuth `client_id` (mã ứng dụng).
    client_id: String,
    /// The texts of the documents (nội dung truy vấn) exactly as the client sends or hashes them, 1 to 500.
    documents: Vec<String>,
}

/// Documents that are no longer to be trusted (thu hồi truy vấn tin cậy).
#[derive(InputObject)]
pub struct WithdrawDocumentsInput {
    /// The client's OAuth `client_id` (mã ứng dụng).
    client_id: String,
    /// The SHA-256 of each (mã băm), in hex.
    hashes: Vec<String>,
}

/// Whether a client may run its trusted documents only (chỉ chạy truy vấn tin cậy).
#[derive(InputObject)]
pub struct HoldClientToTrustedDocumentsInput {
    /// The client's OAuth `client_id` (mã ứng dụng).
    client_id: String,
    /// True holds the client to its documents (chỉ chạy truy vấn tin cậy); false lets it ask freely.
    only: bool,
}

/// The documents that are trusted now (kết quả đăng ký truy vấn).
#[derive(SimpleObject)]
pub struct TrustDocumentsPayload {
    /// The SHA-256 of each document (mã băm), in hex, in the order of the input; empty when the input was refused.
    hashes: Vec<String>,
    /// Why the input was refused (lỗi dữ liệu nhập); empty otherwise.
    user_errors: Vec<UserError>,
}

/// The documents that were taken back (kết quả hủy đăng ký truy vấn).
#[derive(SimpleObject)]
pub struct WithdrawDocumentsPayload {
    /// How many were registered and no longer are (số truy vấn đã thu hồi).
    withdrawn: u64,
    /// Why the input was refused (lỗi dữ liệu nhập); empty otherwise.
    user_errors: Vec<UserError>,
}

/// The client that was held or let go (kết quả giới hạn ứng dụng).
#[derive(SimpleObject)]
pub struct HoldClientToTrustedDocumentsPayload {
    /// The client (ứng dụng); null when the input was refused.
    client: Option<Client>,
    /// Why the input was refused (lỗi dữ liệu nhập); empty otherwise.
    user_errors: Vec<UserError>,
}

/// Why documents cannot be trusted: an empty list, or one that the gate refuses, by its place.
fn refused(request: &Request, texts: &[String]) -> Option<Vec<UserError>> {
    if texts.is_empty() {
        let refusal = Refusal::new("REQUIRED", "Send at least one document.", "Hãy gửi ít nhất một truy vấn.");
        return Some(vec![refusal.at("documents").into()]);
    }
    let gate = &request.hub.gate;
    let refused = texts.iter().enumerate().filter_map(|(place, text)| Some((place, gate.document(text).err()?)));
    let errors: Vec<UserError> =
        refused.map(|(place, why)| why.refusal.at(format!("documents.{place}")).into()).collect();
    (!errors.is_empty()).then_some(errors)
}

fn client_id(word: &str) -> Result<ClientId, Fault> {
    word.parse().map_err(|_| Refusal::not_found("Client").at("clientId").into())
}
