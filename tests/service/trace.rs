//! The words of a trace, one step a line, made into what they mean.

use std::time::Duration;

use super::card::Card;
use super::codes::code;
use super::faults::{Act, Fault};
use super::wire::Verb;

/// What a step that cannot be understood is told to be.
pub(super) type Sense<T> = Result<T, String>;

/// Splits a line after its first word.
pub(super) fn word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    (word, rest.trim())
}

/// Takes the name of a reader from the begin of a text. Names have spaces, so only readers that were plugged in before
/// are known.
pub(super) fn reader<'a>(text: &'a str, known: &'a [String]) -> Sense<(&'a str, &'a str)> {
    let named = known.iter().find_map(|name| {
        let rest = text.strip_prefix(name.as_str())?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (name.as_str(), rest.trim()))
    });
    named.ok_or_else(|| format!("no reader that was plugged in before: {text}"))
}

/// A number of this size.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Sense<T> {
    text.parse().map_err(|_| format!("no number: {text}"))
}

/// Bytes in hexadecimal digits.
pub(super) fn bytes(text: &str) -> Sense<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(|| format!("no bytes: {text}"))?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).map_err(|why| why.to_string())).collect()
}

/// A card: `uid=…`, or an answer for each APDU as `FFCA000000=…`, then `atr=…` and `mute` if wanted.
pub(super) fn card(text: &str) -> Sense<Card> {
    let (mut answers, mut uid, mut atr, mut mute) = (vec![], None, None, false);
    for part in text.split_whitespace() {
        match part.split_once('=') {
            Some(("uid", value)) => uid = Some(bytes(value)?),
            Some(("atr", value)) => atr = Some(bytes(value)?),
            Some((apdu, answer)) => answers.push((bytes(apdu)?, bytes(answer)?)),
            None if part == "mute" => mute = true,
            None => return Err(format!("no part of a card: {part}")),
        }
    }
    let card = uid.map_or_else(|| Card::saying(answers), |uid| Card::tag(&uid));
    let card = if let Some(atr) = atr { card.with_atr(&atr) } else { card };
    Ok(if mute { card.muted() } else { card })
}

/// What goes wrong next: a verb, a reader where the verb has one, how it goes wrong, and `times 3` or `for ever`.
pub(super) fn fault(text: &str, known: &[String]) -> Sense<Fault> {
    let (verb, rest) = word(text);
    let verb = Verb::named(verb).ok_or_else(|| format!("no question of a client: {verb}"))?;
    let (reader, rest) = match reader(rest, known) {
        Ok((reader, rest)) => (Some(reader), rest),
        Err(_) => (None, rest),
    };
    if let Some((act, ms)) = rest.strip_suffix(" ms").and_then(|rest| rest.rsplit_once(" for ")) {
        return Ok(Fault::new(verb, reader, self::act(verb, act)?).lasting(Duration::from_millis(number(ms)?)));
    }
    let (act, times) = match rest.strip_suffix(" for ever") {
        Some(act) => (act, None),
        None => match rest.rsplit_once(" times ") {
            Some((act, times)) => (act, Some(number(times)?)),
            None => (rest, Some(1)),
        },
    };
    Ok(Fault::new(verb, reader, self::act(verb, act)?).times(times))
}

fn act(verb: Verb, text: &str) -> Sense<Act> {
    let has_code = !matches!(verb, Verb::Accept | Verb::List | Verb::Unwait);
    Ok(match word(text) {
        ("hangs", "") => Act::Hangs,
        ("late", ms) => Act::Late(Duration::from_millis(number(ms)?)),
        ("answers", answer) if verb == Verb::Transmit => Act::Says(bytes(answer)?),
        ("removes", "card") => Act::TakesCard,
        ("removes", "reader") => Act::TakesReader,
        ("half", "") => Act::Half,
        ("turned", "away") => Act::TurnsAway,
        ("dies", "") => Act::Dies,
        (name, "") if has_code => Act::Code(return_code(name)?),
        _ => return Err(format!("nothing that goes wrong there: {text}")),
    })
}

/// A code of PC/SC by its name, or any other as a number.
pub(super) fn return_code(name: &str) -> Sense<u32> {
    let number = name.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    number.or_else(|| code(name)).ok_or_else(|| format!("no return code: {name}"))
}
