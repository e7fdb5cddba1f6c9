import LiveServer
import LiveViewWire
import Testing
import WebSocketWire

private struct Plain: LiveView {
    var body: HTML { "<p>plain</p>" }
}

private struct Other: LiveView {
    mutating func mount(_ context: Context) throws {
        switch context.params["do"].string {
        case "redirect": context.redirect(to: "https://example.com/")
        case "navigate":
            context.putFlash(.info, "Moved")
            context.pushNavigate(to: "/plain")
        case "missing": throw PageError(status: 404)
        case "crash": throw UnhandledEvent("any")
        default: break
        }
    }

    var body: HTML { "<p>other</p>" }
}

/// What a join is refused for, and what its answer says then.
@Suite struct JoinTests {
    let conversation = Conversation { routes in
        routes.live("/plain", Plain())
        routes.live("/other", Other())
        routes.session("admin") { $0.live("/admin", Plain()) }
    }

    private func refusal(_ messages: [Conversation.Message]) -> String { messages.map(\.description).joined() }

    @Test func badTokensAreStale() throws {
        conversation.get("/plain")
        conversation.connect()
        let stale = #"error {"reason":"stale"}"#
        #expect(try refusal(conversation.join(url: "/plain", session: "")) == stale)
        #expect(try refusal(conversation.join(url: "/plain", session: "SFMyNTY.e30.e30")) == stale)
        // A good token of another element.
        let session = conversation.attribute("data-phx-session")
        #expect(try refusal(conversation.join("phx-other", url: "/plain", session: session)) == stale)
        #expect(try conversation.join(url: "/plain").first?.kind == "ok")
    }

    @Test func tokensExpire() throws {
        let clock = VirtualClock()
        let conversation = Conversation {
            $0.clock = .virtual(clock)
        } routes: {
            $0.live("/plain", Plain())
        }
        conversation.get("/plain")
        conversation.connect()
        clock.advance(by: .seconds(14 * 86_400))
        #expect(try conversation.join(url: "/plain").first?.kind == "ok")
        clock.advance(by: .seconds(1))
        #expect(try refusal(conversation.join(url: "/plain")) == #"error {"reason":"stale"}"#)
    }

    @Test func withoutTheCSRFTokenAllIsStale() throws {
        conversation.get("/plain")
        conversation.connect(csrfToken: "wrong")
        #expect(try refusal(conversation.join(url: "/plain")) == #"error {"reason":"stale"}"#)
    }

    @Test func theURLMustLeadToTheView() throws {
        conversation.get("/plain")
        conversation.connect()
        let unauthorized = #"error {"reason":"unauthorized"}"#
        #expect(try refusal(conversation.join(url: "/other")) == unauthorized)
        #expect(try refusal(conversation.join(url: "/nowhere")) == unauthorized)
        #expect(try refusal(conversation.join(redirect: "/admin")) == unauthorized)
        #expect(try refusal(conversation.join()) == unauthorized)
        let navigated = try conversation.join(redirect: "/other").first
        #expect(navigated?.kind == "ok")
        #expect(navigated?.payload.contains(#""container":["div",{}]"#) == true)
    }

    @Test func aMountMaySendElsewhere() throws {
        conversation.get("/plain")
        conversation.connect()
        #expect(
            try refusal(conversation.join(redirect: "/other?do=redirect"))
                == #"error {"redirect":{"to":"https://example.com/","status":302},"events":[]}"#)
        let navigated = try refusal(conversation.join(redirect: "/other?do=navigate"))
        #expect(navigated.hasPrefix(#"error {"live_redirect":{"kind":"push","to":"/plain","flash":"SFMyNTY."#))
        #expect(
            try refusal(conversation.join(redirect: "/other?do=crash")) == #"error {"reason":"join crashed"}"#)
    }

    @Test func aPageThatIsMissingIsReloaded() throws {
        conversation.get("/plain")
        conversation.connect()
        let answer = try conversation.join(redirect: "/other?do=missing").first
        #expect(answer?.json["reason"]?.string == "reload")
        #expect(answer?.json["status"]?.integer == 404)
        let token = answer?.json["token"]?.string ?? ""
        #expect(conversation.get("/plain", cookies: ["__phoenix_reload_status__": token]).status == 404)
        #expect(conversation.get("/plain").status == 200)
    }

    @Test func pageLoadsGoElsewhereToo() {
        #expect(conversation.get("/other?do=redirect").status == 302)
        let response = conversation.get("/other?do=navigate")
        #expect(response.status == 302)
        #expect(conversation.cookies["__phoenix_flash__"]?.hasPrefix("SFMyNTY.") == true)
        #expect(conversation.get("/other?do=missing").status == 404)
        #expect(conversation.get("/other?do=crash").status == 500)
        #expect(conversation.get("/nowhere").status == 404)
    }

    @Test func unknownTopicsAreUnmatched() throws {
        conversation.get("/plain")
        conversation.connect()
        #expect(
            try refusal(conversation.push("room:1", "phx_join", "{}")) == #"error {"reason":"unmatched topic"}"#)
    }

    @Test func channelsAreLimited() throws {
        let conversation = Conversation {
            $0.limits.maximumChannels = 0
        } routes: {
            $0.live("/plain", Plain())
        }
        conversation.get("/plain")
        conversation.connect()
        #expect(
            try refusal(conversation.join(url: "/plain")) == #"error {"reason":"too many channels joined"}"#)
    }

    @Test func thePageConnectsWhateverItsClientIs() {
        let conversation = Conversation(configure: {
            $0.clientScripts = ["/phoenix.js", "/live_view.js"]
            $0.styleSheets = ["/app.css"]
            $0.longPollFallback = .milliseconds(2500)
            $0.socketPath = "/ws"
        }) { routes in
            routes.live("/plain", Plain())
            routes.file("/app.css", Array("p {}".utf8))
        }
        conversation.get("/plain")
        #expect(conversation.page.contains("<link phx-track-static rel=\"stylesheet\" href=\"/app.css\">"))
        let scripts = conversation.page.split(separator: "<script defer").dropFirst().compactMap {
            $0.split(separator: "src=\"").last?.prefix { $0 != "\"" }
        }
        #expect(scripts == ["/phoenix.js", "/live_view.js", "/ws/connect.js"])
        conversation.get("/ws/connect.js")
        #expect(conversation.page.contains("new LiveView.LiveSocket(\"/ws\", Phoenix.Socket"))
        #expect(conversation.page.contains("const fallback = 2500;"))
        #expect(conversation.get("/app.css").headers.contains { $0.value.hasPrefix("text/css") })
    }
}
