//! What cards, readers and their drivers say: answers, answers to reset, the identity file of an eID and the names of slots.
#![no_main]

use std::convert::Infallible;

use balie_card::{Answer, judge, national_number, readers};
use balie_core::card::Presented;
use balie_core::reader::ReaderName;
use libfuzzer_sys::fuzz_target;
use zeroize::Zeroizing;

/// More commands than any walk through an identity file takes: 40 fields, each with its head and a length of four bytes.
const COMMANDS: usize = 3 + 40 * 4;

fuzz_target!(|bytes: &[u8]| {
    let identified = matches!(judge(bytes), Answer::Is(_));
    assert_eq!(identified, bytes.len() > 2 && bytes.ends_with(&[0x90, 0x00]), "only a good answer is an identifier");
    let presented = Presented::of_atr(bytes);
    assert!(presented == Presented::Other || bytes.len() > 3, "nothing is told apart by fewer bytes");

    // The bytes are the identity file itself, and then, cut at each zero, whatever a card answers.
    let mut asked = 0;
    let Ok(_) = national_number(|command: &[u8]| {
        asked += 1;
        Ok::<_, Infallible>(Zeroizing::new(file_answers(bytes, command)))
    });
    assert!(asked <= COMMANDS, "{asked} commands");
    let mut answers = bytes.split(|byte| *byte == 0);
    let Ok(_) = national_number(|_: &[u8]| {
        asked += 1;
        Ok::<_, Infallible>(Zeroizing::new(answers.next().unwrap_or_default().to_vec()))
    });
    assert!(asked <= 2 * COMMANDS, "{asked} commands");

    if let Ok(text) = std::str::from_utf8(bytes) {
        let names: Vec<ReaderName> = text.lines().map(|line| ReaderName(line.to_owned())).collect();
        let told = readers(&names);
        assert_eq!(told.iter().map(|reader| reader.slots.len()).sum::<usize>(), names.len(), "a slot is lost");
        assert!(told.iter().all(|reader| !reader.slots.is_empty()));
    }
});

fn file_answers(file: &[u8], command: &[u8]) -> Vec<u8> {
    let fine = [0x90, 0x00];
    match command {
        [0x00, 0xB0, high, low, length] => {
            let at = usize::from(u16::from_be_bytes([*high, *low]));
            let part = file.get(at..at + usize::from(*length));
            part.map_or(vec![0x6B, 0x00], |part| [part, &fine].concat())
        }
        _ => fine.to_vec(),
    }
}
