use std::process::{Command, Stdio};

use secrecy::SecretString;

use crate::environment::Environment;
use crate::failure::Failure;

/// Longest token that is taken, bytes.
const LONGEST: usize = 8 << 10;

/// The identity token of whoever gives the command: the environment's, or that of `gcloud`'s account.
pub(super) fn token(environment: &Environment) -> Result<SecretString, Failure> {
    if let Some(token) = &environment.id_token {
        return Ok(token.clone());
    }
    let advice = "set TOPDOWN_ID_TOKEN, or log in with gcloud auth login";
    let failed = |why: &str| Failure::run(format!("no identity token: {why}")).advice(advice);
    let mut gcloud = Command::new("gcloud");
    gcloud.args(["auth", "print-identity-token"]).stdin(Stdio::null());
    let output = gcloud.output().map_err(|error| failed(&format!("gcloud does not start: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("gcloud has none");
        return Err(failed(said));
    }
    let token = String::from_utf8(output.stdout).unwrap_or_default().trim().to_owned();
    let is_token = !token.is_empty() && token.len() <= LONGEST && token.bytes().all(|b| b.is_ascii_graphic());
    is_token.then(|| token.into()).ok_or_else(|| failed("gcloud printed something else"))
}
