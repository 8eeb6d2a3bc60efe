//! How to reach a server, and who we are there: from a URL and files, checked before anything is asked of anyone.
use crate::log::Error;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::fmt;
use std::path::{Path, PathBuf};

/// The schemes that are understood, and how the client calls them.
const SCHEMES: [(&str, &str); 4] = [
    ("esdb://", "esdb://"),
    ("kurrentdb://", "esdb://"),
    ("esdb+discover://", "esdb+discover://"),
    ("kurrentdb+discover://", "esdb+discover://"),
];
/// What is said to the client where the URL does not: it waits this long even before the first attempt.
const DISCOVERY_INTERVAL_MS: u32 = 50;

/// Where a log is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `esdb://user:password@host:2113?tls=true`, several hosts with commas, or `esdb+discover://name`.
    pub url: String,
    /// Certificates, in PEM, that the server's certificate is checked against instead of the machine's.
    pub ca: Option<PathBuf>,
    /// A file with `user:password` in its first line, instead of the URL.
    pub credentials: Option<PathBuf>,
}

/// The same, understood.
#[derive(Clone)]
pub(super) struct Target {
    /// For the client; it holds the password.
    pub(super) url: String,
    /// Who we are there.
    pub(super) login: Option<(String, String)>,
    /// For people; it holds no password.
    shown: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl Target {
    pub(super) fn of(settings: &Settings) -> Result<Self, Error> {
        let unfit = |why: String| Error::Unacceptable(format!("the log's URL: {why}"));
        let (rest, scheme) = SCHEMES
            .iter()
            .find_map(|(known, spoken)| settings.url.strip_prefix(known).map(|rest| (rest, *spoken)))
            .ok_or_else(|| unfit("it begins with esdb:// or esdb+discover://".into()))?;
        let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts.trim_end_matches('/')),
            None => (None, authority.trim_end_matches('/')),
        };
        if hosts.is_empty() || hosts.contains('/') {
            return Err(unfit(format!("{hosts:?} is no host and port, or several with commas")));
        }
        let login = match &settings.credentials {
            Some(file) => Some(credentials(file)?),
            None => login
                .map(|it| it.split_once(':').unwrap_or((it, "")))
                .map(|(user, word)| (decoded(user), decoded(word))),
        };
        let query = with_defaults(query, settings.ca.as_deref())?;
        let who = login.as_ref().map(|(user, word)| format!("{}:{}@", encoded(user), encoded(word)));
        let url = format!("{scheme}{}{hosts}?{query}", who.unwrap_or_default());
        Ok(Self { url, login, shown: format!("{scheme}{hosts}") })
    }
}

/// The query, with what the client must be told besides.
fn with_defaults(query: &str, ca: Option<&Path>) -> Result<String, Error> {
    let has = |name: &str| {
        query.split('&').any(|it| it.split('=').next().is_some_and(|it| it.eq_ignore_ascii_case(name)))
    };
    let mut parts: Vec<String> = query.split('&').filter(|it| !it.is_empty()).map(str::to_owned).collect();
    if !has("discoveryInterval") {
        parts.push(format!("discoveryInterval={DISCOVERY_INTERVAL_MS}"));
    }
    if let Some(ca) = ca {
        certificates(ca)?;
        parts.push(format!("tlsCaFile={}", encoded(&ca.display().to_string())));
    }
    Ok(parts.join("&"))
}

/// The client panics over a file that holds no certificates, or something that only says it is one, so each is looked
/// at here as the client will.
fn certificates(path: &Path) -> Result<(), Error> {
    let text = read(path, "the certificates of --log-ca")?;
    let unfit = |why: String| Error::Unacceptable(format!("--log-ca: {}: {why}", path.display()));
    let mut trusted = RootCertStore::empty();
    for (n, certificate) in (1..).zip(CertificateDer::pem_slice_iter(text.as_bytes())) {
        let certificate = certificate.map_err(|err| unfit(format!("no PEM: {err}")))?;
        trusted.add(certificate).map_err(|err| unfit(format!("certificate {n} is none: {err}")))?;
    }
    match trusted.is_empty() {
        true => Err(unfit("it holds no certificate in PEM".into())),
        false => Ok(()),
    }
}

fn credentials(path: &Path) -> Result<(String, String), Error> {
    let text = read(path, "the credentials of --log-credentials")?;
    let line = text.lines().next().unwrap_or_default();
    let (user, word) = line.split_once(':').ok_or_else(|| {
        Error::Unacceptable(format!(
            "--log-credentials: {} does not begin with user:password",
            path.display()
        ))
    })?;
    Ok((user.to_owned(), word.to_owned()))
}

fn read(path: &Path, what: &str) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|err| Error::Unacceptable(format!("{what} cannot be read: {}: {err}", path.display())))
}

/// Percent-encoding, of everything that could mean something.
fn encoded(text: &str) -> String {
    let plain = |it: &u8| it.is_ascii_alphanumeric() || b"-_.~".contains(it);
    text.bytes()
        .map(|it| if plain(&it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}

/// The other way round; what is no percent-encoding stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| std::str::from_utf8(after.get(..2)?).ok()).flatten();
        match hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Settings, Target};

    impl std::fmt::Debug for Target {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.to_string().fmt(f)
        }
    }

    fn target(url: &str) -> Result<Target, String> {
        let settings = Settings { url: url.into(), ca: None, credentials: None };
        Target::of(&settings).map_err(|err| err.to_string())
    }

    #[test]
    fn a_url_is_understood_and_never_shown_with_its_password() {
        let it = target("kurrentdb://ops:p%40ss%2Fword@a:2113,b:2113?tls=false").unwrap();
        assert_eq!(it.login, Some(("ops".into(), "p@ss/word".into())));
        assert_eq!(it.url, "esdb://ops:p%40ss%2Fword@a:2113,b:2113?tls=false&discoveryInterval=50");
        assert_eq!(it.to_string(), "esdb://a:2113,b:2113");
        assert_eq!(target("esdb://db?discoveryInterval=9").unwrap().url, "esdb://db?discoveryInterval=9");
    }

    #[test]
    fn a_url_of_something_else_is_refused() {
        for url in ["", "db:2113", "postgres://db", "esdb://", "esdb://user@", "esdb://a/b"] {
            assert!(target(url).unwrap_err().contains("the log's URL"), "{url}");
        }
    }
}
