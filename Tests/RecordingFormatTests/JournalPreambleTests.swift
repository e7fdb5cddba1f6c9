import RecordingFormat
import Testing

@Suite struct JournalPreambleTests {
    @Test func aFileBeginsWithAllThatAReaderNeeds() throws {
        let bytes = Sample.preamble.encoded(release: "1.2.3")
        let seen = read([bytes])
        let bodies = seen.compactMap {
            if case .other(let opcode, let offset, let body) = $0 { (opcode, offset, body) } else { nil }
        }
        #expect(bodies.map(\.0).prefix(2) == [.header, .metadata])
        let headerBody = bodies[0].2
        let header = try MCAPHeader(body: headerBody.span, offset: 8)
        #expect(header == MCAPHeader(profile: "livetape", library: "livetape/1.2.3"))
        let (_, metadataOffset, metadataBody) = bodies[1]
        let metadata = try MCAPMetadata(body: metadataBody.span, offset: metadataOffset)
        #expect(metadata.metadata["format_version"] == "1")
        #expect(try JournalPreamble(metadata, offset: metadataOffset) == Sample.preamble)
        let schemas = try bodies.filter { $0.0 == .schema }.map { try MCAPSchema(body: $0.2.span, offset: $0.1) }
        #expect(schemas.map(\.id) == [1, 2, 3, 4, 5, 6])
        #expect(
            schemas.map(\.name) == [
                "livetape.Frame", "livetape.Http", "livetape.Socket", "livetape.Gap", "livetape.Note",
                "livetape.Checkpoint",
            ])
        let channels = try bodies.filter { $0.0 == .channel }.map { try MCAPChannel(body: $0.2.span, offset: $0.1) }
        #expect(channels.map(\.topic) == ["client", "server", "http", "socket", "gap", "note", "checkpoint"])
        #expect(channels.map(\.id) == [1, 2, 3, 4, 5, 6, 7])
        #expect(channels.map(\.schemaID) == [1, 1, 2, 3, 4, 5, 6])
    }

    @Test func aNewerVersionIsRefusedWithWhatToDo() {
        var preamble = Sample.preamble
        preamble.formatVersion = 2
        do throws(FormatError) {
            _ = try JournalPreamble(preamble.metadata, offset: 50)
            Issue.record("version 2 was read")
        } catch {
            #expect(
                error.description
                    == "byte 50, Metadata: expected format version 1, which this livetape reads, found format "
                    + "version 2. Read it with the livetape that wrote it, or a newer one.")
        }
    }

    @Test(arguments: [
        ["format_version": "0", "run_id": "r", "file_number": "1"],
        ["format_version": "x", "run_id": "r", "file_number": "1"],
        ["run_id": "r", "file_number": "1"], ["format_version": "1", "file_number": "1"],
        ["format_version": "1", "run_id": "r"], ["format_version": "1", "run_id": "r", "file_number": "4294967296"],
        ["format_version": "99999999999999999999", "run_id": "r", "file_number": "1"],
    ])
    func whatIsNotOursIsRefused(entries: [String: String]) {
        #expect(throws: FormatError.self) {
            try JournalPreamble(
                MCAPMetadata(name: "livetape", metadata: JournalPreamble.withChecksum(entries)), offset: 0)
        }
    }

    @Test func aChangedValueIsNoticedByTheChecksum() {
        for key in Sample.preamble.metadata.metadata.keys {
            var metadata = Sample.preamble.metadata
            metadata.metadata[key]?.append("0")
            #expect(throws: FormatError.self, "\(key)") { try JournalPreamble(metadata, offset: 0) }
        }
    }

    @Test func metadataOfAnotherNameIsRefused() {
        var metadata = Sample.preamble.metadata
        metadata.name = "other"
        #expect(throws: FormatError(offset: 0, record: "Metadata", expected: "the name 'livetape'", actual: "'other'"))
        {
            try JournalPreamble(metadata, offset: 0)
        }
    }
}
