use llm::tools::ToolLimits;

/// Bytes of the answers that are kept for those without data. Each call that is carried out can be refused with its
/// arguments, 2.5 kB, and each of the 16 calls of the six rounds be told in 300 bytes that it is not.
const FOR_REFUSALS: usize = 60_000;

/// What a step has asked for, against its limits.
#[derive(Debug)]
pub(super) struct Meter {
    limits: ToolLimits,
    rounds: u32,
    calls: u32,
    bytes: usize,
}

impl Meter {
    pub(super) fn new(limits: ToolLimits) -> Self {
        Self { limits, rounds: 0, calls: 0, bytes: 0 }
    }

    pub(super) fn limits(&self) -> &ToolLimits {
        &self.limits
    }

    pub(super) fn begin_round(&mut self) {
        self.rounds = self.rounds.saturating_add(1);
    }

    /// A call was answered for the first time.
    pub(super) fn count_call(&mut self) {
        self.calls = self.calls.saturating_add(1);
    }

    /// An answer goes into the next request.
    pub(super) fn count_bytes(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(super) fn has_calls(&self) -> bool {
        self.calls < self.limits.calls
    }

    /// Whether an answer with data has room.
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        bytes <= self.limits.bytes.saturating_sub(FOR_REFUSALS).saturating_sub(self.bytes)
    }

    /// Whether no tool is offered any more.
    pub(super) fn is_spent(&self) -> bool {
        self.rounds >= self.limits.rounds || !self.has_calls() || !self.has_room_for(1)
    }
}

#[cfg(test)]
mod tests {
    use llm::tools::CALLS_OF_A_ROUND;

    use super::*;

    /// However large the answers are and however often they are asked for, a step's answers stay within its bytes.
    #[test]
    fn no_order_of_calls_exceeds_a_limit() {
        let limits = ToolLimits::OF_A_STEP;
        // sizes of answers, and how many of a round's calls repeat an earlier one
        for size in [100, 2_500, 9_000, 40_000, 139_999, 140_000, 140_001, 1 << 30] {
            for repeated in [0, 8, CALLS_OF_A_ROUND - 1] {
                let mut meter = Meter::new(limits);
                let mut rounds = 0;
                while !meter.is_spent() {
                    meter.begin_round();
                    rounds += 1;
                    for call in 0..CALLS_OF_A_ROUND {
                        let is_new = call >= repeated;
                        let refused = if is_new && meter.has_calls() { 2_500 } else { 300 };
                        if is_new {
                            let admitted = meter.has_calls() && meter.has_room_for(size);
                            meter.count_bytes(if admitted { size } else { refused });
                            meter.count_call();
                        } else {
                            meter.count_bytes(if meter.has_room_for(size) { size } else { refused });
                        }
                    }
                }
                assert!(meter.bytes <= limits.bytes, "{size}, {repeated}: {} bytes", meter.bytes);
                assert!(rounds <= limits.rounds && rounds > 0, "{size}, {repeated}: {rounds} rounds");
            }
        }
    }

    #[test]
    fn a_step_is_spent_by_rounds_by_calls_and_by_bytes() {
        let of = |rounds, calls, bytes| {
            let mut meter = Meter::new(ToolLimits { rounds: 2, calls: 3, bytes: FOR_REFUSALS + 100 });
            (0..rounds).for_each(|_| meter.begin_round());
            (0..calls).for_each(|_| meter.count_call());
            meter.count_bytes(bytes);
            meter.is_spent()
        };
        assert!(!of(1, 2, 99));
        assert!(of(2, 0, 0) && of(0, 3, 0) && of(0, 0, 100));
    }
}
