import LiveServer

/// A clock: the server speaks first, once a second.
struct Clock: GalleryPage {
    static let about = About(
        path: "/clock", name: "Clock",
        shows: "A timer tells the view the time once a second (UTC), until it is stopped.",
        look: "Pushes that no event asked for: at most three numbers and the text, one second apart.")

    enum Message: Sendable {
        case tick
    }

    var now = WallTime(nanoseconds: 0)
    var timer: LiveTimer?

    mutating func mount(_ context: Context) {
        now = context.now
        timer = context.send(Message.tick, every: .seconds(1))
    }

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "toggle" else { throw UnhandledEvent(event.name) }
        if let timer {
            timer.cancel()
            self.timer = nil
        } else {
            now = context.now
            timer = context.send(Message.tick, every: .seconds(1))
        }
    }

    mutating func handle(info: Message, _ context: Context) { now = context.now }

    private var text: String {
        [now.hour, now.minute, now.second].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    var demo: HTML {
        """
        <div class="panel clock">
          <svg viewBox="-50 -50 100 100" role="img" aria-label="Clock">
            <circle r="46"/>
            <line class="hour" y2="-24" transform="rotate(\(now.hour % 12 * 30 + now.minute / 2))"/>
            <line class="minute" y2="-36" transform="rotate(\(now.minute * 6))"/>
            <line class="second" y2="-40" transform="rotate(\(now.second * 6))"/>
          </svg>
          <div>
            <p class="big" id="time">\(text)</p>
            <button id="toggle" phx-click="toggle">\(timer == nil ? "Go on" : "Stop")</button>
          </div>
        </div>
        """
    }
}
