import Interchange
import RecordingFormat
import Testing
import WebSocketWire

/// What hand-written twins say, and what is refused.
@Suite struct TwinReadingTests {
    private static let head = #"{"livetape_twin":1,"format":1,"run":"r","wall_ns":"1000","monotonic_ns":"50"}"#

    private func read(_ lines: String...) throws -> [JournalRecord] {
        try TwinTalk(([Self.head] + lines).joined(separator: "\n")).records
    }

    private func frame(_ line: String) throws -> (FrameRecord, [UInt8]) {
        guard case .frame(let frame, let payload)? = try read(line).first else {
            throw TextTwinError(line: 0, column: 0, part: "", expected: "a frame", actual: line)
        }
        return (frame, payload)
    }

    @Test func aShortLineIsAWholeFrame() throws {
        let (frame, payload) = try frame(#"[1.5,3,"server","text",{"a":[1]}]"#)
        #expect(
            frame
                == FrameRecord(
                    stamp: RecordStamp(
                        connection: 3, sequence: 0, wallNanoseconds: 1_501_000, monotonicNanoseconds: 1_500_050),
                    direction: .server, offset: 0, number: 0, head: WireHead(low: 0x0981, high: 0, byteCount: 2)))
        #expect(payload == Array(#"{"a":[1]}"#.utf8))
    }

    @Test func aClientsFrameIsMaskedUnlessItSaysOtherwise() throws {
        #expect(try frame(#"[0,1,"client","text","abc"]"#).0.head.bytes == [0x81, 0x83, 0, 0, 0, 0])
        #expect(try frame(#"[0,1,"client","text","abc",{"mask":false}]"#).0.head.bytes == [0x81, 3])
        let (frame, payload) = try frame(#"[0,1,"client","text","abc",{"mask":"0102FFfe"}]"#)
        #expect(frame.head.bytes == [0x81, 0x83, 1, 2, 0xff, 0xfe])
        #expect(payload == [0x60, 0x60, 0x9c])
        #expect(try self.frame(#"[0,1,"server","text","abc",{"mask":"00000001"}]"#).0.head.bytes.count == 6)
    }

    @Test func aCloseFrameShowsItsCodeAndReason() throws {
        #expect(try frame(#"[0,1,"server","close",[1001,"bye"]]"#).1 == [0x03, 0xe9] + Array("bye".utf8))
        #expect(try frame(#"[0,1,"server","close",""]"#).1 == [])
    }

    @Test func whatIsLeftOutFollowsFromTheLinesBefore() throws {
        let records = try read(
            #"[0,1,"client","http-head","GET / HTTP/1.1\r\n\r\n"]"#,
            "", "# a comment",
            #"[ 1 , 1 , "server" , "http-head" , "HTTP/1.1 200 OK\r\n\r\n" ] "#,
            #"[-0.5,1,"server","http-body","four"]"#,
            #"[0,1,"server","http-body","body",{"skip":2}]"#,
            #"[0,1,"server","http-end",null,{"body_size":100}]"#,
            #"[0,1,"server","text","x"]"#,
            #"[0,1,"server","ping","",{"skip_frames":1,"skip_bytes":-1}]"#)
        #expect(records.map(\.stamp.sequence) == [0, 1, 2, 5, 6, 7, 8])
        let times: [UInt64] = [50, 1_000_050, 500_050, 500_050, 500_050, 500_050, 500_050]
        #expect(records.map(\.stamp.monotonicNanoseconds) == times)
        guard case .http(let end, _) = records[4], case .frame(let text, _) = records[5],
            case .frame(let ping, _) = records[6]
        else { throw TextTwinError(line: 0, column: 0, part: "", expected: "", actual: "") }
        #expect([end.exchange, end.bodySize, end.bodyRecorded, end.offset] == [1, 100, 8, 0])
        #expect([text.offset, text.number] == [119, 0])
        #expect([ping.offset, ping.number] == [121, 2])
    }

    /// An edit in one line leaves what the others say in order.
    @Test func anEditedPayloadMovesTheOffsetsBehindIt() throws {
        func offsets(_ text: String) throws -> [UInt64] {
            try read(#"[0,1,"client","text","\#(text)"]"#, #"[0,1,"client","pong",""]"#).map { record in
                guard case .frame(let frame, _) = record else { return 0 }
                return frame.offset
            }
        }
        #expect(try offsets("a") == [0, 7])
        #expect(try offsets(String(repeating: "a", count: 200)) == [0, 208])
    }

    @Test func timesAreExactToTheNanosecond() throws {
        func elapsed(_ text: String) throws -> Int64 {
            let stamp = try read("[\(text),0,null,\"resumed\",null]")[0].stamp
            return Int64(bitPattern: stamp.monotonicNanoseconds &- 50)
        }
        #expect(try elapsed("0.000001") == 1)
        #expect(try elapsed("-0.1") == -100_000)
        #expect(try elapsed("9007199254740.993001") == 9_007_199_254_740_993_001)
        #expect(try elapsed("9223372036854.775807") == .max)
        #expect(try elapsed("-9223372036854.775808") == .min)
    }

    @Test(arguments: [
        #"[1.0000001,1,null,"gap",null]"#, #"[1e3.5,1,null,"gap",null]"#, #"[01,1,null,"gap",null]"#,
        #"[.5,1,null,"gap",null]"#, #"[1.,1,null,"gap",null]"#, #"[-,1,null,"gap",null]"#, #"["1",1,null,"gap",null]"#,
        #"[9223372036854.775808,1,null,"gap",null]"#, #"[99999999999999999999,1,null,"gap",null]"#,
        #"[0,-1,null,"gap",null]"#, #"[0,18446744073709551616,null,"gap",null]"#, #"[0,1.5,null,"gap",null]"#,
        #"[0,1,"client","gap",null]"#, #"[0,1,"proxy","text","a"]"#, #"[0,1,null,"text","a"]"#,
        #"[0,1,"server","tekst","a"]"#, #"[0,1,"server","text",5]"#, #"[0,1,"server","text",{"a": 1}]"#,
        #"[0,1,"server","text",{"a":1,"a":1}]"#, #"[0,1,"server","text","a","b"]"#, #"[0,1,"server","text","a",{}"#,
        #"[0,1,"server","text","a"]]"#, #"[0,1,"server","text","a\x"]"#, #"[0,1,"server","text","\ud800"]"#,
        #"[0,1,"server","text","a",{"more":1}]"#, #"[0,1,"server","text","a",{"more":true,"more":true}]"#,
        #"[0,1,"server","text","a",{"unknown":1}]"#, #"[0,1,"server","text","a",{"target":"/"}]"#,
        #"[0,1,"server","text","a",{"mask":"123"}]"#, #"[0,1,"server","text","a",{"mask":true}]"#,
        #"[0,1,"server","text","a",{"rsv":8}]"#, #"[0,1,"server","text","a",{"length":126,"length_size":0}]"#,
        #"[0,1,"server","text","a",{"length_size":4}]"#, #"[0,1,"server","text","a",{"part":4294967296}]"#,
        #"[0,1,"server","binary","YQ",{"base64":true}]"#, #"[0,1,"server","binary","YR==",{"base64":true}]"#,
        #"[0,1,"server","binary",[],{"base64":true}]"#, #"[0,1,"server","close",{}]"#,
        #"[0,1,"server","close",[65536,""]]"#,
        #"[0,1,"server","close",[1000]]"#, #"[0,1,"server","frame","a"]"#,
        #"[0,1,"server","frame","a",{"head":"8101"}]"#,
        #"[0,1,"server","raw","a",{"raw_reason":"whim"}]"#, #"[0,1,"server","raw","a",{"mask":"00000000"}]"#,
        #"[0,1,"server","tls",[],{}]"#, #"[0,1,"server","tls",null,{"leg":"proxy"}]"#, #"{"a":1}"#, "x",
    ])
    func whatIsNotAsThePageSaysIsRefused(line: String) throws {
        let error = #expect(throws: TextTwinError.self) { try read(#"[0,1,null,"gap",null]"#, line) }
        #expect(error?.line == 3)
        #expect(error.map { $0.column >= 1 && $0.column <= line.utf8.count + 1 } ?? false)
    }

    @Test func anErrorSaysLineColumnPartExpectedAndActual() throws {
        let error = #expect(throws: TextTwinError.self) { try read(#"[0,1,"server","tekst","a"]"#) }
        #expect(
            error?.description
                == #"line 2, column 15, kind: expected a kind that TextTwin.md has, found '"tekst","a"]'"#)
        let space = #expect(throws: TextTwinError.self) { try read(#"[0,1,"server","text",{"a": 1}]"#) }
        #expect(
            space?.description
                == "line 2, column 27, payload: expected a compact JSON value (else write the payload as a string), "
                + "found ' 1}]'")
    }

    @Test(arguments: [
        "", "\n\n", "# only a comment\n", "[0,1,null,\"gap\",null]\n", "{}", #"{"livetape_twin":2,"run":"r"}"#,
        #"{"livetape_twin":1,"format":2,"run":"r","wall_ns":"1","monotonic_ns":"1"}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":1,"monotonic_ns":"1"}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"01","monotonic_ns":"1"}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"1"}"#,
        #"{"run":"r","wall_ns":"1","monotonic_ns":"1"}"#,
        #"{"livetape_twin":1,"run":"r","run":"r","wall_ns":"1","monotonic_ns":"1"}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"1","monotonic_ns":"1","file":0}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"1","monotonic_ns":"1","details":{"run_id":"x"}}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"1","monotonic_ns":"1","details":{"a":1}}"#,
        #"{"livetape_twin":1,"run":"r","wall_ns":"1","monotonic_ns":"1"} x"#,
    ])
    func withoutAHeaderThereIsNoTwin(text: String) {
        #expect(throws: TextTwinError.self) { try TwinTalk(text) }
    }

    @Test func aNewerVersionSaysWhatToDo() {
        let error = #expect(throws: TextTwinError.self) { try TwinTalk(#"{"livetape_twin":2,"shape":"new"}"#) }
        #expect(error?.description.contains("a newer livetape reads it") == true)
    }

    @Test func linesAndRecordsAreLimited() throws {
        var settings = TextTwinReader.Settings()
        settings.lineByteLimit = 200
        let text = Self.head + "\n" + #"[0,1,"server","text",""# + String(repeating: "a", count: 200) + #""]"#
        #expect(throws: TextTwinError.self) { try TwinTalk(text, settings: settings) }
        #expect(throws: TextTwinError.self) { try TwinTalk(text.utf8.map { [$0] }, settings: settings) }
        settings.lineByteLimit = 300
        #expect(try TwinTalk(text, settings: settings).records.count == 1)
        settings.recordByteLimit = 600
        #expect(throws: TextTwinError.self) { try TwinTalk(text, settings: settings) }
    }

    @Test func bytesThatAreNoUTF8AreRefused() {
        let bytes = Array((Self.head + "\n[0,1,\"server\",\"text\",\"").utf8) + [0xff] + Array("\"]\n".utf8)
        let error = #expect(throws: TextTwinError.self) { try TwinTalk([bytes]) }
        #expect(error?.line == 2 && error?.column == 23)
    }

    /// Git may have turned line feeds into pairs.
    @Test func linesMayEndAsOnWindows() throws {
        let text = Self.head + "\r\n\r\n# a comment\r\n[0,1,null,\"resumed\",null]\r\n"
        #expect(try TwinTalk(text).records.count == 1)
    }
}
