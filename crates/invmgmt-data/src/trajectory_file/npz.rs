//! Matrices in numpy's `.npz`: a zip archive with a `.npy` file for each.

use std::io::{self, Cursor, Write};

use invmgmt::episode::{Columns, Symbol, Trajectory};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// From this size on a file in a zip archive needs the long form of the format, in bytes.
const LONG_FORM: usize = 1 << 31;

pub(super) fn write(mut file: impl Write, trajectory: &Trajectory) -> io::Result<()> {
    // In memory, where it cannot fail: of an archive that is given up on a full disk its library tells on stderr.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for symbol in Symbol::ALL {
        let (matrix, rows) = (&trajectory[symbol], symbol.rows(trajectory.num_periods));
        let shape = match symbol.facts().columns {
            Columns::None => format!("({rows},)"),
            _ => format!("({rows}, {})", matrix.columns),
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(matrix.values.len() * size_of::<f64>() >= LONG_FORM);
        archive.start_file(format!("{symbol}.npy"), options)?;
        archive.write_all(&header(&shape))?;
        let mut bytes = Vec::new();
        for numbers in matrix.values.chunks(8192) {
            bytes.clear();
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            archive.write_all(&bytes)?;
        }
    }
    file.write_all(archive.finish()?.get_ref())
}

/// The head of a `.npy` file, version 1.0: little-endian doubles, row by row.
fn header(shape: &str) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    let mut text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    // The numbers begin at a multiple of 64 bytes, a line feed before them.
    let unpadded = MAGIC.len() + 2 + text.len() + 1;
    text.extend(std::iter::repeat_n(' ', unpadded.next_multiple_of(64) - unpadded));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a shape of two numbers is short");
    [MAGIC, &length.to_le_bytes(), text.as_bytes()].concat()
}
