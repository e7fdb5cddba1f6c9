/// What a recording says about itself.
package enum RecordingFormat {
    /// The version of the format that this build writes. It is a number of its own, apart from the release: it rises
    /// when an older reader would misread a newer file (a new record kind, a new enum value, a changed meaning), and
    /// not for a new field that an older reader may pass over.
    package static let currentVersion = 1
    /// The oldest version that this build reads.
    package static let oldestReadableVersion = 1
    /// The `profile` of the MCAP Header, and the name of the Metadata record that begins each file.
    package static let name = "livetape"
}
