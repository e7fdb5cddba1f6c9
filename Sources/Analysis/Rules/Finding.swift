package import Sessions

/// A pitfall seen in a recording.
package struct Finding: Sendable {
    package struct Place: Sendable {
        package var session: SessionID?
        package var view: ViewID?
        /// The path of the view's URL.
        package var route = ""
        package var topic = ""
        /// The client's event.
        package var event: String?
        package var path: PathName?
        package var connection: UInt64 = 0
        /// The first message that shows it.
        package var first: MessageFacts?

        package init() {}
    }

    package struct Evidence: Sendable {
        /// One sentence with the numbers.
        package var text: String
        /// Bytes that it is about, inflated.
        package var bytes: Int
        /// How often it was seen.
        package var count: Int
        /// 0…1; nil if it is about no share.
        package var ratio: Double?
        /// Messages to look at, a few.
        package var messages: [MessageFacts]

        package init(
            _ text: String, bytes: Int = 0, count: Int = 0, ratio: Double? = nil, messages: [MessageFacts] = []
        ) {
            self.text = text
            self.bytes = bytes
            self.count = count
            self.ratio = ratio
            self.messages = messages
        }
    }

    package var rule: RuleFacts
    package var severity: Severity
    package var place: Place
    package var evidence: Evidence
    /// Bytes, inflated, that the recording would be without; 0 if it is not about bytes.
    package var savedBytes: Int
    /// Of how many bytes those are a part: of the view's diffs, of the event's replies …
    package var ofBytes: Int
    /// How many sessions or views showed it: all but the evidence is the sum of them, that is of the one with most bytes.
    package var occurrences = 1

    package init(
        _ rule: RuleFacts, severity: Severity? = nil, place: Place, evidence: Evidence, savedBytes: Int = 0,
        ofBytes: Int = 0
    ) {
        self.rule = rule
        self.severity = severity ?? rule.severity
        self.place = place
        self.evidence = evidence
        self.savedBytes = savedBytes
        self.ofBytes = ofBytes
    }

    /// 0…1: how much of ``ofBytes`` is saved.
    package var savedShare: Double { ofBytes > 0 ? min(1, Double(savedBytes) / Double(ofBytes)) : 0 }
}
