package import Sessions

/// How bad a finding is.
package enum Severity: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Good to know; nothing may be wrong.
    case info
    case warning
    /// Users notice it.
    case error

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What is the same for all findings of a rule.
package struct RuleFacts: Hashable, Sendable {
    /// `P1` to `P42`.
    package var id: String
    /// In kebab case: `list-without-keys`.
    package var name: String
    /// A few words for a heading.
    package var title: String
    package var severity: Severity
    /// Two sentences: why it costs, and what to do.
    package var advice: String
    /// HEEx or Elixir, as it is and as it should be.
    package var before: String
    package var after: String
    /// Where it is written: guides, issues.
    package var source: String

    package init(
        id: String, name: String, title: String, severity: Severity, advice: String, before: String, after: String,
        source: String
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.severity = severity
        self.advice = advice
        self.before = before
        self.after = after
        self.source = source
    }
}

/// A pitfall that a recording can show: it looks at each step of the sessions, and says in the end what it found.
///
/// One file and one test file each; all are in ``AllRules``. Each has a `Thresholds` struct whose defaults are
/// documented. What it keeps must not grow with the length of a session: it counts by path, event or view. A recording
/// is worked at on several tasks, each with rules of its own: all sockets of one page are on one task.
package protocol Rule: SendableMetatype {
    static var facts: RuleFacts { get }

    /// The kinds of steps that it looks at: of others it is not told.
    static var observes: StepKinds { get }

    init()

    /// Looks at what happened next. Nothing of the step's payloads may be kept but copies.
    mutating func observe(_ step: SessionStep, _ context: RuleContext)

    /// What was found. The recording is over, and `viewEnded` was observed of each view.
    func findings(_ context: RuleContext) -> [Finding]
}

/// What rules may ask of the sessions that they look at.
package final class RuleContext {
    package let paths: PathTable
    /// The views that joined, as they were then, or when they ended; the oldest are forgotten beyond 100 000.
    package private(set) var views: [ViewID: View] = [:]
    package private(set) var sessions: [SessionID: Session] = [:]
    /// Bytes of all messages, inflated.
    package private(set) var byteCount: UInt64 = 0
    private let limit = 100_000

    package init(paths: PathTable) { self.paths = paths }

    /// Before the rules see a step.
    func take(_ step: SessionStep) {
        switch step {
        case .sessionBegan(let session):
            sessions[session.id] = session
            sessions.forgetOldest(beyond: limit)
        case .viewJoined(let view), .viewEnded(let view, _):
            views[view.id] = view
            views.forgetOldest(beyond: limit)
        case .message(let message): byteCount += message.facts.byteCount
        case .pageLoaded, .http, .socketOpened, .socketClosed, .diff, .push, .exchange, .componentsRemoved, .general,
            .note:
            break
        }
    }

    /// A place in a view.
    package func place(
        _ view: View?, path: PathID? = nil, event: String? = nil, facts: MessageFacts? = nil
    ) -> Finding.Place {
        var place = Finding.Place()
        place.session = view?.session
        place.view = view?.id
        place.route = view?.route ?? ""
        place.topic = view?.topic ?? ""
        place.path = path.map { PathName($0, in: paths) }
        place.event = event
        place.connection = facts?.connection ?? view?.connection ?? 0
        place.first = facts
        return place
    }
}
