//! Hands SQLCipher its key.
//!
//! A key in a statement (`pragma key`) stays behind in the options of the pool, in the text of the statement and in the
//! parser of SQLite. Here it goes to SQLCipher from a buffer that is wiped, and nothing else sees it. This is the only
//! crate with unsafe code (security.md S-24).

use libsqlite3_sys::{SQLITE_OK, sqlite3, sqlite3_key_v2, sqlite3_rekey_v2};
use sqlx::sqlite::LockedSqliteHandle;
use std::ffi::{CStr, c_char, c_int, c_void};
use zeroize::Zeroizing;

/// What SQLite answered instead of "done".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub i32);

/// How long a raw key is.
pub const LENGTH: usize = 32;

/// `x'`, two digits for each byte, and `'`: what tells SQLCipher that this is the key itself and no password.
const WRITTEN: usize = 2 * LENGTH + 3;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

const MAIN: &CStr = c"main";

/// Gives an open connection its key. To be called before anything else is done with it.
///
/// # Errors
/// Fails when SQLCipher does not take the key. That it does not fit the file shows when the file is read.
pub fn key(connection: &mut LockedSqliteHandle<'_>, key: &[u8; LENGTH]) -> Result<(), Refused> {
    give(connection, key, sqlite3_key_v2)
}

/// Writes every page of the open file again with another key. To be called with nobody else in the file.
///
/// # Errors
/// Fails when SQLite says that it could not. It also says "done" where it was not: only opening the file tells.
pub fn rekey(connection: &mut LockedSqliteHandle<'_>, key: &[u8; LENGTH]) -> Result<(), Refused> {
    give(connection, key, sqlite3_rekey_v2)
}

type Taker = unsafe extern "C" fn(*mut sqlite3, *const c_char, *const c_void, c_int) -> c_int;

#[allow(unsafe_code)]
fn give(connection: &mut LockedSqliteHandle<'_>, key: &[u8; LENGTH], taker: Taker) -> Result<(), Refused> {
    // Filled where it stands, and wiped there: a value that is moved leaves a copy behind.
    let mut written = Zeroizing::new([0; WRITTEN]);
    write(key, &mut written);
    let length = c_int::try_from(written.len()).map_err(|_| Refused(-1))?;
    let (database, place) = (connection.as_raw_handle().as_ptr(), written.as_ptr().cast());
    // SAFETY: the handle is open and locked for as long as `connection` is borrowed, so no other thread is in it; `MAIN`
    // ends with a nul; `place` points to `length` bytes that live until the call is over; and SQLCipher keeps a copy of
    // its own, which it wipes, and no pointer.
    let answer = unsafe { taker(database, MAIN.as_ptr(), place, length) };
    if answer == SQLITE_OK { Ok(()) } else { Err(Refused(answer)) }
}

/// Writes the key as SQLCipher wants it.
fn write(key: &[u8; LENGTH], written: &mut [u8; WRITTEN]) {
    written[..2].copy_from_slice(b"x'");
    written[WRITTEN - 1] = b'\'';
    for (at, byte) in key.iter().enumerate() {
        written[2 + 2 * at] = DIGITS[usize::from(byte >> 4)];
        written[3 + 2 * at] = DIGITS[usize::from(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{Connection, Row};

    #[test]
    fn a_key_is_written_as_a_raw_one() {
        let mut key = [0xA7; LENGTH];
        key[31] = 0x0F;
        let mut buffer = [0; WRITTEN];
        write(&key, &mut buffer);
        let text = String::from_utf8(buffer.to_vec()).unwrap();
        assert_eq!(text, format!("x'{}0F'", "A7".repeat(31)));
    }

    async fn opened(path: &std::path::Path, with: &[u8; LENGTH]) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        key(&mut connection.lock_handle().await.unwrap(), with).unwrap();
        connection
    }

    #[tokio::test]
    async fn a_file_opens_with_its_key_only_and_with_the_next_one_after_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (first, next) = ([1; LENGTH], [2; LENGTH]);
        let mut connection = opened(&path, &first).await;
        sqlx::raw_sql("create table a (b); insert into a values (7)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        assert!(!std::fs::read(&path).unwrap().starts_with(b"SQLite format 3"));

        for (with, is_right) in [(&next, false), (&first, true)] {
            let mut connection = opened(&path, with).await;
            let read = sqlx::query("select b from a").fetch_one(&mut connection).await;
            assert_eq!(read.map(|row| row.get::<i64, _>(0)).ok(), is_right.then_some(7));
            connection.close().await.unwrap();
        }
        let mut connection = opened(&path, &first).await;
        sqlx::query("select b from a").fetch_one(&mut connection).await.unwrap();
        rekey(&mut connection.lock_handle().await.unwrap(), &next).unwrap();
        connection.close().await.unwrap();
        let mut connection = opened(&path, &next).await;
        assert!(sqlx::query("select b from a").fetch_one(&mut connection).await.is_ok());
        connection.close().await.unwrap();
    }
}
