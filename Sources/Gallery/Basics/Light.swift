import LiveServer

/// A front-porch light: the smallest page that lives.
struct Light: GalleryPage {
    static let about = About(
        path: "/light", name: "Front-porch light",
        shows: "Five buttons, or the arrow keys, set the brightness of a light.",
        look: "A click is answered by the numbers that changed, in some sixty bytes; one more Up at full light by {}.")

    var brightness = 20

    var title: String { "Light \(brightness) %" }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "on": brightness = 100
        case "off": brightness = 0
        case "up": brightness = min(100, brightness + 10)
        case "down": brightness = max(0, brightness - 10)
        case "random": brightness = Int.random(in: 0...100, using: &context.random)
        default: throw UnhandledEvent(event.name)
        }
    }

    var demo: HTML {
        """
        <div class="porch" style="--level: \(brightness)">
          <div class="lamp" aria-hidden="true"></div>
          <div class="bar" role="meter" aria-label="Brightness" aria-valuemin="0" aria-valuemax="100" \
        aria-valuenow="\(brightness)"><span>\(brightness) %</span></div>
        </div>
        <div class="row">
          <button id="off" phx-click="off">Off</button>
          <button id="down" phx-click="down" phx-window-keydown="down" phx-key="ArrowDown">Down</button>
          <button id="up" phx-click="up" phx-window-keydown="up" phx-key="ArrowUp">Up</button>
          <button id="on" phx-click="on" class="primary">On</button>
          <button id="random" phx-click="random">Random</button>
        </div>
        """
    }
}
