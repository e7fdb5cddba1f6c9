import LiveServer
import Testing

private struct Account: LiveView {
    var last = ""

    mutating func handle(event: Event, _ context: Context) {
        last = "\(event.name) \(event.value) \(event.target.joined(separator: "/"))"
        if event.name == "used" { last = "\(event.isUsed("user", "name")) \(event.isUsed("user", "email"))" }
    }

    var body: HTML { "<p>\(raw: last)</p>" }
}

@Suite struct FormTests {
    let conversation = Conversation { $0.live("/account", Account()) }

    private func seen(_ fields: String, meta: String = "{}", event: String = "e") throws -> String {
        try conversation.open("/account")
        try conversation.form(event, fields, meta: meta)
        return try conversation.html()
    }

    @Test func bracketsNest() throws {
        #expect(
            try seen("user%5Bname%5D=Ann+Lee&user[tags][]=a&user[tags][]=b&act=save")
                == #"<p>e {"user":{"name":"Ann Lee","tags":["a","b"]},"act":"save"} </p>"#)
    }

    @Test func theTargetIsAPathInEitherPlace() throws {
        #expect(
            try seen("user[name]=A", meta: #"{"_target":"user[name]"}"#) == #"<p>e {"user":{"name":"A"}} user/name</p>"#
        )
        #expect(try seen("user[name]=A&_target=user%5Bname%5D") == #"<p>e {"user":{"name":"A"}} user/name</p>"#)
        #expect(try seen("a=1", meta: #"{"_target":"undefined"}"#) == #"<p>e {"a":"1"} </p>"#)
    }

    @Test func unusedFieldsAreMarked() throws {
        #expect(
            try seen("user[name]=A&user[_unused_email]=&user[email]=", event: "used") == "<p>true false</p>")
    }

    @Test(arguments: ["a=1&a[b]=2", "a[b]=2&a=1", "a[=1", "[]=1", "a[]x=1", "=", "&&", "a[][b]=1", "%zz=%"])
    func oddNamesAreTaken(fields: String) throws {
        #expect(try seen(fields).hasPrefix("<p>e {"))
    }

    @Test func tooManyAndTooDeepFieldsCloseTheSocket() throws {
        try conversation.open("/account")
        try conversation.form("e", "a" + String(repeating: "[b]", count: 16) + "=1")
        #expect(conversation.output.closed?.code == 1008)
        #expect(conversation.log.causes == [.limitReached])
        try conversation.open("/account")
        try conversation.form("e", String(repeating: "a=1&", count: 1001))
        #expect(conversation.output.closed?.reason == "more than 1000 params")
    }
}
