//! Arrays in numpy's `.npz`: a zip archive with a `.npy` file for each. Nothing in them is executed.

use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::text::{open, shown, shown_path};
use crate::{FileError, WriteError, replace_file};

/// Most bytes of an archive, and of what it holds when unpacked.
const MOST_BYTES: u64 = 4 << 30;
/// From this size on a file in a zip archive needs the long form of the format, in bytes.
const LONG_FORM: usize = 1 << 31;
const MAGIC: &[u8] = b"\x93NUMPY";
/// Bytes of a character of numpy's texts.
const CHARACTER: usize = 4;

/// An array.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    /// Numbers, row by row.
    Numbers {
        /// How many along each axis.
        shape: Vec<usize>,
        /// The numbers.
        values: Vec<f64>,
    },
    /// A list of texts.
    Texts(Vec<String>),
}

/// An archive of arrays that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArrayError {
    /// The file cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no archive of arrays, or a broken one.
    #[error("{}: {why}", shown_path(path))]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// Writes arrays to a file, packed.
///
/// # Errors
/// [`WriteError`]; nothing was written then and an older file of this name is unchanged.
pub fn write_arrays(path: &Path, arrays: &[(&str, Array)]) -> Result<(), WriteError> {
    replace_file(path, |file| {
        // In memory, where it cannot fail: of an archive that is given up on a full disk its library tells on stderr.
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, array) in arrays {
            let bytes = array.to_npy();
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .large_file(bytes.len() >= LONG_FORM);
            archive.start_file(format!("{name}.npy"), options)?;
            archive.write_all(&bytes)?;
        }
        file.write_all(archive.finish()?.get_ref())
    })
}

/// Reads every array of a file, with its name.
///
/// # Errors
/// [`ArrayError`] for a file that cannot be read, is no archive of arrays, or holds other than numbers and texts.
pub fn read_arrays(path: &Path) -> Result<Vec<(String, Array)>, ArrayError> {
    let broken = |why: String| ArrayError::Broken { path: path.to_owned(), why };
    let file = open(path, "array file")?;
    let mut archive = ZipArchive::new(io::BufReader::new(file))
        .map_err(|error| broken(format!("not an archive of arrays (.npz): {error}")))?;
    let (mut arrays, mut left) = (Vec::new(), MOST_BYTES);
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(|error| broken(error.to_string()))?;
        let name = entry.name().to_owned();
        let Some(name) = name.strip_suffix(".npy") else {
            return Err(broken(format!("holds '{}', which is no array", shown(&name))));
        };
        let mut bytes = Vec::new();
        entry.by_ref().take(left + 1).read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| broken("more than 4 GB unpacked".to_owned()))?;
        let array =
            Array::from_npy(&bytes).map_err(|why| broken(format!("array '{}': {why}", shown(name))))?;
        arrays.push((name.to_owned(), array));
    }
    Ok(arrays)
}

impl Array {
    /// A table of numbers, row by row.
    pub fn table(columns: usize, values: Vec<f64>) -> Self {
        let rows = values.len().checked_div(columns).unwrap_or(0);
        Self::Numbers { shape: vec![rows, columns], values }
    }

    fn to_npy(&self) -> Vec<u8> {
        match self {
            Self::Numbers { shape, values } => {
                let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
                let mut bytes = header("<f8", &format!("({},)", sizes.join(", ")));
                bytes.extend(values.iter().flat_map(|number| number.to_le_bytes()));
                bytes
            }
            Self::Texts(texts) => {
                let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
                let mut bytes = header(&format!("<U{longest}"), &format!("({},)", texts.len()));
                for text in texts {
                    let padded = text.chars().map(u32::from).chain(std::iter::repeat(0));
                    bytes.extend(padded.take(longest).flat_map(u32::to_le_bytes));
                }
                bytes
            }
        }
    }

    fn from_npy(bytes: &[u8]) -> Result<Self, String> {
        let cut = || "is cut short".to_owned();
        let rest = bytes.strip_prefix(MAGIC).ok_or("is no .npy file")?;
        let (version, rest) = rest.split_at_checked(2).ok_or_else(cut)?;
        let (length, rest) = rest.split_at_checked(if version[0] == 1 { 2 } else { 4 }).ok_or_else(cut)?;
        let length = length.iter().rev().fold(0_usize, |length, &byte| length << 8 | usize::from(byte));
        let (head, data) = rest.split_at_checked(length).ok_or_else(cut)?;
        let head = String::from_utf8_lossy(head);
        if !head.contains("'fortran_order': False") {
            return Err("is kept column by column; expected row by row (numpy.ascontiguousarray)".to_owned());
        }
        let between = |key: &str, open: char, close: char| -> Option<&str> {
            let after = head.split_once(key)?.1.split_once(open)?.1;
            after.split_once(close).map(|(inner, _)| inner)
        };
        let kind = between("'descr':", '\'', '\'').ok_or("has no kind of number")?;
        let shape = between("'shape':", '(', ')').ok_or("has no shape")?;
        let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
        let shape =
            sizes.map(str::parse).collect::<Result<Vec<usize>, _>>().map_err(|_| "has no sound shape")?;
        let count =
            shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size)).ok_or("is too large")?;
        if let Some(width) = kind.strip_prefix("<U").and_then(|width| width.parse::<usize>().ok()) {
            let size = width.checked_mul(CHARACTER).ok_or("is too large")?;
            return Ok(Self::Texts(items(data, count, size)?.map(text_of).collect::<Result<_, _>>()?));
        }
        let read: fn(&[u8]) -> f64 = match kind {
            "<f8" => |item| f64::from_le_bytes(item.try_into().expect("eight bytes")),
            "<f4" => |item| f64::from(f32::from_le_bytes(item.try_into().expect("four bytes"))),
            "<i8" => |item| i64::from_le_bytes(item.try_into().expect("eight bytes")) as f64,
            "<i4" => |item| f64::from(i32::from_le_bytes(item.try_into().expect("four bytes"))),
            "<i2" => |item| f64::from(i16::from_le_bytes(item.try_into().expect("two bytes"))),
            "|u1" => |item| f64::from(item[0]),
            other => {
                return Err(format!("holds '{}'; expected whole or floating numbers or texts", shown(other)));
            }
        };
        let size = usize::from(kind.as_bytes()[2] - b'0');
        Ok(Self::Numbers { shape, values: items(data, count, size)?.map(read).collect() })
    }
}

/// So many items of so many bytes; there must be as many, and no more.
fn items(data: &[u8], count: usize, size: usize) -> Result<impl Iterator<Item = &[u8]>, String> {
    if count.checked_mul(size) != Some(data.len()) || size == 0 {
        return Err(format!("has {} bytes, which its shape does not account for", data.len()));
    }
    Ok(data.chunks_exact(size))
}

fn text_of(item: &[u8]) -> Result<String, String> {
    let codes = item.as_chunks::<CHARACTER>().0.iter().map(|code| u32::from_le_bytes(*code));
    let characters = codes.take_while(|&code| code != 0).map(char::from_u32);
    characters.collect::<Option<String>>().ok_or_else(|| "holds what is no text".to_owned())
}

/// The head of a `.npy` file, version 1.0.
pub(crate) fn header(kind: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    // The numbers begin at a multiple of 64 bytes, a line feed before them.
    let unpadded = MAGIC.len() + 4 + text.len() + 1;
    text.extend(std::iter::repeat_n(' ', unpadded.next_multiple_of(64) - unpadded));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a shape of a few numbers is short");
    [MAGIC, b"\x01\x00", &length.to_le_bytes(), text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.npz");
        let arrays = [
            ("numbers", Array::table(3, vec![1.0, -2.5, 0.0, 7.0, 8.0, 1e300])),
            ("texts", Array::Texts(vec!["on_hand[倉庫]".to_owned(), String::new()])),
            ("none", Array::table(2, Vec::new())),
        ];
        write_arrays(&path, &arrays).expect("written");
        let read = read_arrays(&path).expect("read");
        assert_eq!(read, arrays.map(|(name, array)| (name.to_owned(), array)));
    }

    #[test]
    fn what_is_no_archive_of_arrays_is_refused_in_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.npz");
        std::fs::write(&path, b"no archive").expect("written");
        let error = read_arrays(&path).expect_err("refused").to_string();
        assert!(error.contains("a.npz: not an archive of arrays (.npz)"), "{error}");
        let refused = |bytes: &[u8]| Array::from_npy(bytes).expect_err("refused");
        assert_eq!(refused(b"text"), "is no .npy file");
        let whole = Array::table(1, vec![1.0, 2.0]).to_npy();
        assert_eq!(refused(&whole[..20]), "is cut short");
        assert_eq!(refused(&whole[..whole.len() - 1]), "has 15 bytes, which its shape does not account for");
        let objects = header("|O", "(1,)");
        assert_eq!(refused(&objects), "holds '|O'; expected whole or floating numbers or texts");
        let columns = String::from_utf8_lossy(&header("<f8", "(1,)")[10..]).replace("False", "True ");
        let columns = [&header("<f8", "(1,)")[..10], columns.as_bytes()].concat();
        assert!(refused(&columns).starts_with("is kept column by column"), "{}", refused(&columns));
    }
}
