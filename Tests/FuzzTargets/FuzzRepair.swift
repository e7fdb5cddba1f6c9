internal import RecordingFormat

/// Makes checksums right, so that changed bytes get past them.
enum FuzzRepair {
    /// All of a file's, as far as its records can be told apart.
    static func checksums(in input: [UInt8]) -> [UInt8] {
        var file = input
        var position = MCAP.magic.count
        var summaryStart: Int?
        while let (opcode, body) = record(in: file, at: position, before: file.count) {
            switch opcode {
            case .message: repairMessage(&file, body)
            case .chunk: repairChunk(&file, body)
            case .attachment where body.count >= 4:
                put(CRC32(of: file.span.extracting(body.dropLast(4))).value, &file, body.upperBound - 4)
            case .dataEnd where body.count >= 4:
                put(CRC32(of: file.span.extracting(..<position)).value, &file, body.lowerBound)
                summaryStart = body.upperBound
            case .footer where body.count == 20:
                let start = summaryStart ?? position
                put(CRC32(of: file.span.extracting(start..<(body.upperBound - 4))).value, &file, body.upperBound - 4)
            default: break
            }
            position = body.upperBound
        }
        return file
    }

    private static func record(
        in bytes: [UInt8], at position: Int, before end: Int
    ) -> (MCAPOpcode, Range<Int>)? {
        let body = position + MCAP.recordHeadByteCount
        guard body <= end, let opcode = MCAPOpcode(rawValue: bytes[position]) else { return nil }
        let length = number(bytes, position + 1)
        guard length <= UInt64(end - body) else { return nil }
        return (opcode, body..<(body + Int(length)))
    }

    private static func number(_ bytes: [UInt8], _ position: Int, width: Int = 8) -> UInt64 {
        (0..<width).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
    }

    private static func put(_ number: some FixedWidthInteger & UnsignedInteger, _ bytes: inout [UInt8], _ position: Int)
    {
        for index in 0..<(number.bitWidth / 8) {
            bytes[position + index] = UInt8(truncatingIfNeeded: number >> (8 * numericCast(index)))
        }
    }

    /// Of an uncompressed chunk, the messages too.
    private static func repairChunk(_ file: inout [UInt8], _ body: Range<Int>) {
        guard body.count >= 40 else { return }
        let name = number(file, body.lowerBound + 28, width: 4)
        guard name == 0 else { return }
        let records = (body.lowerBound + 40)..<body.upperBound
        var position = records.lowerBound
        while let (opcode, inner) = record(in: file, at: position, before: records.upperBound) {
            if opcode == .message { repairMessage(&file, inner) }
            position = inner.upperBound
        }
        put(UInt64(records.count), &file, body.lowerBound + 16)
        put(CRC32(of: file.span.extracting(records)).value, &file, body.lowerBound + 24)
        put(UInt64(records.count), &file, body.lowerBound + 32)
    }

    private static func repairMessage(_ file: inout [UInt8], _ body: Range<Int>) {
        guard body.count >= 27 else { return }
        let channel = UInt16(number(file, body.lowerBound, width: 2))
        let repaired = message(channel: channel, fields: Array(file[(body.lowerBound + 27)..<body.upperBound]))
        file.replaceSubrange(body, with: repaired)
    }

    /// The body of a Message whose checksum, sequence and times are as its fields say.
    static func message(channel: UInt16, fields: [UInt8]) -> [UInt8] {
        var (sequence, time) = (0 as UInt64, 0 as UInt64)
        var reader = ProtobufReader(0..<fields.count, offset: 0, name: "")
        while let field = try? reader.next(fields.span) {
            switch (field.number, field.value) {
            case (3, .varint(let number)): sequence = number
            case (4, .fixed64(let number)): time = number
            default: continue
            }
        }
        var body = [UInt8](repeating: 0, count: 27)
        put(channel, &body, 0)
        var checksum = CRC32C(of: body.span.extracting(..<2))
        checksum.update(fields.span)
        put(UInt32(truncatingIfNeeded: sequence), &body, 2)
        put(time, &body, 6)
        put(time, &body, 14)
        body[22] = 0x0D
        put(checksum.value, &body, 23)
        return body + fields
    }
}
