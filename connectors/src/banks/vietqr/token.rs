//! The token that we issue: a moment, and a code over it. Whoever holds the key can check it, without a table of tokens.

use ring::hmac::{self, HMAC_SHA256};

use crate::{
    fault::{ConfigFault, Refusal},
    proof::{self, Keys},
    secret::Secret,
    time::{self, Timestamp},
    wire::digits,
};

/// Out of this and a password comes the key of its tokens.
const PURPOSE: &[u8] = b"lienthong vietqr token 1";

/// The key of the tokens of a password. The password itself signs messages, and their text is whatever they say it is: a
/// token's code by the same key would also be the signature of a message that says what the token says.
pub(super) fn key(password: &Secret) -> hmac::Key {
    let code = proof::sign(&proof::key(HMAC_SHA256, password), &[PURPOSE]);
    hmac::Key::new(HMAC_SHA256, code.as_ref())
}

/// A token that is good for 300 seconds from this moment, for whoever knows the password.
#[must_use]
pub fn issue(password: &Secret, username: &str, at: Timestamp) -> String {
    let seconds = time::seconds(at).to_string();
    let code = proof::sign_hex(&key(password), &[username.as_bytes(), b"\n", seconds.as_bytes()]);
    format!("{seconds}.{code}")
}

/// Accepts a token that we issued within the window.
pub(super) fn prove(keys: &Keys, username: &str, token: &str, now: Timestamp) -> Result<(), Refusal> {
    let (seconds, code) = token.split_once('.').ok_or(Refusal::Malformed)?;
    let issued_s = digits(seconds).ok_or(Refusal::Malformed)?;
    keys.prove_hex(&[username.as_bytes(), b"\n", seconds.as_bytes()], code)?;
    if !time::within_window(issued_s, now) {
        return Err(Refusal::OutsideWindow);
    }
    Ok(())
}

/// A new password for VietQR.vn: the hex of 32 random bytes.
pub(super) fn generate_key() -> Result<String, ConfigFault> {
    Ok(hex::encode(proof::random_key()?))
}

#[cfg(test)]
mod tests {
    use ring::hmac::HMAC_SHA256;

    use super::{super::signature, PURPOSE, generate_key, issue, key, prove};
    use crate::{fault::Refusal, proof::Keys, secret::Secret};

    const AT: i64 = 1_755_225_000_000_000;

    #[test]
    fn a_token_is_for_its_own_name_and_key_and_not_for_long() {
        let password = Secret::new(generate_key().unwrap());
        let keys = Keys::each(std::slice::from_ref(&password), |password| Ok(key(password))).unwrap();
        let strangers = Keys::each(&[Secret::new(generate_key().unwrap())], |other| Ok(key(other))).unwrap();
        let token = issue(&password, "vietqr", AT);
        assert_eq!(prove(&keys, "vietqr", &token, AT + 300_000_000), Ok(()));
        assert_eq!(prove(&keys, "vietqr", &token, AT + 301_000_000), Err(Refusal::OutsideWindow));
        assert_eq!(prove(&keys, "another", &token, AT), Err(Refusal::BadProof));
        assert_eq!(prove(&strangers, "vietqr", &token, AT), Err(Refusal::BadProof));
        let later = token.replace("1755225000", "1755225001");
        assert_eq!(prove(&keys, "vietqr", &later, AT), Err(Refusal::BadProof));
        for bad in ["", ".", "1755225000", "1755225000.", "x.00", "1755225000.zz", "-1.00"] {
            assert_eq!(prove(&keys, "vietqr", bad, AT), Err(Refusal::Malformed), "{bad}");
        }
    }

    #[test]
    fn the_code_of_a_token_signs_no_message() {
        let password = Secret::new("a synthetic key");
        let keys = Keys::new(HMAC_SHA256, std::slice::from_ref(&password)).unwrap();
        let token = issue(&password, "vietqr", AT);
        let (seconds, code) = token.split_once('.').unwrap();
        let purpose = std::str::from_utf8(PURPOSE).unwrap();
        // The seconds have ten digits, and so has an amount.
        for before in
            [format!("{purpose}\nvietqr\n"), format!("{purpose}vietqr\n"), "vietqr\n".to_owned(), String::new()]
        {
            let body = serde_json::json!({ "transactionId": before, "amount": seconds, "sign": code }).to_string();
            assert_eq!(signature::prove(&keys, body.as_bytes()), Err(Refusal::BadProof), "{body}");
        }
    }
}
