//! Captions as the window hands them over, in Dutch.

use balie_desk::export::{Columns, Kinds, Places, Slip, Words};

pub fn dutch() -> Words {
    let text = str::to_owned;
    Words {
        list: text("Handelingen"),
        totals: text("Totalen"),
        columns: Columns {
            receipt: text("Bon"),
            date: text("Datum"),
            hour: text("Uur"),
            kind: text("Handeling"),
            title: text("Activiteit of voordeel"),
            label: text("Prijs"),
            tickets: text("Tickets"),
            regular: text("Gewone prijs"),
            charged: text("Aangerekend"),
            points: text("Punten"),
            place: text("Staat"),
        },
        kinds: Kinds {
            sale: text("Tarief"),
            check_in: text("Punt gespaard"),
            redemption: text("Voordeel omgeruild"),
            cancellation: text("Ongedaan gemaakt"),
        },
        places: Places {
            noted: text("genoteerd"),
            sent: text("verzonden"),
            refused: text("geweigerd"),
            to_check: text("na te kijken"),
            taken_back: text("teruggenomen"),
            handed_over: text("overgedragen"),
        },
        slip: Slip {
            heading: text("Dag 21/11/2026"),
            not_real: text("Testomgeving: geen echte verkoop"),
            made: text("Gemaakt op"),
            closed: text("Afgesloten op"),
            not_closed: text("Nog niet afgesloten"),
            changed: text("Na het afsluiten veranderde nog iets"),
            acts: text("Handelingen"),
            discount: text("Korting"),
            saved: text("Punten gespaard"),
            spent: text("Punten omgeruild"),
            back: text("Teruggegeven van eerdere dagen"),
            estimate: text("Wie betaalt wat: een schatting, café inbegrepen"),
            passholder: text("Pashouder"),
            organizer: text("Organisator"),
            municipality: text("Gemeente"),
            unknown: text("Niet bekend"),
            difference: text("Verschil met UiTPAS"),
            ours: text("Deze balie"),
            theirs: text("UiTPAS"),
            less: text("Verschil"),
            unpriced: text("Zonder prijs van UiTPAS"),
            differing: text("Met een andere prijs bij UiTPAS"),
            activities: text("Per activiteit"),
            trail: text("Controlegetal"),
        },
    }
}
