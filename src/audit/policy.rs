//! c2sp.org/tlog-policy.
use super::cosignature;
use super::note::{Note, Verifier};
use std::fmt;
use std::str::FromStr;

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Name.
    pub name: String,
    /// Key.
    pub key: Verifier,
    /// Address.
    pub url: Option<String>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    text: String,
    logs: Vec<Verifier>,
    witnesses: Vec<Witness>,
    groups: Vec<(String, usize, Vec<String>)>,
    quorum: String,
}

impl Policy {
    /// Logs.
    pub fn logs(&self) -> &[Verifier] {
        &self.logs
    }

    /// Witnesses.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether any witness is needed.
    pub fn has_quorum(&self) -> bool {
        self.quorum != "none"
    }

    /// Whether enough have signed.
    pub fn is_met_by(&self, note: &Note) -> bool {
        !self.has_quorum() || self.met(&self.quorum, note)
    }

    fn met(&self, name: &str, note: &Note) -> bool {
        if let Some(it) = self.witnesses.iter().find(|it| it.name == name) {
            return cosignature::has(note, &it.key);
        }
        let group = self.groups.iter().find(|it| it.0 == name);
        group.is_some_and(|(_, k, members)| members.iter().filter(|it| self.met(it, note)).count() >= *k)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Policy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut it = Self {
            text: text.into(),
            logs: vec![],
            witnesses: vec![],
            groups: vec![],
            quorum: String::new(),
        };
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key, ..] => it.logs.push(key.parse()?),
                ["witness", name, key, rest @ ..] => it.witnesses.push(Witness {
                    name: (*name).into(),
                    key: key.parse()?,
                    url: rest.first().map(|it| (*it).into()),
                }),
                ["group", name, k, members @ ..] => {
                    let k = match *k {
                        "any" => 1,
                        "all" => members.len(),
                        k => k.parse().map_err(|_| "no threshold")?,
                    };
                    it.groups.push(((*name).into(), k, members.iter().map(|it| (*it).into()).collect()));
                }
                ["quorum", name] => it.quorum = (*name).into(),
                other => return Err(format!("{other:?} is no line of a policy")),
            }
        }
        if it.quorum.is_empty() { Err("no quorum line".into()) } else { Ok(it) }
    }
}
