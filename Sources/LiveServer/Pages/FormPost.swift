import LiveViewWire
import WebSocketWire

/// Handles what a form sends by HTTP. It runs on an event loop: it must not block.
public typealias FormHandler = @Sendable (FormRequest) throws -> FormAnswer

/// What a form sent by HTTP.
public struct FormRequest: Sendable {
    /// The fields, nested by their brackets, and the params of the path.
    public let fields: JSON
    /// What the cookie session holds.
    public let session: JSON
}

/// What a form's handler answers: where the browser goes, and what its session holds from then on.
public struct FormAnswer: Sendable {
    let location: String
    /// Nil: as it was.
    public var session: JSON?
    /// What the next page shows.
    public var flash: [FlashKind: String] = [:]

    private init(location: String) { self.location = location }

    /// Lets the browser load a page.
    public static func redirect(
        to path: String, session: JSON? = nil, flash: [FlashKind: String] = [:]
    ) -> FormAnswer {
        var answer = FormAnswer(location: path)
        answer.session = session
        answer.flash = flash
        return answer
    }
}

/// One form that came by HTTP.
struct FormPost {
    private let app: LiveCore
    private let request: PageRequest

    init(_ app: LiveCore, _ request: PageRequest) {
        self.app = app
        self.request = request
    }

    /// - Returns: nil, if no form is sent to that path.
    func response(_ path: PagePath) -> PageResponse? {
        guard let (handler, params) = app.routes.form(for: path) else { return nil }
        var session = BrowserSession(request, app: app)
        var fields = PercentEncoding.parameters(of: String(decoding: request.body, as: UTF8.self))
        guard session.isToken(fields.first { $0.name == "_csrf_token" }?.value, app: app) else {
            return .problem(403, "The form is too old, or of another page. Load it anew.")
        }
        fields.removeAll { $0.name == "_csrf_token" }
        do {
            let nested = try FormParams.nested(fields + params, limits: app.configuration.limits)
            let answer = try handler(FormRequest(fields: nested, session: session.data))
            var response = PageResponse.redirect(to: answer.location, status: 303)
            if let data = answer.session {
                session.data = data
                response.headers.append(session.cookie(app, scheme: request.scheme))
            }
            response.headers += FlashTokens.cookie(answer.flash, app)
            return response
        } catch let error as PageError {
            return .problem(error.status, "The form was not taken.")
        } catch {
            app.log(.pageFailed, "\(path.path): \(error)")
            return .problem(error is ParamsError ? 400 : 500, "The form was not taken.")
        }
    }
}
