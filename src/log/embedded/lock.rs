//! One process per folder, on a disk of its own: the two things a log file cannot survive without.
use super::failure::Doing;
use crate::log::Error;
use std::fs::{File, OpenOptions, TryLockError, read_to_string};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Filesystems of other machines, where neither locks nor a flush can be relied on.
const NETWORKS: &[&str] = &[
    "9p",
    "afs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb2",
    "smb3",
    "smbfs",
];

/// A folder that this process has to itself; the operating system lets go of it however the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Locks `dir`, which is made where there is none. [`Error::Unavailable`]: another process has it, or it is on
    /// another machine.
    pub fn take(dir: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).doing(&format!("creating {}", dir.display()))?;
        refuse_network(dir)?;
        let path = dir.join("lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.doing(&format!("opening {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(dir, &path)),
            Err(TryLockError::Error(err)) => return Err(err).doing(&format!("locking {}", path.display())),
        }
        write_pid(&mut file).doing(&format!("writing {}", path.display()))?;
        Ok(Self(file))
    }
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn taken(dir: &Path, path: &Path) -> Error {
    let pid = read_to_string(path).ok().and_then(|it| it.trim().parse::<u32>().ok());
    let holder = pid.map_or_else(|| "another process".into(), |pid| format!("process {pid}"));
    Error::Unavailable(format!(
        "{} is in use by {holder}: stop it, or choose another folder; one process at a time can use a folder",
        dir.display()
    ))
}

/// Refuses a folder that is on another machine, where the system says so.
fn refuse_network(dir: &Path) -> Result<(), Error> {
    let dir = dir.canonicalize().doing(&format!("resolving {}", dir.display()))?;
    // Only Linux lists its mounts here; elsewhere the documentation has to do.
    let Ok(mounts) = read_to_string("/proc/self/mounts") else { return Ok(()) };
    match filesystem(&mounts, &dir) {
        Some(kind) if NETWORKS.contains(&kind) => Err(Error::Unavailable(format!(
            "{} is on a network filesystem ({kind}), which can lose what it acknowledged: \
             choose a folder on a local disk",
            dir.display()
        ))),
        _ => Ok(()),
    }
}

/// The kind of filesystem that `dir` is on; the later of two mounts on the same point covers the other.
fn filesystem<'a>(mounts: &'a str, dir: &Path) -> Option<&'a str> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((PathBuf::from(unescaped(fields.next()?)), fields.next()?))
    });
    let above = mounts.filter(|(point, _)| dir.starts_with(point));
    above.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind)
}

fn unescaped(point: &str) -> String {
    point.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/sda / ext4 rw 0 0\n\
        nas:/vol /srv nfs4 rw 0 0\n\
        /dev/sdb /srv/data xfs rw 0 0\n\
        me@host: /home/my\\040files fuse.sshfs rw 0 0\n";

    #[test]
    fn the_deepest_mount_above_a_folder_is_its_filesystem() {
        let on = |dir: &str| filesystem(MOUNTS, Path::new(dir));
        assert_eq!(on("/var/lib/pactline"), Some("ext4"));
        assert_eq!(on("/srv/pactline"), Some("nfs4"));
        assert_eq!(on("/srv/data/pactline"), Some("xfs"));
        assert_eq!(on("/srvother"), Some("ext4"));
        assert_eq!(on("/home/my files/log"), Some("fuse.sshfs"));
    }
}
