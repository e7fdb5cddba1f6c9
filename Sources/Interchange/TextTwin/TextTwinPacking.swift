internal import Foundation
internal import RecordingFormat

/// Makes a recording of a text twin.
package enum TextTwinPacking {
    /// Why it cannot be done.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case malformed(name: String, TextTwinError)
        case unreadable(name: String, reason: String)
        case unwritable(reason: String)

        package var description: String {
            switch self {
            case .malformed(let name, let error): "\(name), \(error)"
            case .unreadable(let name, let reason): "\(name) cannot be read: \(reason)"
            case .unwritable(let reason): "the recording cannot be written: \(reason)"
            }
        }
    }

    /// Bytes that are read, and about as many that are written, at a time.
    private static let pieceByteCount = 256 << 10

    /// Reads a twin to its end and writes it as a closed journal.
    /// - Parameters:
    ///   - input: an open file or pipe; it stays open.
    ///   - name: what to call it in errors.
    ///   - output: an empty, open file; it stays open.
    ///   - release: of the program, for the recording's Header.
    package static func pack(
        _ input: Int32, name: String, to output: Int32, release: String, settings: TextTwinReader.Settings = .init()
    ) throws(Failure) {
        var reader = TextTwinReader(settings: settings)
        var piece: [UInt8] = []
        var recording: [UInt8] = []
        func take(_ step: TextTwinReader.Step) throws(Failure) {
            switch step {
            case .needsBytes: return
            case .header(let header): recording += header.preamble.encoded(release: release)
            case .record(let record): recording += record.encoded()
            }
            if recording.count >= pieceByteCount { try write(&recording, to: output) }
        }
        do {
            while try read(&piece, from: input, name: name) {
                var position = 0
                while position < piece.count { try take(try reader.next(piece.span, at: &position)) }
            }
            if let last = try reader.end() { try take(last) }
        } catch let error as TextTwinError {
            throw .malformed(name: name, error)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unreadable(name: name, reason: "\(error)")
        }
        recording += MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
        try write(&recording, to: output)
    }

    /// - Returns: false at the end.
    private static func read(_ piece: inout [UInt8], from input: Int32, name: String) throws(Failure) -> Bool {
        var failure: Int32 = 0
        piece = [UInt8](unsafeUninitializedCapacity: pieceByteCount) { room, filled in
            // Unsafe: read(2) takes a pointer; it writes at most as many bytes as there is room for.
            repeat {
                let got = Foundation.read(input, room.baseAddress, room.count)
                if got >= 0 {
                    filled = got
                    return
                }
            } while errno == EINTR
            failure = errno
        }
        guard failure == 0 else { throw .unreadable(name: name, reason: String(cString: strerror(failure))) }
        return !piece.isEmpty
    }

    /// Writes all of the bytes, and empties them.
    private static func write(_ bytes: inout [UInt8], to output: Int32) throws(Failure) {
        var position = 0
        while position < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                // Unsafe: write(2) takes a pointer; it reads the array's own bytes while the closure runs.
                Foundation.write(output, buffer.baseAddress?.advanced(by: position), buffer.count - position)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .unwritable(reason: String(cString: strerror(errno))) }
            position += written
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
