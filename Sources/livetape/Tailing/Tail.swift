import Foundation
import RecordingStore
import Sessions

/// Follows a run, and prints what its views do until the run ends, or somebody says stop.
struct Tail {
    private let run: RecordingRun
    private var text: TailText
    private let output: Output
    private let keys: TailKeys?
    private let stop: Int32
    private var isEnabled: Bool
    /// Diffs that were not shown while it was disabled.
    private var hidden = 0
    /// A key that waits until all is read that was there when it was pressed.
    private var pressed: TailKeys.Key?

    /// - Parameters:
    ///   - keys: nil if no key is asked for.
    ///   - stop: a descriptor that becomes readable when it is to end; -1 for none.
    init(
        _ run: RecordingRun, text: TailText, output: Output, keys: TailKeys?, isEnabled: Bool, stop: Int32 = -1
    ) {
        self.run = run
        self.text = text
        self.output = output
        self.keys = keys
        self.isEnabled = isEnabled
        self.stop = stop
    }

    mutating func follow() throws {
        var settings = RecordingReader.Settings()
        settings.follows = true
        var reader = try ConversationReader(run: run, settings: settings)
        var tracker = SessionTracker()
        var steps: [SessionStep] = []
        var isOver = false
        while !isOver {
            switch try reader.next() {
            case .event(let event): tracker.receive(event) { steps.append($0) }
            case .skipped(let bytes): tracker.skipped(bytes) { steps.append($0) }
            case .missing(let records): tracker.missing(records) { steps.append($0) }
            case .caughtUp:
                try output.flush()
                if let key = pressed.take() { isOver = obey(key) }
                if !isOver { isOver = wait(reader.reader.growthDescriptor) }
                if !isOver { reader.waitForGrowth(milliseconds: 0) }
            case .ended:
                tracker.end { steps.append($0) }
                isOver = true
            }
            for step in steps { try show(step) }
            steps.removeAll(keepingCapacity: true)
        }
        try output.flush()
    }

    private mutating func show(_ step: SessionStep) throws {
        // The timeline and the tree go on while nothing is shown.
        guard let line = text.line(of: step) else { return }
        if isEnabled { try output.writeLine(line) } else { hidden += 1 }
    }

    /// Waits for the run to grow, or a key.
    /// - Returns: whether somebody says stop.
    private mutating func wait(_ growth: Int32?) -> Bool {
        var descriptors = [
            pollfd(fd: growth ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: keys?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        // A second: a file system that tells nothing is looked at all the same.
        _ = poll(&descriptors, nfds_t(descriptors.count), 1000)
        if descriptors[1].revents != 0 { pressed = keys?.read() }
        return descriptors[2].revents != 0
    }

    /// - Returns: whether it is over.
    private mutating func obey(_ key: TailKeys.Key) -> Bool {
        switch key {
        case .quit: return true
        case .toggle: setEnabled(!isEnabled)
        case .enable: setEnabled(true)
        case .disable: setEnabled(false)
        case .other: break
        }
        return false
    }

    private mutating func setEnabled(_ enabled: Bool) {
        guard enabled != isEnabled else { return }
        isEnabled = enabled
        if enabled {
            complain("enabled; \(hidden) were not shown")
            hidden = 0
        } else {
            complain("disabled: e shows what comes, q ends")
        }
    }
}

/// Keys of a terminal, each as it is pressed.
final class TailKeys: Sendable {
    enum Key { case enable, disable, toggle, quit, other }

    let descriptor: Int32 = STDIN_FILENO
    private let before: termios

    /// - Returns: nil if standard input or output is no terminal: a pager behind a pipe wants the keys for itself.
    init?() {
        var found = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &found) == 0 else {
            return nil
        }
        before = found
        var raw = found
        // Ctrl-C stays what it is.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    }

    func restore() {
        var before = before
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    func read() -> Key {
        var byte: UInt8 = 0
        guard Foundation.read(descriptor, &byte, 1) == 1 else { return .other }
        switch byte {
        case UInt8(ascii: "e"): return .enable
        case UInt8(ascii: "d"): return .disable
        case UInt8(ascii: " "): return .toggle
        case UInt8(ascii: "q"), 4: return .quit
        default: return .other
        }
    }
}
