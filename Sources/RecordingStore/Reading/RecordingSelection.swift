/// Which part of a run is wanted.
package struct RecordingSelection: Hashable, Sendable {
    /// Only these; nil for all. What is said of the run itself, as connection 0, belongs to every selection.
    package var connections: Set<UInt64>?
    /// From this moment on, in nanoseconds since 1970; nil from the beginning.
    package var since: UInt64?
    /// Up to this moment, in nanoseconds since 1970; nil to the end.
    package var until: UInt64?

    /// Everything, until something is set.
    package init() {}

    package var isEverything: Bool { connections == nil && since == nil && until == nil }

    package func contains(connection: UInt64) -> Bool {
        connection == 0 || connections?.contains(connection) ?? true
    }

    /// - Parameter time: in nanoseconds since 1970.
    package func contains(time: UInt64) -> Bool { time >= since ?? 0 && time <= until ?? .max }
}
