import LiveViewWire
import WebSocketWire

/// A file that is served as it is.
struct StaticFile: Sendable {
    let bytes: [UInt8]
    private let type: String
    private let tag: String

    init(_ bytes: [UInt8], type: String) {
        self.bytes = bytes
        self.type = type
        var hash = ContentHash()
        hash.add(bytes)
        tag = "\"\(String(hash.value, radix: 16))\""
    }

    /// The file, or 304 if the browser has it.
    func response(to request: PageRequest) -> PageResponse {
        let headers = [
            HTTPField("Content-Type", type), HTTPField("ETag", tag), HTTPField("Cache-Control", "no-cache"),
        ]
        if request.headers.elements(of: "If-None-Match").contains(tag) {
            return PageResponse(status: 304, headers: headers)
        }
        return PageResponse(status: 200, headers: headers, body: bytes)
    }
}
