//! Lists as they may come: whole, long, damaged and malicious.

use super::*;

const YASMINA: &str = r#"{"uitpasNumber":"0900000067513","cardType":"REGULAR"}"#;

type Cards = Vec<(UitpasNumber, Option<u32>)>;

fn read(json: impl AsRef<[u8]>) -> Result<(Cards, Export), AskError> {
    let mut rows = Cards::new();
    let export = read_social_tariff(json.as_ref(), &mut rows, |_| {})?;
    Ok((rows, export))
}

fn garbled() -> AskError {
    AskError::Garbled(ABOUT)
}

/// Any amount of JSON, made while it is read.
struct Endless<F> {
    next: F,
    piece: Vec<u8>,
    at: usize,
}

impl<F: FnMut() -> Option<Vec<u8>>> Endless<F> {
    const fn new(next: F) -> Self {
        Self { next, piece: Vec::new(), at: 0 }
    }
}

impl<F: FnMut() -> Option<Vec<u8>>> Read for Endless<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.piece.len() {
            let Some(piece) = (self.next)() else { return Ok(0) };
            (self.piece, self.at) = (piece, 0);
        }
        let length = buffer.len().min(self.piece.len() - self.at);
        buffer[..length].copy_from_slice(&self.piece[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// Counts and keeps nothing.
#[derive(Default)]
struct Count(u64);

impl Extend<(UitpasNumber, Option<u32>)> for Count {
    fn extend<T: IntoIterator<Item = (UitpasNumber, Option<u32>)>>(&mut self, rows: T) {
        self.0 += rows.into_iter().count() as u64;
    }
}

/// A list of so many equal rows, made while it is read.
fn rows(count: u64, row: &str) -> impl Read {
    let (row, mut left) = (format!("{row},").repeat(100), count / 100);
    let mut begun = false;
    Endless::new(move || match (begun, left) {
        (false, _) => {
            begun = true;
            Some(b"[".to_vec())
        }
        (_, 0) => None,
        (_, 1) => {
            left = 0;
            Some([row.trim_end_matches(',').as_bytes(), b"]"].concat())
        }
        _ => {
            left -= 1;
            Some(row.clone().into_bytes())
        }
    })
}

#[test]
fn a_list_is_read_with_the_tickets_of_its_groups() {
    let json = format!(
        r#" [{YASMINA}, {{"cardType":"GROUP","availableTickets":7,"uitpasNumber":"0900000045410","new":{{"a":[1,"é"]}}}}] "#
    );
    let (rows, export) = read(&json).unwrap();
    let digits: Vec<_> = rows.iter().map(|(number, tickets)| (number.reveal(), *tickets)).collect();
    assert_eq!(digits, [("0900000067513", None), ("0900000045410", Some(7))]);
    assert_eq!(export, Export { bytes: json.len() as u64, rows: 2, bad: 0 });
    assert_eq!(read("[]").unwrap().1.rows, 0);
}

#[test]
fn a_bad_row_is_left_out_and_more_than_one_in_a_hundred_is_no_list() {
    let bad = [
        r#"{"uitpasNumber":"0560002524314"}"#,
        r#"{"uitpasNumber":"090000006751"}"#,
        r#"{"uitpasNumber":900000067513}"#,
        r#"{"uitpasNumber":null}"#,
        r#"{"uitpasNumber":{"a":["0900000067513"]}}"#,
        r#"{"cardType":"REGULAR"}"#,
        r#""0900000067513""#,
        "null",
        "-1.5",
        "true",
        r#"["uitpasNumber"]"#,
    ];
    for bad in bad {
        let good = [YASMINA; 99].join(",");
        let (rows, export) = read(format!("[{good},{bad}]")).unwrap();
        assert_eq!((rows.len(), export.rows, export.bad), (99, 100, 1), "{bad}");
        assert_eq!(read(format!("[{good},{bad},{bad}]")).unwrap_err(), garbled(), "{bad}");
    }
    let (rows, _) = read(format!(r#"[{{"availableTickets":-1,{}]"#, &YASMINA[1..])).unwrap();
    assert_eq!(rows[0].1, None);
}

#[test]
fn half_a_list_is_no_list() {
    let whole = format!("[{YASMINA},{YASMINA}]");
    for end in 0..whole.len() {
        assert_eq!(read(&whole[..end]).unwrap_err(), garbled(), "cut off at {end}");
    }
    for behind in ["x", "[]", ",", "\0"] {
        assert_eq!(read(format!("{whole}{behind}")).unwrap_err(), garbled(), "followed by {behind:?}");
    }
    for other in ["{}", "null", "<html>", r#"{"member":[]}"#] {
        assert_eq!(read(other).unwrap_err(), garbled(), "{other}");
    }
}

#[test]
fn what_is_no_text_is_refused_also_where_nobody_reads_it() {
    for bytes in [&b"[{\"uitpasNumber\":\"\xff\"}]"[..], b"[{\"a\":\"\xff\"}]", b"[]\xff"] {
        assert_eq!(read(bytes).unwrap_err(), garbled());
    }
}

#[test]
fn nothing_that_goes_on_and_on_is_held_in_memory() {
    let endless = |begin: &'static str, piece: &'static [u8]| {
        let mut begun = false;
        Endless::new(move || {
            let now = if begun { piece.repeat(1000) } else { begin.as_bytes().to_vec() };
            begun = true;
            Some(now)
        })
    };
    for (begin, piece) in [
        ("[{\"uitpasNumber\":\"", &b"0"[..]),
        ("[{\"", b"a"),
        ("[{\"a\":", b"["),
        ("[{\"a\":", b"1"),
        ("[", b" "),
        ("[]", b" "),
        ("[{\"a\":[", b"1,"),
    ] {
        let mut most = 0;
        let read = read_social_tariff(endless(begin, piece), &mut Count::default(), |at| most = at.bytes);
        assert_eq!(read.unwrap_err(), garbled(), "{begin}");
        assert!(most < 4 * 1024 * 1024, "{begin}: {most} bytes were read");
    }
}

#[test]
fn a_long_list_is_read_and_one_without_end_is_not() {
    let (mut count, mut told) = (Count::default(), 0);
    let export = read_social_tariff(rows(200_000, YASMINA), &mut count, |at| told = told.max(at.rows)).unwrap();
    assert_eq!((export.rows, count.0), (200_000, 200_000));
    assert!(told > 190_000, "the last that was told is {told}");
    let most = Most { bytes: 2_000_000, rows: 10_000 };
    let refused = |row: &str| {
        let (mut count, mut told) = (Count::default(), 0);
        let read = read_at_most(most, rows(u64::MAX, row), &mut count, |at| told = told.max(at.bytes));
        assert_eq!(read.unwrap_err(), garbled());
        (count.0, told)
    };
    assert_eq!(refused(YASMINA).0, most.rows, "more rows than any region has cards");
    let (_, bytes) = refused(&format!("{{\"a\":\"{}\"}}", "x".repeat(5_000)));
    assert!(bytes <= most.bytes && bytes > most.bytes / 2, "{bytes} bytes were read");
}
