import LiveViewWire
import Testing

@testable import LiveServer

@Suite struct TemplateTests {
    private func text(_ html: HTML) -> String {
        let bytes = (try? LiveTree(Render(root: html.template)).html()) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func literalsStandAndTextIsEscaped() {
        let name = "<b>\"Ann\" & 'Bo'</b>é"
        #expect(
            text("<p title=\"\(name)\">&amp;</p>")
                == "<p title=\"&lt;b&gt;&quot;Ann&quot; &amp; &#39;Bo&#39;&lt;/b&gt;é\">&amp;</p>")
        #expect(text("\(raw: name)") == name)
        #expect(text(HTML(text: "<")) == "&lt;")
        #expect(text(HTML(raw: "<br>")) == "<br>")
        #expect(text("\(1) \(2.5) \(true) \(UInt8(3)) \("sub".dropFirst())") == "1 2.5 true 3 ub")
    }

    /// Texts are looked at by eights of bytes.
    @Test func eachCharacterIsEscapedWhereverItStands() {
        let escaped = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]
        // All of ASCII, and letters whose bytes differ from the five in their highest bit.
        let characters = (UInt8(0x20)..<0x7F).map { String(UnicodeScalar($0)) } + ["¢", "¦", "§", "¼", "¾"]
        for character in characters {
            for place in 0..<18 {
                let (before, after) = (String(repeating: "a", count: place), String(repeating: "z", count: 17 - place))
                #expect(
                    text(HTML(text: before + character + after)) == before + (escaped[character] ?? character) + after)
            }
        }
    }

    @Test func staticsAreTheLiterals() {
        func row(_ number: Int) -> HTML { "<li>\(number)</li>" }
        #expect(row(1).template.statics == ["<li>", "</li>"])
        #expect(row(1).template.statics.fingerprint == row(2).template.statics.fingerprint)
        let edges: HTML = "\(1)\(2)"
        #expect(edges.template.statics == ["", "", ""])
        #expect(HTML.empty.template.statics == [""])
    }

    @Test(arguments: [true, false]) func branchesAreTemplates(isOn: Bool) {
        #expect(text("\(if: isOn, "<b>on</b>")") == (isOn ? "<b>on</b>" : ""))
        #expect(text("\(if: isOn, "<b>on</b>", else: "<i>off</i>")") == (isOn ? "<b>on</b>" : "<i>off</i>"))
        let value = isOn ? 3 : nil
        #expect(text("\(with: value, { "<b>\($0)</b>" }, else: "none")") == (isOn ? "<b>3</b>" : "none"))
        #expect(text("\(with: value, { "<b>\($0)</b>" })") == (isOn ? "<b>3</b>" : ""))
    }

    @Test func onlyTheBranchTakenIsMade() {
        func trap() -> HTML {
            Issue.record("made a branch that is not taken")
            return ""
        }
        #expect(text("\(if: false, trap())\(if: true, "a", else: trap())") == "a")
    }

    @Test func attributesComeAndGo() {
        #expect(text("<a\(attribute: "href", "/?a=\"")\(attribute: "id", nil)>") == "<a href=\"/?a=&quot;\">")
        #expect(
            text("<input\(attribute: "disabled", if: true)\(attribute: "checked", if: false)>") == "<input disabled>")
    }

    @Test func linksAndCommandsAreAttributes() {
        #expect(
            text("<a \(patch: "/a?b=\"")>")
                == "<a href=\"/a?b=&quot;\" data-phx-link=\"patch\" data-phx-link-state=\"push\">")
        #expect(
            text("<a \(navigate: "/b", replacing: true)>")
                == "<a href=\"/b\" data-phx-link=\"redirect\" data-phx-link-state=\"replace\">")
        let commands = ClientCommands().toggle("#menu", during: .milliseconds(200)).addClass("a b").push("x", ["n": 1])
        #expect(
            "\(commands)" == """
                [["toggle",{"time":200,"to":"#menu"}],["add_class",{"names":["a","b"]}],\
                ["push",{"event":"x","value":{"n":1}}]]
                """)
        #expect(text("<b phx-click=\"\(ClientCommands().hide())\">") == "<b phx-click=\"[[&quot;hide&quot;,{}]]\">")
    }

    @Test func listsHaveOneTemplate() throws {
        let html: HTML = "\(for: [1, 2], key: { $0 }, { "<li>\($0)</li>" })"
        guard case .list(let list) = html.template.slots[0] else {
            Issue.record("no list")
            return
        }
        #expect(list.statics == ["<li>", "</li>"])
        #expect(list.entries.map { $0.key != nil } == [true, true])
        #expect(list.entries[0].key != list.entries[1].key)
        #expect(text(html) == "<li>1</li><li>2</li>")
        #expect(text("\(for: [Int](), { "\($0)" })") == "")
        // Rows that differ in template are templates within one.
        #expect(text("\(for: 1...3, { $0 == 2 ? "<b>\($0)</b>" : "<i></i>" })") == "<i></i><b>2</b><i></i>")
        #expect(text(HTML(["<a></a>", "<b></b>"])) == "<a></a><b></b>")
    }

    @Test func aTemplateIsReadOnce() {
        let table = TemplateTable(capacity: 4)
        let literals = [TemplateLiteral("a"), TemplateLiteral("b")]
        #expect(table.statics(of: literals) == ["a", "b"])
        #expect(table.statics(of: literals).fingerprint == table.statics(of: literals).fingerprint)
        // A full table makes them anew, and says the same.
        for literal in ["c", "d", "e", "f", "g"] as [StaticString] {
            #expect(table.statics(of: [TemplateLiteral(literal)]).partCount == 1)
        }
        #expect(table.statics(of: literals) == ["a", "b"])
    }

    @Test func threadsFindTheSameTemplates() async {
        let table = TemplateTable(capacity: 64)
        let all: [[TemplateLiteral]] = [["h", "i"], ["j"], ["k", "l", "m"]].map { $0.map { TemplateLiteral($0) } }
        await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<1000).map { table.statics(of: all[$0 % 3]).fingerprint }
                }
            }
            var seen: Set<[UInt64]> = []
            for await fingerprints in group { seen.insert(fingerprints) }
            #expect(seen.count == 1)
        }
    }

    @Test(arguments: [
        (["<p>x</p>"], true), (["<p>", "</p>"], true), ([" <p class='", "'>", "</p>\n"], true),
        (["<!-- <b> --><p></p>"], true), (["<div><br><img></div>"], true), (["<br>"], true), (["<a/>"], true),
        (["<p title=\">\">", "</p>"], true), (["<P><B></B></P>"], true), (["<!--a--><p></p><!-->"], true),
        (["", "<p></p>"], false), (["<p></p>", ""], false), (["<p></p><p></p>"], false), (["text"], false),
        (["<p>"], false), (["</p>"], false), ([""], false), (["<br><br>"], false), (["<p></p>x"], false),
    ]) func aSingleRootIsSeen(parts: [String], isSingle: Bool) {
        #expect(SingleRoot.isSingle(Statics(parts.map { Markup($0) })) == isSingle)
    }
}

extension TemplateLiteral: ExpressibleByStringLiteral {
    /// A literal as the compiler hands it over.
    public init(stringLiteral value: StaticString) { self.init(value) }
}
