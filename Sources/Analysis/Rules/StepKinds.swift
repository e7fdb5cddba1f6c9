package import Sessions

/// Kinds of ``SessionStep``: dozens of rules are not asked about what only a few of them look at.
package struct StepKinds: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let pageLoaded = Self(rawValue: 1 << 0)
    package static let http = Self(rawValue: 1 << 1)
    package static let sessionBegan = Self(rawValue: 1 << 2)
    package static let socketOpened = Self(rawValue: 1 << 3)
    package static let socketClosed = Self(rawValue: 1 << 4)
    package static let message = Self(rawValue: 1 << 5)
    package static let viewJoined = Self(rawValue: 1 << 6)
    package static let viewEnded = Self(rawValue: 1 << 7)
    package static let diff = Self(rawValue: 1 << 8)
    package static let push = Self(rawValue: 1 << 9)
    package static let exchange = Self(rawValue: 1 << 10)
    package static let componentsRemoved = Self(rawValue: 1 << 11)
    package static let general = Self(rawValue: 1 << 12)
    package static let note = Self(rawValue: 1 << 13)

    package static let all = Self(rawValue: 1 << 14 - 1)
    /// As many as there are.
    static let count = 14

    /// The kind of one step.
    package init(_ step: SessionStep) {
        self =
            switch step {
            case .pageLoaded: .pageLoaded
            case .http: .http
            case .sessionBegan: .sessionBegan
            case .socketOpened: .socketOpened
            case .socketClosed: .socketClosed
            case .message: .message
            case .viewJoined: .viewJoined
            case .viewEnded: .viewEnded
            case .diff: .diff
            case .push: .push
            case .exchange: .exchange
            case .componentsRemoved: .componentsRemoved
            case .general: .general
            case .note: .note
            }
    }

    /// Of a single kind: which it is, from 0.
    var index: Int { rawValue.trailingZeroBitCount }
}
