//! Answers in gzip (RFC 1952) without compression: enough for a client to unpack, and to break off in the middle.

/// The most that one stored block of deflate holds.
const LARGEST_BLOCK: usize = 0xffff;

/// These bytes as a gzip file.
pub(crate) fn packed(plain: &[u8]) -> Vec<u8> {
    // Magic, deflate, no flags, no time, no hints, unknown system.
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = plain.chunks(LARGEST_BLOCK).peekable();
    if blocks.peek().is_none() {
        file.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    file.extend(crc32(plain).to_le_bytes());
    // The size counts modulo 2^32; no answer of this API comes near that.
    file.extend(u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_BLOCK, crc32, packed};

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_long_text_is_cut_in_blocks_and_only_the_last_says_so() {
        let file = packed(&vec![b'x'; LARGEST_BLOCK + 1]);
        assert_eq!(file[10], 0);
        let second = 10 + 5 + LARGEST_BLOCK;
        assert_eq!(&file[second..second + 6], [1, 1, 0, 0xfe, 0xff, b'x']);
        assert_eq!(packed(b"").len(), 10 + 5 + 8);
    }
}
