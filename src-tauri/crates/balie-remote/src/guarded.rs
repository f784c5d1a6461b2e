//! A reader that looks at the bytes of a long answer before anything else does: whether they are text, and whether there
//! are not too many of them.

use std::cell::Cell;
use std::io::{Error, ErrorKind, Read, Result};
use std::rc::Rc;

/// What was counted so far; shared between the reader of bytes and the reader of rows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) bytes: Cell<u64>,
    pub(crate) rows: Cell<u64>,
    /// Bytes since the last row.
    pub(crate) since_row: Cell<usize>,
}

/// A row is some fifty bytes. What goes on for this long without one is no list, and would be held in memory as a whole.
const LONGEST_ROW: usize = 1024 * 1024;

/// The reader.
pub(crate) struct Guarded<R, F> {
    inner: R,
    counts: Rc<Counts>,
    most: u64,
    /// The begin of a letter whose rest is still to come: at most three bytes.
    begun: Vec<u8>,
    progress: F,
}

impl<R: Read, F: FnMut(&Counts)> Guarded<R, F> {
    pub(crate) const fn new(inner: R, counts: Rc<Counts>, most: u64, progress: F) -> Self {
        Self { inner, counts, most, begun: Vec::new(), progress }
    }

    fn is_text(&mut self, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return self.begun.is_empty();
        }
        let mut at = 0;
        // A letter has four bytes at most, so this ends soon.
        while !self.begun.is_empty() && at < bytes.len() {
            self.begun.push(bytes[at]);
            at += 1;
            match std::str::from_utf8(&self.begun) {
                Ok(_) => self.begun.clear(),
                Err(error) if error.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(&bytes[at..]) {
            Ok(_) => true,
            Err(error) if error.error_len().is_some() => false,
            Err(error) => {
                self.begun.extend_from_slice(&bytes[at + error.valid_up_to()..]);
                true
            }
        }
    }
}

impl<R: Read, F: FnMut(&Counts)> Read for Guarded<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = self.inner.read(buffer)?;
        let Counts { bytes, since_row, .. } = &*self.counts;
        bytes.set(bytes.get().saturating_add(length as u64));
        let waiting = since_row.get();
        since_row.set(waiting.saturating_add(length));
        if bytes.get() > self.most || waiting > LONGEST_ROW || !self.is_text(&buffer[..length]) {
            return Err(Error::from(ErrorKind::InvalidData));
        }
        (self.progress)(&self.counts);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as a network may.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    fn read(bytes: &[u8], piece: usize, most: u64) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        Guarded::new(Pieces(bytes, piece), Rc::default(), most, |_| {}).read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn text_passes_however_it_is_cut_up() {
        let text = "Noël, 日本, 🃏!".as_bytes();
        for piece in 1..=text.len() {
            assert_eq!(read(text, piece, 100).unwrap(), text, "{piece} bytes at a time");
        }
    }

    #[test]
    fn what_is_no_text_does_not() {
        for bytes in [&b"abc\xffdef"[..], b"No\xeb", b"\xf0\x9f\x83", b"\xc3(", b"\x80"] {
            for piece in 1..=bytes.len() {
                assert!(read(bytes, piece, 100).is_err(), "{bytes:?}, {piece} bytes at a time");
            }
        }
    }

    #[test]
    fn too_much_is_refused() {
        assert!(read(b"12345", 2, 5).is_ok());
        assert!(read(b"123456", 2, 5).is_err());
        assert!(read(&vec![b' '; 3 * LONGEST_ROW], 4096, u64::MAX).is_err());
    }
}
