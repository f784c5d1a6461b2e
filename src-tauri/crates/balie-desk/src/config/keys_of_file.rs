//! Writes the organizer's own keys in the file. A key that stays keeps its table as somebody wrote it, with its comments,
//! wherever it moves; a key that is changed keeps all that was not changed of it. What stands above a key and an empty line is
//! said of its place and stays there. Only of keys in one list between brackets what is said inside the list is lost.

use super::keys::{KeyTable, Role, euro, rows, share};
use balie_core::key::{Condition, DistributionKey, Share};
use balie_core::keys::Keys;
use balie_core::money::Cents;
use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

/// What the keys are called in the file.
const TABLES: &str = "distribution_keys";

/// A key as it stands in the file.
struct Held {
    role: Role,
    key: DistributionKey,
    table: Table,
}

/// Makes the own keys those that are wanted.
pub(super) fn put(document: &mut DocumentMut, wanted: &Keys) -> Result<(), String> {
    let mut held = held(document)?;
    let roles: Vec<Role> = held.iter().map(|one| one.role).collect();
    // Each key stands where the file has a key of its role now, so that no order of the file changes but that of the keys.
    let places: Vec<Option<isize>> = held.iter().map(|one| one.table.position()).collect();
    let mut automatic = tables(&mut held, Role::Automatic, &wanted.automatic).into_iter();
    let manual = wanted.manual.as_ref();
    let mut own = tables(&mut held, Role::ManualOwn, manual.map(|manual| &manual.own)).into_iter();
    let mut other = tables(&mut held, Role::ManualOther, manual.map(|manual| &manual.other)).into_iter();
    let leads: Vec<String> = held.iter().map(|one| parts(&one.table).0).collect();
    let mut written = ArrayOfTables::new();
    let mut homeless = String::new();
    for ((role, place), lead) in roles.into_iter().zip(places).zip(leads) {
        let next = match role {
            Role::Automatic => automatic.next(),
            Role::ManualOwn => own.next(),
            Role::ManualOther => other.next(),
        };
        if let Some(mut table) = next {
            let (_, own) = parts(&table);
            table.decor_mut().set_prefix(format!("{lead}{own}"));
            table.set_position(place);
            written.push(table);
        } else if !lead.trim().is_empty() {
            homeless.push_str(&lead);
        }
    }
    if !homeless.is_empty() {
        // Behind all else: it is said of something that does not go with the key.
        let end = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing(format!("{end}{homeless}"));
    }
    for mut table in automatic.chain(own).chain(other) {
        // Behind the last of them.
        table.set_position(None);
        written.push(table);
    }
    stand(document, written);
    Ok(())
}

/// What stands above a table, in two parts: what belongs to its place in the file, up to the last empty line, and what is said of
/// the table itself.
fn parts(table: &Table) -> (String, String) {
    let above = table.decor().prefix().and_then(|text| text.as_str()).unwrap_or_default();
    let mut split = 0;
    let mut at = 0;
    for line in above.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            split = at;
        }
    }
    (above[..split].to_owned(), above[split..].to_owned())
}

/// Puts the tables where those of the file stood.
fn stand(document: &mut DocumentMut, mut tables: ArrayOfTables) {
    if tables.is_empty() {
        document.remove(TABLES);
        return;
    }
    match document.get_mut(TABLES) {
        Some(item) if item.is_array_of_tables() => *item = Item::ArrayOfTables(tables),
        _ => {
            // What is said above a list on one line is said above its first key.
            let above = document.key(TABLES).and_then(|key| key.leaf_decor().prefix()?.as_str());
            let above = above.filter(|text| !text.trim().is_empty()).map(|text| format!("\n{}", text.trim_start()));
            if let (Some(above), Some(first)) = (above, tables.get_mut(0)) {
                first.decor_mut().set_prefix(above);
            }
            document.remove(TABLES);
            document.insert(TABLES, Item::ArrayOfTables(tables));
        }
    }
}

/// The keys of the file, in its order.
fn held(document: &DocumentMut) -> Result<Vec<Held>, String> {
    #[derive(Deserialize)]
    struct Tables {
        #[serde(default)]
        distribution_keys: Vec<KeyTable>,
    }
    let Some(item) = document.get(TABLES) else { return Ok(Vec::new()) };
    if item.as_array().is_some_and(toml_edit::Array::is_empty) {
        return Ok(Vec::new());
    }
    // The keys may also be written as a list on one line; it becomes a table for each.
    let found = item.clone().into_array_of_tables().map_err(|_| "is no list of keys".to_owned())?;
    let mut alone = DocumentMut::new();
    alone.insert(TABLES, Item::ArrayOfTables(found.clone()));
    let read: Tables = toml::from_str(&alone.to_string()).map_err(|error| error.message().to_owned())?;
    let rows = rows(&read.distribution_keys)?;
    Ok(rows.into_iter().zip(found).map(|((role, key), table)| Held { role, key, table }).collect())
}

/// The tables of the wanted keys of a role: those that are there already, those that are changed, and new ones.
fn tables<'a>(held: &mut [Held], role: Role, wanted: impl IntoIterator<Item = &'a DistributionKey>) -> Vec<Table> {
    let mut there: Vec<Option<&mut Held>> = held.iter_mut().filter(|one| one.role == role).map(Some).collect();
    let wanted: Vec<&DistributionKey> = wanted.into_iter().collect();
    let mut made: Vec<Option<Table>> = Vec::with_capacity(wanted.len());
    for key in &wanted {
        let same = there.iter_mut().find(|one| one.as_ref().is_some_and(|held| held.key == **key));
        made.push(same.and_then(Option::take).map(|held| held.table.clone()));
    }
    let complete = |(place, (key, made)): (usize, (&DistributionKey, Option<Table>))| {
        made.unwrap_or_else(|| {
            // Whoever changes a key changes the one that stands in its place.
            let changed = there.get_mut(place).and_then(Option::take);
            let mut table = changed.map_or_else(Table::new, |held| held.table.clone());
            write(&mut table, role, key);
            table
        })
    };
    wanted.into_iter().zip(made).enumerate().map(complete).collect()
}

/// Lets a table say what a key is. What says it already stays to the letter.
fn write(table: &mut Table, role: Role, key: &DistributionKey) {
    let conditions = key.conditions();
    let price = |of: fn(&Condition) -> Option<Cents>| conditions.iter().find_map(of);
    let below = |condition: &Condition| match condition {
        Condition::PriceBelow(amount) => Some(*amount),
        _ => None,
    };
    let is = |condition: &Condition| match condition {
        Condition::PriceIs(amount) => Some(*amount),
        _ => None,
    };
    let above = |condition: &Condition| match condition {
        Condition::PriceAbove(amount) => Some(*amount),
        _ => None,
    };
    put_price(table, "price_below", price(below));
    put_price(table, "price_is", price(is));
    put_price(table, "price_above", price(above));
    let lives = |own: bool| conditions.contains(&Condition::OwnMunicipality(own));
    let municipality = match role {
        Role::ManualOwn => Some("own"),
        Role::ManualOther => Some("other"),
        Role::Automatic if lives(true) => Some("own"),
        Role::Automatic if lives(false) => Some("other"),
        Role::Automatic => None,
    };
    put_word(table, "municipality", municipality);
    put_flag(table, "own_card_system", conditions.contains(&Condition::OwnCardSystem));
    let [passholder, organizer, government] = key.shares();
    put_share(table, "passholder", passholder);
    put_share(table, "organizer", organizer);
    put_share(table, "government", government);
    put_flag(table, "manual", role != Role::Automatic);
}

fn put_price(table: &mut Table, name: &str, wanted: Option<Cents>) {
    let Some(wanted) = wanted else {
        table.remove(name);
        return;
    };
    if said(table, name).and_then(|text| euro(text).ok()) != Some(wanted) {
        set(table, name, wanted.to_string().into());
    }
}

fn put_share(table: &mut Table, name: &str, wanted: Share) {
    if said(table, name).and_then(|text| share(text).ok()) != Some(wanted) {
        set(table, name, words(wanted).into());
    }
}

fn put_word(table: &mut Table, name: &str, wanted: Option<&str>) {
    match wanted {
        Some(word) if said(table, name) == Some(word) => {}
        Some(word) => set(table, name, word.into()),
        None => {
            table.remove(name);
        }
    }
}

fn put_flag(table: &mut Table, name: &str, wanted: bool) {
    let found = table.get(name).and_then(Item::as_bool);
    if found.unwrap_or(false) != wanted {
        set(table, name, wanted.into());
    }
}

fn said<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    table.get(name).and_then(Item::as_str)
}

/// What stands behind the old value on its line is a remark about it.
fn set(table: &mut Table, name: &str, mut value: Value) {
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(name, Item::Value(value));
        }
    }
}

/// A share, as a person writes it in the file.
fn words(share: Share) -> String {
    // Hundredths of a percent are written like cents of a euro, and nobody writes `20.00 %`.
    let percent = |part: u32| {
        let text = Cents(i64::from(part)).to_string();
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match share {
        Share::Fixed(amount) => amount.to_string(),
        Share::OfPrice(part) => format!("{} %", percent(part)),
        Share::OfRemainder(part) => format!("{} % of remainder", percent(part)),
        Share::Rest => "rest".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::own;
    use balie_core::keys::ManualKey;

    #[derive(Deserialize)]
    struct Tables {
        #[serde(default)]
        distribution_keys: Vec<KeyTable>,
    }

    fn read(text: &str) -> Keys {
        own(&toml::from_str::<Tables>(text).unwrap().distribution_keys).unwrap()
    }

    fn written(text: &str, wanted: &Keys) -> String {
        let mut document: DocumentMut = text.parse().unwrap();
        put(&mut document, wanted).unwrap();
        document.to_string()
    }

    fn key(conditions: &[Condition], passholder: Share, organizer: Share, municipality: Share) -> DistributionKey {
        DistributionKey::new(conditions.to_vec(), passholder, organizer, municipality).unwrap()
    }

    const BY_HAND: &str = r#"# De balie van Els
[[distribution_keys]]
# gekozen in de UiTdatabank
manual = true
municipality = "own"
passholder = "1.50"
organizer = "rest"
government = "50 %"

[[distribution_keys]]
# de goedkope zaal
price_below = "10.01"   # tot en met 10 euro
passholder  = '2'
organizer   = "rest"
government  = "40%"

[desk]   # midden tussen de sleutels
sound = false

[[distribution_keys]]
manual = true
municipality = "other"
passholder = "1.50"
organizer = "rest"
government = "70 %"

[[distribution_keys]]
# al de rest
passholder = "20 %"
organizer = "50 % of remainder"
government = "rest"
"#;

    #[test]
    fn what_is_wanted_already_stays_to_the_letter() {
        assert_eq!(written(BY_HAND, &read(BY_HAND)), BY_HAND);
    }

    #[test]
    fn a_key_that_is_changed_keeps_what_was_not_changed_of_it() {
        let mut wanted = read(BY_HAND);
        wanted.automatic[0] = key(
            &[Condition::PriceBelow(Cents(1501))],
            Share::Fixed(Cents(200)),
            Share::Rest,
            Share::OfRemainder(1_250),
        );
        let expected = BY_HAND
            .replace("\"10.01\"   # tot", "\"15.01\"   # tot")
            .replace("government  = \"40%\"", "government  = \"12.5 % of remainder\"");
        assert_eq!(written(BY_HAND, &wanted), expected);
    }

    #[test]
    fn a_key_that_moves_takes_its_remarks_along_and_the_rest_stays_where_it_was() {
        let mut wanted = read(BY_HAND);
        wanted.automatic.reverse();
        let text = written(BY_HAND, &wanted);
        assert_eq!(read(&text), wanted);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is gone from {text}"));
        let order = ["gekozen in", "# al de rest", "midden tussen", "\"other\"", "# de goedkope zaal", "tot en met"];
        assert!(order.map(place).is_sorted(), "{text}");
    }

    #[test]
    fn a_key_that_goes_takes_nothing_else_with_it_and_a_new_one_comes_last() {
        let mut wanted = read(BY_HAND);
        wanted.automatic.remove(0);
        wanted.automatic.push(key(
            &[Condition::PriceAbove(Cents(500)), Condition::OwnMunicipality(false), Condition::OwnCardSystem],
            Share::OfPrice(2_000),
            Share::OfPrice(1_000),
            Share::Rest,
        ));
        let text = written(BY_HAND, &wanted);
        assert_eq!(read(&text), wanted);
        assert!(!text.contains("goedkope") && text.contains("gekozen in") && text.contains("midden tussen"), "{text}");
        let last = text.rfind("[[distribution_keys]]").unwrap();
        let new = "price_above = \"5.00\"\nmunicipality = \"other\"\nown_card_system = true\npassholder = \"20 %\"\n\
                   organizer = \"10 %\"\ngovernment = \"rest\"\n";
        assert_eq!(&text[last..], format!("[[distribution_keys]]\n{new}"));
    }

    #[test]
    fn the_first_key_of_a_file_and_a_list_on_one_line_are_written_too() {
        let first = Keys { manual: None, automatic: vec![DistributionKey::standard()] };
        let text = written("environment = \"test\"\n[desk]\nsound = true # zacht\n", &first);
        assert_eq!(read(&text), first);
        assert!(text.starts_with("environment = \"test\"\n[desk]\nsound = true # zacht\n\n[[distribution_keys]]\n"));
        let line = r#"environment = "test"
# wat de stad vroeg
distribution_keys = [{ passholder = "2.00", organizer = "rest", government = "40 %" }]
[desk]
sound = true
"#;
        let mut wanted = read(line);
        wanted.automatic.push(DistributionKey::standard());
        let text = written(line, &wanted);
        assert_eq!(read(&text), wanted, "{text}");
        assert!(text.contains("[desk]\nsound = true\n\n# wat de stad vroeg\n[[distribution_keys]]\n"), "{text}");
        assert!(!written(line, &Keys::default()).contains("distribution_keys"));
    }

    #[test]
    fn what_is_written_is_read_back_whatever_it_is() {
        let parts = [0, 1, 50, 2_000, 1_250, 1_205, 9_999, 10_000];
        let amounts = [0, 1, 10, 150, 1_001, 100_000_000].map(|cents| Share::Fixed(Cents(cents)));
        let shares: Vec<Share> =
            parts.map(Share::OfPrice).into_iter().chain(parts.map(Share::OfRemainder)).chain(amounts).collect();
        let each: Vec<DistributionKey> = shares
            .iter()
            .flat_map(|share| [(*share, Share::Rest, Share::OfPrice(1)), (Share::OfPrice(1), *share, Share::Rest)])
            .zip((0_u8..32).cycle())
            .map(|((passholder, organizer, municipality), bits)| {
                let conditions = [
                    Condition::PriceBelow(Cents(1_001)),
                    Condition::PriceIs(Cents(0)),
                    Condition::PriceAbove(Cents(7)),
                    Condition::OwnMunicipality(bits & 1 == 0),
                    Condition::OwnCardSystem,
                ];
                let chosen: Vec<Condition> = conditions
                    .into_iter()
                    .enumerate()
                    .filter(|(bit, _)| bits >> bit & 1 == 1)
                    .map(|(_, c)| c)
                    .collect();
                key(&chosen, passholder, organizer, municipality)
            })
            .collect();
        let wanted = Keys { manual: None, automatic: each.clone() };
        assert_eq!(read(&written("", &wanted)), wanted);
        // Over whatever stood there before, also with a manual pair that comes and goes.
        for (before, after) in each.iter().zip(each.iter().rev()) {
            let pair = ManualKey { own: DistributionKey::standard(), other: DistributionKey::standard() };
            let one = Keys { manual: Some(pair), automatic: vec![before.clone()] };
            let other = Keys { manual: None, automatic: vec![after.clone(), before.clone()] };
            let text = written("", &one);
            assert_eq!(read(&text), one);
            let text = written(&text, &other);
            assert_eq!(read(&text), other);
            assert_eq!(read(&written(&text, &one)), one);
        }
    }

    #[test]
    fn what_is_not_said_of_a_key_stays_where_it_is_when_the_key_goes() {
        let key = |price: &str| {
            format!(
                "[[distribution_keys]]\nprice_below = \"{price}\"\npassholder = \"20 %\"\norganizer = \"rest\"\ngovernment = \"40 %\"\n"
            )
        };
        let (one, two) = (key("5.00"), key("9.00"));
        let text = format!("# van Els\n\n[desk]\n# sound = false\n\n# eerst\n{one}\n# dan\n{two}");
        let mut wanted = read(&text);
        wanted.automatic.swap(0, 1);
        let swapped = format!("# van Els\n\n[desk]\n# sound = false\n\n# dan\n{two}\n# eerst\n{one}");
        assert_eq!(written(&text, &wanted), swapped);
        wanted.automatic.truncate(1);
        assert_eq!(written(&text, &wanted), format!("# van Els\n\n[desk]\n# sound = false\n\n# dan\n{two}"));
        wanted.automatic.clear();
        let none = written(&text, &wanted);
        assert!(none.starts_with("# van Els\n\n[desk]\n") && none.contains("# sound = false"), "{none}");
        assert!(!none.contains("# dan") && !none.contains("# eerst"), "{none}");
    }

    #[test]
    fn an_empty_list_is_no_keys() {
        let wanted = Keys { automatic: read(BY_HAND).automatic, manual: None };
        let text = written("distribution_keys = []\n", &wanted);
        assert_eq!(read(&text), wanted);
        assert_eq!(text.matches("distribution_keys").count(), wanted.automatic.len(), "{text}");
    }
}
