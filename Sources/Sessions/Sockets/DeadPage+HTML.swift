package import RecordingStore
internal import WebSocketWire

extension DeadPage {
    /// - Returns: nil if the exchange is no GET of HTML with live views.
    package convenience init?(_ exchange: HTTPExchange) {
        guard let request = exchange.request, let response = exchange.response, (200...299).contains(response.status),
            response.fields["Content-Type"]?.lowercased().hasPrefix("text/html") ?? false
        else { return nil }
        switch exchange.responseBody.state {
        case .undecoded: return nil
        case .whole, .partial: break
        }
        let html = exchange.responseBody.bytes
        let views = Self.views(of: html)
        guard !views.isEmpty else { return nil }
        self.init(
            url: request.target, stamp: exchange.stamp, connection: exchange.connection, html: html,
            wireByteCount: exchange.responseBody.wireSize, views: views)
    }

    /// The elements that have `data-phx-session`.
    static func views(of html: [UInt8]) -> [View] {
        var views: [View] = []
        var tags = TagScanner(html)
        while let tag = tags.next() {
            guard tag.isStart, let session = tag["data-phx-session"], let id = tag["id"] else { continue }
            guard tag["data-phx-parent-id"] == nil else { continue }
            views.append(
                View(
                    id: id, isMain: tag["data-phx-main"] != nil, sessionByteCount: session.utf8.count,
                    staticByteCount: tag["data-phx-static"]?.utf8.count ?? 0, contentStart: tag.end))
        }
        return views
    }
}
