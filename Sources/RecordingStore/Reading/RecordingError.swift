/// Why a recording cannot be opened or read at all. What is wrong inside one is not an error: see ``ReadingTrouble``.
package enum RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system refused: `reason` in its words.
    case unreadable(path: String, reason: String)
    case notARecording(path: String, reason: String)
    case newerVersion(path: String, version: String, newestReadable: Int)
    /// Not a single recording in the folder.
    case nothingFound(path: String)
    case unknownRun(id: String, known: [String])

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .notARecording(let path, let reason):
            "\(path) is not a LiveTape recording: \(reason)"
        case .newerVersion(let path, let version, let newest):
            """
            \(path) has format version \(version); this livetape reads up to version \(newest). \
            Use a newer livetape to read it.
            """
        case .nothingFound(let path):
            "no recording in \(path): 'livetape proxy' makes one, or name the file"
        case .unknownRun(let id, let known):
            "no run \(id) there; there are: \(known.joined(separator: ", "))"
        }
    }
}
