import LiveServer

/// The same form, which waits.
struct DebouncedSignup: GalleryPage {
    static let about = About(
        path: "/form/debounce", name: "Form with debounce",
        shows: "The same form, sent when nothing was typed for 300 ms; the password when you leave the field.",
        look: "A word typed in one go is one event. Compare the number of events with the form that sends each key.")

    var registration = Registration()

    mutating func handle(event: Event, _ context: Context) throws { try registration.handle(event) }

    var demo: HTML { registration.form(debounce: "300") }
}
