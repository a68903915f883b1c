//! Files and folders that are what they seem: no link is followed and no pipe waited at, whoever planted it.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Read, Result};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

/// Of a file, for its owner alone.
const PRIVATE: u32 = 0o600;
/// Of a folder.
const PRIVATE_FOLDER: u32 = 0o700;

/// Where a link is no way, and opening never waits.
fn strict() -> OFlags {
    OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC
}

/// The bytes of a plain file of at most `most` bytes. The folders above it may be links, it itself may not.
///
/// # Errors
/// Whatever the system says; of another kind of file, or a larger one, what it is.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    bytes(&open(path)?, most)
}

/// Opens a plain file for reading.
pub(crate) fn open(path: &Path) -> Result<File> {
    let fd = rustix::fs::open(path, OFlags::RDONLY | strict(), Mode::empty()).map_err(link_or)?;
    checked(fd.into())
}

/// The same of the file `name` below `root`, its parts joined by `/`: none of them may be a link.
pub(crate) fn read_beneath(root: &Path, name: &str, most: u64) -> Result<Vec<u8>> {
    let mut folder: OwnedFd =
        rustix::fs::open(root, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | strict();
        folder = openat(&folder, part, flags, Mode::empty()).map_err(link_or)?;
    }
    let fd = openat(&folder, file, OFlags::RDONLY | strict(), Mode::empty()).map_err(link_or)?;
    bytes(&checked(fd.into())?, most)
}

/// Opens a plain file for reading and writing, creating it.
pub(crate) fn open_or_create(path: &Path) -> Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(Error::other)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true).mode(PRIVATE).custom_flags(flags);
    checked(options.open(path).map_err(|error| Errno::from_io_error(&error).map_or(error, link_or))?)
}

/// A new file. Whatever had its name is gone, and stays as it is where else it has one.
pub(crate) fn create(path: &Path) -> Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().create_new(true).write(true).mode(PRIVATE).open(path)
}

/// Refuses whatever has this name and is no plain file.
pub(crate) fn check(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => Err(strange()),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a folder in one that is there; one that is there already is left as it is. Whether it was created.
pub(crate) fn create_folder(path: &Path) -> Result<bool> {
    match DirBuilder::new().mode(PRIVATE_FOLDER).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if path.symlink_metadata()?.is_dir() {
                Ok(false)
            } else {
                Err(strange())
            }
        }
        Err(error) => Err(error),
    }
}

/// Takes a file from everybody but its owner, if it is there.
pub(crate) fn narrow(path: &Path) -> Result<()> {
    match open(path) {
        Ok(file) if is_wide(&file.metadata()?) => file.set_permissions(Permissions::from_mode(PRIVATE)),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The same of a folder, which may be reached through a link.
pub(crate) fn narrow_folder(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(PRIVATE_FOLDER))
}

/// Whether others than the owner may do anything with it.
pub(crate) fn is_wide(found: &Metadata) -> bool {
    found.permissions().mode() & 0o077 != 0
}

fn checked(file: File) -> Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(strange()) }
}

fn bytes(mut file: &File, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = Read::take(&mut file, most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read <= most) {
        return Ok(bytes);
    }
    Err(Error::other(format!("it has over {most} bytes")))
}

fn link_or(error: Errno) -> Error {
    // of a folder that is a link the system says that it is none
    if matches!(error, Errno::LOOP | Errno::NOTDIR) { strange() } else { error.into() }
}

fn strange() -> Error {
    Error::other("it is a link, a pipe or no file at all; take it away, or put a file there")
}
