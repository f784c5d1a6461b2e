//! What is typed or scanned: whatever is accepted reads back as itself, and shows only what may be seen of it.
#![no_main]

use balie_core::pass::Identifier;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(identifier) = Identifier::parse(text) else { return };
    let whole = match &identifier {
        Identifier::Number(number) => number.reveal().to_owned(),
        Identifier::Chip(chip) => chip.to_hex(),
        Identifier::Insz(number) => number.reveal().to_owned(),
        Identifier::Barcode(_) => panic!("a text was read as a barcode that nobody forwarded"),
    };
    assert_eq!(Identifier::parse(&whole).as_ref(), Ok(&identifier), "it reads back as something else");
    assert!(bare(text).eq_ignore_ascii_case(&whole), "it is not what was typed");
    let printed = format!("{identifier:?}");
    let digits = printed.chars().filter(char::is_ascii_hexdigit).collect::<String>();
    match &identifier {
        Identifier::Insz(_) => assert!(!printed.contains(|c: char| c.is_ascii_digit()), "a national number is printed"),
        _ => assert!(digits.ends_with(&whole[whole.len() - 4..]) && !printed.contains(&whole), "{printed}"),
    }
});

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect()
}
