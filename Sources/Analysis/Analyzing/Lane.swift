internal import RecordingFormat
internal import RecordingStore
internal import Sessions

/// One task's part of an analysis: some of the sockets, with rules of its own.
struct Lane {
    private var tracker: SessionTracker
    private var rules: [any Rule]
    /// By kind of step: which rules look at it.
    private var observers: [[Int]]
    private let context: RuleContext
    private var counter = TotalsCounter()
    private var details: DetailsCounter
    private var whatIf: WhatIfCounter?
    private var analysis = Analysis()
    /// Used again for event after event.
    private var steps: [SessionStep] = []

    init(_ settings: Analyzer.Settings) {
        details = DetailsCounter(keepsPictures: settings.keepsPictures)
        tracker = SessionTracker(settings: settings.sessions)
        context = RuleContext(paths: tracker.paths)
        rules = settings.makeRules()
        observers = Self.observers(of: rules)
        whatIf = settings.whatIf.map { WhatIfCounter(settings: $0) }
    }

    private static func observers(of rules: [any Rule]) -> [[Int]] {
        (0..<StepKinds.count).map { kind in
            rules.indices.filter { type(of: rules[$0]).observes.contains(StepKinds(rawValue: 1 << kind)) }
        }
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
            details.take(step)
            whatIf?.take(step)
            if case .note(let note) = step { analysis.take(note) }
            for index in observers[StepKinds(step).index] { rules[index].observe(step, context) }
        }
        // Before the next event: what the steps hold is used again by the tracker.
        steps.removeAll(keepingCapacity: true)
    }

    mutating func end() -> Analysis {
        tracker.end { steps.append($0) }
        take()
        analysis.totals = counter.totals(tracker.paths)
        analysis.details = details.result
        if let (sessions, sum) = whatIf?.end() {
            analysis.whatIfs = sessions
            analysis.whatIf = sum
        }
        analysis.findings = rules.flatMap { $0.findings(context) }
        return analysis
    }
}
