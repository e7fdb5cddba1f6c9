import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P34UploadChatterTests {
    private func upload(chunks: Int, of byteCount: Int) -> Conversation {
        let talk = Conversation()
        talk.join("/album", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for chunk in 0..<chunks {
            let head = ["4", "\(100 + chunk)", "lvu:0", "chunk"]
            let lengths = head.map { UInt8($0.utf8.count) }
            talk.client(binary: [0] + lengths + head.flatMap(\.utf8) + [UInt8](repeating: 7, count: byteCount))
            talk.server("[\"4\",\"\(100 + chunk)\",\"lvu:0\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]")
        }
        return talk
    }

    private func progress(_ replies: Int) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/album", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for percent in 0..<replies {
            let ref = view.send(
                message: "progress", "{\"event\":null,\"ref\":\"phx-U\",\"entry_ref\":\"0\",\"progress\":\(percent)}")
            view.reply(to: ref, "{\"diff\":{\"0\":\"\(percent) %\"}}")
        }
        return talk
    }

    @Test func smallChunksOfALargeFileAreFound() throws {
        let findings = upload(chunks: 101, of: 10_000).findings(UploadChatter.self)
        #expect(findings.map(\.evidence.text) == ["1010000 bytes in 101 chunks of at most 10000; 16 would do"])
        #expect((findings.first?.savedBytes ?? 0) > 3_000)
    }

    @Test func smallChunksOfASmallFileAreNot() throws {
        #expect(upload(chunks: 99, of: 10_000).findings(UploadChatter.self).isEmpty)
    }

    @Test func largeChunksAreNot() throws {
        #expect(upload(chunks: 20, of: 64_000).findings(UploadChatter.self).isEmpty)
    }

    @Test func aRenderForEachPercentIsFound() throws {
        #expect(progress(21).findings(UploadChatter.self).map(\.evidence.count) == [21])
        #expect(progress(20).findings(UploadChatter.self).isEmpty)
    }

    @Test(arguments: [(21, 1), (20, 0)]) func manyUploadsAtOnceAreFound(_ files: Int, _ count: Int) throws {
        let talk = Conversation()
        talk.join("/album", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for file in 0..<files {
            talk.client("[\"\(50 + file)\",\"\(50 + file)\",\"lvu:\(file)\",\"phx_join\",{\"token\":\"T\"}]")
            talk.server(
                "[\"\(50 + file)\",\"\(50 + file)\",\"lvu:\(file)\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]")
        }
        #expect(talk.findings(UploadChatter.self).count == count)
    }

    @Test func theRecordedUploadsAreGood() throws {
        #expect(try Conversation.findings(UploadChatter.self, inRecording: "gallery-upload").isEmpty)
        #expect(try Conversation.findings(UploadChatter.self, inPhoenix: "upload").isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(UploadChatter.self, inRecording: "gallery-pitfalls-journeys")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
