//! Sheets of A4 with text and lines, as PDF. The letters of the window (Inter, under the OFL beside the files) go along in the
//! file, so that it prints the same everywhere, and what they say can be copied and read aloud.

use super::ExportError;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::BTreeMap;
use std::io::Write;
use ttf_parser::Face;

const FONTS: [(&[u8], &[u8]); 2] = [
    (b"Inter-Regular", include_bytes!("../../fonts/Inter-Regular.ttf")),
    (b"Inter-SemiBold", include_bytes!("../../fonts/Inter-SemiBold.ttf")),
];

/// A4, in points.
pub(super) const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;

/// What stays white at each side.
pub(super) const MARGIN: f32 = 50.0;

const INFO: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    const fn place(self) -> usize {
        match self {
            Self::Regular => 0,
            Self::SemiBold => 1,
        }
    }
}

/// One font, and the letters of it that were written.
struct Letters {
    name: &'static [u8],
    bytes: &'static [u8],
    face: Face<'static>,
    used: BTreeMap<u16, char>,
}

impl Letters {
    /// The glyph of a letter. One that the font does not have is shown as a question mark, and not left out in silence.
    fn glyph(&self, letter: char) -> (u16, char) {
        let glyph = |letter: char| self.face.glyph_index(letter).map(|glyph| (glyph.0, letter));
        glyph(letter).or_else(|| glyph('?')).unwrap_or((0, '?'))
    }

    fn width(&self, glyph: u16) -> f32 {
        let advance = self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0);
        f32::from(advance) * self.scale()
    }

    /// From the units of the font to thousandths, which a PDF counts in.
    fn scale(&self) -> f32 {
        1_000.0 / f32::from(self.face.units_per_em())
    }
}

/// What is being written, from the top of the first sheet on.
pub(super) struct Sheets {
    letters: Vec<Letters>,
    done: Vec<Content>,
    content: Content,
    /// How far down the sheet it is.
    down: f32,
}

impl Sheets {
    pub(super) fn new() -> Result<Self, ExportError> {
        let read = |(name, bytes): &(&'static [u8], &'static [u8])| {
            let face = Face::parse(bytes, 0).map_err(|_| ExportError::Font)?;
            Ok(Letters { name, bytes, face, used: BTreeMap::new() })
        };
        let letters = FONTS.iter().map(read).collect::<Result<_, ExportError>>()?;
        Ok(Self { letters, done: Vec::new(), content: Content::new(), down: MARGIN })
    }

    /// Goes down so far, onto a new sheet where this one is full.
    pub(super) fn down(&mut self, points: f32) {
        self.down += points;
        if self.down > HEIGHT - MARGIN {
            self.done.push(std::mem::replace(&mut self.content, Content::new()));
            self.down = MARGIN + points;
        }
    }

    /// Whether so much more fits on this sheet.
    pub(super) fn has_room(&self, points: f32) -> bool {
        self.down + points <= HEIGHT - MARGIN
    }

    /// Begins a new sheet.
    pub(super) fn turn(&mut self) {
        self.down(HEIGHT);
        self.down = MARGIN;
    }

    /// Writes words that begin here, as far as they fit.
    pub(super) fn write(&mut self, left: f32, room: f32, (size, weight): (f32, Weight), words: &str) {
        let (glyphs, _) = self.set(words, weight, size, room);
        self.show(left, (size, weight), &glyphs);
    }

    /// Writes words that end here, in a room that is as wide as it must be.
    pub(super) fn write_ending(&mut self, right: f32, (size, weight): (f32, Weight), words: &str) {
        let (glyphs, width) = self.set(words, weight, size, f32::MAX);
        self.show(right - width, (size, weight), &glyphs);
    }

    /// Words in lines that fit into a room; a word that is wider than the room has a line of its own.
    pub(super) fn broken(&self, words: &str, room: f32, (size, weight): (f32, Weight)) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words.split(' ') {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match longer.filter(|line| self.width(line, (size, weight)) <= room) {
                Some(line) => {
                    lines.pop();
                    lines.push(line);
                }
                None => lines.push(word.to_owned()),
            }
        }
        lines
    }

    fn width(&self, words: &str, (size, weight): (f32, Weight)) -> f32 {
        let Some(letters) = self.letters.get(weight.place()) else { return 0.0 };
        words.chars().map(|letter| letters.width(letters.glyph(letter).0) * size / 1_000.0).sum()
    }

    /// Draws a line from margin to margin.
    pub(super) fn rule(&mut self) {
        let at = HEIGHT - self.down;
        self.content.set_line_width(0.5);
        self.content.set_stroke_gray(0.6);
        self.content.move_to(MARGIN, at).line_to(WIDTH - MARGIN, at).stroke();
    }

    /// The glyphs of words, two bytes each, and how wide they are. What does not fit is cut off, and shows that it was.
    fn set(&mut self, words: &str, weight: Weight, size: f32, room: f32) -> (Vec<u8>, f32) {
        let Some(letters) = self.letters.get_mut(weight.place()) else { return (Vec::new(), 0.0) };
        let of = |glyph: u16, letters: &Letters| letters.width(glyph) * size / 1_000.0;
        let mut set: Vec<(u16, char)> = words.chars().map(|letter| letters.glyph(letter)).collect();
        let width =
            |set: &[(u16, char)], letters: &Letters| set.iter().map(|(glyph, _)| of(*glyph, letters)).sum::<f32>();
        if width(&set, letters) > room {
            let more = letters.glyph('…');
            while !set.is_empty() && width(&set, letters) + of(more.0, letters) > room {
                set.pop();
            }
            set.push(more);
        }
        let wide = width(&set, letters);
        letters.used.extend(set.iter().copied());
        (set.iter().flat_map(|(glyph, _)| glyph.to_be_bytes()).collect(), wide)
    }

    fn show(&mut self, left: f32, (size, weight): (f32, Weight), glyphs: &[u8]) {
        let name: &[u8] = if weight == Weight::Regular { b"F0" } else { b"F1" };
        self.content.begin_text();
        self.content.set_font(Name(name), size);
        self.content.next_line(left, HEIGHT - self.down);
        self.content.show(Str(glyphs));
        self.content.end_text();
    }

    /// The file.
    pub(super) fn finish(mut self, title: &str, language: &str) -> Result<Vec<u8>, ExportError> {
        self.done.push(self.content);
        let (mut pdf, mut next) = (Pdf::new(), Ref::new(1));
        let (catalog, pages, info) = (next.bump(), next.bump(), next.bump());
        let fonts: Vec<Ref> = self.letters.iter().map(|_| next.bump()).collect();
        let sheets: Vec<(Ref, Ref)> = self.done.iter().map(|_| (next.bump(), next.bump())).collect();
        pdf.catalog(catalog).pages(pages).lang(TextStr(language));
        pdf.document_info(info).title(TextStr(title)).creator(TextStr("Balie"));
        let count = i32::try_from(sheets.len()).unwrap_or(i32::MAX);
        pdf.pages(pages).kids(sheets.iter().map(|(page, _)| *page)).count(count);
        for ((page, content), written) in sheets.iter().zip(self.done) {
            let mut sheet = pdf.page(*page);
            sheet.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(pages).contents(*content);
            let mut resources = sheet.resources();
            let mut named = resources.fonts();
            for (name, font) in [b"F0", b"F1"].into_iter().zip(&fonts) {
                named.pair(Name(name), *font);
            }
            named.finish();
            resources.finish();
            sheet.finish();
            pdf.stream(*content, &packed(&written.finish())?).filter(Filter::FlateDecode);
        }
        for (letters, font) in self.letters.iter().zip(&fonts) {
            embed(&mut pdf, letters, *font, &mut next)?;
        }
        Ok(pdf.finish())
    }
}

/// Puts a font into the file, with what its glyphs mean.
fn embed(pdf: &mut Pdf, letters: &Letters, font: Ref, next: &mut Ref) -> Result<(), ExportError> {
    let (cid, descriptor, meaning, data) = (next.bump(), next.bump(), next.bump(), next.bump());
    let (face, scale, name) = (&letters.face, letters.scale(), Name(letters.name));
    pdf.type0_font(font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(meaning);
    let mut of_glyphs = pdf.cid_font(cid);
    of_glyphs.subtype(CidFontType::Type2).base_font(name).system_info(INFO).font_descriptor(descriptor);
    of_glyphs.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = of_glyphs.widths();
    for glyph in letters.used.keys() {
        widths.same(*glyph, *glyph, letters.width(*glyph));
    }
    widths.finish();
    of_glyphs.finish();
    let bounds = face.global_bounding_box();
    let edge = |units: i16| f32::from(units) * scale;
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(edge(bounds.x_min), edge(bounds.y_min), edge(bounds.x_max), edge(bounds.y_max)))
        .italic_angle(0.0)
        .ascent(edge(face.ascender()))
        .descent(edge(face.descender()))
        .cap_height(edge(face.capital_height().unwrap_or(face.ascender())))
        .stem_v(80.0)
        .font_file2(data);
    let mut meanings = UnicodeCmap::<u16>::new(Name(b"Adobe-Identity-UCS"), INFO);
    for (glyph, letter) in &letters.used {
        meanings.pair(*glyph, *letter);
    }
    pdf.cmap(meaning, &meanings.finish());
    let length = i32::try_from(letters.bytes.len()).unwrap_or(i32::MAX);
    pdf.stream(data, &packed(letters.bytes)?).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    Ok(())
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, ExportError> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: (f32, Weight) = (7.5, Weight::SemiBold);

    #[test]
    fn words_are_broken_where_they_do_not_fit() {
        let sheets = Sheets::new().unwrap();
        assert_eq!(sheets.broken("Tickets", 52.0, LOOK), ["Tickets"]);
        assert_eq!(sheets.broken("Punten omgeruild", 52.0, LOOK), ["Punten", "omgeruild"]);
        assert_eq!(sheets.broken("Onwaarschijnlijk lang", 10.0, LOOK), ["Onwaarschijnlijk", "lang"]);
        assert_eq!(sheets.broken("een twee drie", 500.0, LOOK), ["een twee drie"]);
    }

    #[test]
    fn what_does_not_fit_is_cut_off_and_what_the_font_lacks_is_asked_about() {
        let mut sheets = Sheets::new().unwrap();
        let (all, wide) = sheets.set("Zwemmen", Weight::Regular, 10.0, f32::MAX);
        let (some, narrow) = sheets.set("Zwemmen", Weight::Regular, 10.0, 30.0);
        assert!(all.len() == 14 && some.len() < 14 && narrow <= 30.0 && wide > 30.0);
        assert_eq!(sheets.letters[0].glyph('Ж').1, '?');
        for letter in "€éèçàùïëôœ’“”–…·".chars() {
            assert_eq!(sheets.letters[0].glyph(letter).1, letter);
        }
    }

    #[test]
    fn a_sheet_that_is_full_is_followed_by_another() {
        let mut sheets = Sheets::new().unwrap();
        for _ in 0..100 {
            sheets.write(MARGIN, 100.0, LOOK, "a");
            sheets.down(16.0);
        }
        assert_eq!(sheets.done.len(), 2);
        let file = sheets.finish("Dag", "nl-BE").unwrap();
        assert!(file.starts_with(b"%PDF-") && file.len() < 150_000, "{}", file.len());
    }
}
