//! The empty, migrated demo databases that every test starts from a copy of: made once for each build of the binary.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::database::Database;
use super::environment;
use super::postgres::Server;
use super::program::{self, Build};

/// The data directory of SQLite's template.
pub(super) fn sqlite() -> PathBuf {
    let _held = lock();
    let template = environment::scratch().join(format!("template-{}", build()));
    if !template.is_dir() {
        forget_older();
        let fresh = Database::empty_sqlite();
        migrate(&fresh);
        let half = template.with_extension("half");
        let _ = fs::remove_dir_all(&half);
        copy(fresh.data_dir(), &half);
        fs::rename(half, &template).unwrap();
    }
    template
}

/// The name of PostgreSQL's template in the shared server.
pub(super) async fn postgres(server: &Server) -> String {
    let _held = lock();
    let template = format!("lienthong_template_{}", build());
    if !server.has(&template).await {
        let half = format!("{template}_half");
        server.execute(format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)")).await.unwrap();
        let fresh = Database::empty_postgres(server, &half).await;
        migrate(&fresh);
        server.execute(format!("ALTER DATABASE {half} RENAME TO {template}")).await.unwrap();
    }
    template
}

/// Makes the tables of an empty database and marks it `demo`: parsers take the obviously false ranges only there.
pub(super) fn migrate(database: &Database) {
    program::run(database, &["migrate", "--kind", "demo"]);
}

/// Copies a folder of plain files.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Tells one build of the binary from the next.
fn build() -> String {
    let changed = fs::metadata(Build::Normal.path()).unwrap().modified().unwrap();
    format!("{:x}", changed.duration_since(UNIX_EPOCH).unwrap().as_micros())
}

/// One at a time, other processes too.
fn lock() -> File {
    let file = File::create(environment::scratch().join("template.lock")).unwrap();
    file.lock().unwrap();
    file
}

fn forget_older() {
    for entry in fs::read_dir(environment::scratch()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().unwrap().to_string_lossy().starts_with("template-") {
            fs::remove_dir_all(path).unwrap();
        }
    }
}
