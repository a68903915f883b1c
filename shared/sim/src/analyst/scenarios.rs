//! What an advance and a decline would meet.

use super::figures::Figures;
use super::voice::{Meets, Voice};

/// What an advance would look like.
pub(super) fn up(figures: Figures<'_>, voice: &dyn Voice) -> String {
    let (barrier, zone) = (figures.barrier_up(), figures.zones("R").next());
    let met = barrier.as_ref().zip(zone.as_ref()).map(|(barrier, zone)| {
        if zone.low.value > barrier.value {
            (Meets::StaysShort, zone)
        } else if zone.high.value < barrier.value {
            (Meets::GoesThrough, zone)
        } else {
            (Meets::RunsInto, zone)
        }
    });
    voice.advance(barrier.as_ref(), met)
}

/// What a decline would look like.
pub(super) fn down(figures: Figures<'_>, voice: &dyn Voice) -> String {
    let (barrier, zone) = (figures.barrier_down(), figures.zones("S").next());
    let met = barrier.as_ref().zip(zone.as_ref()).map(|(barrier, zone)| {
        if zone.high.value < barrier.value {
            (Meets::StaysShort, zone)
        } else if zone.low.value > barrier.value {
            (Meets::GoesThrough, zone)
        } else {
            (Meets::RunsInto, zone)
        }
    });
    voice.decline(barrier.as_ref(), met)
}
