package import WebSocketWire

/// The answer to one request.
package struct PageResponse: Sendable {
    package var status: Int
    /// Without `Content-Length`, `Date`, `Connection`: the server sets those.
    package var headers: [HTTPField]
    package var body: [UInt8]

    package init(status: Int, headers: [HTTPField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An HTML page.
    package static func html(_ body: String, status: Int = 200) -> PageResponse {
        PageResponse(
            status: status, headers: [HTTPField("Content-Type", "text/html; charset=utf-8")], body: Array(body.utf8))
    }

    /// Plain text.
    package static func text(_ body: String, status: Int = 200) -> PageResponse {
        PageResponse(
            status: status, headers: [HTTPField("Content-Type", "text/plain; charset=utf-8")], body: Array(body.utf8))
    }

    /// Sends the browser elsewhere.
    /// - Parameter status: 302 (found), 303 (see other, after a form), 301 or 308.
    package static func redirect(to location: String, status: Int = 302) -> PageResponse {
        PageResponse(status: status, headers: [HTTPField("Location", location)])
    }
}

extension PageResponse {
    /// A short page that says what went wrong, and what to do about it.
    /// - Parameters:
    ///   - detail: plain text; it is escaped.
    ///   - extraHeaders: such as `Allow` with 405.
    package static func problem(_ status: Int, _ detail: String, extraHeaders: [HTTPField] = []) -> PageResponse {
        let title = "\(status) \(HTTPStatus.reason(status))"
        var response = html(
            """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>\(title)</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}\
            @media(prefers-color-scheme:dark){body{background:#16181d;color:#e6e6e6}}</style>
            <h1>\(title)</h1>
            <p>\(escape(detail))</p>
            </html>

            """, status: status)
        response.headers += [HTTPField("Cache-Control", "no-store")] + extraHeaders
        return response
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

/// The words behind a status code.
enum HTTPStatus {
    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
