//! From the bytes of a file to the text of a table: unpacked, decoded, spreadsheets written out.

use std::io::{Chain, Cursor, Read, Seek};
use std::path::Path;

use calamine::{Cell, Data, Range, Reader as _, Sheets, open_workbook_auto_from_rs};
use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::form::{CellRange, TableForm};
use crate::error::FileError;
use crate::series::MAX_CSV_BYTES;
use crate::text::{open, shown};

/// Bytes of a text that are looked at to find its separator.
const SAMPLE: u64 = 1 << 16;
/// Most bytes of a table packed with gzip, when unpacked: it is read as it comes and takes time, not memory.
const MOST_STREAMED: u64 = 4 << 30;
/// Most bytes of a spreadsheet or an archive, as it is packed.
const MOST_PACKED: u64 = 256 << 20;

/// The text of a table.
pub(super) struct Opened {
    /// Its beginning, then all of it.
    pub sample: Vec<u8>,
    /// All of the text, from its first byte.
    pub text: Box<dyn Read>,
    /// Whether it was a spreadsheet, whose cells were written out with commas and decimal points.
    pub is_spreadsheet: bool,
    /// How it was packed and encoded, for people: `gzip`, `sheet 'Sales'`, `UTF-16`.
    pub wrapping: Vec<String>,
}

/// Opens a file that may be packed, a spreadsheet, or in UTF-16.
pub(super) fn opened(path: &Path, form: &TableForm) -> Result<Opened, FileError> {
    let file = open(path, "Data file")?;
    unpacked(Box::new(file), form, Vec::new(), MOST_LAYERS)
        .map_err(|source| FileError::Unreadable { path: path.to_owned(), source })
}

/// So many packings within each other are opened.
const MOST_LAYERS: usize = 3;

/// What is in so many packings at most.
fn unpacked(
    mut packed: Box<dyn Read>,
    form: &TableForm,
    mut wrapping: Vec<String>,
    layers: usize,
) -> std::io::Result<Opened> {
    let magic = beginning(&mut packed, 8)?;
    // A pipe cannot go back to its beginning, and need not: its first bytes stand before the rest.
    let (is_gzip, is_zip) = (magic.starts_with(&[0x1f, 0x8b]), magic.starts_with(b"PK"));
    let is_old_book = magic.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    let is_parquet = magic.starts_with(b"PAR1");
    let whole = Cursor::new(magic).chain(packed);
    if is_parquet {
        return Err(refused(
            "a Parquet file; read it as a frame in Python (pandas.read_parquet) and pass the frame",
        ));
    }
    if layers == 0 && (is_gzip || is_zip) {
        return Err(refused(format!("packed more than {MOST_LAYERS} times over; unpack it")));
    }
    if is_gzip {
        wrapping.push("gzip".to_owned());
        let unpacked =
            Bounded { reader: Gunzip(MultiGzDecoder::new(whole)), left: MOST_STREAMED, most: MOST_STREAMED };
        return self::unpacked(Box::new(unpacked), form, wrapping, layers - 1);
    }
    if is_zip {
        return archive(bounded(whole, MOST_PACKED)?, form, wrapping, layers - 1);
    }
    if is_old_book {
        return spreadsheet(bounded(whole, MOST_PACKED)?, form, wrapping);
    }
    decoded(Box::new(whole), form, wrapping)
}

/// Unpacks gzip, and says of what it cannot unpack that it is packed.
struct Gunzip<R>(MultiGzDecoder<R>);

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            refused(format!("its gzip packing is torn or cut short ({error}); fetch or pack it again"))
        })
    }
}

fn refused(message: impl Into<String>) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, message.into())
}

fn beginning(reader: &mut impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All bytes, if they are not too many.
fn bounded(reader: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Bounded { reader, left: most, most }.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A reader that refuses to go on after so many bytes: what is packed may be larger than any memory.
struct Bounded<R> {
    reader: R,
    left: u64,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            refused(format!("more than {} MB when unpacked, the most that is read", self.most >> 20))
        })?;
        Ok(count)
    }
}

/// The text of a spreadsheet, or of the only file in an archive.
fn archive(
    bytes: Vec<u8>,
    form: &TableForm,
    mut wrapping: Vec<String>,
    layers: usize,
) -> std::io::Result<Opened> {
    let broken =
        |error: zip::result::ZipError| refused(format!("a zip archive that cannot be read: {error}"));
    let mut zip = ZipArchive::new(Cursor::new(&bytes)).map_err(broken)?;
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    let mut size = 0_u64;
    for place in 0..zip.len() {
        size = size.saturating_add(zip.by_index_raw(place).map_err(broken)?.size());
    }
    if size > MAX_CSV_BYTES {
        return Err(refused(format!(
            "more than {} MB when unpacked, the most that is read of an archive; unpack it and name the file",
            MAX_CSV_BYTES >> 20
        )));
    }
    if names.iter().any(|name| name.starts_with("xl/") || name == "mimetype") {
        drop(zip);
        return spreadsheet(bytes, form, wrapping);
    }
    let is_table =
        |name: &&String| !name.ends_with('/') && !name.starts_with("__MACOSX/") && !name.contains("/.");
    let tables: Vec<&String> = names.iter().filter(is_table).collect();
    match tables.as_slice() {
        [only] => {
            let inner = bounded(zip.by_name(only).map_err(broken)?, MAX_CSV_BYTES)?;
            wrapping.push(format!("'{}' of a zip archive", shown(only)));
            unpacked(Box::new(Cursor::new(inner)), form, wrapping, layers)
        }
        [] => Err(refused("a zip archive without a file")),
        several => {
            let listed: Vec<String> = several.iter().take(10).map(|name| shown(name)).collect();
            let count = several.len();
            Err(refused(format!(
                "a zip archive of {count} files ({}); unpack it and name the one to read",
                listed.join(", ")
            )))
        }
    }
}

/// A text as UTF-8: bytes of UTF-16 are decoded, what is no text is refused.
fn decoded(mut text: Box<dyn Read>, form: &TableForm, mut wrapping: Vec<String>) -> std::io::Result<Opened> {
    if let Some(asked) = form.sheet.as_ref().map(|_| "--sheet").or(form.range.as_ref().map(|_| "--range")) {
        return Err(refused(format!("{asked} is for spreadsheets, and this is none; leave it out")));
    }
    let sample = beginning(&mut text, SAMPLE)?;
    let units = match sample.as_slice() {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes as fn([u8; 2]) -> u16),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes as fn([u8; 2]) -> u16),
        _ => None,
    };
    let Some(unit) = units else {
        if is_page(&sample) {
            return Err(refused(
                "a page of HTML or XML, which some programs call .xls or .csv; save it as CSV or as a spreadsheet (.xlsx)",
            ));
        }
        if is_json(&sample) {
            return Err(refused(
                "JSON, not a table; read it as a frame in Python and pass the frame, or save it as CSV",
            ));
        }
        if sample.contains(&0) {
            return Err(refused(
                "no text in UTF-8 (it holds zero bytes): UTF-16 without its mark, or no table; save it as UTF-8",
            ));
        }
        let whole: Chain<Cursor<Vec<u8>>, Box<dyn Read>> = Cursor::new(sample.clone()).chain(text);
        return Ok(Opened { sample, text: Box::new(whole), is_spreadsheet: false, wrapping });
    };
    let bytes = bounded(Cursor::new(sample).chain(text), MAX_CSV_BYTES)?;
    let (pairs, rest) = bytes.as_chunks::<2>();
    let decoded =
        char::decode_utf16(pairs.iter().skip(1).map(|&pair| unit(pair))).collect::<Result<String, _>>();
    match decoded {
        Ok(decoded) if rest.is_empty() => {
            wrapping.push("UTF-16".to_owned());
            Ok(in_memory(decoded, false, wrapping))
        }
        _ => Err(refused("begins as UTF-16 does and is not; save it as UTF-8")),
    }
}

/// Whether a text begins as lists and mappings of JSON do.
fn is_json(sample: &[u8]) -> bool {
    let begin = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let mut signs = begin.iter().filter(|sign| !sign.is_ascii_whitespace());
    matches!((signs.next(), signs.next()), (Some(b'['), Some(b'{' | b'[')) | (Some(b'{'), Some(b'"')))
}

/// Whether a text begins as pages of the web do.
fn is_page(sample: &[u8]) -> bool {
    let begin = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    let begins = |words: &[u8]| begin.get(..words.len()).is_some_and(|it| it.eq_ignore_ascii_case(words));
    [&b"<html"[..], b"<!doctype", b"<?xml", b"<table"].into_iter().any(begins)
}

fn in_memory(text: String, is_spreadsheet: bool, wrapping: Vec<String>) -> Opened {
    let bytes = text.into_bytes();
    let sample = bytes[..bytes.len().min(SAMPLE as usize)].to_vec();
    Opened { sample, text: Box::new(Cursor::new(bytes)), is_spreadsheet, wrapping }
}

/// The cells of a sheet as comma-separated text.
fn spreadsheet(bytes: Vec<u8>, form: &TableForm, mut wrapping: Vec<String>) -> std::io::Result<Opened> {
    let broken = |error: calamine::Error| refused(format!("a spreadsheet that cannot be read: {error}"));
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let name = chosen_sheet(&mut book, form.sheet.as_deref())?;
    let cells = cells_of(&mut book, &name, form.range)?;
    // Empty rows above the table keep their lines: messages then say the rows of the sheet.
    let above = cells.start().map_or(0, |(row, _)| row as usize);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![b'\n'; above]);
    for row in cells.rows() {
        writer.write_record(row.iter().map(cell_text)).map_err(std::io::Error::other)?;
    }
    let text = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    wrapping.push(format!("sheet '{}'", shown(&name)));
    Ok(in_memory(String::from_utf8_lossy(&text).into_owned(), true, wrapping))
}

/// Most cells between the first and the last filled one: what is read holds a place for each.
const MOST_CELLS: u64 = 20_000_000;

/// The filled cells of a sheet, or those of a range. A single cell far from the others, as spreadsheets keep them where
/// somebody once clicked, would make a table of the whole sheet: that is refused.
fn cells_of<R: Read + Seek + Clone>(
    book: &mut Sheets<R>,
    name: &str,
    within: Option<CellRange>,
) -> std::io::Result<Range<Data>> {
    let broken = |error: calamine::Error| refused(format!("a spreadsheet that cannot be read: {error}"));
    let cells = match book {
        Sheets::Xlsx(book) => {
            let broken = |error| broken(calamine::Error::Xlsx(error));
            let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
            let mut cells = Vec::new();
            while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(broken)? {
                let (position, value) = (cell.pos, Data::from(cell.value));
                if !within.is_none_or(|range| range.holds(position)) {
                    continue;
                }
                match value {
                    // A formula that gives nothing has an empty text for its value.
                    Data::Empty if cell.formula.is_some() => return Err(never_calculated(name, position)),
                    Data::Empty => {}
                    value => cells.push(Cell::new(position, value)),
                }
            }
            spanned(name, &cells)?;
            Range::from_sparse(cells)
        }
        // Their readers keep a place for every cell anyway, and their sheets are smaller.
        _ => book.worksheet_range(name).map_err(broken)?,
    };
    let Some(CellRange { first, last }) = within else { return Ok(cells) };
    let end = cells.end().unwrap_or_default();
    let last = (last.0.min(end.0), last.1.min(end.1));
    if cells.is_empty() || last.0 < first.0 || last.1 < first.1 {
        return Err(refused("--range: no filled cell lies there"));
    }
    Ok(cells.range(first, last))
}

fn never_calculated(sheet: &str, (row, column): (u32, u32)) -> std::io::Error {
    refused(format!(
        "sheet '{}', row {}, column {}: a formula without a value, as programs write it that do not calculate. Open the file \
         in a spreadsheet program and save it, or write values in place of formulas",
        shown(sheet),
        row + 1,
        column + 1
    ))
}

/// Refuses cells that span far more than they fill.
fn spanned(name: &str, cells: &[Cell<Data>]) -> std::io::Result<()> {
    let positions = || cells.iter().map(Cell::get_position);
    let rows = positions().map(|(row, _)| row);
    let columns = positions().map(|(_, column)| column);
    let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) else { return Ok(()) };
    let (Some(left), Some(right)) = (columns.clone().min(), columns.max()) else { return Ok(()) };
    let span = u64::from(bottom - top + 1) * u64::from(right - left + 1);
    if span <= MOST_CELLS {
        return Ok(());
    }
    Err(refused(format!(
        "sheet '{}': {} filled cells lie in {} rows and {} columns, down to row {}: some lie far from the table. Say where \
         it is with --range, or delete what lies outside",
        shown(name),
        cells.len(),
        bottom - top + 1,
        right - left + 1,
        bottom + 1
    )))
}

/// The sheet asked for, or the only one with cells.
fn chosen_sheet<R: Read + Seek + Clone>(
    book: &mut Sheets<R>,
    asked: Option<&str>,
) -> std::io::Result<String> {
    let names = book.sheet_names();
    let listed =
        names.iter().take(20).map(|name| format!("'{}'", shown(name))).collect::<Vec<_>>().join(", ");
    if let Some(asked) = asked {
        let by_number = || asked.parse::<usize>().ok().and_then(|number| names.get(number.checked_sub(1)?));
        let found = names.iter().find(|name| *name == asked).or_else(by_number);
        return found
            .cloned()
            .ok_or_else(|| refused(format!("no sheet '{}'; sheets: {listed}", shown(asked))));
    }
    let filled: Vec<&String> =
        names.iter().filter(|name| !cells_of(book, name, None).is_ok_and(|cells| cells.is_empty())).collect();
    match filled.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(refused("a spreadsheet without a filled cell")),
        several => Err(refused(format!(
            "a spreadsheet of {} sheets with cells ({listed}); say which with --sheet NAME",
            several.len()
        ))),
    }
}

/// A cell as the text of a table. A fraction of three digits gets a zero behind it, so that nobody takes its point for
/// one that parts thousands.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) => {
            let text = number.to_string();
            let three = text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
            if three { text + "0" } else { text }
        }
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}
