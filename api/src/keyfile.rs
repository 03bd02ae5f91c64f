//! The master key: given as a setting, or with the embedded database made once as a file that only its owner reads.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entities::seal::MasterKey;

use crate::config::Config;

const FILE: &str = "master.key";

/// The master key of this installation.
///
/// # Errors
/// A plain sentence when the key is missing, malformed or its file cannot be read or made.
pub fn master_key(config: &Config) -> Result<MasterKey, String> {
    let given = config.text("LIENTHONG_MASTER_KEY");
    if !given.is_empty() {
        return parse(given).ok_or_else(|| "LIENTHONG_MASTER_KEY must be base64 of 32 bytes.".to_owned());
    }
    if !config.location().is_sqlite() {
        return Err(
            "With PostgreSQL, LIENTHONG_MASTER_KEY must be given: two processes would invent two keys.".to_owned()
        );
    }
    let path = config.data_dir().join(FILE);
    if path.exists() {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        return parse(text.trim()).ok_or_else(|| format!("{} does not hold base64 of 32 bytes.", path.display()));
    }
    let (bytes, key) = MasterKey::generate().map_err(|error| error.to_string())?;
    make_data_dir(config)?;
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let mut file = opened.map_err(|error| format!("{}: {error}", path.display()))?;
    writeln!(file, "{}", STANDARD.encode(bytes)).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(key)
}

/// Makes the data directory where it is missing; nobody but its owner may look in, for keys, credentials and money lie there.
///
/// # Errors
/// A plain sentence with the path.
pub fn make_data_dir(config: &Config) -> Result<(), String> {
    let path = config.data_dir();
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
    made.map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Option<MasterKey> {
    STANDARD.decode(text).ok()?.try_into().ok().map(MasterKey::new)
}
