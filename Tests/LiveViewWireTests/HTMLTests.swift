import LiveViewWire
import TestSupport
import Testing

@Suite struct HTMLTests {
    private func nodes(_ html: String) throws -> [HTMLNode] {
        let bytes = Array(html.utf8)
        return try [HTMLNode](html: bytes.span)
    }

    @Test func readsTheTree() throws {
        let read = try nodes(#"<!DOCTYPE html><P id=a class='b "c"' hidden>x<br>y<img src="/i"/><!-- n --></p> &amp;z"#)
        let paragraph = HTMLElement(
            "p",
            attributes: [HTMLAttribute("id", "a"), HTMLAttribute("class", #"b "c""#), HTMLAttribute("hidden")],
            children: [
                .text("x"), .element(HTMLElement("br")), .text("y"),
                .element(HTMLElement("img", attributes: [HTMLAttribute("src", "/i")])), .comment(" n "),
            ])
        #expect(read == [.element(paragraph), .text(" &z")])
        #expect(paragraph.id == "a" && paragraph["hidden"] == "" && paragraph["none"] == nil)
    }

    @Test(arguments: [
        ("a &lt;b&gt; &amp;amp; &quot;&#39;&#x41;&nbsp;.", "a <b> &amp; \"'A\u{a0}."),
        ("&unknown; &; & &#; &#xzz; &#1114112;", "&unknown; &; & &#; &#xzz; \u{FFFD}"),
        ("1 < 2 <3", "1 < 2 <3"),
    ])
    func resolvesCharacterReferences(html: String, text: String) throws {
        #expect(try nodes(html) == [.text(text)])
    }

    @Test func scriptsAndFieldsHoldNoTags() throws {
        let read = try nodes("<script>if (a<b) { x = '</p>&amp;' }</SCRIPT><textarea><b>&lt;</textarea><style></style>")
        #expect(
            read == [
                .element(HTMLElement("script", children: [.text("if (a<b) { x = '</p>&amp;' }")])),
                .element(HTMLElement("textarea", children: [.text("<b><")])), .element(HTMLElement("style")),
            ])
    }

    @Test(arguments: [
        ("<p><b></p>", "byte 6: expected </b>, found </p>"), ("<p>", "byte 3: expected </p>, found the end"),
        ("</p>", "byte 0: expected a start tag first, found </p>"),
        ("<p a", "byte 4: expected the end of <p>, found the end"),
        ("<p a=\"", "byte 6: expected the closing quote of a, found the end"),
        ("<!-- ", "byte 5: expected the end of a comment, found the end"),
        ("<p =x>", "byte 3: expected an attribute of <p>, found \"=\""),
    ])
    func errorsSayWhatWasExpectedWhere(html: String, message: String) {
        let error = #expect(throws: HTMLError.self) { try nodes(html) }
        #expect(error.map { "\($0)" } == message)
    }

    @Test func depthIsLimited() {
        #expect(throws: HTMLError.self) { try nodes(String(repeating: "<b>", count: 100_000)) }
    }

    @Test func blocksStandApartInTheText() throws {
        let html = """
            <ul> <li>a</li><li>b<b>c</b></li>\n</ul><script>no</script><textarea>no</textarea>
            <table><tr><td>1</td><td>2</td></tr></table>
            """
        #expect(try nodes(html).visibleText == "a bc 1 2")
    }

    @Test func anyHTMLIsReadOrRefused() throws {
        var generator = SeededGenerator(seed: 5)
        let pieces = [
            "<p>", "</p>", "<b a='", "'", "\"", ">", "<", "/", "&amp;", "x ", "<!--", "-->", "<script>", "é", "=",
        ]
        for _ in 0..<3000 {
            let html = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            if let read = try? nodes(html) { #expect(read.visibleText.utf8.count <= html.utf8.count * 3) }
        }
    }
}
