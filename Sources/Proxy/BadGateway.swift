/// The one answer that the proxy gives by itself: the target could not be reached (RFC 9110 section 15.6.3).
struct BadGateway: Sendable {
    let target: String
    let cause: String

    var head: [UInt8] {
        Array(
            """
            HTTP/1.1 502 Bad Gateway\r
            Content-Type: text/html; charset=utf-8\r
            Content-Length: \(body.count)\r
            Cache-Control: no-store\r
            Connection: close\r
            \r

            """.utf8)
    }

    /// A page that says what was tried; the text is escaped, since a name from the command line is in it.
    var body: [UInt8] {
        Array(
            """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>502: no answer from \(Self.escape(target))</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}
            code{background:#8882;padding:.1em .3em;border-radius:.2em}</style>
            <h1>LiveTape cannot reach the server</h1>
            <p>It tried <code>\(Self.escape(target))</code>: \(Self.escape(cause)).</p>
            <p>Is the server running, and is that its address? LiveTape connects anew for each connection: start the
            server and load this page again.</p>
            </html>

            """.utf8)
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
