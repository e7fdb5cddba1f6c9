import RecordingFormat
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The page that another programmer would write a reader from.
@Suite struct FormatPageTests {
    @Test func thePageHasTheGeneratedProtoText() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appending(path: "Sources/RecordingFormat/RecordingFormat.docc/FormatVersion1.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let parts = text.split(separator: "```proto\n", omittingEmptySubsequences: false)
        #expect(parts.count == 2)
        let block = try #require(parts.last).split(separator: "```", maxSplits: 1)[0]
        #expect(block == RecordingFormat.protoText)
    }
}
