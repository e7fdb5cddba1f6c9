import LiveServer

/// What the two forms hold and check.
struct Registration {
    var name = ""
    var email = ""
    /// What is wrong, by field; of fields only that the user has been to.
    var problems: [String: String] = [:]
    var validations = 0
    var done = ""

    mutating func handle(_ event: LiveEvent) throws {
        let user = event["user"]
        name = user["name"].string ?? ""
        email = user["email"].string ?? ""
        let password = user["password"].string ?? ""
        switch event.name {
        case "validate":
            validations += 1
            problems = check(password: password).filter { event.isUsed("user", $0.key) }
        case "save":
            problems = check(password: password)
            if problems.isEmpty { done = "Welcome, \(name). Your password has \(password.count) characters." }
        default: throw UnhandledEvent(event.name)
        }
    }

    private func check(password: String) -> [String: String] {
        var problems: [String: String] = [:]
        if name.count < 3 { problems["name"] = "At least three characters." }
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count != 2 || parts.contains("") { problems["email"] = "This is no address." }
        if password.count < 8 { problems["password"] = "At least eight characters." }
        return problems
    }

    /// - Parameters:
    ///   - debounce: what the text fields wait for; nil: each key is sent.
    func form(debounce: String?) -> HTML {
        """
        <form id="registration" class="panel form" phx-change="validate" phx-submit="save" autocomplete="off">
          <label>Name
            <input name="user[name]" id="name" value="\(name)"\(attribute: "phx-debounce", debounce)>
            \(problem("name"))
          </label>
          <label>E-mail
            <input name="user[email]" id="email" type="email" value="\(email)"\(attribute: "phx-debounce", debounce)>
            \(problem("email"))
          </label>
          <label>Password
            <input name="user[password]" id="password" type="password" autocomplete="new-password"\
        \(attribute: "phx-debounce", debounce.map { _ in "blur" })>
            \(problem("password"))
          </label>
          <div class="row"><button id="save" class="primary">Register</button>
            <span class="quiet">Validated \(validations) times</span></div>
          \(if: !done.isEmpty, "<p class=\"flash\" role=\"status\">\(done)</p>")
        </form>
        """
    }

    private func problem(_ field: String) -> HTML? {
        problems[field].map { "<small class=\"problem\">\($0)</small>" }
    }
}
