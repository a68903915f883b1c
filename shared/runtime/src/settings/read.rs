use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use secrecy::SecretString;

use super::Variable;

/// Why a function does not start: its operator mends the environment. No value of a secret is ever named.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not set.
    #[error("{name} is not set: {meaning}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it means.
        meaning: &'static str,
    },
    /// A secret given twice.
    #[error("{name} and {name}_FILE are both set; unset one of them")]
    Twice {
        /// The variable.
        name: &'static str,
    },
    /// The file of a secret cannot be read.
    #[error("{name}_FILE: {why}; mount the secret there or unset the variable")]
    File {
        /// The variable without its ending.
        name: &'static str,
        /// What the system says.
        why: String,
    },
    /// A value of another form.
    #[error("{name}: {why}")]
    Form {
        /// The variable.
        name: &'static str,
        /// What is wrong.
        why: String,
    },
    /// Values that contradict each other.
    #[error("{0}")]
    Impossible(String),
}

/// The values of a function's variables.
#[derive(Debug, Default)]
pub struct Settings {
    texts: BTreeMap<&'static str, String>,
    secrets: BTreeMap<&'static str, SecretString>,
}

impl Settings {
    /// Takes what the tables name out of `environment`. An empty value counts as none.
    ///
    /// # Errors
    /// [`SettingsError`], the first there is.
    pub fn read(
        tables: &[&[Variable]],
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingsError> {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let given: BTreeMap<String, String> =
            environment.filter_map(text).filter(|(_, value)| !value.is_empty()).collect();
        let mut settings = Self::default();
        for variable in tables.iter().copied().flatten() {
            if variable.secret {
                if let Some(secret) = secret(variable.name, &given)? {
                    settings.secrets.insert(variable.name, secret);
                } else if variable.required {
                    return Err(SettingsError::Missing { name: variable.name, meaning: variable.meaning });
                }
                continue;
            }
            let value = given.get(variable.name).cloned();
            match value.or_else(|| variable.default.map(str::to_owned)) {
                Some(value) => _ = settings.texts.insert(variable.name, value),
                None if variable.required => {
                    return Err(SettingsError::Missing { name: variable.name, meaning: variable.meaning });
                }
                None => {}
            }
        }
        Ok(settings)
    }

    /// A value, if there is one.
    pub fn get(&self, variable: &Variable) -> Option<&str> {
        self.texts.get(variable.name).map(String::as_str)
    }

    /// The value of the variable of that name, if there is one.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// A value that must be there now, though the table may do without.
    ///
    /// # Errors
    /// [`SettingsError::Missing`].
    pub fn need(&self, variable: &Variable) -> Result<&str, SettingsError> {
        let missing = SettingsError::Missing { name: variable.name, meaning: variable.meaning };
        self.get(variable).ok_or(missing)
    }

    /// A value of a form of its own, if there is one.
    ///
    /// # Errors
    /// [`SettingsError::Form`].
    pub fn parse<T>(&self, variable: &Variable) -> Result<Option<T>, SettingsError>
    where
        T: FromStr<Err: Display>,
    {
        let form = |error: T::Err| SettingsError::Form { name: variable.name, why: error.to_string() };
        self.get(variable).map(|text| text.parse().map_err(form)).transpose()
    }

    /// The secret of that name, if there is one.
    pub fn secret_named(&self, name: &str) -> Option<SecretString> {
        self.secrets.get(name).cloned()
    }

    /// A secret, if there is one.
    pub fn secret(&self, variable: &Variable) -> Option<SecretString> {
        self.secrets.get(variable.name).cloned()
    }
}

/// The secret from the variable or from the file that `NAME_FILE` names, without the line's end an editor leaves.
fn secret(
    name: &'static str,
    given: &BTreeMap<String, String>,
) -> Result<Option<SecretString>, SettingsError> {
    let file = given.get(&format!("{name}_FILE"));
    match (given.get(name), file) {
        (Some(_), Some(_)) => Err(SettingsError::Twice { name }),
        (Some(value), None) => Ok(Some(value.as_str().into())),
        (None, Some(path)) => {
            let failed = |why: String| SettingsError::File { name, why };
            let text = std::fs::read_to_string(Path::new(path)).map_err(|error| failed(error.to_string()))?;
            match text.trim_end_matches(['\r', '\n']) {
                "" => Err(failed("the file is empty".to_owned())),
                text => Ok(Some(text.into())),
            }
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const BUCKET: Variable = Variable::required("BUCKET", "where artifacts are kept");
    const PORT: Variable = Variable::or("PORT", "8080", "the port");
    const KEY: Variable = Variable::secret("KEY", "the vendor's key");
    const TABLE: &[Variable] = &[BUCKET, PORT, KEY];

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(&[TABLE], pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn what_is_missing_is_named_with_its_meaning() {
        let error = read(&[("BUCKET", "")]).unwrap_err().to_string();
        assert_eq!(error, "BUCKET is not set: where artifacts are kept");
        let settings = read(&[("BUCKET", "b")]).unwrap();
        assert_eq!((settings.get(&BUCKET), settings.get(&PORT)), (Some("b"), Some("8080")));
        assert!(settings.secret(&KEY).is_none());
        assert_eq!(settings.parse::<u16>(&PORT).unwrap(), Some(8080));
        let odd = read(&[("BUCKET", "b"), ("PORT", "http")]).unwrap();
        assert_eq!(odd.parse::<u16>(&PORT).unwrap_err().to_string(), "PORT: invalid digit found in string");
    }

    #[test]
    fn a_secret_is_a_variable_or_a_file_and_never_shown() {
        let file = std::env::temp_dir().join(format!("topdown-secret-{}", std::process::id()));
        std::fs::write(&file, "hidden\n").unwrap();
        let path = file.to_str().unwrap();
        for given in [("KEY", "hidden"), ("KEY_FILE", path)] {
            let settings = read(&[("BUCKET", "b"), given]).unwrap();
            assert_eq!(settings.secret(&KEY).unwrap().expose_secret(), "hidden");
            assert!(!format!("{settings:?}").contains("hidden"));
        }
        let twice = read(&[("BUCKET", "b"), ("KEY", "hidden"), ("KEY_FILE", path)]).unwrap_err();
        assert_eq!(twice.to_string(), "KEY and KEY_FILE are both set; unset one of them");
        std::fs::remove_file(&file).unwrap();
        let gone = read(&[("BUCKET", "b"), ("KEY_FILE", path)]).unwrap_err().to_string();
        assert!(gone.starts_with("KEY_FILE: "), "{gone}");
    }
}
