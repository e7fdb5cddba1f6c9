/// Where a handler sent the browser.
enum Navigation {
    /// The same view with another URL.
    case patch(to: String, replaces: Bool)
    /// Another view, over the same socket.
    case navigate(to: String, replaces: Bool)
    /// A page load; `to` may be a URL elsewhere.
    case redirect(to: String)

    /// How the browser's history takes it.
    static func kind(replaces: Bool) -> String { replaces ? "replace" : "push" }
}
