import Analysis
import ConversationSupport
import Foundation
import LiveViewWire
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ReportFormatTests {
    private func parsed(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8).span) }

    @Test func jsonHasTheNumbersOfTheAnalysis() throws {
        let report = ReportSamples.report(verdict: ReportSamples.verdict())
        let json = try parsed(report.text(.json))
        #expect(json["format"]?.string == "livetape-analysis")
        #expect(json["version"]?.integer == 1)
        #expect(json["summary"]?["diffSizes"]?["count"]?.integer == 7)
        #expect(json["summary"]?["latencies"]?["count"]?.integer == 6)
        guard case .array(let findings)? = json["findings"], case .array(let views)? = json["views"] else {
            Issue.record("no findings or views")
            return
        }
        #expect(findings.count == 2)
        #expect(findings.first?["place"]?["event"]?.string == ReportSamples.nasty)
        #expect(views.first?["route"]?.string == "/users")
        #expect(json["budgets"]?["isBroken"] == .boolean(true))
        // Foundation reads it too.
        _ = try JSONSerialization.jsonObject(with: Data(report.text(.json).utf8))
    }

    @Test func markdownTellsFindingsWithoutLettingTheirTextBecomeMarkup() {
        let text = ReportSamples.report(verdict: ReportSamples.verdict()).text(.markdown)
        #expect(text.hasPrefix("### ❌ LiveTape: runs/a b.mcap\n"))
        #expect(text.contains("**2 of 3 limits of the budget are broken:**"))
        #expect(text.contains("| ⚠️ | event /users\\#rename messages | 2 | 1 |  |"))
        #expect(!text.contains("<b onclick"))
        #expect(!text.contains("</script>"))
        #expect(text.contains("−90 %, 900 B of this session"))
    }

    @Test func gitHubGetsOneLineForEachFindingAndBrokenLimit() {
        let lines = ReportSamples.report(verdict: ReportSamples.verdict()).text(.github).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("::error title=LiveTape budget::view /users: max is "))
        #expect(lines[1].hasPrefix("::warning title=LiveTape budget::event /users#rename: messages is 2, at most 1"))
        #expect(lines[2].hasPrefix("::warning title=P4 "))
        #expect(lines[2].contains("%25"))
        #expect(lines[2].contains("%0A"))
        #expect(lines[3].hasPrefix("::notice title=P4 "))
    }

    @Test func junitFailsForBrokenBudgetsOnly() throws {
        let text = ReportSamples.report(verdict: ReportSamples.verdict()).text(.junit)
        let counts = try XMLCounts(text)
        #expect(counts.elements["testcase"] == 4)
        #expect(counts.elements["failure"] == 1)
        #expect(counts.elements["system-out"] == 2)
        #expect(text.contains(#"<testsuites name="livetape" tests="4" failures="1" errors="0">"#))
        #expect(counts.text.contains(ReportSamples.nasty.replacing("\u{7}", with: "\u{fffd}")))
    }

    @Test func sarifHasWhatTheStandardRequires() throws {
        let sarif = try parsed(ReportSamples.report(verdict: ReportSamples.verdict()).text(.sarif))
        #expect(sarif["version"]?.string == "2.1.0")
        guard case .array(let runs)? = sarif["runs"], let run = runs.first, runs.count == 1,
            case .array(let results)? = run["results"], case .array(let rules)? = run["tool"]?["driver"]?["rules"]
        else {
            Issue.record("no run, results or rules")
            return
        }
        #expect(run["tool"]?["driver"]?["name"]?.string == "livetape")
        #expect(results.count == 4)
        #expect(results.map { $0["level"]?.string } == ["warning", "note", "error", "warning"])
        for result in results {
            // 3.27.6: the index is that of the rule of the same id.
            let index = try #require(result["ruleIndex"]?.integer)
            #expect(rules[index]["id"] == result["ruleId"])
            #expect(result["message"]?["text"]?.string?.isEmpty == false)
            guard case .array(let locations)? = result["locations"] else { continue }
            #expect(locations.first?["physicalLocation"]?["artifactLocation"]?["uri"]?.string == "runs/a%20b.mcap")
        }
    }

    @Test func htmlIsOneFileThatKeepsItsDataData() throws {
        let text = ReportSamples.report(verdict: ReportSamples.verdict()).text(.html)
        #expect(text.hasPrefix("<!doctype html>"))
        #expect(text.ranges(of: "</script>").count == 2)
        #expect(text.ranges(of: "<b onclick").isEmpty)
        for loaded in ["http://", "https://", "src=", "@import", "url("] {
            let places = text.ranges(of: loaded)
            // The namespace of SVG is a name, and sources of rules are text.
            #expect(places.isEmpty || loaded.hasPrefix("http"), "\(loaded)")
        }
        let start = try #require(text.ranges(of: #"id="data">"#).first).upperBound
        let end = try #require(text[start...].ranges(of: "</script>").first).lowerBound
        let data = try parsed(String(text[start..<end]))
        guard case .array(let points)? = data["sizePoints"]?["points"], case .array(let samples)? = data["samples"]
        else {
            Issue.record("no points or samples")
            return
        }
        #expect(points.count == 8)
        #expect(samples.count == 8)
        guard case .array(let segments)? = samples.first?["segments"] else { return }
        #expect(segments.contains([.string("redundant"), #""a long text that does not change at all""#]))
    }

    @Test func aReportIsOfWhatTheFilterAsksFor() {
        var filter = Report.Filter()
        filter.rules = ["p10"]
        var report = ReportSamples.report()
        report.apply(filter)
        #expect(report.analysis.findings.isEmpty)
        filter.rules = ["P4"]
        filter.views = ["/us*"]
        report = ReportSamples.report()
        report.apply(filter)
        #expect(report.analysis.findings.count == 2)
        filter.events = ["other"]
        report.apply(filter)
        #expect(report.analysis.findings.isEmpty)
        #expect(report.events.isEmpty)
    }

    @Test(arguments: [
        ("*", "anything", true), ("/users", "/users", true), ("/users", "/users/1", false),
        ("/users*", "/users/1", true),
        ("*/edit", "/users/1/edit", true), ("/u*/e*t", "/users/1/edit", true), ("a*a", "a", false),
        ("a*b*c", "acb", false),
    ])
    func patternsMatchWholeNames(pattern: String, name: String, matches: Bool) {
        #expect(Pattern.matches(pattern, name) == matches)
    }

    @Test(arguments: [(999, "999 B"), (1000, "1 kB"), (1250, "1.3 kB"), (12_400, "12 kB"), (999_600, "1 MB")])
    func bytesAreWrittenShort(bytes: Int, text: String) { #expect(ReportText.bytes(bytes) == text) }

    @Test func sharesAndTimesAreWrittenShort() {
        #expect([0, 0.004, 0.5, 1].map { ReportText.percent($0) } == ["0 %", "0.4 %", "50 %", "100 %"])
        #expect(
            [0, 400_000, 12_300_000, 1_340_000_000].map { ReportText.duration($0) } == [
                "0 ms", "0.4 ms", "12 ms", "1.3 s",
            ])
    }
}

/// Elements by name, and all text, as an XML parser reads them.
private final class XMLCounts: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var text = ""

    init(_ xml: String) throws {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.propertyListReadCorrupt) }
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
    }

    func parser(_: XMLParser, foundCharacters string: String) { text += string }
}
