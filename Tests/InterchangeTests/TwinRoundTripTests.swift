import Interchange
import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@Suite struct TwinRoundTripTests {
    @Test(arguments: 1...12) func anyRecordsComeBackTheSame(seed: Int) throws {
        var random = RandomRecords(seed: UInt64(seed))
        let records = random.next(300)
        let text = twin(of: records)
        let read = try TwinTalk([text])
        #expect(read.header == testHeader)
        #expect(read.records.count == records.count)
        for (index, (record, back)) in zip(records, read.records).enumerated() {
            try #require(back.encoded() == record.onWire.encoded(), "seed \(seed), record \(index)")
        }
        #expect(twin(of: read.records) == text)
    }

    @Test func anyCutOfTheBytesSaysTheSame() throws {
        var random = RandomRecords(seed: 99)
        let text = twin(of: random.next(12)).filter { $0 != 0 }
        let whole = try TwinTalk([text])
        for pieces in splits(of: text) { try #require(try TwinTalk(pieces) == whole) }
    }

    /// A journal and what sealing makes of it differ in the payloads' form only.
    @Test func aSealedFileAndItsJournalHaveTheSameTwin() throws {
        let key: UInt32 = 0x0403_0201
        let stamp = RecordStamp(connection: 1, sequence: 0, wallNanoseconds: 1, monotonicNanoseconds: 2)
        var frame = FrameRecord(
            stamp: stamp, direction: .client, offset: 0, number: 0,
            head: WireHead(low: 0x0403_0201_8381, high: 0, byteCount: 6))
        let masked: [UInt8] = [0x61 ^ 1, 0x62 ^ 2, 0x63 ^ 3]
        let journal = JournalRecord.frame(frame, payload: masked)
        frame.form = .unmasked(key: key)
        let sealed = JournalRecord.frame(frame, payload: Array("abc".utf8))
        #expect(sealed.onWire == journal)
        #expect(journal.onWire == journal)
        #expect(twin(of: [sealed]) == twin(of: [journal]))
        let text = String(decoding: twin(of: [sealed]), as: UTF8.self)
        #expect(text.contains(#","client","text","abc","#) && text.hasSuffix(#","mask":"01020304"}]"# + "\n"))
    }

    /// Each part of a masked payload is unmasked where it begins.
    @Test func partsOfAFrameAreShownUnmasked() throws {
        let stamp = { (sequence: UInt64) in
            RecordStamp(connection: 1, sequence: sequence, wallNanoseconds: 0, monotonicNanoseconds: 0)
        }
        let key = MaskKey(1, 2, 3, 4)
        var payload = Array("Hello, world".utf8)
        key.apply(to: &payload)
        let head: [UInt8] = [0x81, 0x80 | 12] + key.bytes
        let records: [JournalRecord] = [
            .frame(
                FrameRecord(
                    stamp: stamp(0), direction: .client, offset: 7, number: 0, isLast: false,
                    head: WireHead(bytes: head.span) ?? WireHead()), payload: Array(payload[..<5])),
            .frame(
                FrameRecord(stamp: stamp(1), direction: .client, offset: 7, number: 0, part: 1, isLast: false),
                payload: Array(payload[5..<6])),
            .frame(
                FrameRecord(stamp: stamp(2), direction: .client, offset: 7, number: 0, part: 2),
                payload: Array(payload[6...])),
            .frame(
                FrameRecord(
                    stamp: stamp(3), direction: .client, offset: 7 + 18, number: 1,
                    head: WireHead(low: 0x8089, high: 0, byteCount: 6)), payload: []),
        ]
        let lines = String(decoding: twin(of: records), as: UTF8.self).split(separator: "\n").dropFirst(1)
        #expect(
            lines.map { $0.drop { $0 != "," } } == [
                #",1,"client","text","Hello",{"wall":-1789999999999999000,"skip_bytes":7,"more":true,"mask":"01020304","length":12}]"#,
                #",1,"client","part",",",{"more":true}]"#,
                #",1,"client","part"," world"]"#,
                #",1,"client","ping",""]"#,
            ])
        #expect(try TwinTalk([twin(of: records)]).records == records)
    }
}
