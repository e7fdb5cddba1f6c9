/// The document around a view.
enum Document {
    /// What is used where the application has no layout of its own.
    @Sendable static func standard(_ page: RootPage) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <title>\(page.title)</title>
        \(page.head)
        </head>
        <body>
        \(page.content)
        </body>
        </html>

        """
    }

    static func head(_ configuration: LiveConfiguration, csrfToken: String?) -> HTML {
        """
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        \(with: csrfToken, { "<meta name=\"csrf-token\" content=\"\($0)\">" })
        \(for: configuration.styleSheets, { "<link phx-track-static rel=\"stylesheet\" href=\"\($0)\">\n" })\
        \(for: configuration.clientScripts, { "<script defer phx-track-static src=\"\($0)\"></script>\n" })\
        <script defer src="\(configuration.socketPath)/connect.js"></script>
        """
    }

    /// Gives the page's hooks (`window.LiveTapeHooks`) and settings to the client, and connects, if no script did.
    static func connectScript(_ configuration: LiveConfiguration) -> StaticFile {
        let fallback = configuration.longPollFallback.map { "\($0.nanoseconds / 1_000_000)" } ?? "undefined"
        let script = """
            // Hands the page's hooks and settings to the client; of the official client's parts it makes one first.
            (function () {
              const {Phoenix, LiveView, LiveTape} = window;
              const hooks = window.LiveTapeHooks || {};
              const fallback = \(fallback);
              if (LiveTape) {
                LiveTape.hooks = {...hooks, ...LiveTape.hooks};
                LiveTape.path = "\(configuration.socketPath)";
                if (fallback !== undefined) LiveTape.longPollFallbackMs = fallback;
              }
              if (window.liveSocket || !Phoenix || !LiveView) return;
              const meta = document.querySelector("meta[name='csrf-token']");
              window.liveSocket = new LiveView.LiveSocket("\(configuration.socketPath)", Phoenix.Socket, {
                hooks,
                longPollFallbackMs: fallback,
                params: {_csrf_token: meta ? meta.content : ""},
              });
              window.liveSocket.connect();
            })();

            """
        return StaticFile(Array(script.utf8), contentType: StaticFile.contentType(of: "connect.js"))
    }
}
