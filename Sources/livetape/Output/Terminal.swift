import Foundation

/// What is known of the place that output goes to.
struct Terminal: Sendable {
    /// Columns of a line; what is longer is cut. Nil: nothing is cut.
    var columns: Int?
    var hasColours: Bool
    var isTerminal: Bool

    /// Columns where output does not go to a terminal and nobody has said otherwise.
    static let columnsOfAPipe = 160

    /// - Parameters:
    ///   - descriptor: 1 for standard output, 2 for standard error.
    ///   - width: what the user asked for; 0 for lines that are never cut.
    static func attached(to descriptor: Int32, width: Int? = nil) -> Terminal {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(descriptor) == 1
        // https://no-color.org: any value but the empty one counts.
        let colours = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let columns =
            width ?? measuredColumns(of: descriptor) ?? environment["COLUMNS"].flatMap { Int($0) } ?? columnsOfAPipe
        return Terminal(columns: columns <= 0 ? nil : columns, hasColours: colours, isTerminal: isTerminal)
    }

    private static func measuredColumns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// The few styles that output uses (ECMA-48 "select graphic rendition").
enum Style: String {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
}

extension Terminal {
    func styled(_ text: String, _ style: Style) -> String {
        hasColours ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }
}
