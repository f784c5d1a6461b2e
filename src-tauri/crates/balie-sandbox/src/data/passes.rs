//! The published test cards. Numbers, chips, national numbers and states are publiq's; the first names are invented.

use crate::card_systems::{DENDER, GENT, PASPARTOE};
use crate::clock::Period;
use crate::events::PeriodLimit;
use crate::money::Cents;
use crate::passes::{CardStatus, Pass, PassType, Standing};
use crate::tariff_rules::Coupon;

/// The coupon of the published guide: a ticket of 10 euro becomes 1 euro.
const GUIDE_COUPON: Coupon = Coupon {
    id: "COUPON_1079",
    name: "Cultuurbon",
    price: Cents(100),
    card_system: GENT,
    limit: PeriodLimit::new(1, Period::Week),
};

/// The coupon of the published group pass: at most 50 sales a day.
const GROUP_COUPON: Coupon = Coupon {
    id: "COUPON_1080",
    name: "Groepsbon",
    price: Cents(300),
    card_system: GENT,
    limit: PeriodLimit::new(50, Period::Day),
};

const DENDER_COUPONS: [Coupon; 2] = [
    Coupon { id: "COUPON_2001", name: "Cultuurbon Dender", price: Cents(400), card_system: DENDER, limit: ONCE },
    Coupon { id: "COUPON_2002", name: "Sportbon Dender", price: Cents(200), card_system: DENDER, limit: ONCE },
];

const ONCE: PeriodLimit = PeriodLimit::new(1, Period::Absolute);

/// A person of Ghent with an active card and no standing; the lines below say where a card differs.
const PERSON: Pass = Pass {
    passholder_id: "",
    pass_type: PassType::Individual,
    number: "",
    chip: None,
    insz: &[],
    first_name: "",
    points: 10,
    postal_code: "9000",
    card_system: GENT,
    card: CardStatus::Active,
    standing: Standing::None,
    coupons: &[],
    tickets_per_year: None,
};

/// Every pass that the sandbox knows.
pub(crate) fn all() -> Vec<Pass> {
    let mut passes = people();
    passes.extend(special_people());
    passes.extend(digital_and_unregistered());
    passes.extend(groups());
    passes.extend(of_the_guides());
    passes
}

/// So many more people of Ghent with the right to the social tariff, for whoever needs a crowd.
pub(crate) fn crowd(count: usize, name: impl Fn(usize) -> String) -> Vec<Pass> {
    let any = |stem: u64| (0..10).map(|digit| format!("{stem:012}{digit}")).find(|number| luhn_holds(number));
    let person = |(position, number): (usize, String)| Pass {
        // Kept for as long as the program runs, like the cards above.
        passholder_id: format!("7a3f0b52-61c4-4e0f-9d27-{position:012}").leak(),
        number: number.leak(),
        chip: Some(format!("04{:010X}80", 0x00B4_11E0_0000 + position).leak()),
        first_name: name(position).leak(),
        standing: Standing::Active,
        ..PERSON
    };
    (90_000_100_000_u64..).filter_map(any).enumerate().take(count).map(person).collect()
}

/// Whether the last digit is the check digit that is printed on cards.
fn luhn_holds(number: &str) -> bool {
    let weigh =
        |(place, digit): (usize, u32)| if place % 2 == 0 { digit } else { digit * 2 - 9 * u32::from(digit > 4) };
    let sum: u32 = number.chars().rev().filter_map(|digit| digit.to_digit(10)).enumerate().map(weigh).sum();
    sum.is_multiple_of(10)
}

fn people() -> Vec<Pass> {
    vec![
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a01",
            number: "0900000095902",
            chip: Some("04784CDAEE3880"),
            insz: &["83030201540"],
            first_name: "Pieter",
            points: 23,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a02",
            number: "0900000067513",
            chip: Some("04363CDAEE3880"),
            insz: &["36051380284"],
            first_name: "Yasmina",
            points: 42,
            postal_code: "9090",
            standing: Standing::Active,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a03",
            number: "0900000031618",
            chip: Some("04CEE7528E6180"),
            insz: &["66010101785"],
            first_name: "Luc",
            standing: Standing::Expired,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a04",
            number: "0900010959113",
            chip: Some("04ED6ACACF6180"),
            insz: &["08091860684"],
            first_name: "Noor",
            points: 7,
            postal_code: "9090",
            standing: Standing::Active,
            ..PERSON
        },
    ]
}

/// A blocked card, other card systems, another first digit.
fn special_people() -> Vec<Pass> {
    vec![
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a05",
            number: "0900000002312",
            chip: Some("04B00412F15284"),
            insz: &["71030360442"],
            first_name: "Griet",
            standing: Standing::Active,
            card: CardStatus::Blocked,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a06",
            number: "0900000058918",
            chip: Some("045157B2B63780"),
            insz: &["17010180147"],
            first_name: "Ilyas",
            points: 3,
            postal_code: "1000",
            card_system: PASPARTOE,
            standing: Standing::Expired,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a07",
            number: "1000000520006",
            chip: Some("045A4832633680"),
            insz: &["80010101392"],
            first_name: "Karel",
            points: 0,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a08",
            number: "0900000093204",
            chip: Some("045D69DAEE3880"),
            insz: &["10010105762"],
            first_name: "Amina",
            points: 15,
            card_system: DENDER,
            standing: Standing::Active,
            coupons: &DENDER_COUPONS,
            ..PERSON
        },
    ]
}

fn digital_and_unregistered() -> Vec<Pass> {
    vec![
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a09",
            number: "0900004518305",
            // The published table gives this number to a parent and to a child.
            insz: &["80010170282", "20010170215"],
            first_name: "Bart",
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a10",
            number: "0900011902815",
            insz: &["91063061055"],
            first_name: "Fatima",
            points: 18,
            standing: Standing::Active,
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a11",
            number: "0900011903417",
            insz: &["15021760024"],
            first_name: "Sami",
            points: 4,
            standing: Standing::Active,
            ..PERSON
        },
        Pass {
            number: "0900000074519",
            chip: Some("044AC54A8E6180"),
            card: CardStatus::LocalStock,
            standing: Standing::Active,
            points: 0,
            ..PERSON
        },
        Pass {
            number: "0900000020405",
            chip: Some("047E2EEA053B80"),
            card: CardStatus::LocalStock,
            points: 0,
            ..PERSON
        },
    ]
}

fn groups() -> Vec<Pass> {
    let group = Pass { pass_type: PassType::Group, points: 0, ..PERSON };
    vec![
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a12",
            number: "0900000045410",
            chip: Some("04D0AB6AF85C80"),
            first_name: "Buurtwerking De Brug",
            standing: Standing::Active,
            tickets_per_year: Some(50),
            ..group.clone()
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a13",
            number: "0900000191800",
            chip: Some("048B25DAEE3880"),
            first_name: "Jeugdhuis Zenith",
            coupons: &[GROUP_COUPON],
            ..group
        },
    ]
}

/// The numbers of the published guides on ticket sales. They have no chip in any source.
fn of_the_guides() -> Vec<Pass> {
    vec![
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a14",
            number: "0900000672312",
            first_name: "Hilde",
            standing: Standing::Active,
            coupons: &[GUIDE_COUPON],
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a15",
            number: "0900010888817",
            first_name: "Jonas",
            coupons: &[GUIDE_COUPON],
            ..PERSON
        },
        Pass {
            passholder_id: "7a3f0b52-61c4-4e0f-9d27-0c5b8e1f4a16",
            pass_type: PassType::Group,
            number: "0900010630813",
            first_name: "Welzijnsschakel Zuid",
            points: 0,
            standing: Standing::Active,
            tickets_per_year: Some(50),
            ..PERSON
        },
    ]
}
