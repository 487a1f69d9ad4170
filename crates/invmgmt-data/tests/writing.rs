//! Where files are written to: plain files and links to them, and what is neither.
#![cfg(unix)]

use std::fs;
use std::io::{Error, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use invmgmt_data::{WriteError, new_file, replace_file};

fn write(path: &Path, content: &str) -> Result<(), WriteError> {
    replace_file(path, |file| file.write_all(content.as_bytes()))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).expect("something").file_type().is_symlink()
}

#[test]
fn links_are_followed_and_stay_links() {
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let target = elsewhere.path().join("target.html");
    fs::write(&target, "old").expect("written");
    let (direct, chain) = (folder.path().join("direct"), folder.path().join("chain"));
    symlink(&target, &direct).expect("a link");
    symlink("direct", &chain).expect("a link");
    for (link, content) in [(&direct, "new"), (&chain, "newer")] {
        write(link, content).expect("written");
        assert!(is_link(link));
        assert_eq!(fs::read_to_string(&target).expect("a file"), content);
    }
    // A link to what is not there yet makes it.
    fs::remove_file(&target).expect("removed");
    write(&chain, "anew").expect("written");
    assert_eq!(fs::read_to_string(&target).expect("a file"), "anew");
    assert_eq!((names(folder.path()).len(), names(elsewhere.path()).len()), (2, 1));
}

#[test]
fn a_ring_of_links_a_link_to_a_folder_and_one_into_nowhere_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let [ring, to_folder, nowhere] = ["ring", "folder", "nowhere"].map(|name| folder.path().join(name));
    symlink("ring", &ring).expect("a link");
    symlink(".", &to_folder).expect("a link");
    symlink("none/here", &nowhere).expect("a link");
    for (path, message) in [
        (&ring, "ring: cannot be written: "),
        (&to_folder, "folder: is a directory; expected the name of a file"),
        (&nowhere, "nowhere: there is no folder "),
    ] {
        let error = write(path, "content").expect_err("refused").to_string();
        assert!(error.contains(message), "{error}");
    }
    assert_eq!(names(folder.path()), ["folder", "nowhere", "ring"]);
}

#[test]
fn a_replaced_file_keeps_its_permissions() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("private");
    fs::write(&path, "old").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    write(&path, "new").expect("written");
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_device_stays_a_device_and_a_full_one_is_named() {
    for (device, expected) in
        [("/dev/null", None), ("/dev/full", Some("/dev/full: cannot be written: No space"))]
    {
        let answer = write(Path::new(device), "content").map_err(|error| error.to_string());
        match expected {
            None => assert_eq!(answer, Ok(())),
            Some(message) => {
                assert!(answer.as_ref().is_err_and(|error| error.starts_with(message)), "{answer:?}");
            }
        }
        assert!(fs::metadata(device).expect("a device").file_type().is_char_device());
    }
}

#[test]
fn a_pipe_gets_the_whole_content_or_none_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let failed = replace_file(&pipe, |file| {
        file.write_all(b"half")?;
        Err(Error::other("out of ideas"))
    });
    assert!(failed.is_err_and(|error| error.to_string().ends_with("pipe: cannot be written: out of ideas")));
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut text = String::new();
            fs::File::open(pipe).and_then(|mut file| file.read_to_string(&mut text)).expect("read");
            text
        }
    });
    write(&pipe, "whole").expect("written");
    assert_eq!(reader.join().expect("a text"), "whole");
    assert!(fs::metadata(&pipe).expect("a pipe").file_type().is_fifo());
}

#[test]
fn many_who_write_new_files_at_once_get_a_name_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run_ep1.npz");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let taken = new_file(path, |file| write!(file, "{writer}")).expect("written");
                assert_eq!(fs::read_to_string(taken).expect("a file"), writer.to_string());
            });
        }
    });
    let mut expected: Vec<_> = (2..=8).map(|count| format!("run_ep1_{count}.npz")).collect();
    expected.insert(0, "run_ep1.npz".to_owned());
    expected.sort();
    assert_eq!(names(folder.path()), expected);
}
