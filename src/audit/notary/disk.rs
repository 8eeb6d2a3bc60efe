//! The few things that are done to files, each of which a crash can interrupt: so tests can interrupt each.
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Where the tree is in it.
pub(super) const TREE: &str = "tile";

/// A folder of files.
pub trait Disk: Send {
    /// Writes a whole file; after a crash it may be the old one, the new one, or a part of it.
    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Puts a whole file in the place of what was there, at once; durable once it returns.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Writes at a place in a file, which grows where it must.
    fn write_at(&mut self, name: &str, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Adds to the end of a file; durable once it returns.
    fn append_durably(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to a length; durable once it returns.
    fn cut(&mut self, name: &str, length: u64) -> io::Result<()>;

    /// Removes a file or a folder with all that is in it, where there is one.
    fn remove(&mut self, name: &str) -> io::Result<()>;

    /// Every unfinished piece of the tree that is there.
    fn partials(&self) -> io::Result<Vec<String>>;

    /// What is in a file; `None` when there is none.
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Whether a file has these bytes at a place.
    fn holds(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<bool>;
}

/// A real folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`, made where it is missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root: root.to_owned() })
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(path)
    }

    fn name(&self, path: &Path) -> Option<String> {
        path.strip_prefix(&self.root).ok()?.to_str().map(str::to_owned)
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.root)?.sync_all()
    }
}

impl Disk for Folder {
    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.path(name)?, bytes)
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name)?;
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(beside, path)?;
        self.sync_folder()
    }

    fn write_at(&mut self, name: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(self.path(name)?)?;
        file.write_all_at(bytes, at)
    }

    fn append_durably(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name)?;
        let begins = !path.exists();
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        if begins { self.sync_folder() } else { Ok(()) }
    }

    fn cut(&mut self, name: &str, length: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(self.path(name)?)?;
        file.set_len(length)?;
        file.sync_all()
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let path = self.root.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn partials(&self) -> io::Result<Vec<String>> {
        let (mut found, mut left) = (Vec::new(), vec![self.root.join(TREE)]);
        while let Some(folder) = left.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(err) if err.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            let partial = folder.extension().is_some_and(|it| it == "p");
            for entry in entries {
                let entry = entry?;
                match entry.file_type()?.is_dir() {
                    true => left.push(entry.path()),
                    false if partial => found.extend(self.name(&entry.path())),
                    false => {}
                }
            }
        }
        Ok(found)
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.root.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(err) => Err(err),
        }
    }

    fn holds(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<bool> {
        let mut found = vec![0; bytes.len()];
        let read = File::open(self.root.join(name)).and_then(|it| it.read_exact_at(&mut found, at));
        match read {
            Ok(()) => Ok(found == bytes),
            Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => {
                Ok(false)
            }
            Err(err) => Err(err),
        }
    }
}
