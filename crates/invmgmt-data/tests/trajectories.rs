//! Records of episodes as files, read back by other means.

use std::fs;
use std::io::Read;
use std::path::Path;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::{Episode, Symbol, Trajectory};
use invmgmt::network::{DeclaredNode, Network, NodeId, preset};
use invmgmt::period::Rules;
use invmgmt_data::{WriteError, replace_file, spreadsheet_safe, write_trajectory};

fn serial() -> Network {
    preset("serial").expect("a preset").compile().expect("a network")
}

fn played(network: &Network, periods: usize) -> Trajectory {
    let demand = DemandModel::new(DemandConfig::default()).expect("usable demand");
    let mut episode =
        Episode::begin(&Problem::new(network.clone(), demand.clone(), Rules::default(), 30), 42)
            .expect("an episode");
    for _ in 0..periods {
        episode.step(&[20.0, 20.5, 20.0]).expect("a playable action");
    }
    episode.trajectory().clone()
}

/// The header text and the numbers of a member of an archive.
fn member(path: &Path, name: &str) -> (String, Vec<f64>) {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).expect("a file")).expect("an archive");
    let mut bytes = Vec::new();
    archive.by_name(name).expect("a member").read_to_end(&mut bytes).expect("bytes");
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!(start % 64, 0, "numbers begin at a multiple of 64 bytes");
    let numbers = bytes[start..].chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap()));
    (String::from_utf8(bytes[10..start].to_vec()).expect("a text"), numbers.collect())
}

#[test]
fn an_npz_file_holds_every_matrix_whole() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let (path, record) = (folder.path().join("run.npz"), played(&network, 30));
    write_trajectory(&path, &network, &record).expect("written");
    for (name, shape, numbers) in [
        ("X", "(31, 5)", &record[Symbol::OnHand]),
        ("Y", "(31, 3)", &record[Symbol::OnOrder]),
        ("R", "(30, 3)", &record[Symbol::Filled]),
        ("S", "(30, 4)", &record[Symbol::Moved]),
        ("D", "(30, 1)", &record[Symbol::Demand]),
        ("U", "(30, 1)", &record[Symbol::Unmet]),
        ("P", "(30, 5)", &record[Symbol::Profit]),
        ("GW", "(30,)", &record[Symbol::Sentiment]),
        ("action_log", "(30, 3)", &record[Symbol::Requested]),
    ] {
        let (header, found) = member(&path, &format!("{name}.npy"));
        let expected = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        assert_eq!(header.trim_end(), expected);
        assert_eq!(found, numbers.values, "{name}");
    }
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let files = ["a.npz", "b.npz"].map(|name| {
        let path = folder.path().join(name);
        write_trajectory(&path, &network, &played(&network, 30)).expect("written");
        fs::read(path).expect("a file")
    });
    assert_eq!(files[0], files[1]);
}

#[test]
fn a_csv_file_has_a_row_per_period_and_the_stocks_at_the_end() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let (path, record) = (folder.path().join("run.CSV"), played(&network, 7));
    write_trajectory(&path, &network, &record).expect("written");
    let text = fs::read_to_string(path).expect("a text");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 1 + 7 + 1);
    assert!(rows.iter().all(|row| row.len() == 1 + 5 + 3 + 3 + 4 + 1 + 1 + 5 + 1 + 3));
    let column = |name: &str| rows[0].iter().position(|found| *found == name).expect(name);
    assert_eq!(rows[3][column("period")], "2");
    let number = |row: usize, name: &str| rows[row][column(name)].parse::<f64>().expect("a number");
    assert_eq!(number(8, "X[1]"), record[Symbol::OnHand].row(7)[1]);
    assert_eq!(number(3, "R[3 -> 2]"), record[Symbol::Filled].row(2)[1]);
    assert_eq!(number(3, "D[1 -> 0]"), record[Symbol::Demand].row(2)[0]);
    assert_eq!(number(3, "P[1]"), record[Symbol::Profit].row(2)[1]);
    assert_eq!(number(3, "action_log[3 -> 2]"), 20.5);
    assert_eq!(rows[8][column("R[3 -> 2]")], "");
    assert_eq!(rows[8][column("GW")], "");
}

#[test]
fn no_header_is_a_formula() {
    let mut declared = preset("serial").expect("a preset");
    let name = NodeId::from("=cmd(),\"\r\n+1");
    declared.nodes[4] = DeclaredNode::new("=cmd(),\"\r\n+1");
    declared.links[3].from = name;
    let network = declared.compile().expect("a network");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.csv");
    write_trajectory(&path, &network, &played(&network, 1)).expect("written");
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let header = reader.headers().expect("a header").clone();
    assert!(header.iter().all(|cell| cell.starts_with(|first: char| first.is_ascii_alphabetic())));
    assert!(header.iter().any(|cell| cell == "R[=cmd(),\"\\r\\n+1 -> 3]"), "{header:?}");
}

#[test]
fn a_cell_that_begins_a_formula_gets_an_apostrophe() {
    for cell in ["=1", "+1", "-1", "@sum", "\tx", "\rx"] {
        assert_eq!(spreadsheet_safe(cell), format!("'{cell}"));
    }
    assert_eq!(spreadsheet_safe("a=1"), "a=1");
}

#[test]
fn another_ending_is_refused_with_the_two_allowed() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    for name in ["run.txt", "run", ".npz"] {
        let path = folder.path().join(name);
        let error = write_trajectory(&path, &network, &played(&network, 1)).expect_err("refused");
        assert!(error.to_string().ends_with(&format!("{name}: must end in .npz or .csv")), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_failure_leaves_the_old_file_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.npz");
    fs::write(&path, "old").expect("a file");
    let error = replace_file(&path, |file| {
        std::io::Write::write_all(file, &vec![0; 100_000])?;
        Err(std::io::Error::other("the disk is full"))
    })
    .expect_err("refused");
    assert!(error.to_string().ends_with("run.npz: cannot be written: the disk is full"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn a_folder_missing_or_in_the_way_is_named() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let record = played(&network, 1);
    let path = folder.path().join("none").join("run.npz");
    let error = write_trajectory(&path, &network, &record).expect_err("refused");
    assert!(matches!(error, WriteError::NoFolder { .. }) && error.to_string().contains("there is no folder"));
    let path = folder.path().join("run.npz");
    fs::create_dir(&path).expect("a folder");
    let error = write_trajectory(&path, &network, &record).expect_err("refused");
    assert!(error.to_string().ends_with("run.npz: is a directory; expected the name of a file"), "{error}");
}

#[test]
fn an_older_file_is_replaced() {
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let path = folder.path().join("run.csv");
    fs::write(&path, "old").expect("a file");
    write_trajectory(&path, &network, &played(&network, 1)).expect("written");
    assert!(fs::read_to_string(&path).expect("a file").starts_with("period,X[0],X[1]"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_written_file_has_the_permissions_of_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, network) = (tempfile::tempdir().expect("a folder"), serial());
    let (plain, written) = (folder.path().join("plain"), folder.path().join("run.csv"));
    fs::write(&plain, "").expect("a file");
    write_trajectory(&written, &network, &played(&network, 1)).expect("written");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode(&written), mode(&plain));
}
