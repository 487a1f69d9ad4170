//! Matrices in numpy's `.npz`: a zip archive with a `.npy` file for each.

use std::io::{self, Cursor, Write};

use invmgmt::episode::{Columns, Symbol, Trajectory};
use invmgmt::network::Network;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::npz::header;

/// From this size on a file in a zip archive needs the long form of the format, in bytes.
const LONG_FORM: usize = 1 << 31;

pub(super) fn write(mut file: impl Write, network: &Network, trajectory: &Trajectory) -> io::Result<()> {
    // In memory, where it cannot fail: of an archive that is given up on a full disk its library tells on stderr.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for symbol in Symbol::of(network) {
        let (matrix, rows) = (&trajectory[symbol], symbol.rows(trajectory.num_periods));
        let shape = match symbol.facts().columns {
            Columns::None => format!("({rows},)"),
            _ => format!("({rows}, {})", matrix.columns),
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(matrix.values.len() * size_of::<f64>() >= LONG_FORM);
        archive.start_file(format!("{symbol}.npy"), options)?;
        archive.write_all(&header("<f8", &shape))?;
        let mut bytes = Vec::new();
        for numbers in matrix.values.chunks(8192) {
            bytes.clear();
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            archive.write_all(&bytes)?;
        }
    }
    file.write_all(archive.finish()?.get_ref())
}
