import LiveServer

/// A chart that a hook draws.
struct Chart: GalleryPage {
    static let about = About(
        path: "/chart", name: "Chart with a hook",
        shows: "The server pushes one point a second as an event; a hook draws, and asks for the mean when clicked.",
        look: "Events beside the diffs, under \"e\": they are compared with nothing. The hook's question has a reply.")

    enum Message: Sendable {
        case measure
    }

    var value = 50
    var sum = 0
    var count = 0

    mutating func mount(_ context: Context) { context.send(Message.measure, every: .seconds(1)) }

    mutating func handle(info: Message, _ context: Context) { measure(context) }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "measure": for _ in 0..<10 { measure(context) }
        case "mean": context.reply(["mean": JSON(count == 0 ? 0 : sum / count), "of": JSON(count)])
        default: throw UnhandledEvent(event.name)
        }
    }

    private mutating func measure(_ context: Context) {
        value = min(100, max(0, value + Int.random(in: -9...9, using: &context.random)))
        sum += value
        count += 1
        context.pushEvent("point", ["value": JSON(value)])
    }

    var demo: HTML {
        """
        <div class="panel">
          <div id="chart" phx-hook="Chart" phx-update="ignore">
            <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="The last 60 points">
              <polyline points=""/>
            </svg>
            <p class="quiet" data-answer>Click the chart for the mean.</p>
          </div>
          <p><span class="big" id="count">\(count)</span> points measured</p>
          <button id="measure" phx-click="measure">Ten at once</button>
        </div>
        """
    }
}
