internal import WebSocketWire

/// A file that is served from memory, with what lets browsers keep it.
package struct StaticFile: Sendable {
    package let contentType: String
    package let bytes: [UInt8]
    /// Changes with the bytes (RFC 9110 section 8.8.3).
    package let entityTag: String
    /// How long a browser may use it without asking.
    package var caching: Caching

    package enum Caching: Hashable, Sendable {
        /// It asks each time, and gets 304 while the file is the same.
        case revalidate
        /// For a path that changes with the file: a year.
        case forever
    }

    package init(_ bytes: [UInt8], contentType: String, caching: Caching = .revalidate) {
        self.bytes = bytes
        self.contentType = contentType
        self.caching = caching
        entityTag = "\"\(String(Self.hash(bytes), radix: 16))-\(String(bytes.count, radix: 16))\""
    }

    /// The content type for a file name's extension; octets for one that is not known.
    package static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "json", "map": "application/json; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        case "wasm": "application/wasm"
        default: "application/octet-stream"
        }
    }

    /// Answers a GET or HEAD: 200, or 304 when the browser has it (RFC 9110 section 13.1.2); 405 for other methods.
    package func response(to request: PageRequest) -> PageResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            let allow = HTTPField("Allow", "GET, HEAD")
            return .problem(405, "A file is read by GET or HEAD.", extraHeaders: [allow])
        }
        let known = request.headers.elements(of: "If-None-Match").map {
            $0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0
        }
        let fields = [
            HTTPField("ETag", entityTag),
            HTTPField("Cache-Control", caching == .forever ? "public, max-age=31536000, immutable" : "no-cache"),
        ]
        guard !known.contains(entityTag), !known.contains("*") else {
            return PageResponse(status: 304, headers: fields)
        }
        return PageResponse(status: 200, headers: [HTTPField("Content-Type", contentType)] + fields, body: bytes)
    }

    /// FNV-1a: enough to tell versions of one file apart.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
