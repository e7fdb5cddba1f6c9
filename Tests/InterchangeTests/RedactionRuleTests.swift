import Foundation
import Testing

@testable import Interchange

/// A redactor that has learnt from the texts, and then redacts them.
struct TextRedaction {
    let redactor: Redactor

    init(learning texts: [String], key: UInt64 = 1, _ change: (inout RedactionRules) -> Void = { _ in }) {
        var rules = RedactionRules()
        change(&rules)
        redactor = Redactor(rules, key: RedactionKey(low: key, high: 9), secretLimit: 1000)
        for text in texts { _ = redactor.message(Array(text.utf8)) }
        redactor.known.seal()
        redactor.mode = .replace
    }

    func message(_ text: String) -> String { String(decoding: redactor.message(Array(text.utf8)), as: UTF8.self) }
    func head(_ text: String) -> String { String(decoding: redactor.head(Array(text.utf8)), as: UTF8.self) }
}

private func redacted(_ text: String, _ change: (inout RedactionRules) -> Void = { _ in }) -> String {
    TextRedaction(learning: [text], change).message(text)
}

@Suite struct RedactionRuleTests {
    @Test(
        arguments: [
            // LiveView
            (
                #"["4","4","lv:phx-A","phx_join",{"params":{"_csrf_token":"Hio1dyd5UhoTD0"},"session":"aaaaaaaaaaaaaaaaX1"}]"#,
                ["Hio1dyd5UhoTD0", "aaaaaaaaaaaaaaaaX1"]
            ),
            (
                #"["4","4","lv:a","phx_join",{"static":"bbbbbbbbbbbbbbbbX2","flash":"ccccccccccccccccX3"}]"#,
                ["bbbbbbbbbbbbbbbbX2", "ccccccccccccccccX3"]
            ),
            (#"["1","2","lvu:0","phx_join",{"token":"Upload1"}]"#, ["Upload1"]),
            (
                #"[null,"1","t","phx_reply",{"response":{"ref":"phx-1","config":{"chunk_size":1},"entries":{"0":"upload-entry-token-1"}}}]"#,
                ["upload-entry-token-1"]
            ),
            (
                #"["4","9","lv:a","event",{"type":"form","value":"user%5Bname%5D=Al&user%5Bpassword%5D=s3cret%21pa&_csrf_token=XyZ1-2_3"}]"#,
                ["s3cret%21pa", "XyZ1-2_3"]
            ),
            (
                #"{"rendered":{"0":"<div id=\"k\" data-phx-session=\"tok1A\" data-phx-static=\"tok2B\"></div>"}}"#,
                ["tok1A", "tok2B"]
            ),
            // Inputs of rendered trees
            (#"{"1":" type=\"password\"","3":" name=\"x\"","4":" value=\"hunter22\""}"#, ["hunter22"]),
            (#"{"3":" name=\"user[password]\"","4":" value=\"hunter22\""}"#, ["hunter22"]),
            (#"{"0":"hunter22","s":["<input type=\"password\" value=\"","\">"]}"#, ["hunter22"]),
            (#"{"0":"hunter22","s":["<input value=\"","\" type=\"password\">"]}"#, ["hunter22"]),
            (
                #"{"c":{"0":"hunter22","s":0},"p":{"0":["<p>x</p><input type=\"password\" value=\"","\">"]}}"#,
                ["hunter22"]
            ),
            // JSON
            (
                #"{"apiKey":"k-12345","clientSecret":"q-77","newPassword":{"a":["x1y2"]},"pin":4711}"#,
                ["k-12345", "q-77", "x1y2", "4711"]
            ),
            (#"{"json":"{\"password\":\"in\\\"ner1\"}"}"#, [#"in\\\"ner1"#]),
            (#"{"url":"https://x.org/a?token=qwe123rty&b=2"}"#, ["qwe123rty"]),
            (#"{"card":"4111-1111-1111-1111"}"#, ["4111-1111-1111-1111"]),
            (#"{"p\u0061ssword":"unicode1"}"#, ["unicode1"]),
            // HTML
            (
                #"<meta name="csrf-token" content="c5rfT0ken"><input type=password value=plain1>"#,
                ["c5rfT0ken", "plain1"]
            ),
            (#"<input name="_csrf_token" type="hidden" value="h1ddenT">"#, ["h1ddenT"]),
            (#"<a data-csrf="dC5rf" data-method="delete" href="/x?a=1&amp;api_key=K3y77">x</a>"#, ["dC5rf", "K3y77"]),
            (#"<script>window.userToken = "js-tok-1"; let csrf = 'js-tok-2'</script>"#, ["js-tok-1", "js-tok-2"]),
            // By form
            ("write to alice.b@example.org, or bob@example.co.uk.", ["alice.b@example.org", "bob@example.co.uk"]),
            ("paid with 4111 1111 1111 1111 today", ["4111 1111 1111 1111"]),
            (
                "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y",
                ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2lnbmF0dXJl"]
            ),
            ("<p>SFMyNTY.g2gDaAJhBnQAAAAIZAAC.SzYR0eSN0CSfEe</p>", ["g2gDaAJhBnQAAAAIZAAC", "SzYR0eSN0CSfEe"]),
            ("postgres://app:dbpass@host/db", ["dbpass"]),
            ("redirect=%2Fcallback%3Ftoken%3Dnested99", ["nested99"]),
        ] as [(String, [String])])
    func secretsGo(_ text: String, _ secrets: [String]) {
        let result = redacted(text)
        for secret in secrets { #expect(text.contains(secret) && !result.contains(secret), "\(secret) in \(result)") }
        #expect(result.utf8.count == text.utf8.count)
        #expect(shape(Array(text.utf8)) == shape(Array(result.utf8)))
        #expect(tags(Array(text.utf8)) == tags(Array(result.utf8)))
    }

    @Test(arguments: [
        #"["4","8","lv:phx-GOqe","phx_reply",{"response":{"diff":{"0":"on","1":{"k":{"kc":0}}}},"status":"ok"}]"#,
        #"{"session":"short","static":null,"flash":{"info":"saved by you"},"token":true,"password":""}"#,
        "<h1 class=\"a\">Users</h1><input type=\"text\" name=\"user[name]\" value=\"Alice\">",
        "at 1795421599979000000 ns, order 1234567890123456, img logo@2x.png, @here",
        "vsn=2.0.0&_mounts=0&_live_referer=undefined", "",
    ])
    func theRestStays(_ text: String) { #expect(redacted(text) == text) }

    @Test func namesCanBeAddedAndKept() {
        let text = #"{"nickname":"ziggy77","token":"tok-9911"} /x?invite=abc123xyz"#
        #expect(redacted(text).contains("ziggy77") && !redacted(text).contains("tok-9911"))
        let result = redacted(text) {
            $0.fields.append("Nick-Name")
            $0.queries.append("invite")
            $0.kept = ["token"]
        }
        #expect(!result.contains("ziggy77") && !result.contains("abc123xyz") && result.contains("tok-9911"))
    }

    @Test func patternsOfTheUserCount() {
        let text = "customer CUST-123456, order 9"
        let result = redacted(text) { rules in
            rules.patterns = [
                RedactionPattern(name: "customer") { PatternSearch.places(of: "CUST-", in: $0).map { $0..<($0 + 11) } }
            ]
        }
        #expect(!result.contains("123456") && result.hasPrefix("customer ") && result.hasSuffix(", order 9"))
    }

    /// A value is learnt where its name tells, and is then found where no name does, in each encoding.
    @Test func echoesGo() throws {
        let secret = "sw0rd fïsh&\"1"
        let form = "password=sw0rd+f%C3%AFsh%26%221"
        let base64 = Data(("x" + secret + "yz").utf8).base64EncodedString()
        let echoes = [
            #"{"1":"sw0rd fïsh&\"1"}"#, #"{"1":"sw0rd f\u00efsh&\"1"}"#, "<p>sw0rd fïsh&amp;&quot;1</p>",
            "GET /x?q=sw0rd%20f%C3%AFsh%26%221", "<i>sw0rd%20f%c3%afsh%26%221</i>", "raw \(secret) text",
        ]
        let redaction = TextRedaction(learning: [form])
        let placeholder = String(
            decoding: EncodedText(Array(redaction.message(form).utf8), .form).decoded.dropFirst(9), as: UTF8.self)
        #expect(placeholder.utf8.count == secret.utf8.count && placeholder != secret)
        for echo in echoes {
            let result = redaction.message(echo)
            #expect(result != echo && result.utf8.count == echo.utf8.count, "\(result)")
            #expect(!result.contains("sw0rd"), "\(result)")
        }
        #expect(redaction.message(echoes[0]).contains(String(placeholder.prefix(8))))
        #expect(redaction.message("b64 \(base64)") != "b64 \(base64)")
    }

    @Test func ordinaryWordsStayOutsideTheirField() {
        let form = "user%5Bpassword%5D=password"
        let redaction = TextRedaction(learning: [form])
        #expect(!redaction.message(form).hasSuffix("=password"))
        #expect(redaction.message("<input type=\"password\">") == "<input type=\"password\">")
        // A word is no echo within another.
        let words = TextRedaction(learning: ["password=sesame"])
        #expect(words.message("sesame seeds, sesames").hasSuffix(" seeds, sesames"))
        #expect(!words.message("sesame seeds, sesames").hasPrefix("sesame"))
    }

    @Test func beginningsOfAPasswordGoToo() {
        let texts = (1...6).map { "user%5Bpassword%5D=" + "s3cret".prefix($0) }
        let redaction = TextRedaction(learning: texts)
        for text in texts {
            #expect(redaction.message(text) != text && redaction.message(text).utf8.count == text.utf8.count)
        }
    }

    @Test func whatIsLeftIsFound() {
        let redaction = TextRedaction(learning: [#"{"password":"hunter22","token":"tok-9911"}"#])
        let result = redaction.message(#"{"password":"hunter22"}"#)
        redaction.redactor.mode = .check
        redaction.redactor.place = "here"
        _ = redaction.redactor.message(Array(result.utf8))
        #expect(redaction.redactor.leftovers.count == 0)
        for left in [#"{"password":"other"}"#, "says tok-9911", "a mail to x@y.org", "/a?token=unseen"] {
            let before = redaction.redactor.leftovers.count
            _ = redaction.redactor.message(Array(left.utf8))
            #expect(redaction.redactor.leftovers.count > before, "\(left)")
        }
        #expect(redaction.redactor.leftovers.places.allSatisfy { $0.hasPrefix("here: ") && !$0.contains("9911") })
    }
}
