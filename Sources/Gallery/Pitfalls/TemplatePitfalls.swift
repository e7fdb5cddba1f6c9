import LiveServer

/// What it costs if markup that could stay is made anew.
struct TemplatePitfalls: Twins {
    static let about = About(
        path: "/pitfalls/templates", name: "Templates that change",
        shows: "The same page twice; on the left markup is chosen, put together or repeated where a value would do.",
        look: "On the left the markup comes again and again; on the right only words and numbers follow the join.")

    /// What the two sides have in common.
    struct State {
        var isRaining = false
        var likes = 0
        var shown = 0
        var isNight = false

        mutating func handle(_ event: LiveEvent) throws {
            switch event.name {
            case "weather": isRaining.toggle()
            case "like": likes += 1
            case "show": shown = event["id"].int ?? event["id"].string.flatMap { Int($0) } ?? 0
            case "night": isNight.toggle()
            default: throw UnhandledEvent(event.name)
            }
        }

        var greeting: String { isNight ? "Good night." : "Good morning." }
    }

    static let guests = (1...12).map { Person($0) }
    static let hint = "Whoever likes this is shown by a number, and nobody is told who it was"
    static let advice = "Tips change with the season, and so do the people who give them"

    struct Bad: Twin {
        var state = State()
        var token = 0

        mutating func handle(event: Event, _ context: Context) throws {
            try state.handle(event)
            token = Int.random(in: 10_000_000...99_999_999, using: &context.random)
        }

        var body: HTML {
            if state.isNight { "<div class=\"night\">\(parts)</div>" } else { "<div class=\"day\">\(parts)</div>" }
        }

        private var parts: HTML {
            """
            <h4>One of two pieces</h4><pre>\\(if: isRaining, "…", else: "…")</pre>
            \(if: state.isRaining,
                """
                <div class="tip"><b>It rains.</b>
                  <p>Take the umbrella from the hall, close the windows in the attic, and leave the shoes outside.</p></div>
                """,
                else: """
                <div class="tip"><b>The sun shines.</b>
                  <p>Take the hat from the hall, open the windows in the attic, and water the plums by the fence.</p></div>
                """)
            <button phx-click="weather">Wait for other weather</button>
            <h4>An id by chance</h4><pre>id="tip-\\(Int.random(…))"</pre>
            <p id="tip-\(token)">\(TemplatePitfalls.advice).</p>
            <h4>Attributes as one string</h4><pre>&lt;div\\(raw: attributes)&gt;</pre>
            <div\(raw: attributes)>Likes: \(state.likes)</div> <button phx-click="like">Like it</button>
            <h4>A command in each row</h4><pre>phx-click="\\(ClientCommands()…)"</pre>
            <ul>\(for: TemplatePitfalls.guests, key: \.id, { guest in
                """
                <li><a href="#" phx-click="\(ClientCommands().push("show", ["id": JSON(guest.id)]))">\(guest.name)</a></li>
                """
            })</ul>
            <p>Guest \(state.shown)</p>
            <h4>Another root</h4><pre>if isNight { "&lt;div class=…" } else { … }</pre>
            <button phx-click="night">\(state.greeting)</button>
            """
        }

        private var attributes: String {
            """
             class="tip" data-likes="\(state.likes)" title="\(TemplatePitfalls.hint)" aria-label="Likes"
            """
        }
    }

    struct Good: Twin {
        var state = State()

        mutating func handle(event: Event, _ context: Context) throws { try state.handle(event) }

        var body: HTML {
            """
            <div class="\(state.isNight ? "night" : "day")">
            <h4>One piece with other words</h4><pre>&lt;b&gt;\\(sky)&lt;/b&gt;</pre>
            <div class="tip"><b>\(state.isRaining ? "It rains." : "The sun shines.")</b>
              <p>Take the \(state.isRaining ? "umbrella" : "hat") from the hall, \(state.isRaining ? "close" : "open") \
            the windows in the attic, and \(state.isRaining ? "leave the shoes outside" : "water the plums by the fence").\
            </p></div>
            <button phx-click="weather">Wait for other weather</button>
            <h4>An id that stays</h4><pre>id="tip"</pre>
            <p id="tip">\(TemplatePitfalls.advice).</p>
            <h4>Attributes one by one</h4><pre>data-likes="\\(likes)"</pre>
            <div class="tip" data-likes="\(state.likes)" title="\(TemplatePitfalls.hint)" aria-label="Likes">\
            Likes: \(state.likes)</div> <button phx-click="like">Like it</button>
            <h4>The id alone in each row</h4><pre>phx-click="show" phx-value-id="\\(id)"</pre>
            <ul>\(for: TemplatePitfalls.guests, key: \.id, { guest in
                "<li><a href=\"#\" phx-click=\"show\" phx-value-id=\"\(guest.id)\">\(guest.name)</a></li>"
            })</ul>
            <p>Guest \(state.shown)</p>
            <h4>The same root</h4><pre>&lt;div class="\\(isNight ? …)"&gt;</pre>
            <button phx-click="night">\(state.greeting)</button>
            </div>
            """
        }
    }
}
