import Dispatch
import LiveServer

/// What events cost that need not be sent, carry too much, take long or end their view.
struct EventPitfalls: Twins {
    static let about = About(
        path: "/pitfalls/events", name: "Events that cost",
        shows: "Six controls: on the left each asks the server too often, for too much, or for what it cannot do.",
        look: "On the left a round trip for each key and each look; the right sends what the server has to know.")

    static let note = """
        The parcel is to be left at the porch, behind the second flower pot, unless it rains: then please ring at the \
        neighbours, who are at home in the afternoon. The dog barks, but it does not bite. Thank you
        """
    static let terms = (1...30).map {
        "\($0). A seat that is taken stays taken till the house rules of part \($0) end.\n"
    }
    .joined()

    /// What the two sides have in common.
    struct State {
        var steps = 0
        var letters = 0
        var code = ""
        var reports = 0
    }

    struct Bad: Twin {
        var state = State()
        var isOpen = false

        mutating func handle(event: Event, _ context: Context) throws {
            switch event.name {
            case "menu": isOpen.toggle()
            case "steer": if event["key"].string == "ArrowRight" { state.steps += 1 }
            case "typed": state.letters = event["value"].string?.count ?? 0
            case "check": state.code = event["code"].string ?? ""
            case "report":
                // All views of this event loop wait.
                _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(600))
                state.reports += 1
            // There is no order 7: nobody thought of that.
            default: throw UnhandledEvent(event.name)
            }
        }

        var body: HTML {
            """
            <h4>Show a menu</h4><pre>phx-click="menu"</pre>
            <button phx-click="menu">Menu</button> <span style="\(isOpen ? "" : "display: none")">Soup, then plums.</span>
            <h4>Steer by a key</h4><pre>phx-keydown="steer"</pre>
            <div class="pad" tabindex="0" phx-keydown="steer">Click here, then press →. Steps: \(state.steps)</div>
            <h4>Count letters</h4><pre>&lt;textarea phx-keyup="typed"&gt;</pre>
            <div id="bad-note" phx-update="ignore"><textarea rows="3" aria-label="Note" phx-keyup="typed">\
            \(EventPitfalls.note)</textarea></div>
            <p>Letters: \(state.letters)</p>
            <h4>Check a field</h4><pre>&lt;form phx-change="check"&gt;</pre>
            <form id="bad-form" phx-update="ignore" phx-change="check" phx-auto-recover="ignore">
              <textarea name="terms" rows="3" aria-label="Terms" readonly>\(EventPitfalls.terms)</textarea>
              <input name="code" aria-label="Code" placeholder="Code" autocomplete="off">
            </form>
            <p>Digits: \(state.code.count)</p>
            <h4>Make a report</h4><pre>handle(event:) does the work</pre>
            <p><button phx-click="report">Report</button> Reports: \(state.reports)</p>
            <h4>Pay what is not there</h4><pre>handle(event:) throws</pre>
            <button class="danger" phx-click="pay">Pay order 7</button>
            """
        }
    }

    struct Good: Twin {
        var state = State()
        var payment = ""

        mutating func handle(event: Event, _ context: Context) throws {
            switch event.name {
            case "steer": state.steps += 1
            case "typed": state.letters = event["note"].string?.count ?? 0
            case "check": state.code = event["code"].string ?? ""
            case "report":
                context.start {
                    try await Task.sleep(for: .milliseconds(600))
                } then: { (_: Result<Void, any Error>) in
                    Message.reported
                }
            case "pay": payment = "There is no order 7."
            default: throw UnhandledEvent(event.name)
            }
        }

        enum Message: Sendable {
            case reported
        }

        mutating func handle(info: Message, _ context: Context) { state.reports += 1 }

        var body: HTML {
            """
            <h4>Show a menu</h4><pre>phx-click=…toggle("#good-menu")</pre>
            <button phx-click="\(ClientCommands().toggle("#good-menu", display: "inline"))">Menu</button> \
            <span id="good-menu" style="display: none">Soup, then plums.</span>
            <h4>Steer by a key</h4><pre>phx-key="ArrowRight"</pre>
            <div class="pad" tabindex="0" phx-keydown="steer" phx-key="ArrowRight">Click here, then press →. \
            Steps: \(state.steps)</div>
            <h4>Count letters</h4><pre>&lt;textarea phx-debounce="300"&gt;</pre>
            <form id="good-note" phx-update="ignore" phx-change="typed"><textarea name="note" rows="3" \
            aria-label="Note" phx-debounce="300">\(EventPitfalls.note)</textarea></form>
            <p>Letters: \(state.letters)</p>
            <h4>Check a field</h4><pre>&lt;input phx-change="check"&gt;</pre>
            <form id="good-form" phx-update="ignore">
              <textarea name="terms" rows="3" aria-label="Terms" readonly>\(EventPitfalls.terms)</textarea>
              <input name="code" aria-label="Code" placeholder="Code" autocomplete="off" phx-change="check" \
            phx-debounce="300">
            </form>
            <p>Digits: \(state.code.count)</p>
            <h4>Make a report</h4><pre>context.start { … }</pre>
            <p><button phx-click="report">Report</button> Reports: \(state.reports)</p>
            <h4>Pay what is not there</h4><pre>payment = "There is no …"</pre>
            <button class="danger" phx-click="pay">Pay order 7</button> \(payment)
            """
        }
    }
}
