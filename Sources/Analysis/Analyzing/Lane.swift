internal import RecordingFormat
internal import RecordingStore
internal import Sessions

/// One task's part of an analysis: some of the sockets, with rules of its own.
struct Lane {
    private var tracker: SessionTracker
    private var rules: [any Rule]
    private let context: RuleContext
    private var counter = TotalsCounter()
    private var whatIf: WhatIfCounter?
    private var details: DetailsCounter
    private var analysis = Analysis()
    /// Used again for event after event.
    private var steps: [SessionStep] = []

    init(
        settings: SessionSettings, rules: [any Rule], keepsPictures: Bool = false, whatIf: WhatIfSettings? = nil
    ) {
        details = DetailsCounter(keepsPictures: keepsPictures)
        tracker = SessionTracker(settings: settings)
        context = RuleContext(paths: tracker.paths)
        self.rules = rules
        self.whatIf = whatIf.map { WhatIfCounter(settings: $0) }
    }

    mutating func receive(_ event: ConversationEvent) {
        tracker.receive(event, into: &steps)
        take()
    }

    mutating func skipped(_ bytes: SkippedBytes) {
        tracker.skipped(bytes) { steps.append($0) }
        take()
    }

    mutating func missing(_ records: MissingRecords) {
        tracker.missing(records) { steps.append($0) }
        take()
    }

    /// A page that came by another connection.
    mutating func keep(_ page: DeadPage) { tracker.keep(page) }

    private mutating func take() {
        for step in steps {
            context.take(step)
            counter.take(step)
            whatIf?.take(step)
            details.take(step)
            if case .note(let note) = step { analysis.take(note) }
            for index in rules.indices { rules[index].observe(step, context) }
        }
        // Before the next event: what the steps hold is used again by the tracker.
        steps.removeAll(keepingCapacity: true)
    }

    mutating func end() -> Analysis {
        tracker.end { steps.append($0) }
        take()
        analysis.totals = counter.totals(tracker.paths)
        if let (sessions, sum) = whatIf?.end() {
            analysis.whatIfs = sessions
            analysis.whatIf = sum
        }
        analysis.details = details.result
        analysis.findings = rules.flatMap { $0.findings(context) }
        return analysis
    }
}
