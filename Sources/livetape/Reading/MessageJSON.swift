import RecordingFormat
import RecordingStore
import WebSocketWire

/// The lines of `show --json`. Their keys and the order of the keys are a promise: see ShowJSON.md.
struct MessageJSON {
    let run: String

    /// One line.
    /// - Parameter elapsed: nanoseconds since the run began.
    func append(_ message: SocketMessage, elapsed: Int64, to writer: inout JSONWriter) {
        writer.object { object in
            begin(&object, message.stamp, path: message.target, number: message.firstFrame, elapsed: elapsed)
            object.key("direction")
            object.string("\(message.sender)")
            object.key("opcode")
            object.string(message.opcode.word)
            object.key("wire")
            object.number(message.wireSize)
            object.key("size")
            object.number(message.size)
            object.key("frames")
            object.number(message.frameCount)
            object.key("compressed")
            object.boolean(message.isCompressed)
            payload(of: message, &object)
            close(message, &object)
            if let word = message.completeness.word {
                object.key("completeness")
                object.string(word)
            }
            if !message.violations.isEmpty {
                object.key("violations")
                object.array { list in message.violations.forEach { list.string("\($0)") } }
            }
        }
        writer.endLine()
    }

    /// One line, with `--http` only.
    func append(_ exchange: HTTPExchange, elapsed: Int64, to writer: inout JSONWriter) {
        writer.object { object in
            begin(
                &object, exchange.stamp, path: exchange.request?.target ?? "", number: exchange.number,
                elapsed: elapsed)
            object.key("direction")
            object.string("http")
            object.key("method")
            object.string(exchange.request?.method ?? "")
            object.key("status")
            object.number(exchange.response?.status ?? 0)
            object.key("request")
            body(exchange.requestBody, &object)
            object.key("response")
            body(exchange.responseBody, &object)
            if exchange.isMadeByProxy {
                object.key("madeByProxy")
                object.boolean(true)
            }
        }
        writer.endLine()
    }

    private func begin(
        _ object: inout JSONWriter, _ stamp: RecordStamp, path: String, number: UInt64, elapsed: Int64
    ) {
        object.key("run")
        object.string(run)
        object.key("connection")
        object.number(stamp.connection)
        object.key("path")
        object.string(path)
        object.key("number")
        object.number(number)
        object.key("time")
        object.string(formattedUTC(nanoseconds: stamp.wallNanoseconds))
        object.key("elapsed")
        object.literal(formattedSeconds(nanoseconds: elapsed))
    }

    /// Text where the opcode says so and the bytes are; a reader must not have to guess from the bytes of a binary
    /// message.
    private func payload(of message: SocketMessage, _ object: inout JSONWriter) {
        let mayBeText = [.text, .ping, .pong].contains(message.opcode)
        bytes(message.payload, mayBeText: mayBeText, &object)
    }

    private func bytes(_ bytes: [UInt8], mayBeText: Bool, _ object: inout JSONWriter) {
        var validator = UTF8Validator()
        if mayBeText, validator.receive(bytes.span) == nil, validator.end() == nil {
            object.key("text")
            object.string(utf8: bytes)
        } else {
            object.key("base64")
            object.base64(bytes)
        }
    }

    private func close(_ message: SocketMessage, _ object: inout JSONWriter) {
        guard let status = message.closeStatus else { return }
        if let code = status.code {
            object.key("closeCode")
            object.number(code.rawValue)
        }
        if !status.reason.isEmpty {
            object.key("closeReason")
            object.string(status.reason)
        }
    }

    private func body(_ body: HTTPBody, _ object: inout JSONWriter) {
        object.object { object in
            object.key("wire")
            object.number(body.wireSize)
            if !body.coding.isEmpty {
                object.key("coding")
                object.string(body.coding)
            }
            let isDecoded: Bool
            switch body.state {
            case .whole:
                isDecoded = true
            case .partial(let reason):
                isDecoded = true
                object.key("partial")
                object.string(reason)
            case .undecoded(let reason):
                isDecoded = false
                object.key("undecoded")
                object.string(reason)
            }
            bytes(body.bytes, mayBeText: isDecoded, &object)
        }
    }
}
