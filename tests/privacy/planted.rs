//! What is planted: numbers that publiq published for tests, names that the stand-in invented, and what must stay here.

/// The numbers of passes that publiq published.
pub const NUMBERS: [&str; 24] = [
    "0900000095902",
    "0900000067513",
    "0900000031618",
    "0900010959113",
    "0900000002312",
    "0900000058918",
    "1000000520006",
    "0900000093204",
    "0900004518305",
    "0900011902815",
    "0900011903417",
    "0900000074519",
    "0900000020405",
    "0900000045410",
    "0900000191800",
    "0900000036112",
    "0900000075706",
    "0900000672312",
    "0900010888817",
    "0900010630813",
    "0930012345615",
    "0945000057915",
    "0945000058012",
    "1000000397215",
];

/// The national numbers that were published with them.
pub const NATIONAL: [&str; 4] = ["83030201540", "36051380284", "66010101785", "71030360442"];

/// The first names of the stand-in.
pub const NAMES: [&str; 6] = ["Yasmina", "Noor", "Fatima", "Ilyas", "Griet", "Hilde"];

/// What stands in the bodies and the tokens that are planted.
pub const MARK: &str = "GEPLANT";

/// The secret of the desk of [`balie_tests::scene`].
pub const SECRET: &str = "geheim";

/// The longest run of digits in a text.
pub fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.map(str::len).max().unwrap_or(0)
}

/// The digits of a text, without what people write between groups of them.
pub fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '.' | '-' | '/')).collect()
}
