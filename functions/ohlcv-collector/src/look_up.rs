//! What the venue says of many symbols, in as few questions as it takes.

use std::collections::BTreeMap;

use domain::{Instrument, Symbol};
use market::MarketError;

use crate::{CollectError, Collector, DELISTED};

/// Symbols of one question: with escapes its address has some 2,500 characters.
const BATCH: usize = 100;

/// What was found of each symbol.
type Found<'a> = BTreeMap<&'a Symbol, Result<Instrument, CollectError>>;

impl Collector {
    /// Asks for all of them, each with what is kept of it, and keeps what is new, in one go. The venue refuses a question in
    /// which one symbol is not listed, without saying which: it is halved until that one stands alone.
    pub(crate) async fn look_up<'a>(
        &self,
        asked: BTreeMap<&'a Symbol, Option<Instrument>>,
    ) -> Result<Found<'a>, CollectError> {
        let is_gone = |kept: &Option<Instrument>| kept.as_ref().is_some_and(|kept| kept.status == DELISTED);
        // those it lists no more would spoil every question
        let (gone, listed): (Vec<_>, Vec<_>) = asked.iter().partition(|(_, kept)| is_gone(kept));
        let names = |part: Vec<(&&'a Symbol, &Option<Instrument>)>| -> Vec<&'a Symbol> {
            part.into_iter().map(|(symbol, _)| *symbol).collect()
        };
        let (gone, listed) = (names(gone), names(listed));
        let mut open: Vec<&[&Symbol]> = listed.chunks(BATCH).chain(gone.chunks(1)).collect();
        let mut found = Found::new();
        while let Some(part) = open.pop() {
            if let [alone] = part {
                let kept = asked.get(alone).and_then(Option::as_ref);
                found.insert(*alone, self.ask(alone, kept).await.map_err(CollectError::from));
                continue;
            }
            let symbols: Vec<Symbol> = part.iter().map(|symbol| (*symbol).clone()).collect();
            match self.client.instruments(&symbols).await {
                Err(MarketError::UnknownSymbol { .. }) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    open.extend([first, second]);
                }
                Err(error) => {
                    found.extend(part.iter().map(|symbol| (*symbol, Err(error.clone().into()))));
                }
                Ok(mut answers) => {
                    for symbol in part {
                        match answers.remove(*symbol) {
                            Some(answer) => {
                                found.insert(*symbol, answer.map_err(CollectError::from));
                            }
                            // left out in silence: asked for by itself
                            None => open.push(std::slice::from_ref(symbol)),
                        }
                    }
                }
            }
        }
        let answers = found.values().filter_map(|answer| answer.as_ref().ok());
        let is_news = |said: &&Instrument| {
            asked.get(&said.symbol).and_then(Option::as_ref).is_none_or(|kept| kept != *said)
        };
        let news: Vec<_> = answers.filter(is_news).cloned().collect();
        if !news.is_empty() {
            self.candles.put_instruments(&self.source, &news).await?;
        }
        Ok(found)
    }
}
