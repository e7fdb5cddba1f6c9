import LiveServer

/// A form that the server checks at each key.
struct Signup: GalleryPage {
    static let about = About(
        path: "/form", name: "Form, each key",
        shows: "Each key is sent, and the server says what is wrong; a field complains once you have been to it.",
        look: "One event for each key with the whole form, also the password: LiveTape can redact it.")

    var registration = Registration()

    mutating func handle(event: Event, _ context: Context) throws { try registration.handle(event) }

    var demo: HTML { registration.form(debounce: nil) }
}
