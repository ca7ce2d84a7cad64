//! `--name value` pairs.

use std::collections::HashMap;
use std::str::FromStr;

pub struct Options(HashMap<String, String>);

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>, known: &[&str]) -> Result<Self, String> {
        let mut values = HashMap::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let name = argument.strip_prefix("--").filter(|name| known.contains(name));
            let name = name.ok_or_else(|| format!("unknown argument '{argument}'; known: --{}", known.join(" --")))?;
            values.insert(name.to_owned(), arguments.next().ok_or_else(|| format!("--{name} needs a value"))?);
        }
        Ok(Options(values))
    }

    pub fn get<T: FromStr>(&self, name: &str, default: T) -> Result<T, String> {
        match self.0.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("--{name}: '{text}' is not what it should be")),
        }
    }
}

/// An address that tests/servers gives.
pub fn address(variable: &str) -> Result<String, String> {
    std::env::var(variable)
        .map_err(|_| format!("{variable} is not set\n  hint: tests/servers/servers run --kafka --cassandra -- COMMAND"))
}
