use super::error::ApiError;
use crate::market::Market;
use crate::market::listing::Listing;

/// The parameters of a request, decoded.
pub(crate) struct Parameters(pub(crate) Vec<(String, String)>);

impl Parameters {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A number of milliseconds or rows.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if text.is_empty() || text.len() > 18 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ApiError::Illegal { parameter: name, range: "^[0-9]{1,20}$" });
        }
        text.parse().map(Some).map_err(|_| ApiError::Illegal { parameter: name, range: "^[0-9]{1,20}$" })
    }

    /// The listed symbol that `symbol` names.
    pub(crate) fn symbol<'a>(&self, market: &'a Market) -> Result<&'a Listing, ApiError> {
        let name = self.get("symbol").filter(|name| !name.is_empty()).ok_or(ApiError::Missing("symbol"))?;
        listed(market, name, "symbol")
    }

    /// The listed symbols that `symbol` or `symbols` names; all without either.
    pub(crate) fn symbols<'a>(&self, market: &'a Market) -> Result<Vec<&'a Listing>, ApiError> {
        match (self.get("symbol"), self.get("symbols")) {
            (Some(_), Some(_)) => Err(ApiError::Combination),
            (Some(_), None) => Ok(vec![self.symbol(market)?]),
            (None, Some(list)) => {
                let names: Vec<String> = serde_json::from_str(list).map_err(|_| ApiError::Illegal {
                    parameter: "symbols",
                    range: r#"^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$"#,
                })?;
                names.iter().map(|name| listed(market, name, "symbols")).collect()
            }
            (None, None) => Ok(market.listings().collect()),
        }
    }
}

fn listed<'a>(market: &'a Market, name: &str, parameter: &'static str) -> Result<&'a Listing, ApiError> {
    let legal = |c: char| (c.is_alphanumeric() && !c.is_lowercase()) || matches!(c, '-' | '_' | '.');
    if !name.chars().all(legal) {
        return Err(ApiError::Illegal { parameter, range: "^[\\w\\-._&&[^a-z]]{1,50}$" });
    }
    market.listing(name).ok_or(ApiError::Symbol)
}
